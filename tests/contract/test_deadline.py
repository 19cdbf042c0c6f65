"""Whatever DynamoDB does, every operation responds before Lambda ends its function.

Faults have their price in virtual time, which the Lambda context tells the function.
"""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from authorizer.authorize import handler as authorize
from registry.domain.credential import mint_client_secret
from registry.domain.errors import Unavailable
from registry.domain.workspace import Mode
from registry.gateway.operation import Operation
from registry.gateway.time_left import ANSWER_SECONDS
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import ATTEMPT_SECONDS, dynamodb_client
from tests.contract.test_events import EVENTS, OPERATIONS, event_of
from tests.template import create_table
from tests.virtual import Clock
from tools.generate.declarations import logical_id, module_name
from tools.template import template

READING = [operation for operation in OPERATIONS if operation.access]
# What a call costs that never gets a response, by the timeout it meets.
PRICES = {
    "connect": (0.5, ConnectTimeoutError(endpoint_url="secret")),
    "read": (2.0, ReadTimeoutError(endpoint_url="secret")),
}


def timeout_of(function: str) -> float:
    """Seconds after which Lambda ends a function."""
    deployed = template()
    named: float = deployed["Resources"][function]["Properties"].get(
        "Timeout", deployed["Globals"]["Function"]["Timeout"]
    )
    return named


@dataclass
class Context:
    """The Lambda context of an invocation that may take some seconds."""

    clock: Clock
    seconds: float

    def get_remaining_time_in_millis(self) -> int:
        """As Lambda counts it, never below 0."""
        return max(0, int((self.seconds - self.clock.now) * 1000))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Nothing sleeps."""
    clock = Clock()
    monkeypatch.setattr(time, "sleep", clock.sleep)
    return clock


@pytest.fixture
def registry(webhooks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """All three tables, empty."""
    create_table(dynamodb_client(), "CredentialsTable", "credentials")
    monkeypatch.setenv("CREDENTIALS_TABLE", "credentials")


@contextmanager
def hanging(clock: Clock, price: float, error: Exception) -> Iterator[list[str]]:
    """A DynamoDB that does not respond; what was asked of it."""
    asked: list[str] = []

    def hang(event_name: str, **_: object) -> None:
        asked.append(event_name)
        clock.sleep(price)
        raise error

    events = dynamodb_client().meta.events
    events.register_first("before-send.dynamodb", hang)
    try:
        yield asked
    finally:
        events.unregister("before-send.dynamodb", hang)


def sent_to(operation: Operation) -> dict[str, Any]:
    """The operation's event; of the token endpoint, with an id and a secret that could be good."""
    event = event_of(operation)
    if operation.public:
        secret = mint_client_secret(operation.dialect.contract, Mode.LIVE)
        pair = f"0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c:{secret}"
        basic = f"Basic {base64.b64encode(pair.encode()).decode()}"
        event["headers"]["Authorization"] = basic
    return event


@pytest.mark.parametrize("price", PRICES)
@pytest.mark.parametrize("operation", READING, ids=module_name)
def test_a_silent_table_is_503_in_time(
    registry: None,
    clock: Clock,
    capsys: pytest.CaptureFixture[str],
    operation: Operation,
    price: str,
) -> None:
    seconds = timeout_of(logical_id(operation))
    handler = import_module(module_name(operation)).handler
    with hanging(clock, *PRICES[price]) as asked:
        answered = handler(sent_to(operation), Context(clock, seconds))

    assert len(asked) > 1
    assert clock.now <= seconds - ANSWER_SECONDS
    assert answered["statusCode"] == 503
    assert int(answered["headers"]["Retry-After"]) >= 1
    assert answered["body"] == operation.dialect.render(Unavailable()).body
    *logged, metrics = map(json.loads, capsys.readouterr().out.splitlines())
    assert [line["message"] for line in logged] == ["unavailable", "request handled"]
    assert metrics["ServerErrors"] == [1.0]


@pytest.mark.parametrize("operation", READING, ids=module_name)
def test_without_time_nothing_is_asked(registry: None, clock: Clock, operation: Operation) -> None:
    handler = import_module(module_name(operation)).handler
    with hanging(clock, *PRICES["read"]) as asked:
        answered = handler(sent_to(operation), Context(clock, ATTEMPT_SECONDS))

    assert (answered["statusCode"], asked, clock.now) == (503, [], 0)


@pytest.mark.parametrize("operation", READING, ids=module_name)
def test_without_a_lambda_context_there_is_a_deadline_too(
    registry: None, clock: Clock, monkeypatch: pytest.MonkeyPatch, operation: Operation
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: clock.now)
    handler = import_module(module_name(operation)).handler
    with hanging(clock, *PRICES["read"]):
        answered = handler(sent_to(operation), None)

    assert answered["statusCode"] == 503
    assert clock.now <= timeout_of(logical_id(operation)) - ANSWER_SECONDS


@pytest.mark.parametrize("price", PRICES)
def test_the_authorizer_gives_up_in_time(registry: None, clock: Clock, price: str) -> None:
    seconds = timeout_of("Authorizer")
    event = json.loads((EVENTS / "authorizer" / "authorize.json").read_text("utf-8"))
    with hanging(clock, *PRICES[price]) as asked, pytest.raises(Unavailable):
        authorize(event, Context(clock, seconds))

    assert len(asked) > 1
    assert clock.now <= seconds - ANSWER_SECONDS


def test_without_a_deadline_a_command_gives_up_after_a_few_attempts(
    registry: None, clock: Clock
) -> None:
    store = CredentialStore(dynamodb_client(), "credentials")
    with hanging(clock, *PRICES["read"]) as asked, pytest.raises(Unavailable):
        store.workspace("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c")

    assert len(asked) == 3


def test_all_attempts_of_a_transaction_carry_one_token(registry: None, clock: Clock) -> None:
    tokens: list[str] = []

    def read(params: dict[str, Any], **_: object) -> None:
        tokens.append(json.loads(params["body"])["ClientRequestToken"])

    (create,) = (each for each in OPERATIONS if module_name(each) == "athenty.create_client")
    events = dynamodb_client().meta.events
    events.register("before-call.dynamodb.TransactWriteItems", read)
    try:
        with hanging(clock, *PRICES["read"]):
            handler = import_module(module_name(create)).handler
            handler(sent_to(create), Context(clock, 10))
            first = set(tokens)
            clock.now = 0
            handler(sent_to(create), Context(clock, 10))
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", read)

    assert (len(first), len(set(tokens))) == (1, 2)
    assert len(tokens) > 2
