"""Events that API Gateway does not send are a 400 in the contract's shape, at every operation."""

from collections.abc import Mapping
from copy import deepcopy
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.domain.errors import BadRequest
from registry.gateway.operation import Operation
from registry.store.dynamodb import dynamodb_client
from tests.contract.test_events import OPERATIONS, event_of
from tests.template import create_table
from tools.generate.declarations import module_name

SURROGATE = "\ud800"
NO_TEXT = [7, True, [], {}, SURROGATE]
NO_TEXTS = ["text", 7, ["text"], {"a": None}, {"a": 7}, {"a": ["text"]}, {"a": SURROGATE}]
NO_REPEATED_TEXTS = ["text", 7, ["text"], {"a": None}, {"a": "text"}, {"a": []}, {"a": [None]}]
# Where an event is wrong, and what is there instead. A name that is missing may be meant by None,
# where the gateway sends null for a map without members.
WRONG: dict[tuple[str, ...], list[object]] = {
    (): [None, "text", 7, [], {}],
    ("headers",): NO_TEXTS,
    ("multiValueHeaders",): NO_REPEATED_TEXTS,
    ("multiValueQueryStringParameters",): NO_REPEATED_TEXTS,
    ("pathParameters",): NO_TEXTS,
    ("body",): NO_TEXT,
    ("isBase64Encoded",): [None, "true", 1, {}],
    ("requestContext",): [None, "text", 7, [], ["text"]],
    ("requestContext", "authorizer"): [None, "text", 7, [], ["text"]],
}
ALWAYS = (
    *("workspaceId", "workspaceName", "region", "plan"),
    *("subscription", "credentialId", "contract", "mode"),
)
SOMETIMES = ("timezone", "userId", "role", "scopes", "tokenPrefix", "expiresAt")


@pytest.fixture(autouse=True)
def registry(webhooks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """All three tables, empty."""
    create_table(dynamodb_client(), "CredentialsTable", "credentials")
    monkeypatch.setenv("CREDENTIALS_TABLE", "credentials")


def changed(event: Mapping[str, Any], place: tuple[str, ...], value: object) -> Any:
    """A copy of the event with something else in a place."""
    if not place:
        return value
    copy = deepcopy(dict(event))
    within = copy
    for name in place[:-1]:
        within = within[name]
    within[place[-1]] = value
    return copy


def send(operation: Operation, event: object) -> dict[str, Any]:
    """Invoke the operation's function."""
    answered: dict[str, Any] = import_module(module_name(operation)).handler(event, None)
    return answered


def assert_refused(operation: Operation, event: object) -> None:
    """The response is the contract's for a request that cannot be read."""
    answered = send(operation, event)

    error = BadRequest("The request did not come through the API.")
    expected = operation.dialect.render(error)
    assert (answered["statusCode"], answered["body"]) == (expected.status, expected.body)
    assert expected.status == operation.dialect.code(BadRequest).status


@pytest.mark.parametrize("operation", OPERATIONS, ids=module_name)
def test_a_part_of_another_type_is_a_bad_request(operation: Operation) -> None:
    event = event_of(operation)

    for place, values in WRONG.items():
        for value in values:
            assert_refused(operation, changed(event, place, value))


@pytest.mark.parametrize("operation", OPERATIONS, ids=module_name)
def test_an_event_without_its_request_context_is_a_bad_request(operation: Operation) -> None:
    event = event_of(operation)
    del event["requestContext"]

    assert_refused(operation, event)


@pytest.mark.parametrize(
    "operation", [operation for operation in OPERATIONS if "{" in operation.path], ids=module_name
)
@pytest.mark.parametrize("parameters", [None, {}, {"other": "a"}], ids=str)
def test_an_event_without_its_path_parameters_is_a_bad_request(
    operation: Operation, parameters: dict[str, str] | None
) -> None:
    assert_refused(operation, changed(event_of(operation), ("pathParameters",), parameters))


@pytest.mark.parametrize(
    "operation", [operation for operation in OPERATIONS if not operation.public], ids=module_name
)
def test_an_incomplete_caller_is_a_bad_request(operation: Operation) -> None:
    event = event_of(operation)
    caller = event["requestContext"]["authorizer"]

    for name in ALWAYS:
        rest = {other: text for other, text in caller.items() if other != name}
        assert_refused(operation, changed(event, ("requestContext", "authorizer"), rest))
    values: tuple[object, ...] = (None, 7, [])
    for name in ALWAYS + SOMETIMES:
        for value in values:
            place = ("requestContext", "authorizer", name)
            assert_refused(operation, changed(event, place, value))
    assert_refused(operation, changed(event, ("requestContext", "authorizer"), {}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@pytest.mark.parametrize("operation", OPERATIONS, ids=module_name)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_event_is_an_internal_error(operation: Operation, data: st.DataObject) -> None:
    names = sorted({place[0] for place in WRONG if place})
    event = event_of(operation)
    for name in data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True)):
        event[name] = data.draw(JSON)
    if not operation.public and isinstance(event["requestContext"], dict):
        event["requestContext"].setdefault("authorizer", {"workspaceId": "a"})

    assert send(operation, event)["statusCode"] < 500
