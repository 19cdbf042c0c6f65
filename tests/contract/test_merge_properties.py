"""Merge then undo is the identity through every door, and no change at the same time is lost.

Versions, times of change, the ledger and events are left out: a merge and its undo are changes.

Two requests at once are made by carrying one out within the other, before each of its calls.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.contracts.registry_api.operations import OPERATIONS as REGISTRY
from registry.domain.tenant import Tenant
from registry.store.clients import client_store
from registry.store.dynamodb import dynamodb_client
from tests.contract.test_absorbed_ids import CONTRACTS, door
from tests.contract_client import ContractClient, Reply, caller

Json = dict[str, Any]
pytestmark = pytest.mark.usefixtures("tables")

_CONTEXT = caller("registry")
TENANT = Tenant(_CONTEXT["workspaceId"], _CONTEXT["mode"])
AT_WORK = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# Of each field some values that clients may share, spell in another way, or not have.
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["Acme", "ACME Inc"]),
    "first_name": st.sampled_from(["Ann", "Bo"]),
    "last_name": st.just("Lee"),
    "email": st.sampled_from(["ar@acme.com", "AR@acme.com", "b@acme.com"]),
    "phone": st.sampled_from(["+14155552671", "no number"]),
    "external_id": st.sampled_from(["x-1", "x-2"]),
    "address": st.sampled_from([{"city": "LA", "country": "US"}, {"country": "Freedonia"}]),
    "metadata": st.sampled_from([{"tier": 1}, {"tier": 1.0}]),
    "require_po_number": st.booleans(),
    "usage_type": st.sampled_from(["consumer", "commercial"]),
    "consents": st.fixed_dictionaries({"email": st.booleans()}),
}
CHOICES = ["email", "last_name", "address", "external_id", "metadata"]


@st.composite
def clients(draw: st.DrawFn) -> Json:
    """The body of a new client."""
    body = draw(st.fixed_dictionaries({}, optional=FIELDS))
    if "email" not in body:
        body.pop("consents", None)
    return body


def registry() -> ContractClient:
    """The registry's own contract."""
    return ContractClient(REGISTRY, _CONTEXT)


def sent(method: str, target: str, body: object = None) -> Json:
    """The response to a request that is carried out."""
    reply = registry().send(method, target, body)
    assert reply.status < 300, reply.text
    answer: Json = reply.json
    return answer


def seen(ids: list[str]) -> list[object]:
    """What all five doors show of clients, without versions and times of change."""
    shown: list[object] = []
    for client_id in ids:
        whole = sent("GET", f"/v1/clients/{client_id}")
        shown.append({name: whole[name] for name in whole.keys() - {"version", "updated_at"}})
        for contract in CONTRACTS:
            at = door(contract)
            view = at.shown(at.send("GET", f"/{client_id}").json)
            shown.append({name: view[name] for name in view.keys() - {"updatedAt"}})
    for contract in CONTRACTS:
        at = door(contract)
        shown.append([row["id"] for row in at.listed(at.send("GET", "").json)])
    return shown


@AT_WORK
@given(bodies=st.tuples(clients(), clients(), clients()), chosen=st.sets(st.sampled_from(CHOICES)))
def test_merges_and_their_undos_change_nothing(
    bodies: tuple[Json, Json, Json], chosen: set[str]
) -> None:
    ids = [str(sent("POST", "/v1/clients", body)["id"]) for body in bodies]
    before = seen(ids)
    one, two, three = ids
    fields = dict.fromkeys(chosen, "absorbed")

    inner = sent("POST", "/v1/merges", {"survivor": two, "absorbed": three, "fields": fields})
    between = seen([one, two])
    outer = sent("POST", "/v1/merges", {"survivor": one, "absorbed": two, "fields": fields})
    assert {sent("GET", f"/v1/clients/{each}")["id"] for each in ids} == {one}
    undone = sent("POST", f"/v1/merges/{outer['id']}/undo")
    assert seen([one, two]) == between
    sent("POST", f"/v1/merges/{inner['id']}/undo")

    assert undone["stayed"] == []
    assert seen(ids) == before


@dataclass
class Between:
    """Carries something out before one of the DynamoDB calls that a request makes.

    Attributes:
        number: which call, from 0.
        act: what is carried out.
        calls: how many calls were made.
    """

    number: int
    act: Callable[[], object]
    calls: int = 0
    _acting: bool = False

    def __call__(self, **_: object) -> None:
        """Called before every call."""
        if self._acting:
            return
        self.calls += 1
        if self.calls == self.number + 1:
            self._acting = True
            self.act()
            self._acting = False

    def __enter__(self) -> Self:
        dynamodb_client().meta.events.register("before-call.dynamodb", self)
        return self

    def __exit__(self, *_: object) -> None:
        dynamodb_client().meta.events.unregister("before-call.dynamodb", self)


