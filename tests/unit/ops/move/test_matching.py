"""A move with `--match sure` merges the clients that it makes into those that they surely are."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from registry.domain.change import Author, Change, archive
from registry.domain.client import Client
from registry.domain.identifiers import new_id, now
from registry.domain.pair import Judgement, in_order
from registry.domain.workspace import Contract
from registry.services.merging import Merging
from registry.store.merges import StoredMerge
from tests.moves import TENANT, Killed, Mover, killed_at, read_lines, stores, table_items
from tests.unit.ops.move.test_run import empty
from tests.unit.ops.move.test_run_delta import change_here, customers
from tests.unit.ops.move.test_verify import verified
from tests.vendors.fakes import fake
from tests.vendors.server import FakeVendor, Row
from tests.virtual import Clock

PAYTRUM, HOURSMITH = Contract.PAYTRUM, Contract.HOURSMITH
AP = Contract.ALTERNATIVE_PAYMENTS


@pytest.fixture(autouse=True)
def state(tmp_path: Path, tables: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def vendor(contract: Contract, rows: list[dict[str, Any]], clock: Clock) -> FakeVendor:
    """A vendor with these clients, made from the fake's own and otherwise as it shows them."""
    made = fake(contract, len(rows), odd=False, clock=lambda: clock.now)
    made.windows = ()
    for row, changes in zip(made.rows, rows, strict=True):
        row.update(changes)
    return made


def paytrum(clock: Clock, *rows: dict[str, Any]) -> FakeVendor:
    return vendor(PAYTRUM, list(rows), clock)


def hoursmith(clock: Clock, *rows: dict[str, Any]) -> FakeVendor:
    return vendor(HOURSMITH, list(rows), clock)


def in_paytrum(name: str, email: str, phone: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "company": name,
        "email": email,
        "phone": phone,
        "usageType": "commercial",
        "status": "active",
        "emailConsent": False,
        "smsConsent": False,
        "address": {
            "line1": "1 Main St",
            "line2": None,
            "city": "New York",
            "state": "NY",
            "postalCode": "10001",
            "country": "US",
        },
        **more,
    }


def in_hoursmith(name: str, email: str, phone: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "contactName": None,
        "email": email,
        "phone": phone,
        "website": None,
        "taxNumber": None,
        "billingLine1": "1 Main Street",
        "billingCity": "New York",
        "billingRegion": "NY",
        "billingPostalCode": "10001",
        "billingCountry": "USA",
        **more,
    }


ACME = ("Acme Tools Inc", "info@acme-tools.example.com", "+12125550101")
BLUE = ("Blue Harbour LLC", "hello@blue.example.com", "+12125550102")
CAFE = ("Café Central Ltd", "cafe@central.example.com", "+12125550103")


def live() -> list[Client]:
    return sorted(stores().clients.all(TENANT), key=lambda client: client.id)


def client_of(contract: Contract, row: Row) -> Client:
    """The client that a vendor's id stands for."""
    client_id = stores().links.client_of(TENANT, contract, row["id"])
    return stores().clients.get(TENANT, client_id)


def merges() -> list[StoredMerge]:
    return list(stores().merges.all(TENANT, oldest_first=True))


def merging() -> Merging:
    of = stores()
    return Merging(
        clients=of.clients,
        evidence=of.evidence,
        merges=of.merges,
        sources=of.sources,
        methods=of.methods,
        verdicts=of.verdicts,
    )


def operator() -> Author:
    return Author(None, now(), operator="local")


def test_a_client_that_is_here_already_takes_the_new_one_in(clock: Clock, state: Path) -> None:
    with (
        paytrum(clock, in_paytrum(*ACME), in_paytrum(*BLUE)) as first,
        hoursmith(
            clock,
            in_hoursmith("ACME Tools, Inc.", ACME[1], "(212) 555-0101"),
            in_hoursmith(*CAFE),
        ) as second,
    ):
        Mover(PAYTRUM).pull(first)
        answer = Mover(HOURSMITH).pull(
            second, match=True, report=state / "r.jsonl", ids=state / "ids.csv"
        )
        acme = client_of(PAYTRUM, first.rows[0])

        assert (answer.counts["matched"], answer.counts["created"]) == (1, 1)
        assert answer.exit_code == 0
        assert len(live()) == 3
        assert client_of(HOURSMITH, second.rows[0]) == acme
        assert acme.ids == {PAYTRUM: first.rows[0]["id"], HOURSMITH: second.rows[0]["id"]}
        lines = {line["vendor_id"]: line for line in read_lines(state / "r.jsonl")}
        line = lines[second.rows[0]["id"]]
        assert (line["outcome"], line["client_id"]) == ("matched", acme.id)
        assert {"name", "email", "phone", "billingCity"} <= set(line["matched_by"])
        assert "matched_by" not in lines[second.rows[1]["id"]]
        assert f"{second.rows[0]['id']},{acme.id}" in (state / "ids.csv").read_text()


