"""The pullers with the fake vendors, in a time that passes only by waiting."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from ops.move.connection import Limits
from ops.move.timing import Timing
from ops.move.vendor import OAuthClient, Token, Vendor
from ops.move.vendors import open_vendor
from tests.vendors.fakes import SECRETS
from tests.vendors.server import FakeVendor
from tests.virtual import Clock

# When the clock of a test says 0. The fake vendors' dates are counted from here.
BEGINNING = datetime(2026, 11, 27, 20, 0, 0, tzinfo=UTC)

Opening = Callable[..., AbstractContextManager[Vendor]]


@pytest.fixture
def clock() -> Clock:
    """The time of the test."""
    return Clock()


@pytest.fixture
def timing(clock: Clock) -> Timing:
    """That time, for a connection; chance has its middle."""
    return Timing(
        clock=lambda: clock.now,
        now=lambda: BEGINNING + timedelta(seconds=clock.now),
        sleep=clock.sleep,
        chance=lambda: 0.5,
    )


@pytest.fixture
def opened(timing: Timing) -> Opening:
    """Opens the puller of a fake vendor that listens."""

    @contextmanager
    def opened(
        fake: FakeVendor,
        *,
        page: int | None = None,
        limits: Limits | None = None,
        on_wait: Callable[[str], None] | None = None,
        secret: Token | OAuthClient | None = None,
    ) -> Iterator[Vendor]:
        vendor = open_vendor(
            fake.contract,
            fake.url,
            secret or SECRETS[fake.contract],
            page=page,
            timing=timing,
            limits=limits,
            on_wait=on_wait,
        )
        try:
            yield vendor
        finally:
            vendor.close()

    return opened
