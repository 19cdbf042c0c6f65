"""Both clients meet the same faults, and end with the same result or error and number of writes.

The table is the specification; `pytest --collect-only -q tests/conformance` prints its cases. Where
botocore does something else, the case says what and why ours does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.conformance import server as dynamodb
from tests.conformance.certificate import Certificate, certificate
from tests.conformance.clients import CLIENTS, client, end
from tests.conformance.server import Fault, Server, refuses, says

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TABLE: Final = "clients"
REQUESTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "GetItem": ("get_item", {"TableName": TABLE, "Key": {"pk": {"S": "clé"}}}),
    "PutItem": ("put_item", {"TableName": TABLE, "Item": {"pk": {"S": "clé"}}}),
    "TransactWriteItems": (
        "transact_write_items",
        {
            "TransactItems": [{"Put": {"TableName": TABLE, "Item": {"pk": {"S": "clé"}}}}],
            "ClientRequestToken": "token",
        },
    ),
}
RESULTS: Final[dict[str, dict[str, Any]]] = {
    **dynamodb.RESULTS,
    "GetItem": {"Item": {**dynamodb.ITEM, "data": {"B": b"\0\1\2"}}},
}
ONCE, LASTING = "once", "lasting"
DONE, BELIEVED = "done", "another result than was sent"
UNAVAILABLE, THROTTLED = "Unavailable", "Throttled"


@dataclass(frozen=True, slots=True)
class End:
    """How a call ends.

    Attributes:
        how: `DONE`, `BELIEVED`, or the error.
        requests: that the server read.
        carried_out: how many of them it carried out, if each was a write without a token.
    """

    how: str
    requests: int
    carried_out: int


@dataclass(frozen=True, slots=True)
class Case:
    """A fault, and how a call that meets it ends.

    Attributes:
        name: of the fault.
        fault: what the server does.
        times: `ONCE` for the first request, or `LASTING` for all.
        own: how it ends with ours.
        botocore: how it ends with botocore's; where that is not the same, the table says why.
        warm: whether the connection was used before.
    """

    name: str
    fault: Fault
    times: str
    own: End
    botocore: End
    warm: bool = False


def same(name: str, fault: Fault, times: str, end: End, *, warm: bool = False) -> Case:
    """A case in which both clients end alike."""
    return Case(name, fault, times, end, end, warm)


def lost(name: str, fault: Fault, *, carried_out: bool) -> list[Case]:
    """A response that does not come is asked for again, three times in all."""
    each = int(carried_out)
    return [
        same(name, fault, ONCE, End(DONE, 2, 1 + each)),
        same(name, fault, LASTING, End(UNAVAILABLE, 3, 3 * each)),
    ]


def told(name: str, fault: Fault, error: str) -> list[Case]:
    """An error of the service that passes."""
    return [
        same(name, fault, ONCE, End(DONE, 2, 1)),
        same(name, fault, LASTING, End(error, 3, 0)),
    ]


def believed(name: str, fault: Fault, *, carried_out: bool = True) -> list[Case]:
    """A response that botocore believes, and that ours takes for none.

    In its standard mode botocore checks no `x-amz-crc32`. It takes a body that is no JSON, and one
    whose headers were cut off, for an empty result: a write that was never carried out is done.
    """
    each = int(carried_out)
    wrong = End(BELIEVED, 1, each)
    return [
        Case(name, fault, ONCE, End(DONE, 2, 1 + each), wrong),
        Case(name, fault, LASTING, End(UNAVAILABLE, 3, 3 * each), wrong),
    ]


def passes(name: str, fault: Fault, code: str) -> Case:
    """An error that no retry mends: the caller's mistake, or the operator's."""
    return same(name, fault, LASTING, End(f"passes: {code}", 1, 0))


HTML = b"<html><body>Welcome to the airport's network</body></html>"
AHEAD, BEHIND = timedelta(hours=2), timedelta(hours=-2)
CASES = [
    same("answered", dynamodb.answered, LASTING, End(DONE, 1, 1)),
    same("answered in chunks", dynamodb.chunked, LASTING, End(DONE, 1, 1)),
    *lost("dropped before", dynamodb.dropped_before, carried_out=False),
    *lost("dropped after", dynamodb.dropped_after, carried_out=True),
    *lost("half a body", dynamodb.half, carried_out=True),
    *lost("content length too large", dynamodb.long, carried_out=True),
    *lost("another protocol", dynamodb.nonsense, carried_out=True),
    *told("500", refuses("InternalServerError", 500), UNAVAILABLE),
    *told("503", refuses("ServiceUnavailable", 503), UNAVAILABLE),
    *told("503 in HTML", says(503, HTML), UNAVAILABLE),
    *told("500 without a body", says(500, b""), UNAVAILABLE),
    *told("transaction in progress", refuses("TransactionInProgressException"), UNAVAILABLE),
    *told("table throttled", refuses("ProvisionedThroughputExceededException"), THROTTLED),
    *told("account throttled", refuses("RequestLimitExceeded"), THROTTLED),
    *told("control plane throttled", refuses("ThrottlingException"), THROTTLED),
    passes("validation", refuses("ValidationException"), "ValidationException"),
    passes("no such table", refuses("ResourceNotFoundException"), "ResourceNotFoundException"),
    passes("not allowed", refuses("AccessDeniedException"), "AccessDeniedException"),
    passes("expired credentials", refuses("ExpiredTokenException"), "ExpiredTokenException"),
    passes("unknown key", refuses("UnrecognizedClientException"), "UnrecognizedClientException"),
    passes("bad signature", refuses("InvalidSignatureException"), "InvalidSignatureException"),
    passes("400 in HTML", says(400, HTML), "400"),
    passes("413 without a body", says(413, b""), "413"),
    passes("301", says(301, b"", Location="http://127.0.0.1:9/"), "301"),
    passes("302", says(302, HTML, Location="http://127.0.0.1:9/"), "302"),
    passes("307", says(307, b"", Location="http://127.0.0.1:9/"), "307"),
    passes("308", says(308, b"{}", Location="http://127.0.0.1:9/"), "308"),
    same(
        "condition failed",
        refuses("ConditionalCheckFailedException", Item=dynamodb.ITEM),
        LASTING,
        End("WriteRefused", 1, 0),
    ),
    same(
        "transaction cancelled",
        refuses(
            "TransactionCanceledException",
            CancellationReasons=[
                {"Code": "ConditionalCheckFailed", "Message": "why", "Item": dynamodb.ITEM}
            ],
        ),
        LASTING,
        End("WriteRefused", 1, 0),
    ),
    same("conflict", refuses("TransactionConflictException"), LASTING, End("WriteRefused", 1, 0)),
    *believed("garbled body", dynamodb.garbled),
    *believed("content length too small", dynamodb.short),
    *believed("200 in HTML", says(200, HTML), carried_out=False),
    *believed("half a head", dynamodb.half_a_head),
    Case(
        "200 without an object",
        says(200, b'"ok"'),
        LASTING,
        End(UNAVAILABLE, 3, 0),
        End("passes: AttributeError", 1, 0),
    ),
    # A body that ends with its connection could have been cut off.
    Case(
        "length not stated",
        dynamodb.unending,
        LASTING,
        End(UNAVAILABLE, 3, 3),
        End(DONE, 1, 1),
    ),
    # botocore does not put its clock right; a function of ours would fail until it is replaced.
    *(
        Case(
            f"clock {name}",
            dynamodb.with_another_clock(by),
            LASTING,
            End(DONE, 2, 1),
            End("passes: InvalidSignatureException", 1, 0),
        )
        for name, by in (("behind", AHEAD), ("ahead", BEHIND))
    ),
    same("clock right", dynamodb.with_another_clock(timedelta(0)), LASTING, End(DONE, 1, 1)),
    same("kept connection", dynamodb.answered, LASTING, End(DONE, 1, 1), warm=True),
    same("kept, closed now", dynamodb.dropped_before, ONCE, End(DONE, 2, 1), warm=True),
    # Ours sends once more at once where a kept connection ends before the first byte.
    Case(
        "kept, closed now",
        dynamodb.dropped_before,
        LASTING,
        End(UNAVAILABLE, 4, 0),
        End(UNAVAILABLE, 3, 0),
        warm=True,
    ),
    same("kept, half a body", dynamodb.half, ONCE, End(DONE, 2, 2), warm=True),
]


Plain = tuple[Server, str]


@pytest.fixture(scope="module")
def plain() -> Iterator[Plain]:
    """A server without TLS, and its URL."""
    with dynamodb.running() as (server, port):
        yield server, f"http://127.0.0.1:{port}"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials and a region, and nothing of the machine's own configuration."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_PROFILE", "AWS_CA_BUNDLE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("operation", REQUESTS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} {case.times}")
def test_a_fault_ends_alike(
    monkeypatch: pytest.MonkeyPatch, plain: Plain, case: Case, operation: str
) -> None:
    ends = {name: meet(monkeypatch, plain, name, case, operation) for name in CLIENTS}

    assert ends["own"][0] == expected(case.own, operation)
    assert ends["botocore"][0] == expected(case.botocore, operation)
    assert case.own.how != "WriteRefused" or ends["own"][1] == ends["botocore"][1]


def meet(
    monkeypatch: pytest.MonkeyPatch, plain: Plain, name: str, case: Case, operation: str
) -> tuple[End, object]:
    """How a call of a client ends, and what it ends with."""
    server, url = plain
    disturbed = range(1) if case.times == ONCE else range(1_000_000)
    with client(name, monkeypatch, url) as used:
        return call(used, server, operation, case.fault, disturbed, warm=case.warm)


def call(
    used: Any,
    server: Server,
    operation: str,
    fault: Fault,
    disturbed: range,
    *,
    warm: bool = False,
) -> tuple[End, object]:
    """How a call ends with a server that has a fault, and what it ends with."""
    method, request = REQUESTS[operation]
    if warm:
        server.disturb(fault, range(0))
        assert end(getattr(used, method), request) == RESULTS[operation]
    server.disturb(fault, disturbed)
    ended = end(getattr(used, method), request)
    match ended:
        case str(how):
            pass
        case {"WriteRefused": _}:
            how = "WriteRefused"
        case result:
            how = DONE if result == RESULTS[operation] else BELIEVED
    return End(how, len(server.requests), len(set(server.carried_out))), ended


def expected(case: End, operation: str) -> End:
    """The end of a case for one operation: a read writes nothing, a token counts once."""
    match operation:
        case "GetItem":
            return End(case.how, case.requests, 0)
        case "PutItem":
            how = DONE if case.how == BELIEVED else case.how  # its result is empty anyway
            return End(how, case.requests, case.carried_out)
        case _:
            how = DONE if case.how == BELIEVED else case.how
            return End(how, case.requests, min(1, case.carried_out))


@pytest.mark.parametrize("operation", REQUESTS)
@pytest.mark.parametrize("name", CLIENTS)
def test_a_silent_server_is_given_up_on(
    monkeypatch: pytest.MonkeyPatch, plain: Plain, name: str, operation: str
) -> None:
    server, url = plain
    with client(name, monkeypatch, url, seconds=0.05) as used:
        ended, _ = call(used, server, operation, dynamodb.silent, range(9))

    assert ended.how == UNAVAILABLE


@pytest.mark.parametrize("operation", REQUESTS)
@pytest.mark.parametrize("name", CLIENTS)
def test_a_connection_closed_while_idle_is_noticed_before_it_is_used(
    monkeypatch: pytest.MonkeyPatch, name: str, operation: str
) -> None:
    def last(exchange: dynamodb.Exchange) -> bool:
        dynamodb.answered(exchange)
        return False

    # A server of its own: what other tests left open, and closed whenever, would be waited for.
    with (
        dynamodb.running() as (server, port),
        client(name, monkeypatch, f"http://127.0.0.1:{port}") as used,
    ):
        first, _ = call(used, server, operation, last, range(1))
        server.wait_for_ends()
        second, _ = call(used, server, operation, last, range(0))

    assert (first.how, second.how, second.requests) == (DONE, DONE, 1)


@pytest.mark.parametrize("name", CLIENTS)
def test_nobody_there_is_unavailable(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with dynamodb.running() as (_, port):
        pass
    with client(name, monkeypatch, f"http://127.0.0.1:{port}") as used:
        assert end(used.get_item, REQUESTS["GetItem"][1]) == UNAVAILABLE


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """The server's certificate."""
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.mark.parametrize(
    ("fault", "how", "requests"),
    [
        (dynamodb.answered, DONE, 1),
        (dynamodb.dropped_before, DONE, 2),
        (dynamodb.dropped_after, DONE, 2),
        (dynamodb.half, DONE, 2),
        (dynamodb.nonsense, DONE, 2),
    ],
)
@pytest.mark.parametrize("warm", [False, True], ids=["new connection", "kept connection"])
@pytest.mark.parametrize("name", CLIENTS)
def test_with_tls_a_fault_ends_as_without(
    monkeypatch: pytest.MonkeyPatch,
    shown: Certificate,
    name: str,
    fault: Fault,
    how: str,
    requests: int,
    warm: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(shown.file))

    with (
        dynamodb.running(shown.context()) as (server, port),
        client(name, monkeypatch, f"https://127.0.0.1:{port}") as used,
    ):
        ended, _ = call(used, server, "GetItem", fault, range(1), warm=warm)

    assert ended == End(how, requests, 0)
    assert server.connections == requests


@pytest.mark.parametrize("name", CLIENTS)
def test_a_certificate_nobody_vouches_for_is_unavailable(
    monkeypatch: pytest.MonkeyPatch, shown: Certificate, name: str
) -> None:
    with (
        dynamodb.running(shown.context()) as (server, port),
        client(name, monkeypatch, f"https://127.0.0.1:{port}") as used,
    ):
        assert end(used.get_item, REQUESTS["GetItem"][1]) == UNAVAILABLE

    assert server.requests == []


@pytest.mark.parametrize("name", CLIENTS)
def test_a_server_without_tls_is_unavailable(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with (
        dynamodb.running() as (server, port),
        client(name, monkeypatch, f"https://127.0.0.1:{port}") as used,
    ):
        assert end(used.get_item, REQUESTS["GetItem"][1]) == UNAVAILABLE

    assert server.requests == []
