"""`registry move` and `registry export`: what they print, and how they exit."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from ops.cli import move_commands, session
from ops.cli.commands import app
from ops.cli.deployment import Deployment
from ops.cli.merges import Merges
from ops.cli.operator import Operator
from ops.move.vendors import VENDORS
from registry.domain.change import Author, create
from registry.domain.client import Channel
from registry.domain.identifiers import now
from registry.domain.keys import Purpose
from registry.domain.tenant import Tenant
from registry.domain.workspace import Contract, Mode
from registry.store.clients import ClientStore
from tests.template import create_table
from tests.vendors.alternative_payments import CLIENT, FakeAlternativePayments
from tests.vendors.fakes import SECRETS, fake
from tests.vendors.server import FakeVendor, Mischief

COUNTED = [
    "rows",
    "created",
    "updated",
    "unchanged",
    "matched",
    "conflict",
    "gone",
    "refused",
    "warnings",
]


@pytest.fixture(autouse=True)
def deployed(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Deployment]:
    """The deployment that every command finds, with its tables."""
    tables = {
        "ClientsTable": deployment.clients_table,
        "LinksTable": deployment.links_table,
        "EventsTable": deployment.events_table,
    }
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    # moto is not made for threads.
    monkeypatch.setattr(move_commands, "THREADS", 1)
    monkeypatch.setattr(session.Session, "deployment", lambda _: deployment)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for logical_id, name in tables.items():
        create_table(deployment.dynamodb, logical_id, name)
    yield deployment
    for name in tables.values():
        deployment.dynamodb.delete_table(TableName=name)


@pytest.fixture
def workspace(operator: Operator) -> str:
    return operator.create_workspace("Acme").id


def invoke(*words: str, stdin: str | None = None) -> Any:
    return CliRunner().invoke(app, list(words), input=stdin)


def vendor_of(contract: Contract, count: int, *, odd: bool = False) -> FakeVendor:
    vendor = fake(contract, count, odd=odd)
    vendor.windows = ()
    return vendor


def from_(vendor: FakeVendor, workspace: str) -> tuple[str, ...]:
    return ("--from", vendor.contract, "--url", vendor.url, "--workspace", workspace)


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_VENDOR_TOKEN", getattr(SECRETS[Contract.PAYTRUM], "text", ""))


def test_a_pull_answers_with_its_counts_and_leaves_report_and_ids(
    workspace: str, token: None, tmp_path: Path
) -> None:
    report, ids = tmp_path / "report.jsonl", tmp_path / "ids.csv"
    with vendor_of(Contract.PAYTRUM, 3) as vendor:
        files = ("--report", str(report), "--ids", str(ids))
        done = invoke("move", "pull", *from_(vendor, workspace), *files, "--json")

    answer = json.loads(done.stdout)
    assert done.exit_code == 0
    assert list(answer) == ["job", "contract", "state", *COUNTED]
    assert (answer["state"], answer["rows"], answer["created"]) == ("done", 3, 3)
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert [line["row"] for line in lines] == [1, 2, 3]
    assert set(lines[0]) == {"row", "vendor_id", "client_id", "outcome", "warnings", "errors"}
    header, *rows = ids.read_text().splitlines()
    assert header == "vendor_id,client_id"
    assert {row.split(",")[0] for row in rows} == {row["id"] for row in vendor.rows}
    assert not list(tmp_path.glob("*.part"))


def test_verify_status_and_finish(workspace: str, token: None) -> None:
    of_vendor = ("--from", "paytrum", "--workspace", workspace)
    with vendor_of(Contract.PAYTRUM, 2) as vendor:
        assert invoke("move", "finish", *of_vendor).exit_code == 1
        invoke("move", "pull", *from_(vendor, workspace))
        early = invoke("move", "finish", *of_vendor)
        verified = invoke("move", "verify", *from_(vendor, workspace), "--json")
        finished = invoke("move", "finish", *of_vendor, "--json")
        vendor.rows[0]["name"] = "Else"
        red = invoke("move", "verify", *from_(vendor, workspace), "--json")
        again = invoke("move", "pull", *from_(vendor, workspace))

    assert early.exit_code == 1
    assert "verification" in early.stderr
    assert json.loads(verified.stdout) == {
        "vendor": 2,
        "ours": 2,
        "compared": 2,
        "missing": [],
        "extra": [],
        "explained": [],
        "different": [],
    }
    assert finished.exit_code == 0
    assert red.exit_code == 3
    (different,) = json.loads(red.stdout)["different"]
    assert different["fields"]["name"]["vendor"] == "Else"
    assert again.exit_code == 1
    (state,) = json.loads(invoke("move", "status", "--workspace", workspace, "--json").stdout)
    assert (state["contract"], state["state"], state["green"]) == ("paytrum", "done", False)


def test_a_vendor_that_refuses_the_credentials_is_an_error(workspace: str, token: None) -> None:
    with vendor_of(Contract.PAYTRUM, 2) as vendor:
        vendor.mischief.append(Mischief.REFUSED)
        done = invoke("move", "pull", *from_(vendor, workspace), "--json")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "refuses the credentials" in done.stderr


def test_a_vendor_that_is_away_stops_the_move_which_goes_on(workspace: str, token: None) -> None:
    with vendor_of(Contract.PAYTRUM, 2) as vendor:
        vendor.mischief.append(Mischief.AWAY)
        stopped = invoke("move", "pull", *from_(vendor, workspace), "--patience", "0", "--json")
        done = invoke("move", "pull", *from_(vendor, workspace), "--json")

    assert stopped.exit_code == 4
    first, second = json.loads(stopped.stdout), json.loads(done.stdout)
    assert (first["state"], second["state"]) == ("stopped", "done")
    assert first["job"] == second["job"]


def test_rows_that_are_refused_exit_with_3(workspace: str, token: None) -> None:
    with vendor_of(Contract.PAYTRUM, 2) as vendor:
        vendor.rows[0]["name"] = "\ud800"
        done = invoke("move", "pull", *from_(vendor, workspace), "--json")

    assert done.exit_code == 3
    assert json.loads(done.stdout)["refused"] == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--match", "perhaps"), "perhaps"),
        (("--without", "invoices"), "invoices"),
        (("--also", "no/such/file"), "cannot be read"),
        (("--url", "http://vendor.example"), "https"),
    ],
)
def test_usage_that_makes_no_sense_exits_with_2(
    options: tuple[str, ...], sentence: str, workspace: str, token: None
) -> None:
    source = ("--from", "paytrum", "--url", "https://vendor.example", "--workspace", workspace)
    done = invoke("move", "pull", *source, *options)

    assert done.exit_code == 2
    assert sentence in done.stderr


def test_a_record_is_not_matched(workspace: str, tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    file.write_text("{}\n")
    source = ("--from", "record", "--workspace", workspace)
    done = invoke("move", "import", str(file), *source, "--match", "sure")

    assert done.exit_code == 2
    assert "keeps its merges" in done.stderr


def test_a_second_vendor_is_matched(workspace: str, token: None, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    with vendor_of(Contract.PAYTRUM, 2) as vendor:
        invoke("move", "pull", *from_(vendor, workspace), "--json")
        shown = [{**row, "id": f"again-{row['id']}"} for row in vendor.rows]
    rows.write_text("\n".join(map(json.dumps, shown)))
    source = ("--from", "paytrum", "--workspace", workspace)
    done = invoke("move", "import", str(rows), *source, "--match", "sure", "--json")

    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["matched"] == 2


def test_without_a_secret_and_a_terminal_the_exit_code_is_2(
    workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REGISTRY_VENDOR_TOKEN", raising=False)
    source = ("--from", "paytrum", "--url", "https://vendor.example", "--workspace", workspace)
    done = invoke("move", "pull", *source)

    assert done.exit_code == 2
    assert "REGISTRY_VENDOR_TOKEN" in done.stderr


CSV = 'id,Name,usageType,ignored,address.city\nv1,"Acme, Inc",commercial,x,Paris\nv2,,,,\n'
COLUMNS = ("--column", "Name=name", "--column", "ignored=")


def test_a_csv_file_comes_in_with_its_columns_renamed(workspace: str, tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_text(CSV)
    source = ("--from", "paytrum", "--workspace", workspace)
    done = invoke("move", "import", str(file), *source, *COLUMNS, "--json")
    again = invoke("move", "import", str(file), *source, *COLUMNS, "--json")
    wrong = invoke("move", "import", str(file), *source, "--json")

    assert (done.exit_code, json.loads(done.stdout)["created"]) == (0, 2)
    assert json.loads(again.stdout)["unchanged"] == 2
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "Name" in wrong.stderr


def test_jsonl_comes_from_standard_input(workspace: str) -> None:
    lines = '{"id": "v1", "name": "A"}\n{"name": "no id"}\nno json\n'
    source = ("--from", "hoursmith", "--workspace", workspace, "--format", "jsonl")
    done = invoke("move", "import", "-", *source, "--json", stdin=lines)

    assert done.exit_code == 3
    answer = json.loads(done.stdout)
    assert (answer["created"], answer["refused"]) == (1, 2)


def export(workspace: str, shape: str, *more: str, file_format: str = "jsonl") -> Any:
    words = ("--workspace", workspace, "--format", file_format, "--as", shape)
    return invoke("export", *words, *more)


@pytest.fixture
def filled(workspace: str, deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> str:
    """A workspace with customers who moved in, and a client of its own with consent."""
    monkeypatch.setenv("REGISTRY_VENDOR_CLIENT_ID", CLIENT[0])
    monkeypatch.setenv("REGISTRY_VENDOR_CLIENT_SECRET", CLIENT[1])
    with vendor_of(Contract.ALTERNATIVE_PAYMENTS, 6, odd=True) as vendor:
        assert isinstance(vendor, FakeAlternativePayments)
        invoke("move", "pull", *from_(vendor, workspace))
    made = create(
        Author("credential", now(), "paytrum", "request"),
        {Channel.EMAIL: True},
        name="Ours",
        email="a@b.co",
        metadata='{"exact":1.50,"b":[1e2]}',
    )
    tenant = Tenant(workspace, Mode.LIVE)
    store = ClientStore(deployed.dynamodb, deployed.clients_table, deployed.idempotency_table)
    store.create(tenant, made)
    oldest, second, third, *_ = store.all(tenant)
    merges = Merges(deployed, workspace, Mode.LIVE)
    merges.merge(second.id, third.id)
    merges.merge(made.client.id, second.id)
    merges.undo(merges.merge(made.client.id, oldest.id).id)
    return workspace


def test_a_record_that_moves_to_an_empty_workspace_is_exported_equal_to_the_byte(
    filled: str, operator: Operator, tmp_path: Path
) -> None:
    file = tmp_path / "record.jsonl"
    summary = json.loads(export(filled, "record", "--out", str(file), "--json").stdout)
    other = operator.create_workspace("Else").id
    moved = ("move", "import", str(file), "--from", "record", "--workspace", other, "--json")
    done, again = invoke(*moved), invoke(*moved)
    exported = export(other, "record")

    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["created"] == summary["clients"] > 1
    assert json.loads(again.stdout)["unchanged"] == summary["clients"]
    assert exported.stdout_bytes == file.read_bytes()
    assert summary["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    keys = {operator.workspace(one).key(Purpose.CONSENT) for one in (filled, other)}
    assert len(keys) == 1
    third = operator.create_workspace("Third").id
    piped = invoke(
        "move", "import", "-", "--from", "record", "--workspace", third, stdin=file.read_text()
    )
    assert piped.exit_code == 0, piped.stderr
    assert export(third, "record").stdout_bytes == file.read_bytes()
    into_full = invoke(
        "move", "import", str(file), "--from", "record", "--workspace", filled, "--json"
    )
    assert (into_full.exit_code, into_full.stdout) == (1, "")


@pytest.mark.parametrize("contract", VENDORS)
def test_a_doors_shape_comes_in_and_goes_out_equal_but_for_the_workspaces_id(
    contract: Contract, filled: str, operator: Operator, tmp_path: Path
) -> None:
    file = tmp_path / "clients.jsonl"
    export(filled, contract, "--out", str(file))
    other = operator.create_workspace("Else").id
    invoke("move", "import", str(file), "--from", contract, "--workspace", other)

    exported = export(other, contract).stdout.replace(other, filled)
    assert sorted(exported.splitlines()) == sorted(file.read_text().splitlines())


@pytest.mark.parametrize("shape", ["record", *VENDORS])
def test_csv_has_a_header_and_a_row_for_each_client(shape: str, filled: str) -> None:
    lines = export(filled, shape, file_format="csv").stdout.splitlines()

    assert lines[0].startswith(("id,", "object,id,"))
    assert sum("Ours" in line for line in lines) == 1


def test_json_makes_an_array_of_an_export(filled: str) -> None:
    plain = export(filled, "paytrum").stdout.splitlines()
    array = json.loads(export(filled, "paytrum", "--json").stdout)

    assert array == [json.loads(line) for line in plain]
