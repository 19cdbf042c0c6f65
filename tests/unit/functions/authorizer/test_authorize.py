"""The authorizer's decision on every kind of request."""

import hmac
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from authorizer.authorize import Decision, handler
from ops.cli.operator import Operator
from registry.domain.credential import IssuedCredential, hash_token, mint_token
from registry.domain.errors import Unavailable
from registry.domain.identifiers import instant, now
from registry.domain.workspace import Contract, Mode, Plan, Role, Subscription, Workspace
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import dynamodb_client
from tools.template import ROOT

EVENTS = ROOT / "events" / "authorizer"
STAGE = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/live"
Headers = dict[str, str] | None


def request(contract: Contract, headers: Headers) -> dict[str, Any]:
    """A REQUEST authorizer event with the parts the authorizer reads."""
    return {
        "type": "REQUEST",
        "methodArn": f"{STAGE}/GET/v1/clients/abc",
        "stageVariables": {"contract": contract.value},
        "headers": headers,
        "multiValueHeaders": headers and {name: [value] for name, value in headers.items()},
    }


def decide(contract: Contract, headers: Headers) -> Decision:
    return handler(request(contract, headers), None)


def effect(decision: Decision) -> str:
    (statement,) = decision["policyDocument"]["Statement"]
    assert statement["Resource"] == f"{STAGE}/*"
    return statement["Effect"]


@pytest.fixture
def workspace(operator: Operator) -> Workspace:
    return operator.create_workspace("Acme", Plan.AGENCY, region="CA", timezone="America/Toronto")


@pytest.fixture
def key(operator: Operator, workspace: Workspace) -> IssuedCredential:
    return operator.create_credential(workspace.id, Contract.PAYTRUM)


@pytest.fixture
def reads(operator: Operator) -> Iterator[list[str]]:
    """Operations the authorizer sends to DynamoDB."""
    names: list[str] = []

    def record(model: Any, **_: object) -> None:
        names.append(model.name)

    events = dynamodb_client().meta.events
    events.register("before-call.dynamodb", record)
    yield names
    events.unregister("before-call.dynamodb", record)


