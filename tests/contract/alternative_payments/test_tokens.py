"""`POST /oauth/token`."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from registry.contracts.alternative_payments import tokens
from registry.contracts.alternative_payments.operations import OPERATIONS
from registry.domain.credential import IssuedCredential, hash_token, mint_client_secret
from registry.domain.errors import TooManyTokens
from registry.domain.identifiers import now
from registry.domain.workspace import Contract, Mode
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import dynamodb_client
from tests.contract.calls import counted
from tests.contract_client import ContractClient, Reply

Issue = Callable[..., IssuedCredential]
# The word of RFC 6749, section 5.2, beside each of the contract's codes.
OAUTH_ERRORS = {
    "bad_request": "invalid_request",
    "forbidden": "invalid_client",
    "invalid_scope": "invalid_scope",
    "payload_too_large": "invalid_request",
    "too_many_requests": "temporarily_unavailable",
    "unsupported_grant_type": "unsupported_grant_type",
    "unsupported_media_type": "invalid_request",
}
CONTRACT = Contract.ALTERNATIVE_PAYMENTS
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def api(credentials: CredentialStore) -> ContractClient:
    """The contract without a caller: the token endpoint needs none."""
    return ContractClient(OPERATIONS, {})


def basic(client_id: str, secret: str) -> dict[str, str]:
    """The header of HTTP Basic."""
    shown = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {shown}"}


def ask(api: ContractClient, form: dict[str, str], headers: dict[str, str] | None = None) -> Reply:
    """A request for a token, as a form."""
    sent = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
    return api.send("POST", "/oauth/token", raw=urlencode(form), headers=sent)


def shown(issued: IssuedCredential) -> dict[str, str]:
    """HTTP Basic of a client."""
    return basic(issued.credential.id, issued.secret)


def in_body(issued: IssuedCredential) -> dict[str, str]:
    """The client in the body."""
    return {"client_id": issued.credential.id, "client_secret": issued.secret}


def refusal(reply: Reply) -> tuple[int, str]:
    """Status and code of an error in the contract's shape, and in that of RFC 6749."""
    assert reply.json.keys() == {"code", "message", "error"}
    assert reply.json["error"] == OAUTH_ERRORS[reply.json["code"]]
    return reply.status, reply.json["code"]


def test_a_token_is_56_hexadecimal_digits_for_an_hour(
    api: ContractClient, issue: Issue, credentials: CredentialStore
) -> None:
    issued = issue()

    reply = ask(api, GRANT, shown(issued))

    assert reply.status == 200
    assert list(reply.json) == ["access_token", "token_type", "expires_in", "scope"]
    assert len(bytes.fromhex(reply.json["access_token"])) == 28
    assert (reply.json["token_type"], reply.json["expires_in"]) == ("bearer", 3600)
    assert reply.json["scope"] == "*"
    assert reply.headers["Cache-Control"] == "no-store"
    resolved = credentials.resolve(hash_token(reply.json["access_token"]))
    assert resolved is not None
    assert resolved.credential == issued.credential
    assert resolved.expires_at is not None
    assert timedelta(minutes=59) < resolved.expires_at - now() <= timedelta(hours=1)


def test_every_token_is_another_one(api: ContractClient, issue: Issue) -> None:
    issued = issue()

    tokens = {ask(api, GRANT, shown(issued)).json["access_token"] for _ in range(5)}

    assert len(tokens) == 5


def test_form_or_json_and_header_or_body(api: ContractClient, issue: Issue) -> None:
    issued = issue()
    both = {**GRANT, **in_body(issued)}
    as_json = {"content-type": "application/json"}

    replies = [
        ask(api, GRANT, shown(issued)),
        ask(api, both),
        ask(api, both, shown(issued)),
        ask(api, {**GRANT, "client_id": issued.credential.id}, shown(issued)),
        ask(api, {**GRANT, "audience": "anything"}, shown(issued)),
        api.send("POST", "/oauth/token", GRANT, shown(issued)),
        api.send("POST", "/oauth/token", both),
        api.send("POST", "/oauth/token", raw=json.dumps(both), headers=as_json),
    ]

    assert [reply.status for reply in replies] == [200] * len(replies)


@pytest.mark.parametrize(
    "forge",
    [
        lambda i: basic(i.credential.id, i.secret[:-1] + ("A" if i.secret[-1] != "A" else "B")),
        lambda i: basic(i.credential.id, "wrong"),
        lambda i: basic("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", i.secret),
        lambda i: basic("a" * 3000, i.secret),
        lambda _: basic("", ""),
        lambda _: {"Authorization": "Basic"},
        lambda _: {"Authorization": "Basic !!!"},
        lambda _: {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()},
        lambda _: {"Authorization": "Basic " + base64.b64encode(b"\xff:\xff").decode()},
        lambda i: {"Authorization": f"Bearer {i.secret}"},
        lambda _: {},
    ],
)
def test_wrong_credentials_are_403(
    api: ContractClient, issue: Issue, forge: Callable[[IssuedCredential], dict[str, str]]
) -> None:
    assert refusal(ask(api, GRANT, forge(issue()))) == (403, "forbidden")


