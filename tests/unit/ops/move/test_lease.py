"""One run of a vendor's moves at a time; another one waits for a minute."""

from datetime import timedelta

import pytest

from ops.move.lease import LEASE_SECONDS, Lease
from ops.move.timing import Timing
from registry.store.moves import Leased
from tests.moves import TENANT, stores
from tests.unit.ops.move.conftest import BEGINNING
from tests.virtual import Clock


def lease(timing: Timing, said: list[str], contract: str = "paytrum") -> Lease:
    return Lease(stores().moves, TENANT, contract, timing, said.append)


def test_a_second_run_waits_a_minute_and_then_gives_up(
    tables: None, clock: Clock, timing: Timing
) -> None:
    said: list[str] = []
    # The first run's lease is renewed: here, it never ends.
    until = BEGINNING + timedelta(days=1)
    stores().moves.lease(TENANT, "paytrum", "other", until, BEGINNING)

    with pytest.raises(Leased), lease(timing, said):
        pass

    assert 60 <= clock.now < 62
    assert len(said) == 1


def test_a_lease_of_a_killed_run_ends_by_itself(tables: None, clock: Clock, timing: Timing) -> None:
    until = BEGINNING + timedelta(seconds=LEASE_SECONDS)
    stores().moves.lease(TENANT, "paytrum", "killed", until, BEGINNING)

    with lease(timing, []) as held:
        held.check()

    assert LEASE_SECONDS <= clock.now < LEASE_SECONDS + 2


def test_a_lease_is_given_back_and_vendors_have_their_own(tables: None, timing: Timing) -> None:
    with lease(timing, []), lease(timing, [], "athenty"):
        pass
    with lease(timing, []):
        pass
