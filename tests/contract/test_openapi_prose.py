"""The committed OpenAPI documents say what everything means, and publish the type to send."""

import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from registry.domain.workspace import CONTRACTS, Contract
from tools.generate.declarations import declared_in, operations
from tools.openapi.document import document, exact_document

Json = dict[str, Any]

every_contract = pytest.mark.parametrize("contract", CONTRACTS)

cached_document = cache(document)


@every_contract
def test_everything_in_the_document_is_described_with_an_example(contract: Contract) -> None:
    described = cached_document(contract)
    said = [
        sentence
        for part in (_undescribed_operations(described), _undescribed_schemas(described))
        for sentence in part
    ]

    assert said == [], "the room `prose` of the contract, or of the resource, says it"


@every_contract
def test_prose_is_about_what_there_is(contract: Contract) -> None:
    described = cached_document(contract)
    operations_named = {operation.name for operation in operations(contract)}
    fields = {
        *(name for schema in _schemas(described).values() for name in schema.get("properties", {})),
        *(parameter["name"] for parameter in _parameters(described)),
        *(f"{{{parameter['name']}}}" for parameter in _parameters(described)),
    }

    for rooms in {declared_in(operation) for operation in operations(contract)}:
        prose = import_module(f"{rooms}.prose") if find_spec(f"{rooms}.prose") else None
        assert getattr(prose, "OPERATIONS", {}).keys() <= operations_named
        assert {name.rpartition(".")[2] for name in getattr(prose, "FIELDS", {})} <= fields


@every_contract
def test_an_example_of_a_field_is_as_its_schema_says(contract: Contract) -> None:
    described = cached_document(contract)
    wrong = [
        f"{where}: {example!r}"
        for where, schema in _described_schemas(described)
        for example in schema.get("examples", ())
        if not Draft202012Validator(
            {**schema, "components": described["components"]},
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        ).is_valid(example)
    ]

    assert wrong == []


@every_contract
def test_what_the_document_publishes_is_accepted(contract: Contract) -> None:
    exact = exact_document(contract)
    refused = []
    for name, schema in _schemas(cached_document(contract)).items():
        for field, declared in schema.get("properties", {}).items():
            accepted = _schemas(exact)[name]["properties"][field]
            validator = Draft202012Validator({**accepted, "components": exact["components"]})
            values = [*declared.get("examples", ()), *([None] if _takes_null(declared) else [])]
            refused += [(name, field, value) for value in values if not validator.is_valid(value)]

    assert refused == []


@every_contract
def test_a_body_says_nothing_that_generators_misread(contract: Contract) -> None:
    described = cached_document(contract)
    text = json.dumps(described)
    bodies = {
        reference
        for item in described["paths"].values()
        for operation in item.values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        for reference in [content["schema"]["$ref"].rpartition("/")[2]]
    }

    assert "\\\\x00" not in text
    assert r"^\\s*$" not in text
    assert "{" not in described["servers"][0]["url"]
    for body in bodies:
        properties = _schemas(described)[body]["properties"]
        required = _schemas(described)[body].get("required", [])
        assert [name for name, schema in properties.items() if "default" in schema] == []
        assert list(properties)[: len(required)] == [
            name for name in properties if name in required
        ]


@every_contract
def test_errors_are_told_apart_by_an_enumeration(contract: Contract) -> None:
    described = cached_document(contract)
    codes = set(_schemas(described)["ErrorCode"]["enum"])

    found = {
        value
        for item in described["paths"].values()
        for operation in item.values()
        for response in operation["responses"].values()
        for content in response["content"].values()
        for example in content.get("examples", {}).values()
        for value in [_error_name(example["value"])]
        if value is not None
    }

    assert found
    assert found <= codes


def _schemas(described: Json) -> Json:
    """The components of a document."""
    schemas: Json = described["components"]["schemas"]
    return schemas


def _parameters(described: Json) -> Iterator[Json]:
    """The parameters of all operations of a document."""
    for item in described["paths"].values():
        for operation in item.values():
            yield from operation.get("parameters", ())


def _described_schemas(described: Json) -> Iterator[tuple[str, Json]]:
    """Every field and parameter of a document: its name, and its schema."""
    for model, schema in _schemas(described).items():
        for name, declared in schema.get("properties", {}).items():
            yield f"{model}.{name}", declared
    for parameter in _parameters(described):
        yield parameter["name"], parameter["schema"]


def _undescribed_operations(described: Json) -> Iterator[str]:
    """What the operations of a document lack."""
    groups = {group["name"] for group in described["tags"] if group["description"]}
    for item in described["paths"].values():
        for operation in item.values():
            name = operation["operationId"]
            if not operation["description"]:
                yield f"{name} has no description"
            if not operation["tags"] or not set(operation["tags"]) <= groups:
                yield f"{name} is in no group that is described"
            for parameter in operation.get("parameters", ()):
                if not parameter.get("description"):
                    yield f"{name}: {parameter['name']} has no description"
                if not parameter["schema"].get("examples"):
                    yield f"{name}: {parameter['name']} has no example"


def _undescribed_schemas(described: Json) -> Iterator[str]:
    """What the models of a document lack. A field made of a model has the examples of that."""
    for model, schema in _schemas(described).items():
        if not schema.get("description"):
            yield f"{model} has no description"
        for name, declared in schema.get("properties", {}).items():
            if not declared.get("description"):
                yield f"{model}.{name} has no description"
            if "examples" not in declared and not _is_made_of_models(described, declared):
                yield f"{model}.{name} has no example"


def _is_made_of_models(described: Json, schema: Json) -> bool:
    """Whether a field is an object that is a component, or a list of such objects."""
    if "$ref" in schema:
        return "properties" in _schemas(described)[schema["$ref"].rpartition("/")[2]]
    inner = [schema["items"]] if "items" in schema else schema.get("anyOf", [])
    return any(_is_made_of_models(described, each) for each in inner)


def _takes_null(schema: Json) -> bool:
    """Whether a schema allows null."""
    return "null" in schema.get("type", ()) or {"type": "null"} in schema.get("anyOf", ())


def _error_name(body: Json) -> str | None:
    """The name of an error for programs; None for a body that is no error."""
    wrapped = body.get("error")
    detail = wrapped if isinstance(wrapped, dict) else body
    if "code" in detail:
        return str(detail["code"])
    kind = str(detail.get("type"))
    return kind if kind.startswith("urn:") else None