def test_without_match_nobody_is_merged(clock: Clock) -> None:
    with (
        paytrum(clock, in_paytrum(*ACME)) as first,
        hoursmith(clock, in_hoursmith(*ACME)) as second,
    ):
        Mover(PAYTRUM).pull(first)
        answer = Mover(HOURSMITH).pull(second)

    assert (answer.counts["matched"], answer.counts["created"], len(live())) == (0, 1, 2)


def test_rows_of_one_move_match_each_other_and_the_first_one_stays(clock: Clock) -> None:
    with hoursmith(clock, in_hoursmith(*ACME), in_hoursmith(*BLUE), in_hoursmith(*ACME)) as second:
        answer = Mover(HOURSMITH).pull(second, match=True)
        survivor = client_of(HOURSMITH, second.rows[2])

        assert answer.counts["matched"] == 1
        assert survivor.ids == {HOURSMITH: second.rows[0]["id"]}
        assert client_of(HOURSMITH, second.rows[0]) == survivor


def test_an_archived_client_and_an_active_one_stay_apart(clock: Clock) -> None:
    with (
        paytrum(clock, in_paytrum(*ACME, status="inactive")) as first,
        hoursmith(clock, in_hoursmith(*ACME)) as second,
    ):
        Mover(PAYTRUM).pull(first)
        answer = Mover(HOURSMITH).pull(second, match=True)

    assert (answer.counts["matched"], len(live())) == (0, 2)


def test_what_is_only_possible_stays_apart(clock: Clock) -> None:
    same_place = in_hoursmith(ACME[0], "other@elsewhere.example.com", "+12125559999")
    with paytrum(clock, in_paytrum(*ACME)) as first, hoursmith(clock, same_place) as second:
        Mover(PAYTRUM).pull(first)
        answer = Mover(HOURSMITH).pull(second, match=True)

    assert (answer.counts["matched"], len(live())) == (0, 2)


def test_a_merge_of_a_move_is_undone_like_any_and_the_two_stay_apart(clock: Clock) -> None:
    with (
        paytrum(clock, in_paytrum(*ACME)) as first,
        hoursmith(clock, in_hoursmith(*ACME)) as second,
    ):
        Mover(PAYTRUM).pull(first)
        before = live()
        Mover(HOURSMITH).pull(second, match=True)
        (made,) = merges()
        merging().undo(TENANT, made.merge.id, operator())
        again = Mover(HOURSMITH).pull(second, match=True)
        own = client_of(HOURSMITH, second.rows[0])

        assert (again.counts["unchanged"], again.counts["matched"]) == (1, 0)
        assert len(live()) == 2
        assert own.ids == {HOURSMITH: second.rows[0]["id"]}
        assert own.name == ACME[0]
        survivor = client_of(PAYTRUM, first.rows[0])
        assert (survivor.ids, survivor.website) == (before[0].ids, before[0].website)


def test_what_a_person_dismissed_is_not_merged_by_a_move_that_goes_on(clock: Clock) -> None:
    with (
        paytrum(clock, in_paytrum(*ACME)) as first,
        hoursmith(clock, in_hoursmith(*ACME)) as second,
    ):
        Mover(PAYTRUM).pull(first)
        # The client is made, and the move ends before it is compared.
        Mover(HOURSMITH).pull(second, dry_run=True)
        with killed_at(5), pytest.raises(Killed):
            Mover(HOURSMITH).pull(second, match=True)
        own, other = (client.id for client in live())
        said = Judgement(in_order(own, other), dismissed=True, by="local", at=now())
        stores().verdicts.put(TENANT, said)
        answer = Mover(HOURSMITH).pull(second, match=True)

    assert (answer.counts["matched"], answer.counts["created"], len(live())) == (0, 1, 2)


