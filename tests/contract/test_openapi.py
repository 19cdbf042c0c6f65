"""The committed OpenAPI documents are valid, and agree with the code and the template."""

import itertools
import json
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from registry.domain.tenant import Tenant
from registry.domain.workspace import CONTRACTS, Contract
from registry.gateway.operation import Example, IdempotencyKey, Operation
from registry.gateway.request import IDEMPOTENCY_HEADER
from tests.contract_client import ContractClient, Reply, caller
from tests.records import record_of
from tools.generate.declarations import (
    all_operations,
    module_name,
    operations,
    package,
)
from tools.openapi.document import document, operation_id, rendered
from tools.template import ROOT, apis, template

Json = dict[str, Any]

OPERATIONS = all_operations()
TENANT = Tenant(caller("registry")["workspaceId"], "live")
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


@pytest.mark.usefixtures("webhooks")
@every_example_with_a_caller
def test_the_response_to_an_example_is_as_the_document_says(
    operation: Operation,
    example: Example,
) -> None:
    api = _api(operation)
    other = record_of(operation, TENANT)
    path = operation.path
    if "{" in path:
        path = path.replace("{id}", other) if other else _follow_link(api, operation)

    reply = _send(api, operation, path, example)

    assert reply.status in {operation.status, *operation.other_statuses}, reply.text
    assert _violations(operation, reply.status, reply.json) == []
    assert example.response is None or reply.json.keys() == example.response.keys()


@pytest.mark.usefixtures("webhooks")
@every_operation_on_one_client
def test_a_link_leads_to_it_from_the_creation(operation: Operation) -> None:
    api = _api(operation)
    other = record_of(operation, TENANT)
    path = operation.path.replace("{id}", other) if other else _follow_link(api, operation)
    example = next(iter(operation.examples), Example(title="nothing", body={}))

    reply = _send(api, operation, path, example)

    assert reply.status == operation.status, reply.text
    assert _violations(operation, reply.status, reply.json) == []


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