def test_a_secret_of_another_client_is_403(api: ContractClient, issue: Issue) -> None:
    one, other = issue(), issue()

    assert refusal(ask(api, GRANT, basic(one.credential.id, other.secret))) == (403, "forbidden")


def test_a_client_that_has_ended_is_403(
    api: ContractClient, issue: Issue, credentials: CredentialStore
) -> None:
    revoked, over = issue(), issue(ends_in=timedelta(milliseconds=1))
    credentials.revoke_credential(revoked.credential.id, now())

    assert refusal(ask(api, GRANT, shown(revoked))) == (403, "forbidden")
    assert refusal(ask(api, GRANT, shown(over))) == (403, "forbidden")


def test_a_token_does_not_outlive_its_client(api: ContractClient, issue: Issue) -> None:
    reply = ask(api, GRANT, shown(issue(ends_in=timedelta(minutes=10))))

    assert 590 <= reply.json["expires_in"] <= 600


def test_header_and_body_have_to_agree(api: ContractClient, issue: Issue) -> None:
    one, other = issue(), issue()

    assert refusal(ask(api, {**GRANT, **in_body(other)}, shown(one))) == (400, "bad_request")


@pytest.mark.parametrize("grant", ["password", "authorization_code", "Client_Credentials"])
def test_another_grant_type_is_400(api: ContractClient, issue: Issue, grant: str) -> None:
    reply = ask(api, {"grant_type": grant}, shown(issue()))

    assert refusal(reply) == (400, "unsupported_grant_type")


@pytest.mark.parametrize(
    ("raw", "content_type", "expected"),
    [
        ("", "application/x-www-form-urlencoded", (400, "bad_request")),
        ("scope=read", "application/x-www-form-urlencoded", (400, "bad_request")),
        ("grant_type=", "application/x-www-form-urlencoded", (400, "bad_request")),
        ("grant_type=%ff", "application/x-www-form-urlencoded", (400, "bad_request")),
        (
            "grant_type=client_credentials&grant_type=client_credentials",
            "application/x-www-form-urlencoded; charset=utf-8",
            (400, "bad_request"),
        ),
        ("{}", "application/json", (400, "bad_request")),
        ("[]", "application/json", (400, "bad_request")),
        ("{", "application/json", (400, "bad_request")),
        ('{"grant_type": 5}', "application/json", (400, "bad_request")),
        (
            '{"grant_type": "client_credentials", "scope": []}',
            "application/json",
            (400, "bad_request"),
        ),
        ("grant_type=client_credentials", "text/plain", (415, "unsupported_media_type")),
    ],
)
def test_a_request_that_cannot_be_read(
    api: ContractClient, issue: Issue, raw: str, content_type: str, expected: tuple[int, str]
) -> None:
    headers = {"content-type": content_type, **shown(issue())}

    assert refusal(api.send("POST", "/oauth/token", raw=raw, headers=headers)) == expected


def test_a_query_parameter_is_400(api: ContractClient, issue: Issue) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", **shown(issue())}

    reply = api.send(
        "POST", "/oauth/token?grant_type=client_credentials", raw=urlencode(GRANT), headers=headers
    )

    assert refusal(reply) == (400, "bad_request")


@pytest.mark.parametrize(
    ("held", "asked", "given"),
    [
        ((), "", "*"),
        ((), "customers:read", "customers:read"),
        ((), "customers:read customers:read payments:read", "customers:read payments:read"),
        (("read",), "customers:read", "customers:read"),
        (("read",), "payments:read", "payments:read"),
        (("customers:read", "customers:write"), "", "customers:read customers:write"),
        (("customers:read", "customers:write"), "customers:write", "customers:write"),
    ],
)
def test_a_scope_narrows(
    api: ContractClient, issue: Issue, held: tuple[str, ...], asked: str, given: str
) -> None:
    reply = ask(api, {**GRANT, "scope": asked}, shown(issue(*held)))

    assert (reply.status, reply.json["scope"]) == (200, given)


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        ((), "everything"),
        (("read",), "*"),
        (("read",), "customers:write"),
        (("customers:read",), "read"),
        (("customers:read",), "customers:read payments:read"),
    ],
)
def test_a_scope_that_is_not_held_is_400(
    api: ContractClient, issue: Issue, held: tuple[str, ...], asked: str
) -> None:
    reply = ask(api, {**GRANT, "scope": asked}, shown(issue(*held)))

    assert refusal(reply) == (400, "invalid_scope")


def test_a_token_of_test_mode_is_marked_as_such(
    api: ContractClient, issue: Issue, credentials: CredentialStore
) -> None:
    token = ask(api, GRANT, shown(issue(mode=Mode.TEST))).json["access_token"]

    resolved = credentials.resolve(hash_token(token))

    assert resolved is not None
    assert resolved.credential.mode is Mode.TEST


