"""Ids made from vendors' ids: always the same, ordered by the vendor's instants, never shared."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from registry.domain.identifiers import created_at, is_id
from registry.domain.vendor_id import client_id_for, is_vendor_id, user_id_for

KEY = bytes(range(32))
AT = datetime(2026, 6, 9, 17, 4, 21, 7000, tzinfo=UTC)
vendor_ids = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
contracts = st.sampled_from(["paytrum", "athenty", "hoursmith", "alternative_payments"])


@given(contracts, vendor_ids)
def test_an_id_is_one_of_ours_with_the_vendors_instant(contract: str, vendor_id: str) -> None:
    made = client_id_for(KEY, contract, vendor_id, AT)

    assert is_id(made)
    assert created_at(made) == AT
    assert made == client_id_for(KEY, contract, vendor_id, AT)


@given(contracts, vendor_ids, contracts, vendor_ids)
def test_two_clients_of_vendors_never_share_an_id(
    one: str, first: str, other: str, second: str
) -> None:
    same = client_id_for(KEY, one, first, AT) == client_id_for(KEY, other, second, AT)

    assert same == ((one, first) == (other, second))


def test_another_workspace_has_other_ids() -> None:
    assert client_id_for(KEY, "paytrum", "v", AT) != client_id_for(KEY[::-1], "paytrum", "v", AT)


def test_users_of_two_clients_never_share_an_id() -> None:
    ids = {user_id_for(KEY, "paytrum", client, user, AT) for client in "ab" for user in "ab"}

    assert len(ids) == 4
    assert all(map(is_id, ids))


@given(st.text(st.characters(codec="utf-8")))
def test_a_vendors_id_has_one_to_255_bytes(text: str) -> None:
    assert is_vendor_id(text) == (1 <= len(text.encode()) <= 255)
