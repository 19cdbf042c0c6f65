"""The chain of evidence: what is changed, missing or out of order does not hold."""

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.change import Author, create, update
from registry.domain.client import Channel, Phone
from registry.domain.identifiers import instant
from registry.domain.ledger import (
    Break,
    Evidence,
    Fault,
    Ledger,
    Source,
    Withdrawal,
    hash_of_contact_point,
    hash_of_entry,
)

AT = datetime(2026, 6, 9, 17, 4, 21, 7000, tzinfo=UTC)
KEY = bytes(range(32))
texts = st.text(st.characters(codec="utf-8"), max_size=12)
ENTRIES = st.builds(
    Evidence,
    id=texts,
    client_id=texts,
    channel=st.sampled_from(Channel),
    contact_point=texts,
    granted=st.booleans(),
    source=st.sampled_from(Source),
    withdrawal=st.none() | st.sampled_from(Withdrawal),
    at=st.just(AT),
    credential_id=st.none() | texts,
    contact_point_hash=st.none() | texts,
    previous_hash=st.none() | texts,
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from([None, "a@b.com", "A@B.com", "c@d.com"]),
        st.sampled_from([None, Phone("a", "+14155552671"), Phone("b", "+14155552672")]),
        st.dictionaries(st.sampled_from(Channel), st.booleans()),
    ),
    max_size=8,
)


@given(ENTRIES)
def test_the_hash_is_over_rfc_8785_json_of_the_members_of_the_page(entry: Evidence) -> None:
    covered: dict[str, Any] = {
        "id": entry.id,
        "client_id": entry.client_id,
        "channel": entry.channel.value,
        "contact_point_hash": entry.contact_point_hash,
        "granted": entry.granted,
        "source": entry.source.value,
        "withdrawal": None if entry.withdrawal is None else entry.withdrawal.value,
        "at": instant(entry.at),
        "credential_id": entry.credential_id,
        "previous_hash": entry.previous_hash,
    }

    assert hash_of_entry(entry) == hashlib.sha256(rfc8785.dumps(covered)).hexdigest()


@given(ENTRIES, texts)
def test_the_hash_does_not_depend_on_the_address(entry: Evidence, other: str) -> None:
    assert hash_of_entry(replace(entry, contact_point=other)) == hash_of_entry(entry)


def test_an_address_has_one_keyed_hash_in_all_its_spellings() -> None:
    expected = hmac.new(KEY, b"jane@xn--bcher-kva.example", "sha256").hexdigest()

    for spelling in ("Jane@Bücher.example", "jane@XN--BCHER-KVA.example"):
        assert hash_of_contact_point(KEY, Channel.EMAIL, spelling) == expected
    number = hmac.new(KEY, b"+14155552671", "sha256").hexdigest()
    assert hash_of_contact_point(KEY, Channel.SMS, "+14155552671") == number


@given(STEPS, st.sampled_from([b"", KEY]))
def test_every_history_of_changes_makes_one_chain_whose_head_is_on_the_client(
    steps: list[tuple[str | None, Phone | None, dict[Channel, bool]]], first_key: bytes
) -> None:
    change = create(Author("c", AT, consent_key=first_key), {Channel.EMAIL: True}, email="x@y.com")
    ledger = [*change.evidence]
    for number, (email, phone, consents) in enumerate(steps, 1):
        author = Author("c", AT + timedelta(seconds=number), consent_key=KEY)
        change = update(change.client, author, consents, email=email, phone=phone)
        ledger += change.evidence

    chain = [entry for entry in ledger if entry.hash is not None]

    assert ledger[len(ledger) - len(chain) :] == chain
    assert len(ledger) - len(chain) == (0 if first_key else 1)
    head = None
    for entry in chain:
        assert entry.previous_hash == head
        assert entry.hash == hash_of_entry(entry)
        head = entry.hash
    assert change.client.ledger_head == head


def test_a_changed_entry_has_another_hash() -> None:
    (entry,) = create(
        Author("c", AT, consent_key=KEY), {Channel.EMAIL: True}, email="x@y.com"
    ).evidence
    changes: list[dict[str, Any]] = [
        {"id": "x"},
        {"granted": False},
        {"source": Source.ATTESTED},
        {"withdrawal": Withdrawal.STATED},
        {"at": AT + timedelta(milliseconds=1)},
        {"credential_id": None},
        {"channel": Channel.SMS},
        {"contact_point_hash": "0"},
        {"previous_hash": "0"},
        {"client_id": "x"},
    ]

    hashes = {hash_of_entry(replace(entry, **change)) for change in changes}

    assert len(hashes | {entry.hash}) == len(changes) + 1