def test_a_text_that_cannot_be_a_client_is_refused_without_a_call(
    api: ContractClient, issue: Issue
) -> None:
    issued = issue()

    with counted() as refused:
        ask(api, GRANT, basic(issued.credential.id, "ap_live_" + "a" * 36))
    with counted() as given:
        ask(api, GRANT, shown(issued))

    assert (refused.names, given.names) == ([], ["GetItem", "TransactWriteItems", "PutItem"])


def stop(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """Let every request of the test come at this instant."""
    monkeypatch.setattr(tokens, "now", lambda: at)


@pytest.mark.parametrize(("second", "wait"), [(0, 60), (0.5, 60), (29, 31), (59.25, 1)])
def test_a_client_has_a_hundred_tokens_in_a_minute_by_the_clock(
    api: ContractClient,
    issue: Issue,
    monkeypatch: pytest.MonkeyPatch,
    second: float,
    wait: int,
) -> None:
    one, other = issue(), issue()
    minute = now().replace(second=0, microsecond=0)
    stop(monkeypatch, minute + timedelta(seconds=second))

    statuses = [ask(api, GRANT, shown(one)).status for _ in range(100)]
    refused = ask(api, GRANT, shown(one))
    of_another = ask(api, GRANT, shown(other))
    stop(monkeypatch, minute + timedelta(seconds=second + wait))
    afterwards = ask(api, GRANT, shown(one))

    assert set(statuses) == {200}
    assert refusal(refused) == (429, "too_many_requests")
    assert refused.headers["Retry-After"] == str(wait)
    assert (of_another.status, afterwards.status) == (200, 200)


def test_requests_without_the_secret_use_up_nothing(
    api: ContractClient, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued, other = issue(), issue()
    stop(monkeypatch, now())
    without = [basic(issued.credential.id, other.secret), basic(issued.credential.id, "wrong")]

    with counted() as calls:
        statuses = {ask(api, GRANT, headers).status for headers in without * 60}

    assert statuses == {403}
    assert "TransactWriteItems" not in calls.names
    assert ask(api, GRANT, shown(issued)).status == 200


@pytest.mark.parametrize("most", [1, 2, 20])
def test_a_count_is_one_conditional_write_so_that_no_two_requests_read_the_same_number(
    credentials: CredentialStore, issue: Issue, most: int
) -> None:
    client, at = issue().credential, now()

    with counted() as calls:
        for _ in range(most):
            credentials.count_access_token(client, at, most=most)
        with pytest.raises(TooManyTokens):
            credentials.count_access_token(client, at, most=most)

    assert calls.names == ["TransactWriteItems"] * (most + 1)


def test_a_count_ends_with_its_minute(
    api: ContractClient, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = issue()
    minute = datetime(2031, 3, 1, 9, 30, tzinfo=UTC)
    stop(monkeypatch, minute + timedelta(seconds=20))

    ask(api, GRANT, shown(issued))

    items = dynamodb_client().scan(TableName="credentials")["Items"]
    (counter,) = (item for item in items if item["pk"]["S"].startswith("ISSUED#"))
    assert counter == {
        "pk": {"S": f"ISSUED#{issued.credential.id}#2031-03-01T09:30:00.000Z"},
        "issued": {"N": "1"},
        "ttl": {"N": str(int((minute + timedelta(minutes=1)).timestamp()))},
    }


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (lambda _: {}, "missing"),
        (lambda _: {"Authorization": "Basic !!!"}, "malformed"),
        (lambda i: basic(i.credential.id, "wrong"), "malformed"),
        (lambda i: basic("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", i.secret), "unknown"),
        (lambda i: basic(i.credential.id, mint_client_secret(CONTRACT, Mode.LIVE)), "unknown"),
    ],
)
def test_a_refused_client_is_counted_with_the_reason(
    api: ContractClient,
    issue: Issue,
    capsys: pytest.CaptureFixture[str],
    forge: Callable[[IssuedCredential], dict[str, str]],
    reason: str,
) -> None:
    forged = forge(issue())
    capsys.readouterr()

    ask(api, GRANT, forged)

    lines = map(json.loads, capsys.readouterr().out.splitlines())
    (metric,) = (line for line in lines if "CredentialRefused" in line)
    assert (metric["contract"], metric["reason"]) == ("alternative_payments", reason)
    (directive,) = metric["_aws"]["CloudWatchMetrics"]
    assert ["contract"] in directive["Dimensions"]


def test_a_client_that_has_ended_is_counted_with_the_reason(
    api: ContractClient,
    issue: Issue,
    credentials: CredentialStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    revoked, over = issue(), issue(ends_in=timedelta(milliseconds=1))
    credentials.revoke_credential(revoked.credential.id, now())
    capsys.readouterr()

    ask(api, GRANT, shown(revoked))
    ask(api, GRANT, shown(over))

    lines = map(json.loads, capsys.readouterr().out.splitlines())
    reasons = [line["reason"] for line in lines if "CredentialRefused" in line]
    assert reasons == ["revoked", "expired"]
