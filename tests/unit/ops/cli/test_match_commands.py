"""`registry match`: pairs of a workspace, and how well pairs are found in a file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ops.cli.commands import app
from ops.cli.deployment import Deployment
from ops.cli.session import Session
from registry.domain.identifiers import new_id
from registry.domain.pair import Level, Pair, Reason, Verdict
from registry.domain.tenant import Tenant
from registry.domain.workspace import Plan, new_workspace
from registry.store.credentials import CredentialStore
from registry.store.pairs import PairStore
from tests.template import create_table

AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)
FILE = "truth,Name,email\n1,Ann Lee,a@b.com\n1,Ann Lee,a@b.com\n2,Bob Ray,b@b.com\n"
COLUMN = ["--column", "Name=name"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "records.csv"
    path.write_text(FILE, "utf-8")
    return path


def test_evaluate_prints_precision_and_recall_without_a_stack(file: Path) -> None:
    result = CliRunner().invoke(
        app, ["match", "evaluate", str(file), "--truth", "truth", *COLUMN, "--json"]
    )

    assert result.exit_code == 0, result.output
    perfect = {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert json.loads(result.stdout) == {
        "records": 3,
        "true_pairs": 1,
        "candidate_pairs": 1,
        "all": perfect,
        "sure": perfect,
    }


def test_evaluate_prints_a_table_for_people(file: Path) -> None:
    result = CliRunner().invoke(app, ["match", "evaluate", str(file), "--truth", "truth", *COLUMN])

    assert result.exit_code == 0
    assert "precision 1.0000, recall 1.0000, F1 1.0000" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--truth", "tru"], "no column"),
        (["--truth", "truth", "--column", "Name"], "COLUMN=FIELD"),
        (["--truth", "truth", "--column", "Name=nam"], "no field"),
    ],
)
def test_a_wrong_column_is_a_usage_error(file: Path, arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(app, ["match", "evaluate", str(file), *arguments])

    assert result.exit_code == 2
    assert words in result.output


@pytest.fixture
def tenant(deployment: Deployment, credential_store: CredentialStore) -> Iterator[Tenant]:
    """A workspace without pairs."""
    create_table(deployment.dynamodb, "ViewsTable", "views")
    workspace = new_workspace("Acme", Plan.STUDIO, at=AT, region="GB")
    credential_store.create_workspace(workspace)
    yield Tenant(workspace.id, "live")
    deployment.dynamodb.delete_table(TableName="views")


def test_list_has_the_pairs_of_a_workspace_and_those_of_a_verdict(
    deployment: Deployment, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "deployment", lambda _: deployment)
    one, two, three = (new_id(AT + timedelta(days=days)) for days in range(3))
    store = PairStore(deployment.dynamodb, "views")
    for newer, verdict, days in ((two, Verdict.SURE, 0), (three, Verdict.DISMISSED, 1)):
        pair = Pair(
            clients=(one, newer),
            verdict=verdict,
            score=16.0,
            reasons=(Reason("email", Level.EXACT, 16.0),),
            at=AT + timedelta(days=days),
            machine=Verdict.SURE,
        )
        store.put(tenant, pair, None)

    def listed(*options: str) -> str:
        command = ["match", "list", "--workspace", tenant.workspace_id, *options]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, result.output
        return result.stdout

    assert [pair["id"] for pair in json.loads(listed("--json"))] == [f"{one}.{two}"]
    dismissed = json.loads(listed("--verdict", "dismissed", "--json"))
    assert [pair["id"] for pair in dismissed] == [f"{one}.{three}"]
    assert "email" in listed()
