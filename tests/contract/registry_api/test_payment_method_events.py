"""Payment methods in history and feed: attached and removed, each once, and never with a token."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from registry.domain.change import QUIET_REQUEST, Author
from registry.domain.identifiers import new_id, now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.services.payment_methods import PaymentMethods
from registry.store.clients import client_store
from registry.store.events import event_store
from registry.store.payment_methods import payment_method_store
from tests.contract.registry_api.conftest import CLIENTS, EVENTS, Registry
from tests.contract_client import caller
from tests.stream import Stream

TENANT = Tenant(caller("registry")["workspaceId"], "live")
SOURCE = f"urn:client-registry:{TENANT.workspace_id}:live"
Json = dict[str, Any]


def operator() -> Author:
    return Author(None, now(), operator="arn:aws:iam::1:user/ann")


def move() -> Author:
    return replace(operator(), request_id=QUIET_REQUEST)


def methods() -> PaymentMethods:
    return PaymentMethods(client_store(), payment_method_store())


def card(client_id: str, method_id: str | None = None, **fields: Any) -> PaymentMethod:
    return PaymentMethod(
        id=method_id or new_id(),
        client_id=client_id,
        **{"type": PaymentMethodType.CARD, "token": "pm_secret", "brand": "visa", **fields},
    )


def attach(client_id: str, *, default: bool = False, **fields: Any) -> PaymentMethod:
    method = card(client_id, **fields)
    methods().attach(TENANT, method, operator(), default=default)
    return method


def of_type(events: Sequence[Json], name: str) -> list[Json]:
    return [event for event in events if event["type"] == f"payment_method.{name}"]


def test_a_method_that_is_attached_and_removed_has_an_event_of_each(
    registry: Registry, stream: Stream
) -> None:
    client_id = registry.create(name="Acme")["id"]
    stream.catch_up()
    method = attach(client_id, last4="4242", exp_month=12, exp_year=2030, holder_name="Acme Co")
    stream.catch_up()
    methods().detach(TENANT, client_id, method.id, operator())
    stream.catch_up()

    removed, added, _ = registry.data(f"{CLIENTS}/{client_id}/history")

    assert added == {
        "specversion": "1.0",
        "id": f"{client_id}.{method.id}.added",
        "source": SOURCE,
        "type": "payment_method.added",
        "time": added["time"],
        "subject": client_id,
        "data": {
            "id": method.id,
            "type": "card",
            "brand": "visa",
            "bank_name": None,
            "last4": "4242",
            "exp_month": 12,
            "exp_year": 2030,
            "holder_name": "Acme Co",
            "created_at": added["data"]["created_at"],
        },
    }
    assert removed == added | {
        "id": f"{client_id}.{method.id}.removed",
        "type": "payment_method.removed",
        "time": removed["time"],
    }
    assert "pm_secret" not in str(registry.data(EVENTS))


def test_the_feed_has_them_in_their_place_and_filters_by_their_types(
    registry: Registry, stream: Stream
) -> None:
    client_id = registry.create(name="Acme")["id"]
    stream.catch_up()
    method = attach(client_id, default=True)
    stream.catch_up()
    methods().detach(TENANT, client_id, method.id, operator())
    stream.catch_up()

    feed = registry.data(EVENTS)

    assert [event["id"] for event in feed] == [
        f"{client_id}.1",
        f"{client_id}.2",
        f"{client_id}.{method.id}.added",
        f"{client_id}.3",
        f"{client_id}.{method.id}.removed",
    ]
    for name in ("added", "removed"):
        found = registry.data(f"{EVENTS}?type=payment_method.{name}")
        assert found == of_type(feed, name)
        assert len(found) == 1
    assert feed[1]["data"]["changed"] == {"default_payment_method_id": [None, method.id]}


def test_the_feed_goes_on_from_a_payment_method(registry: Registry, stream: Stream) -> None:
    client_id = registry.create(name="Acme")["id"]
    for _ in range(3):
        attach(client_id)
    stream.catch_up()
    whole = registry.data(EVENTS)

    walked: list[Json] = []
    page = registry.send("GET", f"{EVENTS}?limit=1", status=200).json
    while page["data"]:
        walked += page["data"]
        page = registry.send("GET", f"{EVENTS}?limit=1&after={page['next']}", status=200).json

    assert walked == whole
    assert len(whole) == 4


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_the_history_comes_in_pages_that_miss_and_repeat_nothing(
    limit: int, registry: Registry, stream: Stream
) -> None:
    client_id = registry.create(name="Acme")["id"]
    stream.catch_up()
    for number in range(3):
        method = attach(client_id, default=number == 1)
        registry.patch(client_id, notes=str(number))
        stream.catch_up()
        if number == 0:
            methods().detach(TENANT, client_id, method.id, operator())
            stream.catch_up()
    path = f"{CLIENTS}/{client_id}/history"
    whole = registry.data(f"{path}?limit=100")

    walked = registry.walk(f"{path}?limit={limit}")

    assert walked == whole
    assert len({event["id"] for event in whole}) == len(whole)
    assert len(of_type(whole, "added")) == 3
    versions = [event["data"]["version"] for event in whole if "version" in event["data"]]
    assert versions == sorted(versions, reverse=True)


def test_a_method_that_moves_in_is_in_the_feed_and_quiet_and_its_details_make_no_event(
    registry: Registry, stream: Stream
) -> None:
    client_id = registry.create(name="Acme")["id"]
    at = datetime(2020, 1, 1, tzinfo=UTC)
    store = payment_method_store()
    moved = card(client_id, "pm/1#2.3\n\x1f", token=None, attached_at=at, last4="4242")
    store.move_in(TENANT, moved, move(), new=True)
    stream.catch_up()
    newer = card(client_id, "pm/1#2.3\n\x1f", token=None, attached_at=at, last4="1111")
    store.move_in(TENANT, newer, move(), new=False)
    stream.catch_up()
    store.move_out(TENANT, newer, move())
    stream.catch_up()
    store.move_out(TENANT, newer, move())

    (added,) = registry.data(f"{EVENTS}?type=payment_method.added")
    (removed,) = registry.data(f"{EVENTS}?type=payment_method.removed")

    assert added["id"] == f"{client_id}.pm/1#2.3\n\x1f.added"
    assert (added["data"]["last4"], removed["data"]["last4"]) == ("4242", "1111")
    assert added["data"]["created_at"] == "2020-01-01T00:00:00.000Z"
    found = event_store().find(TENANT, removed["id"])
    assert found is not None
    assert found[0].quiet
    page = registry.send("GET", f"{EVENTS}?limit=2", status=200).json
    rest = registry.data(f"{EVENTS}?after={page['next']}")
    assert page["data"][1:] + rest == [added, removed]


def test_an_operator_is_not_quiet_also_about_a_method_that_moved_in(
    registry: Registry, stream: Stream
) -> None:
    client_id = registry.create(name="Acme")["id"]
    moved = card(client_id, "pm_1", token=None, attached_at=now())
    payment_method_store().move_in(TENANT, moved, move(), new=True)
    stream.catch_up()
    # The item is signed before it is deleted. The stream shows the first as well.
    payment_method_store().leave(TENANT, client_id, "pm_1", operator())
    stream.catch_up()
    methods().detach(TENANT, client_id, "pm_1", operator())
    stream.catch_up()

    quiet = {
        kind: event_store().find(TENANT, f"{client_id}.pm_1.{kind}")
        for kind in ("added", "removed")
    }

    assert {kind: found[0].quiet for kind, found in quiet.items() if found} == {
        "added": True,
        "removed": False,
    }
