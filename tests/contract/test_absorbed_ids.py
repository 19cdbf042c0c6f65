"""An absorbed client's id answers every verb of every door, as the client that absorbed it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from registry.contracts.alternative_payments.operations import OPERATIONS as ALTERNATIVE_PAYMENTS
from registry.contracts.athenty.operations import OPERATIONS as ATHENTY
from registry.contracts.hoursmith.operations import OPERATIONS as HOURSMITH
from registry.contracts.paytrum.operations import OPERATIONS as PAYTRUM
from registry.contracts.registry_api.operations import OPERATIONS as REGISTRY
from registry.domain.change import Author, move_in
from registry.domain.client import Client
from registry.domain.identifiers import new_id, now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.services.payment_methods import PaymentMethods
from registry.store.clients import client_store
from registry.store.links import link_store
from registry.store.payment_methods import payment_method_store
from tests.contract.calls import counted
from tests.contract_client import ContractClient, Reply, caller
from tests.stream import Stream

Json = dict[str, Any]
pytestmark = pytest.mark.usefixtures("tables")


@dataclass(frozen=True)
class Door:
    """One of the four vendors' contracts.

    Attributes:
        path: of its clients.
        change: a body that changes a client's name, and its verb.
        shown: the client in the body of a response.
        listed: the clients in the body of a list.
        refused: the status of a conflict.
        name: the name in a client.
    """

    client: ContractClient
    path: str
    change: tuple[str, Json]
    shown: Callable[[Json], Json]
    listed: Callable[[Json], list[Json]]
    refused: int
    name: str = "name"

    def send(self, method: str, target: str, body: object = None, **headers: str) -> Reply:
        """Send a request about a client."""
        return self.client.send(method, f"{self.path}{target}", body, headers)


def door(contract: str) -> Door:
    """The door of a contract, for a caller who may do everything."""
    match contract:
        case "paytrum":
            return Door(
                ContractClient(PAYTRUM, caller("paytrum")),
                "/v1/clients",
                ("PATCH", {"name": "New"}),
                lambda body: body,
                lambda body: body["data"],
                409,
            )
        case "athenty":
            return Door(
                ContractClient(ATHENTY, caller("athenty")),
                "/v2/api/clients",
                ("PATCH", {"businessName": "New"}),
                lambda body: body,
                lambda body: body["data"],
                409,
                "businessName",
            )
        case "hoursmith":
            return Door(
                ContractClient(HOURSMITH, caller("hoursmith", role="owner")),
                "/api/v1/clients",
                ("PATCH", {"name": "New"}),
                lambda body: body["data"],
                lambda body: body["data"],
                409,
            )
    return Door(
        ContractClient(ALTERNATIVE_PAYMENTS, caller("alternative_payments")),
        "/customers",
        ("PATCH", {"name": "New"}),
        lambda body: body,
        lambda body: body["data"],
        400,
    )


CONTRACTS = ("paytrum", "athenty", "hoursmith", "alternative_payments")


@pytest.fixture
def registry() -> ContractClient:
    """The registry's own contract."""
    return ContractClient(REGISTRY, caller("registry"))


@pytest.fixture
def tenant() -> Tenant:
    """The tenant of all callers."""
    context = caller("registry")
    return Tenant(context["workspaceId"], context["mode"])


def made(tenant: Tenant, contract: str | None = None, vendor_id: str = "", **fields: Any) -> Client:
    """A client, with a vendor's id where one is given."""
    client_id = new_id()
    ids = {contract: vendor_id} if contract else {}
    client = Client(
        id=client_id,
        version=1,
        created_at=now(),
        updated_at=now(),
        ids=ids,
        **fields,
    )
    if contract:
        link_store().link(tenant, contract, vendor_id, client_id)
    client_store().create(tenant, move_in(client, Author(None, now())))
    return client_store().get(tenant, client_id)


def merged(registry: ContractClient, survivor: Client, absorbed: Client) -> Json:
    """The merge of two clients."""
    pair = {"survivor": survivor.id, "absorbed": absorbed.id}
    reply = registry.send("POST", "/v1/merges", pair)
    assert reply.status == 201, reply.text
    body: Json = reply.json
    return body