def test_a_repeated_run_changes_nothing(clock: Clock) -> None:
    with (
        paytrum(clock, in_paytrum(*ACME), in_paytrum(*BLUE)) as first,
        hoursmith(clock, in_hoursmith(*ACME), in_hoursmith(*CAFE)) as second,
    ):
        Mover(PAYTRUM).pull(first)
        Mover(HOURSMITH).pull(second, match=True)
        before = table_items("clients"), kept_links()
        answer = Mover(HOURSMITH).pull(second, match=True)

    assert answer.counts["unchanged"] == answer.counts["rows"] == 2
    assert (table_items("clients"), kept_links()) == before


def kept_links() -> list[dict[str, Any]]:
    """Everything of Links but the state of the moves themselves."""
    return [item for item in table_items("links") if "#MOVE#" not in item["pk"]["S"]]


def test_a_dry_run_says_what_a_run_does_and_writes_nothing(clock: Clock, state: Path) -> None:
    rows = (in_hoursmith(*ACME), in_hoursmith(*BLUE), in_hoursmith(*CAFE), in_hoursmith(*BLUE))
    with paytrum(clock, in_paytrum(*ACME)) as first, hoursmith(clock, *rows) as second:
        Mover(PAYTRUM).pull(first)
        planned = Mover(HOURSMITH).pull(
            second, match=True, dry_run=True, report=state / "planned.jsonl"
        )
        assert (len(live()), merges()) == (1, [])
        done = Mover(HOURSMITH).pull(second, match=True, report=state / "done.jsonl")

    assert planned.counts == done.counts
    assert done.counts["matched"] == 2
    assert read_lines(state / "planned.jsonl") == read_lines(state / "done.jsonl")


def test_a_run_that_is_killed_at_any_write_and_repeated_ends_the_same(
    clock: Clock, state: Path
) -> None:
    # The second one brings the first one's survivor a value by which the third one is known.
    rows = (
        in_hoursmith(BLUE[0], BLUE[1], ""),
        in_hoursmith(BLUE[0], BLUE[1], BLUE[2]),
        in_hoursmith(ACME[0], ACME[1], "", taxNumber="12-3456789"),
    )
    report = state / "r.jsonl"
    with paytrum(clock, in_paytrum(*ACME)) as first, hoursmith(clock, *rows) as second:
        Mover(PAYTRUM).pull(first)
        Mover(HOURSMITH).pull(second, match=True, report=report)
        whole = comparable(), report.read_text()
        made = len(merges())
        write = 0
        while True:
            empty()
            Mover(PAYTRUM).pull(first)
            with killed_at(write):
                try:
                    Mover(HOURSMITH).pull(second, match=True)
                except Killed:
                    pass
                else:
                    break
            answer = Mover(HOURSMITH).pull(second, match=True, report=report)
            # The last write gives back the lease of a move that is done.
            if answer.counts["unchanged"] != answer.counts["rows"]:
                assert report.read_text() == whole[1], write
            assert (comparable(), len(merges())) == (whole[0], made), write
            write += 1

    # A link, a client and a source each; a merge for two of them.
    assert write > 3 * 3 + 2


def comparable() -> list[str]:
    """Clients, links and sources, without what differs from one move to the next."""
    found = [
        *table_items("clients", "CLIENT"),
        *table_items("links", "LINK"),
        *table_items("links", "SOURCE"),
    ]
    return sorted(json.dumps(without_chance(item), sort_keys=True) for item in found)


def without_chance(item: dict[str, Any]) -> dict[str, Any]:
    chance = {"job", "changed_by", "updated_at", "updated_key", "search_facets", "revision"}
    return {name: value for name, value in item.items() if name not in chance}


def test_a_later_move_works_against_the_survivor(clock: Clock) -> None:
    with (
        paytrum(clock, in_paytrum(*ACME, notes="ours")) as first,
        hoursmith(clock, in_hoursmith(*ACME, notes="theirs")) as second,
    ):
        Mover(PAYTRUM).pull(first)
        Mover(HOURSMITH).pull(second, match=True)
        (row,) = second.rows
        row["website"] = "https://acme.example.com"
        row["billingCity"] = "Albany"
        comes_in = Mover(HOURSMITH).pull(second)
        survivor = client_of(HOURSMITH, row)
        row["notes"] = "theirs, changed"
        conflict = Mover(HOURSMITH).pull(second)

        assert comes_in.counts["updated"] == 1
        assert (survivor.website, survivor.city) == ("https://acme.example.com", "Albany")
        # The survivor's stayed at the merge, so that both have changed it now.
        assert (conflict.counts["conflict"], client_of(HOURSMITH, row).notes) == (1, "ours")
        assert survivor.id == client_of(PAYTRUM, first.rows[0]).id


