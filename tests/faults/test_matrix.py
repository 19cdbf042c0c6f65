"""Every change of the tables, with every fault at every call: nothing doubled, halved or lost.

Each cell begins with the same items and meets one fault: at one request, or at all from one request
on until the fault is mended. Then the caller does what is sensible, which is to ask again, with the
same idempotency key where there is one. The tables must hold what a run without fault leaves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from registry.domain.errors import IdempotencyInFlight, RaceLost, Unavailable
from registry.store.dynamodb import dynamodb_client
from tests.faults.scenarios import (
    DONE,
    GONE,
    REFUSED,
    Attempt,
    Outcome,
    Scenario,
    mutating_operations,
    scenarios,
)
from tests.faults.state import State, comparable, read_state, replace_state
from tests.faults.wire import Fault, Killed, Wire

SCENARIOS = scenarios()
CASES = [
    pytest.param(
        scenario,
        fault,
        id=f"{scenario.name}, {fault}",
        marks=() if fault.is_carried_out else pytest.mark.wire,
    )
    for scenario in SCENARIOS
    for fault in Fault
    if any(fault.can_meet(action) for action in scenario.actions)
]
KILLS = {Fault.KILLED_BEFORE, Fault.KILLED_AFTER}
# What tells a caller to try again.
PASSING = {error.__name__ for error in (IdempotencyInFlight, RaceLost, Unavailable)}
EVER = 1_000_000


@dataclass(frozen=True)
class Cell:
    """What came of an attempt that met a fault.

    Attributes:
        lasting: whether the fault met every request from this one on.
        first: how the attempt ended; None where the process was killed.
        last: how it ended when it was made again without fault; None where it was not.
        state: the items left, comparable with those of another run.
    """

    lasting: bool
    first: Outcome | None
    last: Outcome | None
    state: list[str]


@dataclass
class Case:
    """A scenario, prepared."""

    scenario: Scenario
    wire: Wire

    def __post_init__(self) -> None:
        self.attempt: Attempt = self.scenario.prepare()
        self.before: State = read_state()
        self.wire.mend()
        self.outcome = self.attempt()
        self.actions = tuple(self.wire.actions)
        self.present = read_state()
        self.after = comparable(self.present, self.before)

    def cells(self, fault: Fault) -> Iterator[Cell]:
        """The scenario with a fault at each request that can meet it, once and lastingly."""
        for number, action in enumerate(self.actions):
            if fault.can_meet(action):
                for lasting in (False, True):
                    yield self._cell(fault, number, lasting=lasting)

    def untouched(self) -> list[str]:
        """The items before the scenario."""
        return comparable(self.before, self.before)

    def _cell(self, fault: Fault, number: int, *, lasting: bool) -> Cell:
        replace_state(self.present, self.before)
        self.wire.disturb(fault, range(number, EVER if lasting else number + 1))
        try:
            first = self.attempt()
        except Killed:
            first = None
        self.wire.mend()
        again = self.scenario.repeatable and (first is None or first.end != DONE)
        last = self.attempt() if again else None
        self.present = read_state()
        return Cell(lasting, first, last, comparable(self.present, self.before))


def test_every_operation_that_changes_something_is_in_the_matrix() -> None:
    covered = [scenario.operation for scenario in SCENARIOS if scenario.operation is not None]

    assert all(operation in covered for operation in mutating_operations())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_without_a_fault_a_change_is_made_in_the_calls_it_declares(
    scenario: Scenario, wire: Wire
) -> None:
    case = Case(scenario, wire)

    assert (case.outcome.end, case.actions) == (DONE, scenario.actions)
    assert case.after != case.untouched()


@pytest.mark.parametrize(("scenario", "fault"), CASES)
def test_a_change_that_meets_a_fault_is_made_once_and_whole(
    scenario: Scenario, fault: Fault, wire: Wire
) -> None:
    case = Case(scenario, wire)

    cells = list(case.cells(fault))

    assert cells
    for cell in cells:
        _check_first(cell, fault)
        if scenario.repeatable:
            assert cell.last is None or cell.last == case.outcome or cell.last.end == GONE
            assert cell.state == case.after
        else:
            assert cell.state in (case.untouched(), case.after)
            assert cell.first is None or cell.first.end != DONE or cell.state == case.after


@pytest.mark.parametrize("fault", [Fault.KILLED_AFTER, Fault.TIMEOUT_AFTER, Fault.THROTTLED])
def test_the_matrix_finds_a_write_that_is_not_atomic(
    fault: Fault, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = dynamodb_client()

    def one_by_one(
        TransactItems: list[dict[str, dict[str, object]]],  # noqa: N803
        **_: object,
    ) -> None:
        for write in TransactItems:
            client.put_item(**write["Put"])  # type: ignore[arg-type]

    monkeypatch.setattr(client, "transact_write_items", one_by_one)
    (create,) = (s for s in SCENARIOS if s.name == "paytrum.create_client with a key")
    case = Case(create, wire)

    assert any(cell.state != case.after for cell in case.cells(fault))


def _check_first(cell: Cell, fault: Fault) -> None:
    """Whether the caller was told rightly."""
    if fault in KILLS:
        assert cell.first is None
        return
    assert cell.first is not None
    if fault is Fault.REFUSED:
        assert cell.first.end == REFUSED
    elif cell.lasting:
        assert cell.first.end in PASSING
    else:
        assert cell.first.end == DONE
