"""Three names and one display name: what is written is what is shown."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from registry.contracts.athenty.mapping import Names, shown_names, written_names
from registry.domain.change import Author, create, update
from registry.domain.client import Client, MemberType, UsageType

NAMES = ("business_name", "name_first", "name_last")
AUTHOR = Author("credential", datetime(2026, 3, 1, 9, 30, tzinfo=UTC))

texts = st.none() | st.text("abc", min_size=1, max_size=3)
clients = st.builds(
    lambda **fields: create(AUTHOR, **fields).client,
    name=texts,
    first_name=texts,
    last_name=texts,
    company=texts,
    legal_name=texts,
    email=texts,
    member_type=st.none() | st.sampled_from(MemberType),
    usage_type=st.none() | st.sampled_from(UsageType),
)
writes = st.dictionaries(st.sampled_from(sorted(NAMES)), texts)


@given(clients, writes)
def test_written_names_are_shown_and_the_others_as_before(
    client: Client,
    written: dict[str, str | None],
) -> None:
    before = shown_names(client)
    expected = {name: written.get(name, getattr(before, name)) for name in NAMES}

    after = update(client, AUTHOR, **written_names(client, written)).client

    # With every part gone, only a legal name from another contract is left to be shown.
    if any(expected.values()) or not client.legal_name:
        shown = shown_names(after)
        assert {name: getattr(shown, name) for name in NAMES} == expected


@given(clients, writes)
def test_writing_a_name_computes_the_display_name(
    client: Client,
    written: dict[str, str | None],
) -> None:
    after = update(client, AUTHOR, **written_names(client, written)).client

    if not written:
        assert after == client
    else:
        person = " ".join(part for part in (after.first_name, after.last_name) if part)
        assert after.name == (after.company or person or None)


@given(clients)
def test_a_display_name_alone_is_shown_whole_in_one_part(client: Client) -> None:
    shown = shown_names(client)

    whole = client.name or client.legal_name
    if any((client.first_name, client.last_name, client.company)) or whole is None:
        assert shown == Names(client.first_name, client.last_name, client.company)
    elif client.shown_member_type is MemberType.BUSINESS:
        assert shown == Names(business_name=whole)
    else:
        assert shown == Names(name_last=whole)
