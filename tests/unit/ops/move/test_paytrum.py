"""What Paytrum does not document: lists without a status, and a client that is gone."""

import pytest

from ops.move.vendor import VendorError
from tests.unit.ops.move.conftest import Opening
from tests.vendors.paytrum import FakePaytrum, clients
from tests.vendors.server import Row
from tests.virtual import Clock


@pytest.mark.parametrize("hidden", [False, True])
def test_inactive_clients_are_listed_whether_a_plain_list_has_them_or_not(
    hidden: bool,  # noqa: FBT001
    opened: Opening,
    clock: Clock,
) -> None:
    rows = clients(100, odd=False)
    assert any(row["status"] == "inactive" for row in rows)
    with FakePaytrum(rows, clock=lambda: clock.now) as vendor, opened(vendor, page=30) as puller:
        vendor.hides_inactive = hidden
        pulled = {
            row["id"] for page in puller.pages() for row in page.rows if isinstance(row, dict)
        }
        asked_for_inactive = any("inactive" in text for text in vendor.asked)

    assert pulled == {row["id"] for row in rows}
    assert asked_for_inactive is hidden


def test_a_row_without_an_id_is_no_place_to_go_on_from(opened: Opening, clock: Clock) -> None:
    rows = clients(20, odd=False)
    odd = (None, "", "\ud800", "i" * 5_000, 17)
    for number, identifier in zip((3, 4, 9, 10, 15), odd, strict=True):
        rows[number]["id"] = identifier
    with FakePaytrum(rows, clock=lambda: clock.now) as vendor, opened(vendor, page=5) as puller:
        pulled = [row for page in puller.pages() for row in page.rows]
        assert puller.fetch("\ud800") is None

    assert all(row in pulled for row in rows)


def test_a_page_without_any_id_ends_the_pull_with_a_reason(opened: Opening, clock: Clock) -> None:
    rows = [Row(row, id=None) for row in clients(20, odd=False)]
    with (
        FakePaytrum(rows, clock=lambda: clock.now) as vendor,
        opened(vendor, page=5) as puller,
        pytest.raises(VendorError, match="no id to go on from"),
    ):
        list(puller.pages())


def test_a_vendor_that_never_knows_a_place_is_not_asked_for_ever(
    opened: Opening, clock: Clock
) -> None:
    rows = clients(20, odd=False)
    with FakePaytrum(rows, clock=lambda: clock.now) as vendor, opened(vendor, page=5) as puller:
        vendor.by_id = lambda _: None  # type: ignore[method-assign,assignment]
        with pytest.raises(VendorError, match="forgets the places"):
            list(puller.pages())

        assert len(vendor.asked) < 100


def test_a_url_without_the_api_is_an_error_with_the_path(opened: Opening, clock: Clock) -> None:
    with FakePaytrum([], clock=lambda: clock.now) as vendor:
        vendor.base = ""
        vendor.answer = lambda _: vendor.error(404, "x")  # type: ignore[method-assign,assignment]
        with opened(vendor) as puller, pytest.raises(VendorError, match="GET /v1/clients with 404"):
            list(puller.pages())


@pytest.mark.parametrize("lost", [200, 400, 404, 410, 422])
def test_a_list_whose_place_is_deleted_is_begun_again(
    lost: int, opened: Opening, clock: Clock
) -> None:
    rows = clients(20, odd=False)
    with FakePaytrum(rows, clock=lambda: clock.now) as vendor, opened(vendor, page=5) as puller:
        vendor.lost = lost
        pages = puller.pages()
        pulled = [next(pages)]
        # The last client of the first page, which the next page would come after.
        del vendor.rows[-5]
        pulled += pages

        found = {row["id"] for page in pulled for row in page.rows if isinstance(row, dict)}
        assert {row["id"] for row in vendor.rows} <= found
