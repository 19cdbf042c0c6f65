"""Verify is green after a first pull, and says of each difference what it is."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ops.move.timing import Timing
from ops.move.vendors import VENDORS, open_vendor
from ops.move.verify import Verdict, Verification
from registry.domain.identifiers import now
from registry.domain.workspace import Contract, Mode, Plan, Subscription, Workspace
from tests.moves import TENANT, Mover, stores
from tests.unit.ops.move.test_run import vendor_of
from tests.unit.ops.move.test_run_delta import change_here, customers, here
from tests.vendors.fakes import SECRETS
from tests.vendors.server import FakeVendor
from tests.virtual import Clock

WORKSPACE = Workspace(
    id=TENANT.workspace_id,
    name="Acme",
    plan=Plan.ENTERPRISE,
    subscription=Subscription.ACTIVE,
    region="US",
    timezone=None,
    created_at=now(),
    updated_at=now(),
)
contracts = pytest.mark.parametrize("contract", VENDORS)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, tables: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def verified(vendor: FakeVendor, sample: int | None = None) -> Verdict:
    timing = Timing(clock=vendor.clock, sleep=lambda _: None)
    secret = SECRETS[vendor.contract]
    with closing(open_vendor(vendor.contract, vendor.url, secret, timing=timing)) as puller:
        work = Verification(WORKSPACE, Mode.LIVE, vendor.contract, stores(), puller)
        return work.all() if sample is None else work.sample(sample)


def fields(found: list[dict[str, object]]) -> dict[object, Any]:
    return {each["vendor_id"]: each["fields"] for each in found}


# As many as have every oddity that can be stored once.
ALL_ODDITIES = 201


@contracts
def test_a_first_pull_of_odd_data_is_verified_green(contract: Contract, clock: Clock) -> None:
    with vendor_of(contract, ALL_ODDITIES, clock) as vendor:
        # The odd ones are the last of each twenty.
        vendor.rows[:] = [row for n, row in enumerate(vendor.rows) if n % 20 == 19 or n == 0]
        Mover(contract).pull(vendor, page=100)
        verdict = verified(vendor)

    assert (verdict.missing, verdict.extra, verdict.different) == ([], [], [])
    assert verdict.green
    assert verdict.vendor == verdict.compared <= len(vendor.rows)


def test_what_changed_here_is_explained_by_its_event(clock: Clock) -> None:
    with vendor_of(Contract.PAYTRUM, 2, clock, odd=False) as vendor:
        Mover(Contract.PAYTRUM).pull(vendor)
        client = here(vendor.rows[0])
        change_here(client, city="Here")
        verdict = verified(vendor)

    assert verdict.green
    (explained,) = verdict.explained
    assert explained == {
        "vendor_id": vendor.rows[0]["id"],
        "event": f"{client.id}.2",
        "fields": ["address.city"],
    }


def test_what_changed_at_the_vendor_or_on_both_sides_is_different(clock: Clock) -> None:
    with vendor_of(Contract.HOURSMITH, 3, clock, odd=False) as vendor:
        Mover(Contract.HOURSMITH).pull(vendor)
        vendor.rows[0]["billingCity"] = "There"
        change_here(here(vendor.rows[1]), city="Here")
        vendor.rows[1]["billingCity"] = "There"
        Mover(Contract.HOURSMITH).pull(vendor)
        vendor.rows[2]["billingCity"] = "There"
        verdict = verified(vendor)

    assert fields(verdict.different) == {
        vendor.rows[1]["id"]: {"billingCity": {"vendor": "There", "ours": "Here"}},
        vendor.rows[2]["id"]: {
            "billingCity": {"vendor": "There", "ours": here(vendor.rows[2]).city}
        },
    }


def test_who_is_on_one_side_alone_is_missing_or_extra(clock: Clock) -> None:
    with vendor_of(Contract.ATHENTY, 4, clock, odd=False) as vendor:
        new = vendor.rows.pop()
        Mover(Contract.ATHENTY).pull(vendor)
        gone = vendor.rows.pop(0)
        vendor.rows.append(new)
        verdict = verified(vendor)
        drawn = verified(vendor, sample=3)

    assert (verdict.missing, verdict.extra) == ([new["id"]], [gone["id"]])
    assert (verdict.vendor, verdict.ours, verdict.compared) == (3, 3, 2)
    assert (drawn.extra, drawn.compared, drawn.missing) == ([gone["id"]], 2, [])


def test_customers_are_compared_with_their_users_methods_and_archiving(clock: Clock) -> None:
    with customers(clock, 4) as vendor:
        Mover(Contract.ALTERNATIVE_PAYMENTS).pull(vendor)
        assert verified(vendor).green
        vendor.users["cus_3"][0]["first_name"] = "Else"
        del vendor.methods["cus_2"][1]
        vendor.archived.add("cus_0")
        verdict = verified(vendor)

    found = fields(verdict.different)
    assert found["cus_3"]["users.usr_3_0.first_name"]["vendor"] == "Else"
    assert found["cus_2"]["payment_methods.pm_2_1"]["vendor"] is None
    assert found["cus_0"] == {"archived": {"vendor": True, "ours": False}}
    assert len(found) == 3


def test_what_a_merge_decided_is_explained_by_it(clock: Clock) -> None:
    acme = {"name": "Acme Tools Inc", "email": "info@acme-tools.example.com"}
    with (
        vendor_of(Contract.PAYTRUM, 1, clock, odd=False) as first,
        vendor_of(Contract.HOURSMITH, 2, clock, odd=False) as second,
    ):
        first.rows[0].update(acme, company=acme["name"], phone="+12125550101", notes="first")
        first.rows[0]["address"] = None
        second.rows[0].update(acme, phone="+12125550101", notes="second", billingCity="Albany")
        Mover(Contract.PAYTRUM).pull(first)
        Mover(Contract.HOURSMITH).pull(second, match=True)
        (made,) = stores().merges.all(TENANT)
        of_first, of_second = verified(first), verified(second)
        change_here(stores().clients.get(TENANT, made.merge.client.id), notes="edited")
        edited = verified(second)
        second.rows[0]["notes"] = "vendor's own"
        changed = verified(second)

    survivor = made.merge.client
    (explained,) = [each for each in of_second.explained if "merge" in each]
    assert (explained["vendor_id"], explained["merge"]) == (second.rows[0]["id"], made.merge.id)
    assert fields([explained]) == {second.rows[0]["id"]: ["notes"]}
    (explained,) = [each for each in of_first.explained if "merge" in each]
    assert explained["merge"] == made.merge.id
    assert "address.city" in fields([explained])[first.rows[0]["id"]]
    assert of_first.green
    assert of_second.green
    # What was edited since the merge is the edit's doing.
    assert {"vendor_id": second.rows[0]["id"], "fields": ["notes"]}.items() <= next(
        each for each in edited.explained if each.get("event") == f"{survivor.id}.3"
    ).items()
    assert edited.green
    assert not changed.green
    assert fields(changed.different)[second.rows[0]["id"]].keys() == {"notes"}


def test_a_second_id_of_a_merged_client_may_be_gone_at_the_vendor(clock: Clock) -> None:
    with vendor_of(Contract.HOURSMITH, 2, clock, odd=False) as vendor:
        for row in vendor.rows:
            row.update(name="Acme Inc", email="info@acme.example.com", phone="+12125550101")
            row.update(taxNumber=None, contactName="A")
            for name in ("Line1", "City", "Region", "PostalCode", "Country"):
                row[f"billing{name}"] = vendor.rows[0][f"billing{name}"]
        answer = Mover(Contract.HOURSMITH).pull(vendor, match=True)
        assert answer.counts["matched"] == 1
        vendor.rows.pop()
        verdict = verified(vendor)

    assert (verdict.extra, verdict.missing, verdict.ours, verdict.vendor) == ([], [], 2, 1)
    assert verdict.green