@pytest.mark.parametrize("contract", CONTRACTS)
def test_reads_and_changes_are_the_survivors_under_the_id_that_was_asked_for(
    contract: str, registry: ContractClient, tenant: Tenant
) -> None:
    at = door(contract)
    survivor = made(tenant, company="Acme")
    absorbed = made(tenant, company="Acme Inc", email="ar@acme.com")
    merged(registry, survivor, absorbed)

    with counted() as calls:
        read = at.send("GET", f"/{absorbed.id}")
    verb, body = at.change
    changed = at.send(verb, f"/{absorbed.id}", body)

    assert calls.names == ["GetItem", "GetItem"]
    assert (read.status, changed.status) == (200, 200)
    assert at.shown(read.json)["id"] == absorbed.id
    assert at.shown(read.json)[at.name] == "Acme"
    assert at.shown(changed.json)["id"] == absorbed.id
    again = at.shown(at.send("GET", f"/{survivor.id}").json)
    assert (again["id"], again[at.name]) == (survivor.id, "New")


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_list_has_one_row(contract: str, registry: ContractClient, tenant: Tenant) -> None:
    at = door(contract)
    survivor, absorbed = made(tenant, company="Acme"), made(tenant, company="Acme Inc")
    merge = merged(registry, survivor, absorbed)

    assert [row["id"] for row in at.listed(at.send("GET", "").json)] == [survivor.id]

    registry.send("POST", f"/v1/merges/{merge['id']}/undo")
    listed = {row["id"] for row in at.listed(at.send("GET", "").json)}
    assert listed == {survivor.id, absorbed.id}


@pytest.mark.parametrize("contract", CONTRACTS)
def test_archiving_by_an_absorbed_id_is_refused_and_names_the_survivor(
    contract: str, registry: ContractClient, tenant: Tenant
) -> None:
    at = door(contract)
    survivor = made(tenant, contract, "vendor-1", company="Acme")
    absorbed = made(tenant, contract, "vendor-2", company="Acme Inc")
    merged(registry, survivor, absorbed)

    for asked in (absorbed.id, "vendor-2"):
        reply = at.send("DELETE", f"/{asked}")
        assert reply.status == at.refused, reply.text
        assert "vendor-1" in reply.text
    assert not client_store().get(tenant, survivor.id).archived
    assert at.send("DELETE", "/vendor-1").status == 200


def test_athentys_active_false_by_an_absorbed_id_is_refused(
    registry: ContractClient, tenant: Tenant
) -> None:
    at = door("athenty")
    survivor, absorbed = made(tenant, company="Acme"), made(tenant, company="Acme Inc")
    merged(registry, survivor, absorbed)

    refused = at.send("PATCH", f"/{absorbed.id}", {"active": False})

    assert (refused.status, refused.json["code"]) == (409, "CONFLICT")
    assert survivor.id in refused.json["message"]
    assert at.send("PATCH", f"/{absorbed.id}", {"active": True, "email": "a@b.com"}).status == 200


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_vendors_id_that_the_survivor_took_is_its_own(
    contract: str, registry: ContractClient, tenant: Tenant
) -> None:
    at = door(contract)
    survivor, absorbed = made(tenant, company="Acme"), made(tenant, contract, "vendor-2")
    merge = merged(registry, survivor, absorbed)

    assert at.shown(at.send("GET", "/vendor-2").json)["id"] == "vendor-2"
    assert [row["id"] for row in at.listed(at.send("GET", "").json)] == ["vendor-2"]
    assert at.send("DELETE", "/vendor-2").status == 200
    assert client_store().get(tenant, survivor.id).archived

    registry.send("POST", f"/v1/merges/{merge['id']}/undo")
    assert client_store().get(tenant, survivor.id).ids == {}
    assert client_store().get(tenant, absorbed.id).ids == {contract: "vendor-2"}


def test_the_registrys_own_door_shows_the_survivor_under_its_own_id(
    registry: ContractClient, tenant: Tenant
) -> None:
    survivor, absorbed = made(tenant, name="A"), made(tenant, name="B")
    merged(registry, survivor, absorbed)
    path = f"/v1/clients/{absorbed.id}"

    for method, suffix, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "C"}),
        ("POST", "/restore", None),
    ):
        reply = registry.send(method, path + suffix, body)
        assert reply.status == 200, reply.text
        assert reply.json["id"] == survivor.id
        assert reply.headers["Content-Location"] == survivor.id
    for suffix in ("/history", "/consents"):
        assert registry.send("GET", path + suffix).headers["Content-Location"] == survivor.id
    refused = registry.send("DELETE", path)
    assert refused.status == 409
    assert survivor.id in refused.json["detail"]
    own = registry.send("GET", f"/v1/clients/{survivor.id}")
    assert "Content-Location" not in own.headers


