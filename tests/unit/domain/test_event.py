"""Events of changes: what happened, what changed, and by whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from registry.domain import document
from registry.domain.change import Author, archive, create, restore, update
from registry.domain.client import Channel, Client, Country, Phone
from registry.domain.event import EventType, event_of
from registry.domain.representation import represented

AT = datetime(2026, 6, 9, 17, 4, 21, 7000, tzinfo=UTC)
CALLER = Author("credential", AT, "paytrum", "request-1")
OPERATOR = Author(None, AT + timedelta(seconds=1), operator="assumed-role/Admin/alice")
PHONE = Phone("(415) 555-2671", "+14155552671")

texts = st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=9)
WRITTEN = st.fixed_dictionaries(
    {},
    optional={
        "name": texts,
        "first_name": texts,
        "email": texts,
        "notes": texts,
        "city": texts,
        "phone": st.sampled_from([None, PHONE]),
        "country": st.sampled_from([None, Country("USA", "US")]),
        "metadata": st.sampled_from([None, '{"a":1}', '{"a":1.0}', '{"a":null}']),
        "require_po_number": st.booleans(),
    },
)


def new(**fields: Any) -> Client:
    return create(CALLER, **fields).client


def test_a_new_client_tells_its_fields_from_null_and_no_empty_ones() -> None:
    event = event_of(None, new(name="Acme", email="ar@acme.com", phone=PHONE, city="Berlin"))

    assert (event.type, event.version, event.at) == (EventType.CREATED, 1, AT)
    address = dict.fromkeys(("line1", "line2", "region", "postal_code", "country"))
    assert event.changed == {
        "status": [None, "active"],
        "name": [None, "Acme"],
        "display_name": [None, "Acme"],
        "email": [None, "ar@acme.com"],
        "phone": [None, {"typed": "(415) 555-2671", "e164": "+14155552671"}],
        "address": [None, address | {"city": "Berlin"}],
    }


def test_an_event_says_whose_call_it_was_or_which_operator_ran_a_command() -> None:
    client = new(name="Acme")

    called = event_of(None, client)
    commanded = event_of(client, update(client, OPERATOR, name="B").client)

    assert (called.credential_id, called.contract, called.operator) == (
        "credential",
        "paytrum",
        None,
    )
    assert (commanded.credential_id, commanded.contract) == (None, None)
    assert commanded.operator == "assumed-role/Admin/alice"


def test_nobody_is_named_for_a_change_of_before_authors_were_kept() -> None:
    client = Client(id=new().id, version=1, created_at=AT, updated_at=AT)

    event = event_of(None, client)

    assert (event.credential_id, event.contract, event.operator) == (None, None, None)


def test_archiving_and_restoring_are_events_of_their_own() -> None:
    active = new(name="Acme")
    archived = archive(active, OPERATOR).client

    gone, back = event_of(active, archived), event_of(archived, restore(archived, OPERATOR).client)

    at = "2026-06-09T17:04:22.007Z"
    assert (gone.type, back.type) == (EventType.ARCHIVED, EventType.RESTORED)
    assert gone.changed == {"status": ["active", "archived"], "archived_at": [None, at]}
    assert back.changed == {"status": ["archived", "active"], "archived_at": [at, None]}


def test_the_address_and_the_consents_change_whole() -> None:
    before = create(CALLER, {Channel.EMAIL: True}, email="a@b.co", city="Berlin").client

    event = event_of(before, update(before, OPERATOR, {Channel.EMAIL: False}, city="Bonn").client)

    address = dict.fromkeys(("line1", "line2", "region", "postal_code", "country"))
    assert event.changed == {
        "address": [address | {"city": "Berlin"}, address | {"city": "Bonn"}],
        "consents": [{"email": True, "sms": False}, {"email": False, "sms": False}],
    }


def test_numbers_in_metadata_that_are_written_differently_are_a_change() -> None:
    before = new(metadata='{"a":1}')

    event = event_of(before, update(before, OPERATOR, metadata='{"a":1.0}').client)

    assert document.render(event.changed) == '{"metadata":[{"a":1},{"a":1.0}]}'


@given(WRITTEN, WRITTEN)
def test_what_changed_leads_from_the_record_before_to_the_record_after(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    before = new(**first)
    after = update(before, OPERATOR, **second).client

    event = event_of(before, after)

    changed = {name: pair[1] for name, pair in event.changed.items()}
    shown = represented(before) | changed
    stamps = {name: represented(after)[name] for name in ("version", "updated_at")}
    assert document.render(shown | stamps) == document.render(represented(after))
    assert all(document.render(old) != document.render(new) for old, new in event.changed.values())