def test_an_archived_duplicate_at_the_vendor_does_not_archive_the_client(
    clock: Clock, state: Path
) -> None:
    with paytrum(clock, in_paytrum(*ACME), in_paytrum(*ACME)) as vendor:
        Mover(PAYTRUM).pull(vendor, match=True)
        (client,) = live()
        second = next(row for row in vendor.rows if row["id"] != client.ids[PAYTRUM])
        second["status"] = "inactive"
        answer = Mover(PAYTRUM).pull(vendor, report=state / "r.jsonl")
        again = Mover(PAYTRUM).pull(vendor)
        vendor.rows.remove(second)
        Mover(PAYTRUM).pull(vendor, archive_gone=True)

        assert not live()[0].archived
        (line,) = (line for line in read_lines(state / "r.jsonl") if line["warnings"])
        assert line["warnings"] == [{"field": "status", "code": "archived_duplicate"}]
        assert (answer.exit_code, again.counts["unchanged"]) == (0, 2)


def test_a_client_with_twenty_absorbed_ones_takes_no_more(clock: Clock, state: Path) -> None:
    with (
        paytrum(clock, in_paytrum(*ACME)) as first,
        hoursmith(clock, in_hoursmith(*ACME), in_hoursmith(*ACME)) as second,
    ):
        Mover(PAYTRUM).pull(first)
        (client,) = live()
        full = replace(client, version=2, absorbed=tuple(new_id() for _ in range(20)))
        stores().clients.replace(TENANT, client, Change(full))
        answer = Mover(HOURSMITH).pull(second, match=True, report=state / "r.jsonl")

    # The second one is merged into the first one, which was refused.
    assert (answer.counts["matched"], answer.counts["created"]) == (1, 1)
    warnings = [line["warnings"] for line in read_lines(state / "r.jsonl") if line["warnings"]]
    assert warnings == [[{"field": "", "code": "not_merged"}]]


def test_a_client_that_was_changed_here_is_compared_as_it_is(clock: Clock) -> None:
    with (
        paytrum(clock, in_paytrum(*ACME)) as first,
        hoursmith(clock, in_hoursmith(*BLUE)) as second,
    ):
        Mover(PAYTRUM).pull(first)
        change_here(live()[0], name=BLUE[0], company=BLUE[0], email=BLUE[1])
        answer = Mover(HOURSMITH).pull(second, match=True)

    assert answer.counts["matched"] == 1


def test_a_client_that_is_gone_from_use_is_no_survivor(clock: Clock) -> None:
    with (
        paytrum(clock, in_paytrum(*ACME)) as first,
        hoursmith(clock, in_hoursmith(*ACME)) as second,
    ):
        Mover(PAYTRUM).pull(first)
        (client,) = live()
        stores().clients.replace(TENANT, client, archive(client, operator()))
        answer = Mover(HOURSMITH).pull(second, match=True)

    assert answer.counts["matched"] == 0


def test_users_and_methods_stay_with_the_client_that_they_came_with(clock: Clock) -> None:
    with customers(clock, 4) as vendor:
        same = {"name": ACME[0], "email": ACME[1], "legal_name": None, "ein": "12-3456789"}
        # The third has two users and two methods, the fourth three users. It is listed first.
        for row in vendor.rows[2:]:
            row.update(same, external_id=None, street_address="1 Main St", country="US")
        answer = Mover(AP).pull(vendor, match=True)
        survivor = client_of(AP, vendor.rows[2])
        absorbed = stores().links.client_of(TENANT, AP, vendor.rows[2]["id"])
        del vendor.users["cus_2"][0]
        later = Mover(AP).pull(vendor)
        verdict = verified(vendor)

    assert answer.counts["matched"] == 1
    assert later.counts["updated"] == 1
    assert survivor.id != absorbed
    kept = {
        client_id: {user.vendor_id for user in stores().users.of(TENANT, client_id)}
        for client_id in (survivor.id, absorbed)
    }
    assert kept == {survivor.id: {"usr_3_0", "usr_3_1", "usr_3_2"}, absorbed: {"usr_2_1"}}
    assert len(stores().methods.of(TENANT, absorbed)) == 2
    assert verdict.green
