"""The one record: display name, types, consent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.change import (
    MAX_EVIDENCE,
    Author,
    archive,
    can_archive,
    create,
    restore,
    update,
)
from registry.domain.client import Channel, Client, MemberType, Phone, UsageType
from registry.domain.errors import Conflict
from registry.domain.identifiers import created_at
from registry.domain.ledger import Withdrawal

AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)
AUTHOR = Author("credential", AT)
LATER = Author("credential", AT + timedelta(seconds=1))


def client(**fields: object) -> Client:
    """A client with these fields, nothing else."""
    made = Client(id="id", version=1, created_at=AT, updated_at=AT)
    return replace(made, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, None),
        ({"external_id": "x", "email": "e", "contact_name": "c", "website": "w"}, None),
        ({"external_id": "x", "email": "e", "legal_name": "l"}, "l"),
        ({"legal_name": "l", "last_name": "b"}, "b"),
        ({"first_name": "a", "last_name": "b"}, "a b"),
        ({"first_name": "a", "company": "c"}, "c"),
        ({"company": "c", "name": "n"}, "n"),
    ],
)
def test_the_display_name_is_the_first_there_is(
    fields: dict[str, object],
    name: str | None,
) -> None:
    assert client(**fields).display_name == name


@pytest.mark.parametrize(
    ("fields", "usage", "member"),
    [
        ({}, UsageType.CONSUMER, MemberType.INDIVIDUAL),
        ({"company": "c"}, UsageType.COMMERCIAL, MemberType.BUSINESS),
        ({"company": "c", "last_name": "b"}, UsageType.CONSUMER, MemberType.INDIVIDUAL),
        ({"usage_type": UsageType.COMMERCIAL}, UsageType.COMMERCIAL, MemberType.BUSINESS),
        ({"member_type": MemberType.BUSINESS}, UsageType.COMMERCIAL, MemberType.BUSINESS),
        (
            {"company": "c", "usage_type": UsageType.CONSUMER},
            UsageType.CONSUMER,
            MemberType.BUSINESS,
        ),
        (
            {"company": "c", "member_type": MemberType.INDIVIDUAL},
            UsageType.CONSUMER,
            MemberType.INDIVIDUAL,
        ),
        (
            {"usage_type": UsageType.CONSUMER, "member_type": MemberType.BUSINESS},
            UsageType.CONSUMER,
            MemberType.BUSINESS,
        ),
    ],
)
def test_a_type_is_as_written_or_follows_from_the_rest(
    fields: dict[str, object],
    usage: UsageType,
    member: MemberType,
) -> None:
    assert client(**fields).shown_usage_type is usage
    assert client(**fields).shown_member_type is member


def test_a_change_bumps_version_and_time_names_its_author_and_nothing_else() -> None:
    before = client(name="n", notes="a", metadata='{"a":1}')

    after = update(before, LATER, notes="b").client

    assert after == replace(
        before, notes="b", version=2, updated_at=LATER.at, changed_by=LATER.packed()
    )


def test_time_never_stands_still_or_goes_back() -> None:
    earlier = Author("credential", AT - timedelta(hours=1))

    assert update(client(), earlier, notes="b").client.updated_at > AT


def test_no_difference_is_no_change() -> None:
    before = client(name="n")

    assert update(before, LATER, name="n").client is before
    assert restore(before, LATER).client is before


def test_archive_and_restore_are_each_others_opposite() -> None:
    before = client(name="n")

    gone = archive(before, LATER).client
    back = restore(gone, LATER).client

    assert can_archive(before)
    assert (gone.archived, gone.archived_at) == (True, LATER.at)
    assert archive(gone, LATER).client is gone
    assert replace(back, version=1, updated_at=AT, changed_by=before.changed_by) == before


def test_consent_without_a_contact_point_is_no_consent() -> None:
    change = create(AUTHOR, {Channel.EMAIL: True}, name="n")

    assert change.client.email_consent is False
    assert change.evidence == ()


def test_consent_is_lost_with_its_address_and_the_log_says_why() -> None:
    before = create(AUTHOR, {Channel.EMAIL: True}, email="a@b.com").client

    change = update(before, LATER, email="new@b.com")

    assert change.client.email_consent is False
    (entry,) = change.evidence
    assert (entry.contact_point, entry.granted, entry.withdrawal) == (
        "a@b.com",
        False,
        Withdrawal.CONTACT_POINT_CHANGED,
    )


def test_consent_of_a_number_is_about_its_e164() -> None:
    before = create(AUTHOR, {Channel.SMS: True}, phone=Phone("(415) 555-2671", "+14155552671"))

    change = update(before.client, LATER, phone=Phone("+1 415 555 2671", "+14155552671"))

    assert change.client.sms_consent is True
    assert change.evidence == ()


def test_consent_of_a_number_ends_when_it_can_no_longer_be_read() -> None:
    before = create(AUTHOR, {Channel.SMS: True}, phone=Phone("(415) 555-2671", "+14155552671"))

    change = update(before.client, LATER, phone=Phone("ask for Jane", None))

    assert change.client.sms_consent is False
    assert [(entry.contact_point, entry.granted) for entry in change.evidence] == [
        ("+14155552671", False)
    ]


addresses = st.sampled_from([None, "a@b.com", "A@B.com", "c@d.com"])
steps = st.lists(st.tuples(addresses, st.sampled_from([None, True, False])), max_size=6)


@given(steps)
def test_the_evidence_always_tells_the_consent_on_file(
    steps: list[tuple[str | None, bool | None]],
) -> None:
    change = create(AUTHOR)
    granted: list[str] = []
    for address, attested in steps:
        consents = {} if attested is None else {Channel.EMAIL: attested}
        change = update(change.client, AUTHOR, consents, email=address)
        for entry in change.evidence:
            if entry.granted:
                granted.append((entry.contact_point or "").lower())
            else:
                granted.remove((entry.contact_point or "").lower())

        email = change.client.email
        expected = [email.lower()] if email and change.client.email_consent else []
        assert granted == expected


clocks = st.integers(-10_000, 10_000).map(lambda offset: AT + timedelta(milliseconds=offset))
points = st.sampled_from([None, "a@b.com", "c@d.com"])
phones = st.sampled_from([None, Phone("a", "+14155552671"), Phone("b", "+14155552672")])
attested = st.dictionaries(st.sampled_from(Channel), st.booleans())
changes = st.tuples(clocks, points, phones, attested, st.sampled_from([None, True, False]))


@given(st.lists(changes, min_size=1, max_size=12))
def test_the_evidence_in_order_of_key_ends_in_the_consent_shown_whatever_the_clocks_say(
    changes: list[tuple[datetime, str | None, Phone | None, dict[Channel, bool], bool | None]],
) -> None:
    (at, email, phone, consents, _), *rest = changes
    change = create(Author("credential", at), consents, email=email, phone=phone)
    trail = [*change.evidence]
    for clock, email, phone, consents, archived in rest:
        before = change.client
        author = Author("credential", clock)
        change = update(before, author, consents, archived=archived, email=email, phone=phone)
        assert {entry.at for entry in change.evidence} <= {change.client.updated_at}
        if change.client.archived and not before.archived:
            assert change.client.archived_at == change.client.updated_at
        trail += change.evidence

    in_key_order = sorted(trail, key=lambda entry: entry.id)

    assert in_key_order == trail
    assert [created_at(entry.id) for entry in trail] == [entry.at for entry in trail]
    for channel in Channel:
        last = [entry for entry in trail if entry.channel is channel][-1:]
        granted = [(entry.granted, entry.contact_point) for entry in last if entry.granted]
        shown = change.client.consents(channel)
        expected = [(True, change.client.contact_point(channel))] if shown else []
        assert granted == expected


@given(st.integers(MAX_EVIDENCE - 6, MAX_EVIDENCE), st.lists(changes, min_size=1, max_size=12))
def test_evidence_is_counted_and_capped_and_a_withdrawal_is_never_refused(
    earlier: int,
    changes: list[tuple[datetime, str | None, Phone | None, dict[Channel, bool], bool | None]],
) -> None:
    record = client(evidence_count=earlier)
    for clock, email, phone, consents, archived in changes:
        author = Author("credential", clock)
        try:
            change = update(record, author, consents, archived=archived, email=email, phone=phone)
        except Conflict:
            withdrawn = dict.fromkeys(Channel, False)
            assert any(consents.values())
            assert record.evidence_count + 4 > MAX_EVIDENCE
            change = update(record, author, withdrawn, archived=archived, email=email, phone=phone)
        assert change.client.evidence_count == record.evidence_count + len(change.evidence)
        assert change.client.evidence_count <= MAX_EVIDENCE + len(Channel)
        if any(entry.granted for entry in change.evidence):
            assert change.client.evidence_count <= MAX_EVIDENCE
        record = change.client


def test_a_new_client_counts_its_evidence() -> None:
    made = create(AUTHOR, {Channel.EMAIL: True}, email="a@b.com", name="n")

    assert made.client.evidence_count == len(made.evidence) == 1