def test_a_replay_by_an_absorbed_id_says_whom_it_is_about(
    registry: ContractClient, tenant: Tenant
) -> None:
    survivor, absorbed = made(tenant, name="A"), made(tenant, name="B")
    merged(registry, survivor, absorbed)
    target, key = f"/v1/clients/{absorbed.id}/restore", {"Idempotency-Key": "k"}

    first = registry.send("POST", target, None, key)
    again = registry.send("POST", target, None, key)

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.text == first.text
    assert again.headers["Content-Location"] == survivor.id


def test_an_absorbed_id_is_a_place_to_begin_a_list_from(
    registry: ContractClient, tenant: Tenant
) -> None:
    at = door("paytrum")
    first, absorbed, third = (made(tenant, name=name) for name in "abc")
    fourth = made(tenant, "paytrum", "vendor-4", name="d")
    merged(registry, first, absorbed)

    def after(start: str) -> list[str]:
        reply = at.send("GET", f"?startingAfter={start}")
        assert reply.status == 200, reply.text
        return [row["id"] for row in reply.json["data"]]

    assert after(absorbed.id) == [first.id]
    assert after(third.id) == [first.id]
    assert at.send("GET", f"?endingBefore={absorbed.id}").json["data"][0]["id"] == "vendor-4"
    assert at.send("GET", f"?startingAfter={new_id()}").status == 400

    merged(registry, first, fourth)
    # The first client is shown as `vendor-4` now, so that this id is its place.
    assert after("vendor-4") == []
    assert after(fourth.id) == [third.id, "vendor-4"]


def test_users_of_absorbed_clients_are_the_survivors(
    registry: ContractClient, tenant: Tenant
) -> None:
    at = door("alternative_payments")
    survivor, absorbed = made(tenant, name="A"), made(tenant, name="B")
    users = {}
    for client, emails in ((survivor, "ab"), (absorbed, "bc")):
        for email in emails:
            made_user = at.send("POST", f"/{client.id}/users", {"email": f"{email}@acme.com"})
            users[made_user.json["id"]] = client.id
    merge = merged(registry, survivor, absorbed)

    with counted() as calls:
        whole = at.send("GET", f"/{survivor.id}/users").json["data"]
    pages, cursor = [], ""
    while True:
        page = at.send("GET", f"/{absorbed.id}/users?limit=1{cursor}").json
        pages += page["data"]
        if not page["has_next_page"]:
            break
        cursor = f"&after={page['end_cursor']}"
    back = at.send("GET", f"/{absorbed.id}/users?limit=4&before={page['end_cursor']}").json

    assert calls.names == ["GetItem", "Query", "Query"]
    assert [user["id"] for user in whole] == sorted(users, reverse=True)
    assert pages == whole
    assert back["data"] == whole[:3]
    taken = at.send("POST", f"/{survivor.id}/users", {"email": "C@acme.com"})
    fresh = at.send("POST", f"/{absorbed.id}/users", {"email": "d@acme.com"})
    assert (taken.status, fresh.status) == (400, 201)
    registry.send("POST", f"/v1/merges/{merge['id']}/undo")
    its_own = at.send("GET", f"/{survivor.id}/users").json["data"]
    assert {user["email"] for user in its_own} == {"a@acme.com", "b@acme.com", "d@acme.com"}
    assert len(at.send("GET", f"/{absorbed.id}/users").json["data"]) == 2


