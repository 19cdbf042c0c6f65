"""The committed OpenAPI documents are valid, and agree with the code and the template."""

import itertools
import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from registry.domain.workspace import CONTRACTS, Contract
from registry.gateway.operation import Example, IdempotencyKey, Operation
from registry.gateway.request import IDEMPOTENCY_HEADER
from tests.contract_client import ContractClient, Reply, caller
from tools.generate.declarations import (
    all_operations,
    declared_in,
    module_name,
    operations,
    package,
)
from tools.openapi.document import document, exact_document, operation_id, rendered
from tools.template import ROOT, apis, template

Json = dict[str, Any]

OPERATIONS = all_operations()
EXAMPLES = [(operation, example) for operation in OPERATIONS for example in operation.examples]


def name(value: object) -> str:
    """What a test calls its parameter."""
    if isinstance(value, Operation):
        return f"{value.dialect.contract}.{value.name}"
    return value.title if isinstance(value, Example) else str(value)


every_contract = pytest.mark.parametrize("contract", CONTRACTS, ids=name)
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=name)
every_example = pytest.mark.parametrize(("operation", "example"), EXAMPLES, ids=name)
# A public operation without a credential returns an error; its own tests have one.
every_example_with_a_caller = pytest.mark.parametrize(
    ("operation", "example"),
    [(operation, example) for operation, example in EXAMPLES if not operation.public],
    ids=name,
)
every_operation_on_one_client = pytest.mark.parametrize(
    "operation",
    [operation for operation in OPERATIONS if operation.path.count("{") == 1],
    ids=name,
)

cached_document = cache(document)
keys = itertools.count()


@every_contract
def test_the_document_is_valid_openapi(contract: Contract) -> None:
    validate(document(contract))


@every_contract
def test_the_committed_document_is_what_the_code_says(contract: Contract) -> None:
    committed = (ROOT / "docs" / "openapi" / f"{contract}.json").read_text("utf-8")

    assert committed == rendered(contract), "`make openapi` writes it again"


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


@every_contract
def test_the_template_deploys_every_operation_once_and_nothing_else(contract: Contract) -> None:
    deployed = sorted(
        (event["Method"], event["Path"], properties["Handler"])
        for properties, event in _events(contract)
    )

    assert deployed == sorted(
        (operation.method, operation.path, f"{module_name(operation)}.handler")
        for operation in operations(contract)
    )


@every_contract
def test_the_template_guards_what_the_document_guards(contract: Contract) -> None:
    _, api = apis()[contract]
    guarded = {
        (event["Method"], event["Path"]): _is_guarded(api["Auth"], event.get("Auth", {}))
        for _, event in _events(contract)
    }

    assert guarded == {
        (operation.method, operation.path): not operation.public
        for operation in operations(contract)
    }


@every_operation
def test_an_event_of_the_operation_can_be_tried_locally(operation: Operation) -> None:
    folder = ROOT / "events" / package(operation)

    event = json.loads((folder / f"{operation.name}.json").read_text("utf-8"))

    assert (event["httpMethod"], event["resource"]) == (operation.method, operation.path)


@every_operation
def test_error_examples_have_the_shape_of_the_error(operation: Operation) -> None:
    for status, response in _described(operation)["responses"].items():
        (content,) = response["content"].values()
        for example in content.get("examples", {}).values():
            assert _violations(operation, int(status), example["value"]) == []


@every_example
def test_an_example_is_a_request_the_document_allows(
    operation: Operation,
    example: Example,
) -> None:
    known = {parameter["name"] for parameter in _described(operation).get("parameters", ())}

    assert example.query.keys() <= known
    assert (example.body is None) == (operation.body is None)
    if example.body is not None:
        (content,) = _described(operation)["requestBody"]["content"].values()
        assert list(_validator(operation, content["schema"]).iter_errors(example.body)) == []


@pytest.mark.usefixtures("tables")
@every_example_with_a_caller
def test_the_response_to_an_example_is_as_the_document_says(
    operation: Operation,
    example: Example,
) -> None:
    api = _api(operation)
    path = _follow_link(api, operation) if "{" in operation.path else operation.path

    reply = _send(api, operation, path, example)

    assert reply.status == operation.status, reply.text
    assert _violations(operation, reply.status, reply.json) == []
    assert example.response is None or reply.json.keys() == example.response.keys()


@pytest.mark.usefixtures("tables")
@every_operation_on_one_client
def test_a_link_leads_to_it_from_the_creation(operation: Operation) -> None:
    api = _api(operation)
    path = _follow_link(api, operation)
    example = next(iter(operation.examples), Example(title="nothing", body={}))

    reply = _send(api, operation, path, example)

    assert reply.status == operation.status, reply.text
    assert _violations(operation, reply.status, reply.json) == []


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


def _events(contract: Contract) -> list[tuple[Json, Json]]:
    """The properties of each function and of each of its events that the contract's API has."""
    logical_id, _ = apis()[contract]
    return [
        (resource["Properties"], event["Properties"])
        for resource in template()["Resources"].values()
        for event in resource.get("Properties", {}).get("Events", {}).values()
        if event["Properties"].get("RestApiId") == logical_id
    ]


def _is_guarded(api: Json, event: Json) -> bool:
    """Whether the template asks for a credential, and then for its key as well."""
    authorized = event.get("Authorizer", api["DefaultAuthorizer"]) != "NONE"
    metered = event.get("ApiKeyRequired", api["ApiKeyRequired"])
    assert authorized == metered
    return authorized


def _described(operation: Operation) -> Json:
    """The operation object of the committed document."""
    paths = cached_document(operation.dialect.contract)["paths"]
    described: Json = paths[operation.path][operation.method.lower()]
    return described


def _validator(operation: Operation, schema: Json) -> Draft202012Validator:
    """A validator of a schema within the document, formats included."""
    components = cached_document(operation.dialect.contract)["components"]
    return Draft202012Validator(
        {**schema, "components": components},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def _violations(operation: Operation, status: int, body: object) -> list[str]:
    """The differences of a body from the schema that the document has for the status."""
    (schema,) = _described(operation)["responses"][str(status)]["content"].values()
    found = _validator(operation, schema["schema"]).iter_errors(body)
    return [f"{error.json_path}: {error.message}" for error in found]


def _api(operation: Operation) -> ContractClient:
    """A caller of the operation's contract with every permission."""
    contract = operation.dialect.contract
    return ContractClient(operations(contract), caller(contract, role="owner"))


def _send(api: ContractClient, operation: Operation, path: str, example: Example) -> Reply:
    """Send an example under an idempotency key of its own."""
    idempotency_key = operation.idempotency_key is not IdempotencyKey.IGNORED
    return api.send(
        operation.method,
        f"{path}?{urlencode(example.query)}",
        example.body if operation.body is not None else None,
        {IDEMPOTENCY_HEADER: f"key-{next(keys)}"} if idempotency_key else {},
    )


def _follow_link(api: ContractClient, operation: Operation) -> str:
    """Create the record of an operation; returns the path, filled from the response by the link."""
    creator, link = next(
        (creator, links[operation_id(operation)])
        for creator in api.operations
        for links in [_described(creator)["responses"][str(creator.status)].get("links", {})]
        if operation_id(operation) in links
    )
    path = operation.path
    created = _send(api, creator, creator.path, creator.examples[0])
    for parameter, expression in link["parameters"].items():
        value = created.json
        for step in expression.removeprefix("$response.body#/").split("/"):
            value = value[step]
        path = path.replace(f"{{{parameter}}}", value)
    return path
