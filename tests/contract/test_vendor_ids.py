"""Clients that moved in answer under the ids that integrations have stored, in every verb.

The ids are those of one vendor's API, or such that look like the registry's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import pytest

from registry.domain.change import Author, create
from registry.domain.client import Client
from registry.domain.identifiers import new_id, now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.domain.user import User
from registry.domain.workspace import Contract
from registry.gateway.operation import Operation
from registry.store.clients import client_store
from registry.store.dynamodb import dynamodb_client
from registry.store.links import link_store
from registry.store.payment_methods import payment_method_store
from registry.store.transaction import transact
from registry.store.users import user_store
from tests.contract.calls import counted
from tests.contract_client import ContractClient, Reply, caller
from tools.generate.declarations import operations

PATHS = {
    Contract.PAYTRUM: "/v1/clients",
    Contract.ATHENTY: "/v2/api/clients",
    Contract.HOURSMITH: "/api/v1/clients",
    Contract.ALTERNATIVE_PAYMENTS: "/customers",
}
OPAQUE = "66f1a2b3c4d5e6f7a8b9c0d1"
LIKE_OURS = "0190a0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
ODD = "cus/1 #2?ü"
VENDOR_IDS = (OPAQUE, LIKE_OURS, ODD)


@dataclass(frozen=True)
class Door:
    """A caller of one contract, and the clients it can reach."""

    contract: Contract
    client: ContractClient
    tenant: Tenant

    def moved_in(self, vendor_id: str, **fields: Any) -> Client:
        """A client that moved in from this contract's vendor."""
        made = create(Author("c", now()), **({"name": "Acme", "usage_type": None} | fields))
        moved = replace(made.client, ids={self.contract.value: vendor_id})
        link_store().link(self.tenant, self.contract, vendor_id, moved.id)
        client_store().create(self.tenant, replace(made, client=moved))
        return moved

    def send(self, method: str, suffix: str = "", body: object = None, **more: Any) -> Reply:
        return self.client.send(method, PATHS[self.contract] + suffix, body, **more)

    def shown(self, reply: Reply) -> Any:
        """The client in a response, without Hoursmith's envelope."""
        assert reply.status in {200, 201}, reply.text
        return reply.json["data"] if self.contract is Contract.HOURSMITH else reply.json


@pytest.fixture(params=list(PATHS))
def door(request: pytest.FixtureRequest, tables: None) -> Door:
    contract: Contract = request.param
    declared = import_module(f"registry.contracts.{contract}.operations").OPERATIONS
    context = caller(contract, role="owner")
    tenant = Tenant(context["workspaceId"], context["mode"])
    return Door(contract, ContractClient(declared, context), tenant)


def quoted(text: str) -> str:
    """A path segment, percent-encoded."""
    return "/" + "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.mark.parametrize("vendor_id", VENDOR_IDS)
def test_a_client_answers_under_the_id_that_was_asked_for(door: Door, vendor_id: str) -> None:
    client = door.moved_in(vendor_id)

    for asked in (vendor_id, client.id, vendor_id):
        assert door.shown(door.send("GET", quoted(asked)))["id"] == asked


@pytest.mark.parametrize("vendor_id", VENDOR_IDS)
def test_every_change_takes_the_vendors_id_and_shows_it(door: Door, vendor_id: str) -> None:
    client = door.moved_in(vendor_id)
    changes = [o for o in operations(door.contract) if _changes_a_client(o)]

    assert len(changes) >= 2
    for operation in sorted(changes, key=lambda each: each.method != "PATCH"):
        path = operation.path.replace("/{id}", quoted(vendor_id))
        body = {"name": "Acme & Sons"} if operation.body is not None else None
        if door.contract is Contract.ATHENTY and body:
            body = {"businessName": "Acme & Sons"}
        reply = door.client.send(operation.method, path, body)
        assert door.shown(reply)["id"] == vendor_id, operation.name

    assert client_store().get(door.tenant, client.id).version > client.version


def _changes_a_client(operation: Operation) -> bool:
    return "{id}" in operation.path and operation.method != "GET" and "users" not in operation.path


@pytest.mark.parametrize("vendor_id", VENDOR_IDS)
def test_an_object_that_is_sent_back_whole_changes_nothing(door: Door, vendor_id: str) -> None:
    client = door.moved_in(vendor_id)
    shown = door.shown(door.send("GET", quoted(vendor_id)))

    door.shown(door.send("PATCH", quoted(vendor_id), shown))

    assert client_store().get(door.tenant, client.id) == client


def test_a_replay_answers_with_the_vendors_id(door: Door) -> None:
    door.moved_in(OPAQUE)
    restore = [o for o in operations(door.contract) if o.name.startswith("restore")]
    for operation in restore:
        path = operation.path.replace("/{id}", quoted(OPAQUE))
        sent = [door.client.send("POST", path, headers={"Idempotency-Key": "k"}) for _ in range(2)]
        assert sent[0].text == sent[1].text
        assert sent[0].json["id"] == OPAQUE


@pytest.mark.parametrize("vendor_id", [OPAQUE, LIKE_OURS, "x" * 256])
def test_an_id_that_nobody_has_is_not_found_in_two_calls_at_most(
    door: Door, vendor_id: str
) -> None:
    with counted() as calls:
        reply = door.send("GET", quoted(vendor_id))

    assert reply.status == 404
    assert len(calls.names) <= (2 if vendor_id == LIKE_OURS else 1)


