"""`DELETE /api/v1/clients/{id}`, and what follows from a client being archived."""

from typing import Any

import pytest

from registry.contracts.paytrum.operations import OPERATIONS as PAYTRUM
from tests.contract.hoursmith.conftest import Create
from tests.contract_client import ContractClient, caller

PATH = "/api/v1/clients"


@pytest.fixture
def client(create: Create) -> dict[str, Any]:
    """A client."""
    made: dict[str, Any] = create({"name": "Acme"}).json["data"]
    return made


@pytest.fixture
def paytrum(tables: None) -> ContractClient:
    """The same workspace, reached through Paytrum."""
    return ContractClient(PAYTRUM, caller("paytrum"))


def test_the_response_is_the_client_with_its_deletion(
    hoursmith: ContractClient, client: dict[str, Any]
) -> None:
    reply = hoursmith.send("DELETE", f"{PATH}/{client['id']}")

    deleted = reply.json["data"]
    assert reply.status == 200
    assert deleted == {
        **client,
        "updatedAt": deleted["updatedAt"],
        "deletedAt": deleted["deletedAt"],
    }
    assert deleted["deletedAt"] >= client["createdAt"]


@pytest.mark.parametrize("by", ["hoursmith", "paytrum"])
@pytest.mark.parametrize(
    "call",
    [("GET", None), ("PATCH", {"notes": "x"}), ("PATCH", {}), ("DELETE", None)],
)
def test_an_archived_client_is_404_whoever_archived_it(
    hoursmith: ContractClient,
    paytrum: ContractClient,
    client: dict[str, Any],
    by: str,
    call: tuple[str, object],
) -> None:
    if by == "hoursmith":
        hoursmith.send("DELETE", f"{PATH}/{client['id']}")
    else:
        paytrum.send("DELETE", f"/v1/clients/{client['id']}")
    method, body = call
    before = paytrum.send("GET", f"/v1/clients/{client['id']}").json

    reply = hoursmith.send(method, f"{PATH}/{client['id']}", body)

    assert (reply.status, reply.json["error"]["code"]) == (404, "not_found")
    assert paytrum.send("GET", f"/v1/clients/{client['id']}").json == before


@pytest.mark.parametrize("query", ["", "?sort=name", "?sort=updatedAt", "?search=acme"])
def test_lists_leave_it_out(hoursmith: ContractClient, client: dict[str, Any], query: str) -> None:
    hoursmith.send("DELETE", f"{PATH}/{client['id']}")

    assert hoursmith.send("GET", PATH + query).json["data"] == []


def test_the_record_is_there_for_another_contract_to_restore(
    hoursmith: ContractClient,
    paytrum: ContractClient,
    client: dict[str, Any],
) -> None:
    hoursmith.send("DELETE", f"{PATH}/{client['id']}")

    restored = paytrum.send("POST", f"/v1/clients/{client['id']}/restore")

    assert restored.status == 200
    shown = hoursmith.send("GET", f"{PATH}/{client['id']}").json["data"]
    assert shown == {**client, "updatedAt": shown["updatedAt"]}
    assert shown["deletedAt"] is None


def test_a_client_something_depends_on_is_kept(
    hoursmith: ContractClient,
    client: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("registry.domain.change.can_archive", lambda _client: False)

    reply = hoursmith.send("DELETE", f"{PATH}/{client['id']}")

    assert (reply.status, reply.json["error"]["code"]) == (409, "conflict")
    assert hoursmith.send("GET", f"{PATH}/{client['id']}").json["data"] == client


def test_a_parameter_is_refused(hoursmith: ContractClient, client: dict[str, Any]) -> None:
    reply = hoursmith.send("DELETE", f"{PATH}/{client['id']}?force=true")

    assert (reply.status, reply.json["error"]["fields"]) == (422, {"force": "unknown"})
    assert hoursmith.send("GET", f"{PATH}/{client['id']}").status == 200
