"""`Idempotency-Key`, an extra of this contract, and the DynamoDB calls each operation makes."""

import pytest

from tests.contract.athenty.conftest import PATH, Create
from tests.contract_client import ContractClient

KEY = {"Idempotency-Key": "one"}


def total(api: ContractClient) -> int:
    """How many clients there are."""
    return int(api.send("GET", PATH).json["pagination"]["total"])


def test_the_same_request_is_replayed_and_carried_out_once(athenty: ContractClient) -> None:
    first = athenty.send("POST", PATH, {"city": "Ottawa"}, KEY)
    again = athenty.send("POST", PATH, raw='{ "city" : "Ottawa" }', headers=KEY)
    quoted = athenty.send("POST", PATH, {"city": "Ottawa"}, {"idempotency-key": '"one"'})

    assert "Idempotent-Replayed" not in first.headers
    assert (again.status, again.text) == (quoted.status, quoted.text) == (201, first.text)
    assert again.headers["Idempotent-Replayed"] == quoted.headers["Idempotent-Replayed"] == "true"
    assert total(athenty) == 1


def test_another_request_with_the_key_is_409(athenty: ContractClient, create: Create) -> None:
    client = create({})
    athenty.send("POST", PATH, {"city": "Ottawa"}, KEY)

    replies = [
        athenty.send("POST", PATH, {"city": "Toronto"}, KEY),
        athenty.send("PATCH", f"{PATH}/{client['id']}", {"city": "Ottawa"}, KEY),
        athenty.send("DELETE", f"{PATH}/{client['id']}", None, KEY),
    ]

    assert {(reply.status, reply.json["code"]) for reply in replies} == {(409, "CONFLICT")}
    assert total(athenty) == 2


def test_a_change_and_an_archive_are_replayed(athenty: ContractClient, create: Create) -> None:
    path = f"{PATH}/{create({})['id']}"

    changed = [athenty.send("PATCH", path, {"city": "Ottawa"}, KEY) for _ in range(2)]
    athenty.send("PATCH", path, {"city": "Toronto", "active": True})
    late = athenty.send("PATCH", path, {"city": "Ottawa"}, KEY)
    archived = [athenty.send("DELETE", path, None, {"Idempotency-Key": "two"}) for _ in range(2)]

    assert changed[0].text == changed[1].text == late.text
    assert athenty.send("GET", path).json["city"] == "Toronto"
    assert archived[0].text == archived[1].text
    assert archived[1].headers["Idempotent-Replayed"] == "true"


def test_a_refused_request_is_not_recorded(athenty: ContractClient) -> None:
    refused = athenty.send("POST", PATH, {"country": "Canada"}, KEY)
    accepted = athenty.send("POST", PATH, {"country": "CA"}, KEY)

    assert (refused.status, accepted.status) == (422, 201)


def test_a_key_belongs_to_workspace_mode_and_contract(
    athenty: ContractClient, paytrum: ContractClient
) -> None:
    apis = [
        athenty,
        athenty.as_caller(mode="test"),
        athenty.as_caller(workspaceId="0192f0c1-2f3a-7cc0-9d2e-000000000009"),
    ]

    replies = [api.send("POST", PATH, {}, KEY) for api in apis]
    replies.append(paytrum.send("POST", "/v1/clients", {"name": "A"}, KEY))

    assert len({reply.json["id"] for reply in replies}) == 4


@pytest.mark.parametrize("key", [" ", '""', "a" * 256, "clé", "a\tb"])
@pytest.mark.parametrize(("method", "path"), [("POST", PATH), ("DELETE", f"{PATH}/x")])
def test_a_bad_key_is_400(athenty: ContractClient, method: str, path: str, key: str) -> None:
    body = {"country": "Canada"} if method == "POST" else None

    reply = athenty.send(method, path, body, {"Idempotency-Key": key})

    assert (reply.status, reply.json["code"]) == (400, "BAD_REQUEST")
    assert "Idempotency-Key" in reply.json["message"]


def test_every_operation_makes_as_few_calls_as_promised(
    athenty: ContractClient, calls: list[str]
) -> None:
    def made() -> list[str]:
        names = list(calls)
        calls.clear()
        return names

    path = f"{PATH}/{athenty.send('POST', PATH, {}).json['id']}"
    assert made() == ["PutItem"]
    for _ in range(2):
        athenty.send("POST", PATH, {}, KEY)
        assert made() == ["TransactWriteItems"]
    athenty.send("GET", path)
    assert made() == ["GetItem"]
    athenty.send("GET", PATH)
    assert made() == ["Query", "Query", "BatchGetItem"]
    athenty.send("GET", f"{PATH}?search=nobody")
    assert made() == ["Query", "Query"]
    athenty.send("PATCH", path, {"city": "Ottawa"})
    assert made() == ["GetItem", "PutItem"]
    athenty.send("PATCH", path, {"city": "Toronto"}, {"Idempotency-Key": "two"})
    assert made() == ["BatchGetItem", "TransactWriteItems"]
    athenty.send("PATCH", path, {"city": "Toronto"}, {"Idempotency-Key": "two"})
    assert made() == ["BatchGetItem"]
    athenty.send("DELETE", path)
    assert made() == ["GetItem", "PutItem"]
    athenty.send("DELETE", path)
    assert made() == ["GetItem"]
