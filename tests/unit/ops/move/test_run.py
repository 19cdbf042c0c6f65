"""A move brings everybody in once, whatever ends it."""

import json
from pathlib import Path
from typing import Any

import pytest

from ops.move.run import has_parts
from ops.move.vendors import VENDORS
from registry.domain.workspace import Contract
from tests.dynamodb import write_batch
from tests.moves import Killed, Mover, clients_here, killed_at, read_lines, table_items
from tests.vendors.fakes import fake
from tests.vendors.server import FakeVendor
from tests.virtual import Clock

contracts = pytest.mark.parametrize("contract", VENDORS)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, tables: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def vendor_of(contract: Contract, count: int, clock: Clock, *, odd: bool = True) -> FakeVendor:
    vendor = fake(contract, count, odd=odd, clock=lambda: clock.now)
    vendor.windows = ()
    return vendor


@contracts
def test_everybody_comes_in_and_a_second_run_changes_nothing(
    contract: Contract, clock: Clock, state: Path
) -> None:
    with vendor_of(contract, 12 if has_parts(contract) else 40, clock) as vendor:
        first = Mover(contract).pull(vendor, report=state / "report.jsonl", ids=state / "ids.csv")
        before = table_items("clients"), table_items("links", "SOURCE")
        second = Mover(contract).pull(vendor)

    assert first.state == "done"
    assert first.counts["created"] == len(clients_here()) == first.counts["rows"]
    assert second.counts["unchanged"] == first.counts["rows"]
    assert (table_items("clients"), table_items("links", "SOURCE")) == before
    assert len(read_lines(state / "report.jsonl")) == first.counts["rows"]


@contracts
def test_a_run_that_is_killed_at_any_write_and_repeated_makes_nobody_twice(
    contract: Contract, clock: Clock, state: Path
) -> None:
    with vendor_of(contract, 2, clock, odd=False) as vendor:
        Mover(contract).pull(vendor, ids=state / "ids.csv")
        whole = comparable(), (state / "ids.csv").read_text()
        write, ended = 0, False
        while not ended:
            empty()
            with killed_at(write):
                try:
                    Mover(contract).pull(vendor)
                    ended = True
                except Killed:
                    write += 1
            if ended:
                break
            answer = Mover(contract).pull(vendor, ids=state / "ids.csv")
            # The last write gives the lease of a move back that is done.
            brought = answer.counts["created"] or answer.counts["unchanged"]
            assert brought == answer.counts["rows"]
            assert (comparable(), (state / "ids.csv").read_text()) == whole

    # A link, a client and a source each, and the writes of the move's own state and lease.
    assert write > 2 * 3 + 3


def comparable() -> list[str]:
    """The items of a move, without what differs from one move to the next."""
    found = table_items("clients") + table_items("links", "LINK") + table_items("links", "SOURCE")
    return sorted(json.dumps(without_chance(item), sort_keys=True) for item in found)


def without_chance(item: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in item.items() if name not in {"job", "changed_at"}}
    if item["sk"]["S"].startswith("CONSENT#"):
        kept["sk"] = item["sk"]["S"].rpartition("#")[0]
    return kept


def empty() -> None:
    for table in ("clients", "links"):
        keys = [{"pk": item["pk"], "sk": item["sk"]} for item in table_items(table)]
        for first in range(0, len(keys), 25):
            batch = [{"DeleteRequest": {"Key": key}} for key in keys[first : first + 25]]
            write_batch(table, batch)


def test_a_move_whose_journal_is_lost_counts_the_whole_of_it(clock: Clock, state: Path) -> None:
    with vendor_of(Contract.PAYTRUM, 6, clock, odd=False) as vendor:
        with killed_at(14), pytest.raises(Killed):
            Mover(Contract.PAYTRUM).pull(vendor)
        for journal in state.rglob("*.sqlite"):
            journal.unlink()
        answer = Mover(Contract.PAYTRUM).pull(vendor)

    assert (answer.counts["rows"], answer.counts["created"]) == (6, 6)


def test_a_date_that_the_vendor_corrects_between_two_runs_makes_nobody_twice(
    clock: Clock, state: Path
) -> None:
    with vendor_of(Contract.PAYTRUM, 1, clock, odd=False) as vendor:
        # The link is written, the client is not.
        with killed_at(3), pytest.raises(Killed):
            Mover(Contract.PAYTRUM).pull(vendor)
        vendor.rows[0]["createdAt"] = "2001-01-01T00:00:00.000Z"
        Mover(Contract.PAYTRUM).pull(vendor)
        vendor.rows[0]["createdAt"] = "2002-01-01T00:00:00.000Z"
        Mover(Contract.PAYTRUM).pull(vendor)

    assert len(table_items("clients", "CLIENT")) == len(table_items("links", "LINK")) == 1
