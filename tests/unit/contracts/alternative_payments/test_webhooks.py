"""Alternative Payments' format of webhooks: topics, body to the byte, bearer, merges."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.contracts.alternative_payments.examples import CHANGE
from registry.contracts.alternative_payments.webhooks import FORMAT, TOPICS, new_secret, render
from registry.contracts.alternative_payments.wire import Topic
from registry.domain import document
from registry.domain.change import Author, archive, restore, update
from registry.domain.client import Client
from registry.domain.event import AnyEvent, Event, EventType, PaymentMethodEvent
from registry.domain.merging import merge, undo
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.places import country
from registry.domain.webhook import Rendered
from registry.domain.workspace import Contract
from tests.notices import CLIENT, client, event, notice

SECRET = "correct-horse-battery-staple"
LATER = Author("c", datetime(2026, 6, 10, tzinfo=UTC))
METHOD = "019ead58-1c40-7a02-b1c3-5d6e7f809102"
ACME = client(
    name="Acme Corp",
    email="billing@acme.com",
    external_id="crm-1001",
    legal_name="Acme Corporation Inc.",
    ein="12-3456789",
    line1="123 Main St, New York, NY 10001",
    line2="Apt 1",
    city="New York",
    region="NY",
    postal_code="10001",
    country=country("USA"),
)


def rendered(topic: str, told: AnyEvent | None, shown: Client | None) -> Rendered | None:
    contract = Contract.ALTERNATIVE_PAYMENTS
    return render(notice(contract, (topic,), SECRET, told=told, shown=shown))


def topics_of(told: AnyEvent, shown: Client) -> set[str]:
    """The topics of an event that is queued for all endpoints whose topics have its type."""
    return {
        topic
        for topic, sources in FORMAT.sources.items()
        if told.type in sources and rendered(topic, told, shown) is not None
    }


def body(topic: str, told: AnyEvent | None, shown: Client | None) -> dict[str, Any]:
    made = rendered(topic, told, shown)
    assert made is not None
    parsed: dict[str, Any] = json.loads(made.body)
    return parsed


def method_event(kind: EventType, method_id: str = METHOD) -> PaymentMethodEvent:
    method = PaymentMethod(
        id=method_id,
        client_id=CLIENT,
        type=PaymentMethodType.CARD,
        brand="visa",
        last4="4242",
        exp_month=12,
        exp_year=2030,
    )
    return PaymentMethodEvent(method, kind, datetime(2026, 6, 9, 17, 4, 53, tzinfo=UTC))


def test_the_customer_that_the_page_prints_is_told_to_the_byte() -> None:
    assert CHANGE.response is not None
    made = rendered("customer_created", event(ACME), ACME)

    assert made == Rendered(
        {"Authorization": "Bearer correct-horse-battery-staple"},
        '{"id":"019ead57-9e08-7d21-9c4e-66f1a2b3c4d5.1","topic":"customer_created",'
        '"created_at":"2026-06-09T17:04:21.000Z","data":' + document.render(CHANGE.response) + "}",
    )


def test_the_topics_are_the_vendors() -> None:
    assert list(FORMAT.sources) == [topic.value for topic in Topic] == list(TOPICS)


@pytest.mark.parametrize("kind", [EventType.PAYMENT_METHOD_ADDED, EventType.PAYMENT_METHOD_REMOVED])
def test_a_payment_method_is_told_as_it_was_with_what_the_customer_says_of_it(
    kind: EventType,
) -> None:
    told = method_event(kind)
    default = replace(ACME, default_payment_method_id=METHOD)
    (topic,) = topics_of(told, default)

    assert (
        topic
        == {
            EventType.PAYMENT_METHOD_ADDED: "payment_method_added",
            EventType.PAYMENT_METHOD_REMOVED: "payment_method_deleted",
        }[kind]
    )
    assert body(topic, told, default) == {
        "id": f"{CLIENT}.{METHOD}.{kind.rpartition('.')[2]}",
        "topic": topic,
        "created_at": "2026-06-09T17:04:53.000Z",
        "data": {
            "id": METHOD,
            "type": "card",
            "brand": "visa",
            "bank_name": None,
            "last4": "4242",
            "exp_month": 12,
            "exp_year": 2030,
            "holder_name": None,
            "is_default": True,
            "status": "active",
            "created_at": "2026-06-09T17:04:53.312Z",
        },
    }


def test_restoring_is_a_change() -> None:
    archived = archive(ACME, LATER).client
    active = restore(archived, LATER).client

    assert topics_of(event(archived, ACME), archived) == {"customer_archived"}
    assert topics_of(event(active, archived), active) == {"customer_updated"}


@given(
    name=st.sampled_from(["Acme Corp", "Acme Inc"]),
    default=st.sampled_from([None, METHOD, "pm_1"]),
    had=st.sampled_from([None, METHOD]),
)
@settings(max_examples=30, deadline=None)
def test_another_default_is_a_change_of_the_customer_and_a_topic_of_its_own(
    name: str, default: str | None, had: str | None
) -> None:
    before = replace(ACME, default_payment_method_id=had)
    after = update(before, LATER, name=name, default_payment_method_id=default).client
    if after == before:
        return
    expected = {"customer_updated"}
    if default != had:
        expected.add("default_payment_method_changed")

    assert topics_of(event(after, before), after) == expected


def test_the_default_is_told_by_the_customer_that_has_it() -> None:
    after = update(ACME, LATER, default_payment_method_id=METHOD).client

    told = body("default_payment_method_changed", event(after, ACME), after)

    assert told["data"]["id"] == CLIENT
    assert told["data"]["default_payment_method_id"] == METHOD


def test_a_merge_is_an_archiving_of_one_and_a_change_of_the_other_and_its_undo_changes_both() -> (
    None
):
    other = replace(
        client(name="Acme", default_payment_method_id=METHOD),
        id="019ead58-06b8-7f02-8a51-0c9d7e6f5a4b",
    )
    made = merge(ACME, other, LATER, merge_id="019eb100-7c3d-7a10-9b2f-0c1d2e3f4a5b")
    survivor, redirect = made.survivor.client, made.redirect
    undone = undo(made.merge, survivor, redirect, LATER)

    merged, absorbed = event(survivor, ACME), event(redirect, other)
    back, returned = (
        event(undone.survivor.client, survivor),
        event(undone.absorbed.client, redirect),
    )

    assert topics_of(merged, survivor) == {"customer_updated", "default_payment_method_changed"}
    assert topics_of(absorbed, redirect) == {"customer_archived"}
    assert topics_of(back, undone.survivor.client) >= {"customer_updated"}
    assert topics_of(returned, undone.absorbed.client) == {"customer_updated"}
    assert body("customer_archived", absorbed, redirect)["data"]["id"] == other.id


def test_a_customer_that_moved_in_has_its_vendors_id() -> None:
    moved = replace(ACME, ids={"alternative_payments": "cus_1"})

    assert body("customer_created", event(moved), moved)["data"]["id"] == "cus_1"


def test_only_the_new_secret_is_sent_because_a_bearer_cannot_be_two() -> None:
    assert FORMAT.overlap == timedelta(0)
    made = rendered("customer_created", event(ACME), ACME)
    assert made is not None
    assert list(made.headers) == ["Authorization"]


def test_a_test_says_so() -> None:
    told = body("customer_archived", None, None)

    assert (told["topic"], told["data"]) == ("customer_archived", {"test": True})


def test_every_topic_is_queued_for_the_events_that_lead_to_it() -> None:
    created = event(ACME)
    assert isinstance(created, Event)
    kinds = {kind for sources in FORMAT.sources.values() for kind in sources}

    without_topic = {EventType.ERASED, EventType.WEBHOOK_DISABLED}
    assert kinds == {kind.value for kind in EventType if kind not in without_topic}
    assert FORMAT.queued_for(("customer_archived",)) == ("client.archived", "client.merged")


def test_secrets_are_random() -> None:
    assert len({new_secret() for _ in range(10)}) == 10