def test_payment_methods_of_absorbed_clients_are_the_survivors(
    registry: ContractClient, tenant: Tenant
) -> None:
    at = door("alternative_payments")
    survivor, absorbed = made(tenant, name="A"), made(tenant, name="B")
    service = PaymentMethods(client_store(), payment_method_store())
    author = Author("operator", now())

    def attached(client: Client, *, default: bool) -> PaymentMethod:
        method = PaymentMethod(
            id=new_id(),
            client_id=client.id,
            type=PaymentMethodType.CARD,
            token=f"tok_{client.name}",
            last4="4242",
        )
        service.attach(tenant, method, author, default=default)
        return method

    mine, its = attached(survivor, default=False), attached(absorbed, default=True)
    merge = merged(registry, survivor, absorbed)

    assert merge["client"]["default_payment_method_id"] == its.id
    shown = at.send("GET", f"/{survivor.id}/payment-methods").json["data"]
    assert [each["id"] for each in shown] == [its.id, mine.id]
    one = at.send("GET", f"/{survivor.id}/payment-methods/{its.id}")
    assert (one.status, one.json["is_default"]) == (200, True)
    service.set_default(tenant, survivor.id, mine.id, author)
    service.set_default(tenant, survivor.id, its.id, author)
    registry.send("PATCH", f"/v1/clients/{survivor.id}", {"name": "C"})

    registry.send("POST", f"/v1/merges/{merge['id']}/undo")
    assert client_store().get(tenant, survivor.id).default_payment_method_id is None
    assert client_store().get(tenant, absorbed.id).default_payment_method_id == its.id


@pytest.mark.parametrize(
    "query",
    ["email=ar@acme.com", "phone=%2B14155552671", "external_id=x-1", "tax_id=12-3456789"],
)
def test_a_survivor_is_found_by_what_an_absorbed_client_had(
    query: str, registry: ContractClient, tenant: Tenant
) -> None:
    stream = Stream()
    survivor = registry.send("POST", "/v1/clients", {"name": "A", "email": "a@acme.com"}).json
    absorbed = registry.send(
        "POST",
        "/v1/clients",
        {
            "email": "ar@acme.com",
            "phone": "+14155552671",
            "external_id": "x-1",
            "ein": "12-3456789",
        },
    ).json
    stream.catch_up()
    pair = {"survivor": survivor["id"], "absorbed": absorbed["id"]}
    merge = registry.send("POST", "/v1/merges", pair).json
    stream.catch_up()

    with counted() as calls:
        found = registry.send("GET", f"/v1/clients?{query}").json["data"]
    beside = "email=a@acme.com" if "email" not in query else "phone=%2B14155552671"
    both = registry.send("GET", f"/v1/clients?{query}&{beside}").json["data"]

    assert [client["id"] for client in found] == [survivor["id"]]
    assert [client["id"] for client in both] == [survivor["id"]]
    assert len(calls.names) <= 3
    registry.send("POST", f"/v1/merges/{merge['id']}/undo")
    stream.catch_up()
    found = registry.send("GET", f"/v1/clients?{query}").json["data"]
    assert [client["id"] for client in found] == [absorbed["id"]]


def test_a_survivor_is_found_by_a_vendors_id_of_an_absorbed_client(
    registry: ContractClient, tenant: Tenant
) -> None:
    survivor = made(tenant, "paytrum", "vendor-1")
    merged(registry, survivor, made(tenant, "paytrum", "vendor-2"))

    with counted() as calls:
        found = registry.send("GET", "/v1/clients?contract=paytrum&vendor_id=vendor-2").json

    assert [client["id"] for client in found["data"]] == [survivor.id]
    assert len(calls.names) <= 3


def test_history_and_ledger_have_those_of_absorbed_clients(
    registry: ContractClient, tenant: Tenant
) -> None:
    stream = Stream()
    clients = [
        registry.send("POST", "/v1/clients", {"email": f"{name}@acme.com"}).json for name in "abc"
    ]
    for consent in (True, False):
        for client in clients:
            body = {"consents": {"email": consent}}
            registry.send("PATCH", f"/v1/clients/{client['id']}", body)
            stream.catch_up()
    survivor, *others = clients
    for other in others:
        pair = {"survivor": survivor["id"], "absorbed": other["id"]}
        registry.send("POST", "/v1/merges", pair)
        stream.catch_up()

    for name, total, key in (("history", 12, "time"), ("consents", 6, "at")):
        path, after, walked = f"/v1/clients/{survivor['id']}/{name}?limit=2", "", []
        while True:
            page = registry.send("GET", path + after).json
            walked += page["data"]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        whole = registry.send("GET", f"/v1/clients/{survivor['id']}/{name}").json["data"]
        assert walked == whole
        assert len({each["id"] for each in whole}) == len(whole) == total
        assert [each[key] for each in whole] == sorted((e[key] for e in whole), reverse=True)