def test_another_vendors_id_is_not_found(door: Door) -> None:
    other = next(contract for contract in PATHS if contract is not door.contract)
    client = door.moved_in(OPAQUE)
    link_store().link(door.tenant, other, "elsewhere", client.id)

    assert door.send("GET", quoted("elsewhere")).status == 404


def test_another_tenants_vendor_id_is_not_found(door: Door) -> None:
    replace(door, tenant=Tenant(new_id(), "live")).moved_in(OPAQUE)

    assert door.send("GET", quoted(OPAQUE)).status == 404


def test_a_link_whose_client_was_never_written_is_not_found_until_it_is(door: Door) -> None:
    client_id = new_id()
    link_store().link(door.tenant, door.contract, OPAQUE, client_id)

    assert door.send("GET", quoted(OPAQUE)).status == 404

    made = create(Author("c", now()), name="Acme")
    late = replace(made.client, id=client_id, ids={door.contract.value: OPAQUE})
    client_store().create(door.tenant, replace(made, client=late))
    assert door.shown(door.send("GET", quoted(OPAQUE)))["id"] == OPAQUE


@pytest.mark.parametrize(("vendor_id", "first"), [(OPAQUE, 2), (LIKE_OURS, 3)])
def test_a_warm_function_remembers_which_client_a_vendors_id_stands_for(
    door: Door, vendor_id: str, first: int
) -> None:
    door.moved_in(vendor_id)
    link_store.cache_clear()

    for expected in (first, 1, 1):
        with counted() as calls:
            assert door.send("GET", quoted(vendor_id)).status == 200
        assert len(calls.names) == expected


def test_lists_show_the_vendors_ids_and_go_on_behind_them(door: Door) -> None:
    moved = [door.moved_in(f"v-{number}", name=f"Acme {number}") for number in range(3)]
    own = create(Author("c", now()), name="Ours").client
    client_store().create(door.tenant, create_change(own))

    listed = list(pages(door))

    assert sorted(listed) == sorted([*(f"v-{number}" for number in range(3)), own.id])
    assert not {client.id for client in moved} & set(listed)


def create_change(client: Client) -> Any:
    made = create(Author("c", now()))
    return replace(made, client=client)


def pages(door: Door) -> Iterator[str]:
    """The ids of a list that is read one client a page, as an integration would."""
    query = "?limit=1"
    for page in range(2, 9):
        reply = door.send("GET", query)
        assert reply.status == 200, reply.text
        ids = [shown["id"] for shown in reply.json["data"]]
        yield from ids
        more, place = next_page(door.contract, reply.json, page)
        if not more:
            return
        query = f"?limit=1&{place}"
    raise AssertionError("The list does not end.")


def next_page(contract: Contract, body: Any, number: int) -> tuple[bool, str]:
    """Whether a page follows, and the query parameter that asks for it."""
    match contract:
        case Contract.PAYTRUM:
            return body["hasMore"], f"startingAfter={body['data'][-1]['id']}"
        case Contract.ATHENTY:
            return body["pagination"]["hasNext"], f"page={number}"
        case Contract.HOURSMITH:
            cursor = body["pagination"]["nextCursor"]
            return cursor is not None, f"cursor={cursor}"
        case _:
            return body["has_next_page"], f"after={body['end_cursor']}"


@pytest.fixture
def customers(tables: None) -> Door:
    declared = import_module("registry.contracts.alternative_payments.operations").OPERATIONS
    context = caller(Contract.ALTERNATIVE_PAYMENTS)
    tenant = Tenant(context["workspaceId"], context["mode"])
    return Door(Contract.ALTERNATIVE_PAYMENTS, ContractClient(declared, context), tenant)


@pytest.mark.parametrize("vendor_id", VENDOR_IDS)
def test_users_are_made_and_listed_under_the_customers_vendor_id(
    customers: Door, vendor_id: str
) -> None:
    client = customers.moved_in(vendor_id)
    moved = User(id=new_id(), client_id=client.id, vendor_id="usr_1", first_name="Jane")
    user_store().create(customers.tenant, moved)

    made = customers.send("POST", f"{quoted(vendor_id)}/users", {"email": "a@b.co"})
    listed = customers.send("GET", f"{quoted(vendor_id)}/users?limit=1").json
    rest = customers.send(
        "GET", f"{quoted(vendor_id)}/users?limit=1&after={listed['end_cursor']}"
    ).json

    assert made.status == 201, made.text
    assert [user["id"] for user in listed["data"] + rest["data"]] == [made.json["id"], "usr_1"]


@pytest.mark.parametrize("method_id", ["pm_1", LIKE_OURS, "a#b"])
def test_payment_methods_that_moved_in_answer_under_the_vendors_ids(
    customers: Door, method_id: str
) -> None:
    client = customers.moved_in(OPAQUE)
    at = now()
    moved = PaymentMethod(
        id=method_id,
        client_id=client.id,
        type=PaymentMethodType.CARD,
        token=None,
        attached_at=at.replace(year=2020),
        last4="4242",
    )
    newer = replace(moved, id=new_id(), token="tok", attached_at=None)
    for method in (moved, newer):
        transact(
            dynamodb_client(),
            [payment_method_store().put(customers.tenant, method, Author(None, at))],
        )

    listed = customers.send("GET", f"{quoted(OPAQUE)}/payment-methods").json["data"]
    one = customers.send("GET", f"{quoted(OPAQUE)}/payment-methods{quoted(method_id)}").json

    assert [method["id"] for method in listed] == [newer.id, method_id]
    assert (one["id"], one["created_at"][:4], one["last4"]) == (method_id, "2020", "4242")
