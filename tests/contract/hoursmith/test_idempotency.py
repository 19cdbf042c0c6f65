"""`Idempotency-Key` on `POST /api/v1/clients`: required, recorded for a day, per workspace."""

from datetime import timedelta

import boto3
import pytest

from tests.contract.hoursmith.conftest import Refused
from tests.contract_client import ContractClient, Reply

PATH = "/api/v1/clients"
BODY = {"name": "Acme", "defaultRate": 100.5}
REPLAYED = "Idempotent-Replayed"


def create(api: ContractClient, key: str, body: object = BODY) -> Reply:
    """A create with a key."""
    return api.send("POST", PATH, body, {"Idempotency-Key": key})


def count(api: ContractClient) -> int:
    """How many clients the workspace has."""
    return len(api.send("GET", f"{PATH}?limit=200").json["data"])


def test_a_post_without_a_key_is_refused(refused: Refused) -> None:
    assert refused(BODY, headers={}) == {"Idempotency-Key": "required"}


@pytest.mark.parametrize("key", [" ", '""', "a" * 256, "k\x7f", "clé"])
def test_a_bad_key_is_refused(refused: Refused, key: str) -> None:
    assert refused(BODY, headers={"Idempotency-Key": key}) == {"Idempotency-Key": "invalid"}


@pytest.mark.parametrize("key", ["a" * 255, '"' + "a" * 255 + '"', "!~ x", '"'])
def test_any_printable_ascii_is_a_key(hoursmith: ContractClient, key: str) -> None:
    assert create(hoursmith, key).status == 201


def test_a_replay_is_the_first_response_byte_for_byte(hoursmith: ContractClient) -> None:
    first = create(hoursmith, "k")
    hoursmith.send("PATCH", f"{PATH}/{first.json['data']['id']}", {"name": "Other"})

    replay = create(hoursmith, '"k"')

    assert (replay.status, replay.text) == (201, first.text)
    assert (REPLAYED in first.headers, replay.headers[REPLAYED]) == (False, "true")
    assert count(hoursmith) == 1


@pytest.mark.parametrize(
    "raw",
    ['{"defaultRate":100.5,"name":"Acme"}', ' {"name":"\\u0041cme", "defaultRate" :  1.0050e2}\n'],
)
def test_the_same_json_in_another_spelling_is_the_same_request(
    hoursmith: ContractClient, raw: str
) -> None:
    first = create(hoursmith, "k")

    replay = hoursmith.send("POST", PATH, raw=raw, headers={"idempotency-key": "k"})

    assert replay.text == first.text


@pytest.mark.parametrize("body", [{"name": "Other"}, {**BODY, "defaultRate": "100.5"}])
def test_another_body_is_a_conflict(hoursmith: ContractClient, body: object) -> None:
    create(hoursmith, "k")

    reply = create(hoursmith, "k", body)

    assert (reply.status, reply.json["error"]["code"]) == (409, "conflict")
    assert count(hoursmith) == 1


def test_only_a_success_is_recorded(hoursmith: ContractClient) -> None:
    refused = create(hoursmith, "k", {"name": ""})

    made = create(hoursmith, "k")

    assert (refused.status, made.status) == (422, 201)
    assert REPLAYED not in made.headers


def test_a_key_is_free_again_after_a_day(hoursmith: ContractClient) -> None:
    first = create(hoursmith, "k")
    table = boto3.client("dynamodb")
    (memory,) = table.scan(TableName="idempotency")["Items"]
    day = int(timedelta(hours=24).total_seconds())
    memory["expires_at"]["N"] = str(int(memory["expires_at"]["N"]) - day)
    table.put_item(TableName="idempotency", Item=memory)

    second = create(hoursmith, "k", {"name": "Other"})

    assert second.status == 201
    assert second.json["data"]["id"] != first.json["data"]["id"]


@pytest.mark.parametrize(
    "other",
    [{"workspaceId": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2d"}, {"mode": "test"}],
)
def test_a_key_belongs_to_workspace_and_mode(
    hoursmith: ContractClient, other: dict[str, str]
) -> None:
    create(hoursmith, "k")

    assert create(hoursmith.as_caller(**other), "k", {"name": "Other"}).status == 201


def test_all_tokens_of_a_workspace_share_its_keys(hoursmith: ContractClient) -> None:
    first = create(hoursmith, "k")

    assert create(hoursmith.as_caller(credentialId="other"), "k").text == first.text


def test_other_methods_need_and_read_none(hoursmith: ContractClient) -> None:
    client = create(hoursmith, "k").json["data"]
    path, headers = f"{PATH}/{client['id']}", {"Idempotency-Key": "k" * 300}

    assert hoursmith.send("GET", PATH, headers=headers).status == 200
    assert hoursmith.send("GET", path, headers=headers).status == 200
    assert hoursmith.send("PATCH", path, {"notes": "x"}, headers).status == 200
    assert hoursmith.send("DELETE", path, headers=headers).status == 200