def interleaved(request: Callable[[], Reply], act: Callable[[], object]) -> Iterator[Reply]:
    """The responses of a request, with an act before each of its calls in turn."""
    number = 0
    while True:
        with Between(number, act) as between:
            reply = request()
        if between.calls <= number:
            return
        yield reply
        number += 1


class Three:
    """Three clients, made anew for every round."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def renew(self) -> None:
        """Make them."""
        self.ids = [
            str(sent("POST", "/v1/clients", {"name": name, "email": "a@acme.com"})["id"])
            for name in "abc"
        ]

    def merge(self, survivor: int = 0, absorbed: int = 1) -> Reply:
        """Ask for a merge of two of them."""
        pair = {"survivor": self.ids[survivor], "absorbed": self.ids[absorbed]}
        return registry().send("POST", "/v1/merges", pair)

    def patch(self, which: int, **body: object) -> Reply:
        """Ask for a change of one."""
        return registry().send("PATCH", f"/v1/clients/{self.ids[which]}", body)

    def archive(self, which: int) -> Reply:
        """Ask for one to be archived."""
        return registry().send("DELETE", f"/v1/clients/{self.ids[which]}")


Act = Callable[[Three], Reply]
ACTS: dict[str, Act] = {
    "edit the survivor": lambda three: three.patch(0, notes="edited"),
    "edit the absorbed": lambda three: three.patch(1, website="edited.com"),
    "archive the absorbed": lambda three: three.archive(1),
    "archive the survivor": lambda three: three.archive(0),
    "the same merge": lambda three: three.merge(0, 1),
    "the merge the other way": lambda three: three.merge(1, 0),
    "a merge of the survivor": lambda three: three.merge(2, 0),
    "a merge of the absorbed": lambda three: three.merge(2, 1),
    "a merge into the absorbed": lambda three: three.merge(1, 2),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_merge_beside_another_change_is_whole_and_loses_nothing(name: str) -> None:
    three = Three()
    others: list[Reply] = []

    rounds = 0
    three.renew()
    for reply in interleaved(three.merge, lambda: others.append(ACTS[name](three))):
        rounds += 1
        assert reply.status in {201, 409}, reply.text
        assert [other.status for other in others] in ([200], [201]), others
        check_whole(three.ids)
        whole = {each: sent("GET", f"/v1/clients/{each}") for each in three.ids}
        if name == "edit the survivor":
            assert whole[three.ids[0]]["notes"] == "edited"
        if name == "edit the absorbed":
            assert whole[three.ids[1]]["website"] == "https://edited.com"
        if name.startswith("archive"):
            assert reply.status == (409 if "survivor" in name else 201)
        if reply.status == 201:
            undo = registry().send("POST", f"/v1/merges/{reply.json['id']}/undo")
            assert undo.status == 200, undo.text
            check_whole(three.ids)
        others.clear()
        three.renew()
    assert rounds >= 2


@pytest.mark.parametrize("name", ["edit the survivor", "edit the absorbed", "archive the survivor"])
def test_an_undo_beside_another_change_is_whole_and_loses_nothing(name: str) -> None:
    three = Three()
    made: list[str] = []
    others: list[Reply] = []

    def renew() -> None:
        three.renew()
        others.clear()
        made[:] = [three.merge().json["id"]]

    def undo() -> Reply:
        return registry().send("POST", f"/v1/merges/{made[0]}/undo")

    renew()
    for reply in interleaved(undo, lambda: others.append(ACTS[name](three))):
        assert reply.status == 200, reply.text
        assert [other.status for other in others] == [200]
        check_whole(three.ids)
        whole = [sent("GET", f"/v1/clients/{each}") for each in three.ids]
        edited = {"edit the survivor": "notes", "edit the absorbed": "website"}.get(name)
        if edited is not None:
            assert any(each[edited] is not None for each in whole)
        else:
            assert whole[0]["status"] == "archived"
        assert whole[1]["status"] == "active"
        renew()


def check_whole(ids: list[str]) -> None:
    """Each client is live, or a redirect that its survivor knows of; every id answers."""
    stored = {
        client.id: client for client in client_store().in_any_state(TENANT, ids, consistent=True)
    }
    assert set(stored) == set(ids)
    for client in stored.values():
        if client.absorbed_into is not None:
            survivor = stored[client.absorbed_into]
            assert survivor.live
            assert client.id in survivor.absorbed
        for absorbed in client.absorbed:
            if client.live:
                assert stored[absorbed].absorbed_into == client.id
        assert sent("GET", f"/v1/clients/{client.id}")["id"] in {client.id, client.absorbed_into}
