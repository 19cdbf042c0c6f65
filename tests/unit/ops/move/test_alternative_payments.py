"""Tokens, users and payment methods, and customers that are archived."""

import pytest

from ops.move.vendor import CredentialsRefused, OAuthClient
from tests.unit.ops.move.conftest import Opening
from tests.vendors.alternative_payments import FakeAlternativePayments, fill
from tests.vendors.server import FakeVendor, Mischief
from tests.virtual import Clock


def customers(clock: Clock, count: int = 12) -> FakeAlternativePayments:
    vendor = FakeAlternativePayments(clock=lambda: clock.now)
    fill(vendor, count, odd=False)
    return vendor


def token_requests(vendor: FakeVendor) -> int:
    return sum(text.startswith("POST /oauth/token") for text in vendor.asked)


def test_one_token_serves_until_a_minute_before_its_end(opened: Opening, clock: Clock) -> None:
    with customers(clock) as vendor, opened(vendor) as puller:
        for _ in range(3):
            list(puller.pages())
        assert token_requests(vendor) == 1

        clock.sleep(vendor.lifetime - 61 - clock.now)
        list(puller.pages())
        assert token_requests(vendor) == 1

        clock.sleep(30)
        list(puller.pages())
        assert token_requests(vendor) == 2


def test_a_token_of_a_few_seconds_is_enough(opened: Opening, clock: Clock) -> None:
    with customers(clock, 40) as vendor, opened(vendor, page=1) as puller:
        vendor.lifetime = 4
        found = sum(len(page.rows) for page in puller.pages())

        assert found >= 40 - len(vendor.archived)
        assert token_requests(vendor) > 3


def test_a_token_that_ends_before_its_time_is_renewed_once(opened: Opening, clock: Clock) -> None:
    with customers(clock) as vendor, opened(vendor, page=5) as puller:
        pages = puller.pages()
        next(pages)
        vendor.end_tokens()
        next(pages)
        assert token_requests(vendor) == 2

        vendor.lifetime = 0
        vendor.end_tokens()
        with pytest.raises(CredentialsRefused):
            next(pages)


def test_a_secret_that_is_changed_meanwhile_is_a_refusal(opened: Opening, clock: Clock) -> None:
    with (
        customers(clock) as vendor,
        opened(vendor, secret=OAuthClient("fake-client", "no more")) as puller,
        pytest.raises(CredentialsRefused, match="403"),
    ):
        next(puller.pages())


@pytest.mark.parametrize("mischief", [Mischief.GARBAGE, Mischief.NONSENSE, Mischief.AWAY])
def test_the_token_endpoint_may_misbehave_for_a_while(
    mischief: Mischief, opened: Opening, clock: Clock
) -> None:
    with customers(clock) as vendor, opened(vendor) as puller:
        vendor.mischief.extend([mischief] * 3)

        assert next(puller.pages()).rows


def test_users_and_payment_methods_of_a_customer_come_whole(opened: Opening, clock: Clock) -> None:
    with customers(clock) as vendor, opened(vendor, page=2) as puller:
        for row in vendor.rows:
            identifier = row["id"]
            users = list(puller.users(identifier))
            methods = list(puller.payment_methods(identifier))

            assert users == vendor.users[identifier][::-1]
            assert methods == vendor.methods[identifier][::-1]


def test_a_customer_that_is_gone_has_no_users_and_no_methods(opened: Opening, clock: Clock) -> None:
    with customers(clock) as vendor, opened(vendor) as puller:
        assert list(puller.users("cus/gone")) == []
        assert list(puller.payment_methods("cus/gone")) == []


def test_an_archived_customer_is_fetched_and_not_listed(opened: Opening, clock: Clock) -> None:
    with customers(clock) as vendor, opened(vendor) as puller:
        vendor.archived = {vendor.rows[4]["id"]}
        listed = {
            row["id"] for page in puller.pages() for row in page.rows if isinstance(row, dict)
        }

        assert listed == {row["id"] for row in vendor.rows} - vendor.archived
        assert puller.fetch(vendor.rows[4]["id"]) == vendor.rows[4]


def test_the_keys_of_paging_may_stand_in_an_object_of_their_own(
    opened: Opening, clock: Clock
) -> None:
    with customers(clock) as vendor, opened(vendor, page=5) as puller:
        vendor.nested = True
        listed = {
            row["id"] for page in puller.pages() for row in page.rows if isinstance(row, dict)
        }

        assert listed == {row["id"] for row in vendor.rows} - vendor.archived
