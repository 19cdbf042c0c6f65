"""A later move brings what changed at the vendor, and leaves what changed here."""

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.move.vendors import VENDORS
from registry.domain.change import Author, archive, update
from registry.domain.client import Client
from registry.domain.identifiers import now
from registry.domain.three_way import OnConflict
from registry.domain.workspace import Contract
from tests.moves import TENANT, Mover, clients_here, read_lines, stores
from tests.three_way import the_rule
from tests.unit.ops.move.test_run import vendor_of
from tests.vendors.alternative_payments import FakeAlternativePayments
from tests.virtual import Clock

if TYPE_CHECKING:
    from tests.vendors.server import FakeVendor

NAMES = {
    Contract.PAYTRUM: "name",
    Contract.ATHENTY: "businessName",
    Contract.HOURSMITH: "name",
    Contract.ALTERNATIVE_PAYMENTS: "name",
}
contracts = pytest.mark.parametrize("contract", VENDORS)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, tables: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def change_here(client: Client, **fields: Any) -> None:
    """Change a client as a caller of a door does."""
    change = update(client, Author("credential", now()), **fields)
    stores().clients.replace(TENANT, client, change)


def here(row: Any) -> Client:
    client: Client = clients_here()[row["id"]]
    return client


@contracts
def test_changes_of_both_sides_meet(contract: Contract, clock: Clock) -> None:
    with vendor_of(contract, 4, clock, odd=False) as vendor:
        Mover(contract).pull(vendor)
        theirs, ours, same = vendor.rows[0], vendor.rows[1], vendor.rows[2]
        theirs[NAMES[contract]] = same[NAMES[contract]] = "Said anew"
        change_here(here(ours), city="Here")
        same_fields = {"company": "Said anew"} if contract is Contract.ATHENTY else {}
        change_here(here(same), name="Said anew", **same_fields)
        answer = Mover(contract).pull(vendor)

    assert here(theirs).display_name == "Said anew"
    assert (here(ours).city, here(same).display_name) == ("Here", "Said anew")
    assert (answer.counts["conflict"], answer.counts["updated"]) == (0, 1)


@pytest.mark.parametrize(
    ("choice", "name", "outcome"),
    [
        (None, "Here", "conflict"),
        (OnConflict.OURS, "Here", "unchanged"),
        (OnConflict.THEIRS, "There", "updated"),
    ],
)
def test_a_conflict_is_reported_until_it_is_decided(
    choice: OnConflict | None, name: str, outcome: str, clock: Clock, state: Path
) -> None:
    mover = Mover(Contract.PAYTRUM)
    with vendor_of(Contract.PAYTRUM, 1, clock, odd=False) as vendor:
        (row,) = vendor.rows
        mover.pull(vendor)
        change_here(here(row), name="Here")
        row["name"] = "There"
        answer = mover.pull(vendor, on_conflict=choice, report=state / "r.jsonl")
        after = mover.pull(vendor)

    assert here(row).name == name
    (line,) = read_lines(state / "r.jsonl")
    assert line["outcome"] == outcome
    assert line["errors"] == ([{"field": "name", "code": "conflict"}] if choice is None else [])
    assert answer.exit_code == (3 if choice is None else 0)
    assert after.counts["conflict"] == (1 if choice is None else 0)


@pytest.mark.parametrize("archiving", [False, True])
def test_who_is_gone_at_the_vendor_is_archived_on_request_alone(
    archiving: bool,  # noqa: FBT001
    clock: Clock,
) -> None:
    mover = Mover(Contract.HOURSMITH)
    with vendor_of(Contract.HOURSMITH, 3, clock, odd=False) as vendor:
        mover.pull(vendor)
        gone = vendor.rows.pop(1)
        answer = mover.pull(vendor, archive_gone=archiving)
        again = mover.pull(vendor, archive_gone=archiving)

    assert (answer.counts["gone"], answer.counts["rows"], again.counts["gone"]) == (1, 2, 1)
    assert here(gone).archived is archiving
    assert here(gone).version == (2 if archiving else 1)


def customers(clock: Clock, count: int) -> FakeAlternativePayments:
    vendor = vendor_of(Contract.ALTERNATIVE_PAYMENTS, count, clock, odd=False)
    assert isinstance(vendor, FakeAlternativePayments)
    vendor.archived.clear()
    return vendor


def test_archived_customers_come_by_their_ids_and_are_archived(clock: Clock) -> None:
    mover = Mover(Contract.ALTERNATIVE_PAYMENTS)
    with customers(clock, 4) as vendor:
        vendor.archived.add("cus_1")
        first = mover.pull(vendor)
        second = mover.pull(vendor, also=["cus_1", "cus_99"])
        vendor.archived.add("cus_2")
        third = mover.pull(vendor)
        vendor.archived.clear()
        fourth = mover.pull(vendor)

    assert first.counts["created"] == 3
    assert (second.counts["created"], second.counts["refused"]) == (1, 1)
    assert (third.counts["updated"], third.counts["gone"]) == (1, 0)
    assert fourth.counts["updated"] == 2
    assert not any(client.archived for client in clients_here().values())


