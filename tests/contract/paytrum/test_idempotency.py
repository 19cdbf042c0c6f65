"""The `Idempotency-Key` header: paytrum.com/docs/idempotency and `docs/paytrum.md`, "Rules"."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from tests.contract_client import ContractClient, Reply

BODY = {"name": "Acme Co", "email": "ar@acme.com", "emailConsent": True}
REPLAY = "x-idempotent-replay"


def create(api: ContractClient, body: object, key: str) -> Reply:
    """A create with a key."""
    return api.send("POST", "/v1/clients", body, {"Idempotency-Key": key})


def count(api: ContractClient) -> int:
    """How many clients the workspace has."""
    return len(api.send("GET", "/v1/clients?limit=100").json["data"])


def test_a_replay_is_the_first_response_byte_for_byte(paytrum: ContractClient) -> None:
    first = create(paytrum, BODY, "k")
    paytrum.send("PATCH", f"/v1/clients/{first.json['id']}", {"name": "Other"})

    replay = create(paytrum, BODY, "k")

    assert (replay.status, replay.text) == (201, first.text)
    assert (REPLAY in first.headers, replay.headers[REPLAY]) == (False, "true")
    assert count(paytrum) == 1


@pytest.mark.parametrize(
    "raw",
    [
        '{"emailConsent":true,"email":"ar@acme.com","name":"Acme Co"}',
        '  {"name":"\\u0041cme Co",  "email":"ar@acme.com", "emailConsent" : true}\n',
    ],
)
def test_the_same_body_is_the_same_json(paytrum: ContractClient, raw: str) -> None:
    first = create(paytrum, BODY, "k")

    replay = paytrum.send("POST", "/v1/clients", raw=raw, headers={"idempotency-key": "k"})

    assert replay.text == first.text


def test_a_quoted_key_is_the_bare_one(paytrum: ContractClient) -> None:
    first = create(paytrum, BODY, '"k"')

    assert create(paytrum, BODY, "k").text == first.text


def test_another_body_is_a_conflict(paytrum: ContractClient) -> None:
    create(paytrum, BODY, "k")

    reply = create(paytrum, {**BODY, "name": "Other"}, "k")

    assert (reply.status, reply.json["error"]["code"]) == (409, "idempotency_conflict")
    assert count(paytrum) == 1


def test_another_path_is_a_conflict(paytrum: ContractClient) -> None:
    client = create(paytrum, BODY, "k").json

    reply = paytrum.send("DELETE", f"/v1/clients/{client['id']}", headers={"Idempotency-Key": "k"})

    assert (reply.status, reply.json["error"]["code"]) == (409, "idempotency_conflict")
    assert paytrum.send("GET", f"/v1/clients/{client['id']}").json["status"] == "active"


@pytest.mark.parametrize("key", [" ", '""', "a" * 256, "k\x7f", "clé", "k\n"])
def test_a_bad_key_is_400(paytrum: ContractClient, key: str) -> None:
    reply = create(paytrum, BODY, key)

    expected = 201 if key.strip() == "k" else 400
    assert reply.status == expected
    assert count(paytrum) == (expected == 201)


@pytest.mark.parametrize("key", ["a" * 255, '"' + "a" * 255 + '"', "!~ x", '"'])
def test_any_printable_ascii_is_a_key(paytrum: ContractClient, key: str) -> None:
    assert create(paytrum, BODY, key).status == 201


def test_only_a_success_is_recorded(paytrum: ContractClient) -> None:
    refused = create(paytrum, {"name": ""}, "k")

    made = create(paytrum, BODY, "k")

    assert (refused.status, made.status) == (422, 201)
    assert REPLAY not in made.headers


def test_get_ignores_the_header(paytrum: ContractClient) -> None:
    client = create(paytrum, BODY, "k").json

    reply = paytrum.send(
        "GET", f"/v1/clients/{client['id']}", headers={"Idempotency-Key": "k" * 300}
    )

    assert reply.status == 200


def test_a_key_is_free_again_after_a_day(paytrum: ContractClient) -> None:
    first = create(paytrum, BODY, "k")
    table = boto3.client("dynamodb")
    (memory,) = table.scan(TableName="idempotency")["Items"]
    day = int(timedelta(hours=24).total_seconds())
    memory["expires_at"]["N"] = str(int(memory["expires_at"]["N"]) - day)
    table.put_item(TableName="idempotency", Item=memory)

    second = create(paytrum, {"name": "Other"}, "k")

    assert second.status == 201
    assert second.json["id"] != first.json["id"]


@pytest.mark.parametrize(
    "other",
    [{"workspaceId": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2d"}, {"mode": "test"}],
)
def test_a_key_belongs_to_workspace_and_mode(
    paytrum: ContractClient, other: dict[str, str]
) -> None:
    create(paytrum, BODY, "k")

    reply = create(paytrum.as_caller(**other), {"name": "Other"}, "k")

    assert reply.status == 201


def test_all_keys_of_a_workspace_share_it(paytrum: ContractClient) -> None:
    first = create(paytrum, BODY, "k")

    assert create(paytrum.as_caller(credentialId="other"), BODY, "k").text == first.text


@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [
        ("PATCH", "", {"notes": "once"}),
        ("DELETE", "", None),
        ("POST", "/restore", None),
    ],
)
def test_changes_accept_it_too(
    paytrum: ContractClient, method: str, suffix: str, body: Any
) -> None:
    client = create(paytrum, BODY, "k").json
    path = f"/v1/clients/{client['id']}"
    headers = {"Idempotency-Key": "change"}

    first = paytrum.send(method, path + suffix, body, headers)
    paytrum.send("PATCH", path, {"notes": "since then"})
    replay = paytrum.send(method, path + suffix, body, headers)

    assert (first.status, REPLAY in first.headers) == (200, False)
    assert (replay.text, replay.headers[REPLAY]) == (first.text, "true")
    assert paytrum.send("GET", path).json["notes"] == "since then"


def test_a_replay_succeeds_although_the_change_would_now_be_refused(
    paytrum: ContractClient,
) -> None:
    client = create(paytrum, {"name": "Acme Co"}, "k").json
    path = f"/v1/clients/{client['id']}"
    body = {"email": "ar@acme.com", "emailConsent": True}
    first = paytrum.send("PATCH", path, body, {"Idempotency-Key": "change"})
    paytrum.send("PATCH", path, {"email": "new@acme.com", "emailConsent": True})

    replay = paytrum.send("PATCH", path, body, {"Idempotency-Key": "change"})

    assert json.loads(replay.text) == first.json
    assert paytrum.send("GET", path).json["email"] == "new@acme.com"
