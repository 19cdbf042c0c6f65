"""What a caller is told when DynamoDB refuses, fails or stays silent, in one contract's words."""

from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from registry.contracts.paytrum.operations import OPERATIONS
from tests.contract_client import ContractClient, Reply, caller
from tests.faults.wire import SECRET, Fault, Wire, cancelled, refusal

ID = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
BODY = {"name": "Acme Co", "email": "ar@acme.com", "emailConsent": True}
REQUESTS = [
    ("POST", "/v1/clients", BODY),
    ("GET", "/v1/clients", None),
    ("GET", f"/v1/clients/{ID}", None),
    ("PATCH", f"/v1/clients/{ID}", {"notes": "n"}),
    ("DELETE", f"/v1/clients/{ID}", None),
]
FAULTS = [
    refusal("ProvisionedThroughputExceededException"),
    refusal("ThrottlingException"),
    refusal("RequestLimitExceeded"),
    (500, {"__type": "InternalServerError", "message": SECRET}),
    (503, {"__type": "ServiceUnavailable", "message": SECRET}),
    ReadTimeoutError(endpoint_url=SECRET),
    ConnectTimeoutError(endpoint_url=SECRET),
    EndpointConnectionError(endpoint_url=SECRET),
]


@pytest.fixture
def paytrum(wire: Wire) -> ContractClient:
    """The contract, behind the wire."""
    return ContractClient(OPERATIONS, caller("paytrum"))


def unavailable(reply: Reply) -> bool:
    """Whether it is Paytrum's 503 and tells nothing."""
    assert SECRET not in reply.text
    return (
        reply.status == 503
        and reply.json["error"]["code"] == "unavailable"
        and int(reply.headers["Retry-After"]) >= 1
    )


@pytest.mark.parametrize("does", FAULTS, ids=str)
@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
def test_a_lasting_fault_is_503_with_retry_after(
    paytrum: ContractClient,
    wire: Wire,
    does: Any,
    method: str,
    path: str,
    body: object,
) -> None:
    wire.disturb(does)

    assert unavailable(paytrum.send(method, path, body))


@pytest.mark.parametrize("does", FAULTS, ids=str)
def test_a_passing_fault_is_not_seen(paytrum: ContractClient, wire: Wire, does: Any) -> None:
    wire.disturb(does, range(1))

    assert paytrum.send("GET", "/v1/clients").status == 200
    assert wire.actions == ["Query", "Query"]


def test_a_conflict_that_lasts_is_425_with_a_key(paytrum: ContractClient, wire: Wire) -> None:
    wire.disturb(cancelled("TransactionConflict", "None", "None"))

    reply = paytrum.send("POST", "/v1/clients", BODY, {"Idempotency-Key": "k"})

    assert (reply.status, reply.json["error"]["code"]) == (425, "idempotency_in_flight")
    assert 2 <= len(wire.actions) <= 10


def test_a_conflict_that_lasts_is_503_without_a_key(paytrum: ContractClient, wire: Wire) -> None:
    wire.disturb(cancelled("TransactionConflict", "None"))

    reply = paytrum.send("POST", "/v1/clients", BODY)

    assert (reply.status, reply.json["error"]["code"]) == (503, "unavailable")


def test_a_conflict_before_a_failed_condition_leaves_open_whether_it_is_a_replay(
    paytrum: ContractClient, wire: Wire
) -> None:
    key = {"Idempotency-Key": "k"}
    made = paytrum.send("POST", "/v1/clients", BODY, key)
    unclear = cancelled("TransactionConflict", "None", "ConditionalCheckFailed")

    wire.disturb(unclear, range(1))
    passing = paytrum.send("POST", "/v1/clients", BODY, key)
    wire.disturb(unclear)
    lasting = paytrum.send("POST", "/v1/clients", BODY, key)

    assert (passing.status, passing.text) == (201, made.text)
    assert (lasting.status, lasting.json["error"]["code"]) == (425, "idempotency_in_flight")


def test_a_retry_with_the_key_finds_what_was_done(paytrum: ContractClient, wire: Wire) -> None:
    wire.disturb(Fault.TIMEOUT_AFTER)
    first = paytrum.send("POST", "/v1/clients", BODY, {"Idempotency-Key": "k"})
    wire.mend()
    second = paytrum.send("POST", "/v1/clients", BODY, {"Idempotency-Key": "k"})

    assert unavailable(first)
    assert (second.status, second.headers["x-idempotent-replay"]) == (201, "true")
    listed = paytrum.send("GET", "/v1/clients").json["data"]
    assert [client["id"] for client in listed] == [second.json["id"]]


@pytest.mark.parametrize(
    "does",
    [refusal("ValidationException"), refusal("ResourceNotFoundException"), (418, {})],
    ids=str,
)
def test_what_only_we_can_have_caused_is_500(
    paytrum: ContractClient,
    wire: Wire,
    capsys: pytest.CaptureFixture[str],
    does: Any,
) -> None:
    wire.disturb(does)

    reply = paytrum.send("POST", "/v1/clients", BODY)

    assert (reply.status, reply.json["error"]["code"]) == (500, "internal_error")
    assert SECRET not in reply.text
    printed = capsys.readouterr().out
    assert '"message":"unhandled"' in printed
    assert SECRET not in printed
    assert "ar@acme.com" not in printed