@pytest.fixture
def reason(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Reads the reason of the last refusal, which log and metric both have."""

    def read() -> str:
        logged, metric = map(json.loads, capsys.readouterr().out.splitlines()[-2:])
        assert metric["CredentialRefused"] == [1.0]
        assert (metric["contract"], metric["reason"]) == (logged["contract"], logged["reason"])
        return str(metric["reason"])

    return read


def test_a_good_key_opens_the_whole_stage(key: IssuedCredential) -> None:
    decision = decide(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})

    assert effect(decision) == "Allow"
    assert decision["principalId"] == key.credential.id
    assert decision["usageIdentifierKey"] == key.credential.usage_key


def test_the_endpoint_learns_who_calls(workspace: Workspace, key: IssuedCredential) -> None:
    decision = decide(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})

    assert json.loads(json.dumps(decision["context"])) == {
        "workspaceId": workspace.id,
        "workspaceName": "Acme",
        "region": "CA",
        "timezone": "America/Toronto",
        "plan": "agency",
        "subscription": "active",
        "credentialId": key.credential.id,
        "userId": "",
        "contract": "paytrum",
        "mode": "live",
        "role": "",
        "scopes": "*",
        "tokenPrefix": key.credential.prefix,
        "rate": "20",
        "expiresAt": "",
        "consentKey": hmac.new(workspace.secret or b"", b"consent", "sha256").hexdigest(),
        "cursorKey": hmac.new(workspace.secret or b"", b"cursor", "sha256").hexdigest(),
    }


def test_the_endpoint_learns_as_whom_and_until_when(
    operator: Operator, workspace: Workspace
) -> None:
    issued = operator.create_credential(
        workspace.id,
        Contract.HOURSMITH,
        mode=Mode.TEST,
        role=Role.MANAGER,
        expires_in=timedelta(days=1),
    )

    context = decide(Contract.HOURSMITH, {"authorization": f"bearer {issued.secret}"})["context"]

    assert issued.credential.expires_at is not None
    assert context["expiresAt"] == instant(issued.credential.expires_at)
    assert context["userId"] == issued.credential.user_id
    assert (context["role"], context["mode"]) == ("manager", "test")
    assert context["scopes"] == "clients:read clients:write"
    assert context["tokenPrefix"] == issued.secret.split("_")[2]


def test_no_key_reaches_log_or_metric(
    key: IssuedCredential, capfd: pytest.CaptureFixture[str]
) -> None:
    context = decide(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})["context"]

    written = "".join(capfd.readouterr())
    assert "credential accepted" in written
    assert len({context["consentKey"], context["cursorKey"]} - {""}) == 2
    assert context["consentKey"] not in written
    assert context["cursorKey"] not in written


def test_a_workspace_from_before_secrets_is_served_without_keys_and_the_log_says_so(
    credential_store: CredentialStore,
    workspace: Workspace,
    key: IssuedCredential,
    capsys: pytest.CaptureFixture[str],
) -> None:
    credential_store.replace_workspace(replace(workspace, secret=None), previous=workspace)

    decision = decide(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})

    assert effect(decision) == "Allow"
    assert (decision["context"]["consentKey"], decision["context"]["cursorKey"]) == ("", "")
    warned = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["workspace_id"] for line in warned if line["level"] == "WARNING"] == [workspace.id]


def test_a_cold_decision_takes_two_reads_and_the_first_of_a_day_a_write(
    key: IssuedCredential, reads: list[str], credential_store: CredentialStore
) -> None:
    headers = {"Authorization": f"Bearer {key.secret}"}
    before = now()

    decide(Contract.PAYTRUM, headers)
    assert reads == ["GetItem", "BatchGetItem", "UpdateItem"]
    used_at = credential_store.credential(key.credential.id).last_used_at
    reads.clear()
    decide(Contract.PAYTRUM, headers)

    assert reads == ["GetItem", "BatchGetItem"]
    assert used_at is not None
    assert before <= used_at <= now()


def test_a_use_that_cannot_be_written_down_is_no_reason_to_refuse_it(
    key: IssuedCredential,
    credential_store: CredentialStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    events = dynamodb_client().meta.events
    events.register("before-call.dynamodb.UpdateItem", refuse)
    try:
        decision = decide(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})
    finally:
        events.unregister("before-call.dynamodb.UpdateItem", refuse)

    assert effect(decision) == "Allow"
    assert credential_store.credential(key.credential.id).last_used_at is None
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["error"] for line in logged if line["message"] == "use not recorded"] == [
        "Unavailable"
    ]


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "BEARER   {}", " Bearer {} "])
def test_header_and_scheme_come_in_any_case(key: IssuedCredential, name: str, form: str) -> None:
    decision = decide(Contract.PAYTRUM, {name: form.format(key.secret)})

    assert effect(decision) == "Allow"


def test_headers_may_come_without_their_list_form(key: IssuedCredential) -> None:
    event = request(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})
    del event["multiValueHeaders"]

    assert effect(handler(event, None)) == "Allow"


@pytest.mark.parametrize(
    "headers",
    [None, {}, {"X-Api-Key": "{secret}"}, {"Cookie": "Authorization=Bearer {secret}"}],
)
def test_no_credential_is_refused_without_a_read(
    key: IssuedCredential,
    reads: list[str],
    reason: Callable[[], str],
    headers: Headers,
) -> None:
    filled = headers and {name: value.format(secret=key.secret) for name, value in headers.items()}

    assert effect(decide(Contract.PAYTRUM, filled)) == "Deny"
    assert reason() == "missing"
    assert reads == []


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "{secret}",
        "Basic {secret}",
        "Bearer{secret}",
        "Bearer {secret} {secret}",
        "Bearer {secret}, Bearer {secret}",
        "Bearer {secret}x",
        "Bearer {cut}",
        "Bearer {wrong_checksum}",
        "Bearer {other_mode}",
        "Bearer ak_live_your_key",
        "Bearer ak_prod_000000000000000000000000000000000000",
        "Bearer \u212a{secret}",
    ],
)
def test_a_malformed_credential_is_refused_without_a_read(
    key: IssuedCredential, reads: list[str], reason: Callable[[], str], value: str
) -> None:
    last = "1" if key.secret.endswith("0") else "0"
    authorization = value.format(
        secret=key.secret,
        cut=key.secret[:-1],
        wrong_checksum=key.secret[:-1] + last,
        other_mode=key.secret.replace("live", "test"),
    )

    decision = decide(Contract.PAYTRUM, {"Authorization": authorization})

    assert effect(decision) == "Deny"
    assert reason() == "malformed"
    assert reads == []


def test_two_authorization_headers_are_refused(
    key: IssuedCredential, reason: Callable[[], str]
) -> None:
    event = request(Contract.PAYTRUM, {})
    event["multiValueHeaders"] = {"Authorization": [f"Bearer {key.secret}", "Bearer x"]}

    assert effect(handler(event, None)) == "Deny"
    assert reason() == "ambiguous"


def test_a_token_that_was_never_issued_is_refused(
    operator: Operator, reason: Callable[[], str]
) -> None:
    token = mint_token(Contract.PAYTRUM, Mode.LIVE)

    assert effect(decide(Contract.PAYTRUM, {"Authorization": f"Bearer {token}"})) == "Deny"
    assert reason() == "unknown"


@pytest.mark.parametrize("contract", sorted(set(Contract) - {Contract.PAYTRUM}))
def test_a_key_does_not_open_another_contract(
    key: IssuedCredential, reads: list[str], contract: Contract
) -> None:
    decision = decide(contract, {"Authorization": f"Bearer {key.secret}"})

    assert effect(decision) == "Deny"
    assert reads == []


@pytest.mark.parametrize(
    ("minted_for", "text_of", "why"),
    [
        ((Contract.ATHENTY, Mode.LIVE), (Contract.PAYTRUM, Mode.LIVE), "other_contract"),
        ((Contract.PAYTRUM, Mode.TEST), (Contract.PAYTRUM, Mode.LIVE), "other_mode"),
    ],
)
def test_the_table_has_the_last_word_on_contract_and_mode(
    *,
    operator: Operator,
    workspace: Workspace,
    credential_store: CredentialStore,
    reason: Callable[[], str],
    minted_for: tuple[Contract, Mode],
    text_of: tuple[Contract, Mode],
    why: str,
) -> None:
    contract, mode = minted_for
    issued = operator.create_credential(workspace.id, contract, mode=mode)
    token = mint_token(*text_of)
    credential_store.create_access_token(
        hash_token(token),
        issued.credential,
        scopes=("*",),
        expires_at=now() + timedelta(hours=1),
    )

    assert effect(decide(text_of[0], {"Authorization": f"Bearer {token}"})) == "Deny"
    assert reason() == why


def test_a_revoked_key_is_refused(
    operator: Operator, key: IssuedCredential, reason: Callable[[], str]
) -> None:
    operator.revoke_credential(key.credential.id)

    decision = decide(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})

    assert effect(decision) == "Deny"
    assert reason() == "revoked"


def test_an_expired_key_is_refused(
    operator: Operator, workspace: Workspace, reason: Callable[[], str]
) -> None:
    issued = operator.create_credential(
        workspace.id, Contract.PAYTRUM, expires_in=timedelta(days=-1)
    )

    decision = decide(Contract.PAYTRUM, {"Authorization": f"Bearer {issued.secret}"})

    assert effect(decision) == "Deny"
    assert reason() == "expired"


@pytest.mark.parametrize("plan", [Plan.FREE, Plan.STUDIO])
def test_plan_and_subscription_are_the_endpoints_to_judge(
    operator: Operator, workspace: Workspace, key: IssuedCredential, plan: Plan
) -> None:
    operator.update_workspace(workspace.id, plan=plan, subscription=Subscription.INACTIVE)

    decision = decide(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})

    assert effect(decision) == "Allow"
    assert decision["context"]["plan"] == plan
    assert decision["context"]["subscription"] == "inactive"
    assert decision["context"]["rate"] == "10"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Api-Key": "{secret}"},
        {"x-api-key": " {secret} "},
        {"Authorization": "Bearer {secret}"},
        {"X-API-KEY": "{secret}", "Authorization": "Bearer {secret}"},
        {"X-Api-Key": "{secret}", "Authorization": "Basic cHJveHk6cHJveHk="},
    ],
)
def test_athenty_takes_either_header(
    operator: Operator, workspace: Workspace, headers: dict[str, str]
) -> None:
    issued = operator.create_credential(workspace.id, Contract.ATHENTY)
    filled = {name: value.format(secret=issued.secret) for name, value in headers.items()}

    assert effect(decide(Contract.ATHENTY, filled)) == "Allow"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"X-Api-Key": "{one}", "Authorization": "Bearer {two}"}, "ambiguous"),
        ({"X-Api-Key": "", "Authorization": "Bearer {one}"}, "ambiguous"),
        ({"X-Api-Key": ""}, "malformed"),
        ({"X-Api-Key": "Bearer {one}"}, "malformed"),
        ({}, "missing"),
    ],
)
def test_athenty_refuses_headers_that_disagree(
    operator: Operator,
    workspace: Workspace,
    reason: Callable[[], str],
    headers: dict[str, str],
    why: str,
) -> None:
    one = operator.create_credential(workspace.id, Contract.ATHENTY).secret
    two = operator.create_credential(workspace.id, Contract.ATHENTY).secret
    filled = {name: value.format(one=one, two=two) for name, value in headers.items()}

    assert effect(decide(Contract.ATHENTY, filled)) == "Deny"
    assert reason() == why


def test_an_access_token_opens_alternative_payments(
    operator: Operator, workspace: Workspace, credential_store: CredentialStore
) -> None:
    issued = operator.create_credential(workspace.id, Contract.ALTERNATIVE_PAYMENTS)
    token = mint_token(Contract.ALTERNATIVE_PAYMENTS, Mode.LIVE)
    end = now() + timedelta(hours=1)
    credential_store.create_access_token(
        hash_token(token), issued.credential, scopes=("customers:read",), expires_at=end
    )

    decision = decide(Contract.ALTERNATIVE_PAYMENTS, {"Authorization": f"Bearer {token}"})

    assert effect(decision) == "Allow"
    assert decision["usageIdentifierKey"] == issued.credential.usage_key
    assert decision["context"]["scopes"] == "customers:read"
    assert decision["context"]["expiresAt"] == instant(end)
    assert decision["context"]["rate"] == "5"


def test_a_client_secret_is_no_access_token(operator: Operator, workspace: Workspace) -> None:
    issued = operator.create_credential(workspace.id, Contract.ALTERNATIVE_PAYMENTS)
    headers = {"Authorization": f"Bearer {issued.secret}"}

    assert effect(decide(Contract.ALTERNATIVE_PAYMENTS, headers)) == "Deny"


def test_the_rate_is_the_one_deployed(
    key: IssuedCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USAGE_PLAN_RATES", '{"business": 25}')

    decision = decide(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})

    assert decision["context"]["rate"] == "25"


def test_a_table_that_does_not_respond_permits_nothing(key: IssuedCredential) -> None:
    def refuse(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    events = dynamodb_client().meta.events
    events.register("before-call.dynamodb", refuse)
    try:
        with pytest.raises(Unavailable):
            decide(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})
    finally:
        events.unregister("before-call.dynamodb", refuse)


@pytest.mark.parametrize(
    "variables", [None, {}, {"contract": "stripe"}, {"contract": None}, "paytrum"]
)
def test_a_stage_without_a_contract_opens_nothing(key: IssuedCredential, variables: object) -> None:
    event = request(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})
    event["stageVariables"] = variables

    assert effect(handler(event, None)) == "Deny"


NO_MAPS: list[object] = [None, "text", 7, [], ["text"], {"a": None}, {"authorization": [None]}]


@pytest.mark.parametrize(
    ("members", "value"),
    [
        *((("headers", "multiValueHeaders"), value) for value in NO_MAPS),
        *((("multiValueHeaders",), value) for value in NO_MAPS if value is not None),
        *((("stageVariables",), value) for value in NO_MAPS),
        *((("methodArn",), value) for value in NO_MAPS if not isinstance(value, str)),
    ],
    ids=str,
)
def test_an_event_that_the_gateway_does_not_send_opens_nothing(
    key: IssuedCredential, reads: list[str], members: tuple[str, ...], value: object
) -> None:
    event = request(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})
    reads.clear()
    for without in (False, True):
        for member in members:
            event[member] = value
            if without:
                del event[member]
        if without and members == ("multiValueHeaders",):
            continue  # the header is in `headers` as well

        decision = handler(event, None)

        (statement,) = decision["policyDocument"]["Statement"]
        assert statement["Effect"] == "Deny"
        assert reads == []


@pytest.mark.parametrize("event", [None, [], "text", 7, {}], ids=str)
def test_what_is_no_event_opens_nothing(event: object, reason: Callable[[], str]) -> None:
    decision = handler(event, None)

    (statement,) = decision["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", "*")
    assert reason() == "malformed"


def test_no_log_line_holds_a_credential(
    operator: Operator, key: IssuedCredential, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})
    decide(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}x"})
    operator.revoke_credential(key.credential.id)
    decide(Contract.PAYTRUM, {"Authorization": f"Bearer {key.secret}"})

    printed = capsys.readouterr().out
    random_part = key.secret.removeprefix(key.credential.prefix)
    assert key.credential.id in printed
    assert random_part not in printed
    assert key.credential.usage_key not in printed


def test_the_example_event_is_denied_as_an_unknown_key(
    operator: Operator, reads: list[str], reason: Callable[[], str]
) -> None:
    event = json.loads((EVENTS / "authorize.json").read_text("utf-8"))

    decision = handler(event, None)

    assert decision["policyDocument"]["Statement"][0]["Effect"] == "Deny"
    assert reason() == "unknown"
    assert reads == ["GetItem"]


def test_the_authorizer_loads_nothing_it_does_not_use() -> None:
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; import authorizer.authorize; print(*sorted(sys.modules))",
        ],
        capture_output=True,
        check=True,
        text=True,
    )

    loaded = set(result.stdout.split())
    assert "authorizer.authorize" in loaded
    assert loaded.isdisjoint({"pydantic", "phonenumbers", "pycountry", "email_validator"})