def test_the_source_is_what_the_change_says() -> None:
    author = Author("c", AT, consent_key=KEY)
    made = create(author, {Channel.EMAIL: True}, source=Source.ATTESTED, email="x@y.com")
    moved = update(made.client, author, {Channel.EMAIL: True}, email="z@y.com")

    assert [entry.source for entry in made.evidence] == [Source.ATTESTED]
    assert [entry.source for entry in moved.evidence] == [Source.IMPORTED, Source.IMPORTED]


def _ledger(steps: int) -> Ledger:
    """A ledger of a client whose consent changed so often."""
    change = create(Author("c", AT, consent_key=KEY), {Channel.EMAIL: True}, email="x@y.com")
    entries = [*change.evidence]
    for number in range(1, steps):
        author = Author("c", AT + timedelta(seconds=number), consent_key=KEY)
        change = update(change.client, author, {Channel.EMAIL: number % 2 == 0})
        entries += change.evidence
    client = change.client
    return Ledger(
        client_id=client.id,
        head=client.ledger_head,
        count=client.evidence_count,
        erased=False,
        entries=entries,
    )


LONG = _ledger(6)


def test_a_ledger_as_it_was_written_holds_with_its_addresses_and_once_they_are_erased() -> None:
    erased = [replace(entry, contact_point=None) for entry in LONG.entries]

    assert len(LONG.entries) == 6
    assert LONG.first_break(KEY) is None
    assert LONG.first_break(b"") is None
    assert replace(LONG, entries=erased, erased=True).first_break(KEY) is None
    assert replace(LONG, entries=(), head=None, count=0).first_break(KEY) is None


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize(
    "changes",
    [
        {"granted": None},
        {"source": Source.ATTESTED},
        {"at": AT - timedelta(days=1)},
        {"credential_id": "another"},
        {"channel": Channel.SMS},
        {"contact_point": "other@y.com"},
        {"contact_point": None},
        {"contact_point_hash": "0" * 64},
        {"hash": "0" * 64},
        {"hash": None},
    ],
)
def test_any_entry_that_was_changed_is_named(number: int, changes: dict[str, Any]) -> None:
    entries = list(LONG.entries)
    if "granted" in changes:
        changes = {"granted": not entries[number].granted}
    entries[number] = replace(entries[number], **changes)

    broken = replace(LONG, entries=entries).first_break(KEY)

    assert broken is not None
    unchained = "hash" in changes and changes["hash"] is None and number == 0
    named = entries[number + unchained]
    assert broken.entry_id == named.id
    assert broken.fault is (Fault.MISSING if unchained else Fault.CHANGED)


@given(st.sets(st.integers(0, 5), min_size=1))
def test_any_entries_that_are_left_out_are_noticed_the_newest_too(left_out: set[int]) -> None:
    entries = [entry for number, entry in enumerate(LONG.entries) if number not in left_out]

    broken = replace(LONG, entries=entries).first_break(KEY)

    assert broken is not None
    assert broken.fault is Fault.MISSING
    first = min(left_out)
    after = [entry for entry in entries if entry.id > LONG.entries[first].id]
    assert broken.entry_id == (after[0].id if after else None)


@given(st.permutations(range(6)))
def test_entries_in_another_order_are_noticed(order: list[int]) -> None:
    entries = [LONG.entries[number] for number in order]

    broken = replace(LONG, entries=entries).first_break(KEY)

    if order == sorted(order):
        assert broken is None
    else:
        assert broken is not None
        assert broken.fault is Fault.OUT_OF_ORDER


def test_an_entry_behind_the_newest_is_out_of_order() -> None:
    shorter = replace(LONG, head=LONG.entries[3].hash)

    broken = shorter.first_break(KEY)

    assert broken == Break(fault=Fault.OUT_OF_ORDER, entry_id=LONG.entries[4].id)


def test_an_entry_of_before_the_chain_is_missed_by_the_count() -> None:
    bare = [replace(entry, hash=None, previous_hash=None) for entry in LONG.entries]
    whole = replace(LONG, head=None, entries=bare)

    assert whole.first_break(KEY) is None
    broken = replace(whole, entries=bare[1:]).first_break(KEY)
    assert broken == Break(fault=Fault.MISSING, entry_id=bare[1].id)
