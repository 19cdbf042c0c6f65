"""Three-way: the vendor's changes come in, ours stay, and only both to different ones conflict."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.change import Author, move_in, update
from registry.domain.client import Channel, Client, Phone
from registry.domain.moving import VendorClient
from registry.domain.three_way import OnConflict, settle, taken_in
from tests.three_way import the_rule

AT = datetime(2020, 1, 1, tzinfo=UTC)
MOVER = Author(None, datetime(2026, 11, 27, tzinfo=UTC), operator="local", request_id="move")
CALLER = Author("credential", datetime(2026, 11, 27, tzinfo=UTC))
FIELDS = ("name", "email", "notes", "city", "external_id")
VALUES = st.sampled_from([None, "a", "b", "c"])


def vendor_client(facts: dict[str, Any], *, at: datetime = AT, **more: Any) -> VendorClient:
    return VendorClient(vendor_id="v", fields=facts, created_at=AT, updated_at=at, **more)  # type: ignore[arg-type]


def moved(facts: dict[str, Any], **more: Any) -> Client:
    vendor = vendor_client(facts, **more)
    return move_in(vendor.as_client("01951d4a-0000-7000-8000-000000000000", AT), MOVER).client


steps = st.lists(
    st.one_of(
        st.tuples(st.just("vendor"), st.sampled_from(FIELDS), VALUES),
        st.tuples(st.just("ours"), st.sampled_from(FIELDS), VALUES),
        st.tuples(
            st.just("run"), st.none(), st.sampled_from([None, OnConflict.THEIRS, OnConflict.OURS])
        ),
    ),
    max_size=15,
)
pictures = st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES))


@given(pictures, steps)
def test_any_interleaving_of_changes_and_runs_ends_where_the_rule_says(
    first: dict[str, Any], interleaved: list[tuple[str, Any, Any]]
) -> None:
    client, base, theirs = moved(first), dict(first), dict(first)
    expected, expected_base = dict(first), dict(first)
    for who, name, value in [*interleaved, ("run", None, None)]:
        if who == "vendor":
            theirs[name] = value
        elif who == "ours":
            client = update(client, CALLER, **{name: value}).client
            expected[name] = value
        else:
            settled = settle(base, vendor_client(theirs).facts, client, (), value)
            conflicts = the_rule(FIELDS, expected_base, theirs, expected, value)
            change = taken_in(client, settled, vendor_client(theirs), MOVER, untouched=False)
            client, base = change.client, dict(settled.base)
            assert sorted(settled.conflicts) == sorted(conflicts)

    assert {name: getattr(client, name) for name in FIELDS} == expected
    assert base == expected_base


def test_a_second_run_takes_nothing() -> None:
    client = moved({"name": "a"})
    now = vendor_client({"name": "b"})

    settled = settle({"name": "a"}, now.facts, client)
    after = taken_in(client, settled, now, MOVER, untouched=True).client
    again = settle(settled.base, now.facts, after)

    assert (after.name, after.version) == ("b", 2)
    assert (again.taken, again.conflicts, again.base) == ({}, [], settled.base)


def test_fields_of_a_unit_are_taken_or_left_together() -> None:
    unit = (("name", "last_name"),)
    client = replace(moved({"name": "Jane Doe", "last_name": "Doe"}), name="Janet")

    settled = settle(
        {"name": "Jane Doe", "last_name": "Doe"},
        {"name": "Jane Roe", "last_name": "Roe"},
        client,
        unit,
    )

    assert (settled.taken, settled.conflicts) == ({}, ["name", "last_name"])


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=30)])
def test_an_untouched_client_carries_the_vendors_instant(later: timedelta) -> None:
    now = vendor_client({"name": "b"}, at=AT + later)

    settled = settle({"name": "a"}, now.facts, moved({"name": "a"}))
    after = taken_in(moved({"name": "a"}), settled, now, MOVER, untouched=True).client

    assert after.updated_at == AT + later


def test_a_touched_client_carries_ours() -> None:
    now = vendor_client({"name": "b"}, at=AT + timedelta(days=30))
    client = update(moved({"name": "a"}), CALLER, notes="here").client

    settled = settle({"name": "a", "notes": None}, now.facts, client)
    after = taken_in(client, settled, now, MOVER, untouched=False).client

    assert after.updated_at > client.updated_at


EMAIL = {"email": "a@b.co"}
CONSENTED: dict[str, Any] = {"consents": {Channel.EMAIL: True}}


def test_consent_that_came_along_leaves_evidence_of_the_vendors_date() -> None:
    client = vendor_client(EMAIL, **CONSENTED).as_client("01951d4a-0000-7000-8000-000000000000", AT)

    (entry,) = move_in(client, MOVER).evidence

    assert (entry.granted, entry.source, entry.at) == (True, "imported", AT)
    assert (entry.contact_point, entry.credential_id) == ("a@b.co", None)


@pytest.mark.parametrize(
    ("here", "now", "consent", "conflicts"),
    [
        # A consent withdrawn here stays withdrawn when the vendor changes the address.
        ({"consents": {Channel.EMAIL: False}}, ({"email": "c@d.co"}, True), False, []),
        # The vendor attests the new address.
        ({}, ({"email": "c@d.co"}, True), True, []),
        # The vendor's consent ended.
        ({}, (EMAIL, False), False, []),
        # It was about another address than ours is now, so it ends nothing here.
        (
            {"email": "x@y.co", "consents": {Channel.EMAIL: True}},
            (EMAIL, False),
            True,
            ["email_consent"],
        ),
    ],
)
def test_consent_belongs_to_its_address(
    here: dict[str, Any],
    now: tuple[dict[str, Any], bool],
    consent: bool,  # noqa: FBT001
    conflicts: list[str],
) -> None:
    client = moved(EMAIL, **CONSENTED)
    consents = here.pop("consents", None)
    client = update(client, CALLER, consents, **here).client
    vendor = vendor_client(now[0], consents={Channel.EMAIL: now[1]})

    settled = settle(EMAIL | {"email_consent": True}, vendor.facts, client)
    change = taken_in(client, settled, vendor, MOVER, untouched=False)

    assert change.client.email_consent is consent
    assert settled.conflicts == conflicts
    assert change.client.evidence_count == client.evidence_count + len(change.evidence)


def test_consent_ends_with_an_address_that_a_vendor_without_consents_changes() -> None:
    number, other = Phone("+14155552671", "+14155552671"), Phone("+14155550000", "+14155550000")
    client = update(moved({"phone": number}), CALLER, {Channel.SMS: True}).client
    vendor = vendor_client({"phone": other})

    settled = settle({"phone": number}, vendor.facts, client)
    change = taken_in(client, settled, vendor, MOVER, untouched=False)

    assert change.client.sms_consent is False
    (entry,) = change.evidence
    assert (entry.granted, entry.contact_point) == (False, "+14155552671")


def test_a_client_at_the_end_of_all_time_can_still_be_changed() -> None:
    end = datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)
    client = moved({"name": "a"}, at=end)

    assert update(client, CALLER, name="b").client.updated_at == end
