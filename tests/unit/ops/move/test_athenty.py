"""Numbered pages: what is read again, and how much of it."""

import pytest

from tests.unit.ops.move.conftest import Opening
from tests.vendors.athenty import FakeAthenty, clients
from tests.virtual import Clock


@pytest.mark.parametrize("oldest_first", [False, True])
def test_a_client_that_is_deleted_costs_a_page_and_not_a_walk(
    oldest_first: bool,  # noqa: FBT001
    opened: Opening,
    clock: Clock,
) -> None:
    rows = clients(100, odd=False)
    with FakeAthenty(rows, clock=lambda: clock.now) as vendor, opened(vendor, page=10) as puller:
        vendor.oldest_first = oldest_first
        vendor.between = lambda: vendor.rows.__delitem__(slice(50, 50 + (len(vendor.rows) > 95)))
        pulled = {
            row["id"] for page in puller.pages() for row in page.rows if isinstance(row, dict)
        }

        assert {row["id"] for row in vendor.rows} <= pulled
        # Ten pages, one or two more per deletion, and a second look at the newest.
        assert len(vendor.asked) <= 10 + 2 * 5 + 2


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("oldest_first", [False, True])
def test_inactive_clients_are_listed_whether_a_plain_list_has_them_or_not(
    hidden: bool,  # noqa: FBT001
    oldest_first: bool,  # noqa: FBT001
    opened: Opening,
    clock: Clock,
) -> None:
    rows = clients(100, odd=False)
    assert not all(row["active"] for row in rows)
    with FakeAthenty(rows, clock=lambda: clock.now) as vendor, opened(vendor, page=30) as puller:
        vendor.hides_inactive, vendor.oldest_first = hidden, oldest_first
        pulled = {
            row["id"] for page in puller.pages() for row in page.rows if isinstance(row, dict)
        }

    assert pulled == {row["id"] for row in rows}


def test_a_page_says_how_many_clients_there_are(opened: Opening, clock: Clock) -> None:
    rows = clients(12, odd=False)
    with FakeAthenty(rows, clock=lambda: clock.now) as vendor, opened(vendor, page=5) as puller:
        assert {page.total for page in puller.pages()} == {12}
