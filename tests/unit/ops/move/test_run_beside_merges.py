"""Moves, merges, undos, edits and archiving side by side: nothing is half done, nothing is lost.

Two things at once are made by carrying one out within the other, before one of its DynamoDB calls.
Each of them writes fields of its own. So whatever order the two take effect in, once all merges are
undone and the vendor was read again, every client has what was written to it last.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.move.feed import FileFeed
from ops.move.files import FileRow
from registry.domain.workspace import Contract
from tests.contract.test_merge_properties import Between, check_whole, registry, sent
from tests.moves import Mover, table_items
from tests.unit.ops.move.test_matching import ACME, BLUE, in_paytrum
from tests.unit.ops.move.test_run import empty

Json = dict[str, Any]
ROWS = ("row-0", "row-1")
# What the vendor changes of each row; the rows begin with the same values.
AT_VENDOR = ("notes", "timezone")
ZONES = ("America/New_York", "America/Chicago", "Europe/Paris", "Asia/Tokyo", "Asia/Seoul")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, tables: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@dataclass
class Company:
    """Two clients who moved in from a vendor, and one who was made here.

    Attributes:
        rows: the vendor's.
        ids: the three clients.
        expected: what was written to each client last, by its field.
        changes: how often something was written.
    """

    rows: list[Json] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    expected: dict[tuple[str, str], object] = field(default_factory=dict)
    changes: int = 0

    def __post_init__(self) -> None:
        empty()
        self.rows = [
            in_paytrum(*of, id=name, notes=None, timezone=ZONES[0])
            for name, of in zip(ROWS, (ACME, BLUE), strict=True)
        ]
        self.move("")
        linked = {item["pk"]["S"]: item["client_id"]["S"] for item in table_items("links", "LINK")}
        self.ids = [next(linked[pk] for pk in linked if pk.endswith(name)) for name in ROWS]
        self.ids.append(str(sent("POST", "/v1/clients", {"name": "Ours"})["id"]))

    def move(self, _field: str, *_: int) -> None:
        """Read the vendor again."""
        rows = [FileRow(number, dict(row)) for number, row in enumerate(self.rows, 1)]
        Mover(Contract.PAYTRUM).run(FileFeed(lambda: iter(rows)))

    def vendor_changes(self, field: str, which: int, *_: int) -> None:
        """Let the vendor change a row, and read it."""
        self.changes += 1
        value = ZONES[self.changes % len(ZONES)] if which % 2 else f"said {self.changes}"
        self.rows[which % 2][AT_VENDOR[which % 2]] = value
        self.move(field)

    def edit(self, field: str, which: int, *_: int) -> None:
        """Write a field through the registry's own door."""
        self.changes += 1
        self._write("PATCH", which, "", {field: f"said {self.changes}"}, field)

    def archive(self, _field: str, which: int, *_: int) -> None:
        """Archive a client."""
        self._write("DELETE", which, "", None, "status")

    def restore(self, _field: str, which: int, *_: int) -> None:
        """Restore a client."""
        self._write("POST", which, "/restore", None, "status")

    def merge(self, _field: str, which: int, other: int) -> None:
        """Merge two of them."""
        pair = {"survivor": self.ids[which], "absorbed": self.ids[other]}
        assert registry().send("POST", "/v1/merges", pair).status in {201, 409}

    def undo(self, _field: str, *_: int) -> None:
        """Undo the latest merge."""
        for merge in self.merges():
            reply = registry().send("POST", f"/v1/merges/{merge['id']}/undo")
            assert reply.status in {200, 409}, reply.text
            return

    def merges(self) -> list[Json]:
        """The merges that stand, the latest first."""
        merges = sent("GET", "/v1/merges")["data"]
        return [each for each in merges if each["undone_at"] is None]

    def settle(self) -> None:
        """Undo all merges, and read the vendor until nothing changes."""
        for merge in self.merges():
            sent("POST", f"/v1/merges/{merge['id']}/undo")
        for _ in range(2):
            self.move("")

    def _write(self, method: str, which: int, suffix: str, body: Json | None, field: str) -> None:
        reply = registry().send(method, f"/v1/clients/{self.ids[which]}{suffix}", body)
        # By the id of an absorbed client nothing is archived.
        assert reply.status in ({200, 409} if method == "DELETE" else {200}), reply.text
        if reply.status == 200:
            self.expected[reply.json["id"], field] = reply.json[field]


Act = Callable[[Company, str, int, int], None]
ACTS: dict[str, Act] = {
    "vendor changes": Company.vendor_changes,
    "edit": Company.edit,
    "archive": Company.archive,
    "restore": Company.restore,
    "merge": Company.merge,
    "undo": Company.undo,
}


def check_nothing_is_lost(company: Company) -> None:
    """Each client has what was written to it last, here or at the vendor."""
    whole = {each: sent("GET", f"/v1/clients/{each}") for each in company.ids}
    assert {each["id"] for each in whole.values()} == set(company.ids)
    for (client_id, name), value in company.expected.items():
        assert whole[client_id][name] == value, name
    for which, name in enumerate(AT_VENDOR):
        assert whole[company.ids[which]][name] == company.rows[which][name]


@st.composite
def acts(draw: st.DrawFn) -> tuple[str, int, int]:
    """An act, and the clients that it is about."""
    which, other = draw(st.permutations(range(3)))[:2]
    return draw(st.sampled_from(sorted(ACTS))), which, other


def can_be_at_once(step: tuple[tuple[str, int, int], tuple[str, int, int], int]) -> bool:
    """Whether two acts can be under way together: of two moves one waits for the other's lease."""
    (name, *_), (beside, *_), _ = step
    return {name, beside} != {"vendor changes"}


STEPS = st.tuples(acts(), acts(), st.integers(0, 12)).filter(can_be_at_once)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, min_size=2, max_size=5))
def test_any_two_at_once_and_any_after_another_lose_nothing(
    steps: list[tuple[tuple[str, int, int], tuple[str, int, int], int]],
) -> None:
    company = Company()

    for (name, *of), (beside, *its), call in steps:

        def within(beside: str = beside, its: list[int] = its) -> None:
            ACTS[beside](company, "contact_name", *its)

        with Between(call, within):
            ACTS[name](company, "legal_name", *of)
        check_whole(company.ids)
    company.settle()

    check_nothing_is_lost(company)


@pytest.mark.parametrize("name", ["merge", "undo"])
def test_a_move_beside_another_act_at_any_of_its_calls_loses_nothing(name: str) -> None:
    for company in interleaved(name):
        check_whole(company.ids)
        company.settle()
        check_nothing_is_lost(company)


def interleaved(name: str) -> Iterator[Company]:
    """A company after a move, with an act before each of the move's calls in turn."""
    call, calls = 0, 1
    while call < calls:
        company = Company()
        if name == "undo":
            company.merge("", 0, 1)
            # It comes into the survivor, and has to come anew when the two are apart.
            company.vendor_changes("", 1)

        def within(company: Company = company) -> None:
            ACTS[name](company, "contact_name", 0, 1)

        with Between(call, within) as between:
            company.vendor_changes("", 1)
        calls = between.calls
        yield company
        call += 1
    assert calls > 3
