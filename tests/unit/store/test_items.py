"""Records as items: nothing is lost, nothing of one tenant is within another's reach."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from registry.domain.client import Client, Country, MemberType, Phone, UsageType
from registry.domain.email_address import email_key
from registry.domain.folding import folded
from registry.domain.identifiers import new_id
from registry.domain.tenant import Tenant
from registry.store import items

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")

# A client that moved in may have control characters, which no contract takes.
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=200)
instants = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
OF_TYPE: dict[object, st.SearchStrategy[Any]] = {
    str | None: st.none() | texts,
    bool: st.booleans(),
    int: st.integers(0, 10**9),
    Phone | None: st.none() | st.builds(Phone, texts, st.none() | texts),
    Country | None: st.none() | st.builds(Country, texts, st.none() | st.just("CA")),
    UsageType | None: st.none() | st.sampled_from(UsageType),
    MemberType | None: st.none() | st.sampled_from(MemberType),
    datetime | None: st.none() | instants,
    datetime: instants,
    Mapping[str, str]: st.dictionaries(texts, texts, max_size=4),
    tuple[str, ...]: st.lists(texts, max_size=3).map(tuple),
}


@st.composite
def clients(draw: st.DrawFn) -> Client:
    """Any client."""
    at = draw(instants)
    drawn = {
        field.name: draw(OF_TYPE[field.type])
        for field in fields(Client)
        if field.name not in {"id", "created_at"}
    }
    return Client(id=new_id(at), created_at=at, **drawn)


def as_live(client: Client) -> Client:
    """The client, absorbed by no other, and not erased."""
    return replace(client, absorbed_into=None, erased_at=None)


@given(clients())
def test_an_absorbed_client_is_in_no_index_but_that_of_external_ids(client: Client) -> None:
    item = items.client_item(TENANT, replace(client, absorbed_into=new_id()))

    indexes = {"status_pk", "name_key", "updated_key", "search_pk", "search_text", "search_facets"}
    assert not item.keys() & indexes
    assert ("external_id_pk" in item) == (client.external_id is not None)
    assert not items.is_live(item)


@given(clients())
def test_a_client_is_read_as_it_was_written(client: Client) -> None:
    assert items.read_client(items.client_item(TENANT, client)) == client


@given(clients().map(as_live))
def test_the_search_index_has_what_it_promises(client: Client) -> None:
    entry = items.SearchEntry(items.client_item(TENANT, client))

    assert entry.id == client.id
    assert entry.name == folded(spaced(client.display_name or ""))
    assert entry.legal_name == folded(spaced(client.legal_name or ""))
    assert entry.contact_name == folded(spaced(client.contact_name or ""))
    assert entry.archived == client.archived
    assert entry.member_type == client.shown_member_type
    assert (entry.updated_at, entry.created_at) == (client.updated_at, client.created_at)


def spaced(text: str) -> str:
    """The text with a space for each control character of ASCII but DEL."""
    return "".join(max(character, " ") for character in text)


def test_an_item_of_a_huge_text_is_little_larger_than_the_text() -> None:
    marks = "\u0316\u0301" * 50_000
    at = datetime(2026, 1, 1, tzinfo=UTC)
    client = Client(id=new_id(), version=1, created_at=at, updated_at=at, name=marks)

    item = items.client_item(TENANT, client)

    size = len(str(item).encode())
    assert size < 2 * len(marks) + 20_000
    assert items.SearchEntry(item).name == folded(marks[:1_000])


@given(texts, texts)
def test_name_keys_sort_as_folded_names_do(one: str, other: str) -> None:
    first, second = (
        Client(id=new_id(), version=1, created_at=at, updated_at=at, name=name)
        for at in [datetime(2026, 1, 1, tzinfo=UTC)]
        for name in (one, other)
    )

    one, other = folded(spaced(one)), folded(spaced(other))
    if one != other:
        assert (items.name_key(first) < items.name_key(second)) == (one < other)


@given(texts, texts)
def test_an_address_is_claimed_in_all_its_spellings(one: str, other: str) -> None:
    keys = [items.user_email_key(TENANT, "id", email) for email in (one, other, f"{one}@A.de")]

    assert (keys[0] == keys[1]) == (email_key(one) == email_key(other))
    assert keys[2] == items.user_email_key(TENANT, "id", f"{one}@a.DE")


@given(clients().map(as_live))
def test_no_key_is_longer_than_dynamodb_takes(client: Client) -> None:
    long = replace(client, name="🜁" * 254, external_id="🜁" * 1_000)

    for made in (client, long):
        item = items.client_item(TENANT, made)
        keys = ("pk", "sk", "status_pk", "name_key", "updated_key", "search_pk")
        assert all(0 < len(item[key]["S"].encode()) <= 1024 for key in keys)
        external_id = item.get("external_id_pk", {"S": "none"})["S"]
        assert 0 < len(external_id.encode()) <= 2048


def test_every_key_of_a_tenant_begins_with_its_partition() -> None:
    client = Client(
        id=new_id(),
        version=1,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
        external_id="c-1",
    )
    others = [Tenant(TENANT.workspace_id, "test"), Tenant(TENANT.workspace_id[:-1] + "d", "live")]

    for other in others:
        mine, theirs = (items.client_item(tenant, client) for tenant in (TENANT, other))
        for key in ("pk", "status_pk", "search_pk", "external_id_pk"):
            assert mine[key]["S"].startswith(f"{TENANT.workspace_id}#{TENANT.mode}")
            assert mine[key] != theirs[key]