def test_users_and_methods_follow_their_vendor(clock: Clock) -> None:
    mover = Mover(Contract.ALTERNATIVE_PAYMENTS)
    with customers(clock, 4) as vendor:
        mover.pull(vendor)
        client = here(vendor.rows[3])
        vendor.users["cus_3"][0]["email"] = "new@example.com"
        # A corrected date makes no second user.
        vendor.users["cus_3"][1]["created_at"] = "2001-01-01T00:00:00.000Z"
        del vendor.users["cus_3"][2]
        vendor.methods["cus_2"] = vendor.methods["cus_2"][:1]
        vendor.methods["cus_2"][0]["exp_year"] = 2031
        answer = mover.pull(vendor)
        again = mover.pull(vendor)

    users = {user.vendor_id: user for user in stores().users.of(TENANT, client.id)}
    assert users.keys() == {"usr_3_0", "usr_3_1"}
    assert users["usr_3_0"].email == "new@example.com"
    (method,) = stores().methods.of(TENANT, here(vendor.rows[2]).id)
    assert (method.id, method.exp_year) == ("pm_2_0", 2031)
    assert (answer.counts["updated"], again.counts["unchanged"]) == (2, 4)


def test_an_external_id_that_another_client_claimed_comes_in_unclaimed(
    clock: Clock, state: Path
) -> None:
    mover = Mover(Contract.ALTERNATIVE_PAYMENTS)
    with customers(clock, 4) as vendor:
        vendor.rows[1]["external_id"] = vendor.rows[3]["external_id"] = "crm"
        mover.pull(vendor, report=state / "r.jsonl")

    assert {here(vendor.rows[n]).external_id for n in (1, 3)} == {"crm"}
    assert sorted(here(vendor.rows[n]).claims_external_id for n in (1, 3)) == [False, True]
    warnings = [line["warnings"] for line in read_lines(state / "r.jsonl")]
    assert warnings.count([{"field": "external_id", "code": "external_id_taken"}]) == 1


def test_a_client_that_was_archived_here_stays_archived(clock: Clock) -> None:
    mover = Mover(Contract.PAYTRUM)
    with vendor_of(Contract.PAYTRUM, 1, clock, odd=False) as vendor:
        mover.pull(vendor)
        client = here(vendor.rows[0])
        stores().clients.replace(TENANT, client, archive(client, Author("credential", now())))
        answer = mover.pull(vendor)

    assert here(vendor.rows[0]).archived
    assert answer.counts["unchanged"] == 1


def test_a_dry_run_says_what_a_run_does_and_writes_nothing(clock: Clock, state: Path) -> None:
    vendor: FakeVendor
    mover = Mover(Contract.PAYTRUM)
    with vendor_of(Contract.PAYTRUM, 5, clock, odd=False) as vendor:
        planned = mover.pull(vendor, dry_run=True, report=state / "planned.jsonl")
        assert clients_here() == {}
        done = mover.pull(vendor, report=state / "done.jsonl")

    assert (planned.job, planned.counts) == (None, done.counts)
    assert read_lines(state / "planned.jsonl") == read_lines(state / "done.jsonl")


FIELDS = ("name", "company", "notes")
TEXTS = st.sampled_from(["a", "b", "c"])
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["vendor", "ours"]), st.sampled_from(FIELDS), TEXTS),
        st.tuples(st.just("run"), st.sampled_from([None, *OnConflict]), st.none()),
    ),
    max_size=8,
)
examples = itertools.count()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_any_interleaving_of_changes_and_runs_ends_in_the_tables_where_the_rule_says(
    clock: Clock, interleaved: list[tuple[str, Any, Any]]
) -> None:
    mover = Mover(Contract.PAYTRUM)
    with vendor_of(Contract.PAYTRUM, 1, clock, odd=False) as vendor:
        (row,) = vendor.rows
        row |= {"id": f"{next(examples):024x}", **dict.fromkeys(FIELDS, "a")}
        mover.pull(vendor)
        ours, base = dict.fromkeys(FIELDS, "a"), dict.fromkeys(FIELDS, "a")
        for who, which, text in [*interleaved, ("run", None, None)]:
            if who == "vendor":
                row[which] = text
            elif who == "ours":
                ours[which] = text
                change_here(here(row), **{which: text})
            else:
                answer = mover.pull(vendor, on_conflict=which)
                conflicts = the_rule(FIELDS, base, row, ours, which)
                assert answer.counts["conflict"] == bool(conflicts)
            assert {name: getattr(here(row), name) for name in FIELDS} == ours
