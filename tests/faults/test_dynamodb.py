"""DynamoDB refuses, fails or stays silent: a 503 that says when to try again, and nothing lost."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from moto.core.models import botocore_stubber

from registry.contracts.paytrum.operations import OPERATIONS
from registry.store.dynamodb import dynamodb_client
from tests.contract_client import ContractClient, Reply, caller

ID = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
BODY = {"name": "Acme Co", "email": "ar@acme.com", "emailConsent": True}
REQUESTS = [
    ("POST", "/v1/clients", BODY),
    ("GET", "/v1/clients", None),
    ("GET", f"/v1/clients/{ID}", None),
    ("PATCH", f"/v1/clients/{ID}", {"notes": "n"}),
    ("DELETE", f"/v1/clients/{ID}", None),
]


@pytest.fixture
def paytrum(tables: None, monkeypatch: pytest.MonkeyPatch) -> ContractClient:
    """A caller of Paytrum; retries do not wait."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    return ContractClient(OPERATIONS, caller("paytrum"))


class Fault:
    """What DynamoDB does instead of answering, `times` times."""

    def __init__(self, does: Any, times: int) -> None:
        self.hook: Any = self.meet
        self.does = does
        self.left = times
        self.met = 0

    def meet(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        if not self.left:
            return None
        self.left -= 1
        self.met += 1
        if isinstance(self.does, Exception):
            raise self.does
        if callable(self.does):
            self.does(request)
        status, body = self.does
        raw = type("Raw", (), {"stream": lambda _self: iter([json.dumps(body).encode()])})()
        headers = HTTPHeaders.from_dict({"Content-Type": "application/json"})
        return AWSResponse(request.url, status, headers, raw)


@pytest.fixture
def faults() -> Iterator[list[Fault]]:
    """Faults to put in; taken out afterwards."""
    put_in: list[Fault] = []
    yield put_in
    for fault in put_in:
        dynamodb_client().meta.events.unregister("before-send.dynamodb", fault.hook)


def failing(put_in: list[Fault], does: Any, times: int = 99) -> Fault:
    """Put a fault in."""
    fault = Fault(does, times)
    dynamodb_client().meta.events.register_first("before-send.dynamodb", fault.hook)
    put_in.append(fault)
    return fault


def refusal(name: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """An error answer of DynamoDB."""
    return 400, {"__type": f"com.amazonaws.dynamodb.v20120810#{name}", "message": "secret", **more}


FAULTS = [
    refusal("ProvisionedThroughputExceededException"),
    refusal("ThrottlingException"),
    refusal("RequestLimitExceeded"),
    (500, {"__type": "InternalServerError", "message": "secret"}),
    (503, {"__type": "ServiceUnavailable", "message": "secret"}),
    ReadTimeoutError(endpoint_url="secret"),
    ConnectTimeoutError(endpoint_url="secret"),
    EndpointConnectionError(endpoint_url="secret"),
]


def unavailable(reply: Reply) -> bool:
    """Whether it is Paytrum's 503 and tells nothing."""
    assert "secret" not in reply.text
    return (
        reply.status == 503
        and reply.json["error"]["code"] == "unavailable"
        and int(reply.headers["Retry-After"]) >= 1
    )


@pytest.mark.parametrize("does", FAULTS, ids=str)
@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
def test_a_lasting_fault_is_503_with_retry_after(
    paytrum: ContractClient,
    faults: list[Fault],
    does: Any,
    method: str,
    path: str,
    body: object,
) -> None:
    failing(faults, does)

    assert unavailable(paytrum.send(method, path, body))


@pytest.mark.parametrize("does", FAULTS, ids=str)
def test_a_passing_fault_is_not_seen(
    paytrum: ContractClient, faults: list[Fault], does: Any
) -> None:
    fault = failing(faults, does, times=1)

    assert paytrum.send("GET", "/v1/clients").status == 200
    assert fault.met == 1


def cancelled(*codes: str) -> tuple[int, dict[str, Any]]:
    """A transaction that was cancelled for these reasons."""
    reasons = [{"Code": code} for code in codes]
    return refusal("TransactionCanceledException", CancellationReasons=reasons)


def test_a_conflict_that_passes_is_not_seen(paytrum: ContractClient, faults: list[Fault]) -> None:
    failing(faults, cancelled("TransactionConflict", "None", "None"), times=2)

    reply = paytrum.send("POST", "/v1/clients", BODY, {"Idempotency-Key": "k"})

    assert reply.status == 201
    assert len(paytrum.send("GET", "/v1/clients").json["data"]) == 1


def test_a_conflict_that_lasts_is_425_with_a_key(
    paytrum: ContractClient, faults: list[Fault]
) -> None:
    fault = failing(faults, cancelled("TransactionConflict", "None", "None"))

    reply = paytrum.send("POST", "/v1/clients", BODY, {"Idempotency-Key": "k"})

    assert (reply.status, reply.json["error"]["code"]) == (425, "idempotency_in_flight")
    assert 2 <= fault.met <= 10


def test_a_conflict_that_lasts_is_503_without_a_key(
    paytrum: ContractClient, faults: list[Fault]
) -> None:
    failing(faults, cancelled("TransactionConflict", "None"))

    reply = paytrum.send("POST", "/v1/clients", BODY)

    assert (reply.status, reply.json["error"]["code"]) == (503, "unavailable")


def test_a_throttled_transaction_is_503(paytrum: ContractClient, faults: list[Fault]) -> None:
    failing(faults, cancelled("ThrottlingError", "None", "None"))

    assert unavailable(paytrum.send("POST", "/v1/clients", BODY, {"Idempotency-Key": "k"}))


def carried_out_and_lost(request: AWSPreparedRequest, **_: object) -> None:
    """A request that DynamoDB carries out and whose answer never arrives."""
    botocore_stubber("before-send.dynamodb", request)
    raise ReadTimeoutError(endpoint_url="secret")


@pytest.mark.parametrize(
    "body",
    [BODY, {"name": "Acme Co"}],
    ids=["transaction", "single write"],
)
def test_a_write_whose_answer_is_lost_is_not_done_twice(
    paytrum: ContractClient,
    faults: list[Fault],
    body: object,
) -> None:
    failing(faults, carried_out_and_lost, times=1)

    reply = paytrum.send("POST", "/v1/clients", body)

    assert reply.status == 201
    listed = paytrum.send("GET", "/v1/clients").json["data"]
    assert [client["id"] for client in listed] == [reply.json["id"]]


def test_a_retry_with_the_key_finds_what_was_done(
    paytrum: ContractClient, faults: list[Fault]
) -> None:
    lost = failing(faults, carried_out_and_lost)

    first = paytrum.send("POST", "/v1/clients", BODY, {"Idempotency-Key": "k"})
    lost.left = 0
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
    faults: list[Fault],
    caplog: pytest.LogCaptureFixture,
    does: Any,
) -> None:
    failing(faults, does)

    reply = paytrum.send("POST", "/v1/clients", BODY)

    assert (reply.status, reply.json["error"]["code"]) == (500, "internal_error")
    assert "secret" not in reply.text
    assert "unhandled" in caplog.messages
    logged = str([vars(record) for record in caplog.records])
    assert not {"secret", "ar@acme.com"} & set(logged.split("'"))
