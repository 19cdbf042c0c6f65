"""`registry erasure`: asked for, verified by its receipt, and done again after a restore."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from typer.testing import CliRunner, Result

from ops.cli.commands import app
from ops.cli.deployment import Deployment
from ops.cli.session import Session
from registry.domain.erasure import digest_of
from registry.domain.identifiers import new_id
from registry.domain.webhook import delivery_after
from registry.store.clients import client_store
from registry.store.deliveries import delivery_store
from registry.store.dynamodb import dynamodb_client
from tests.erasures import (
    TENANT,
    Items,
    Person,
    attempted,
    carry_out,
    everything,
    follow,
    restore,
    scan,
    seed,
)
from tests.stream import Stream

Run = Callable[..., Result]
RESTORED = ("clients", "links", "events")


@pytest.fixture
def stream(webhooks: None) -> Stream:
    return Stream()


@pytest.fixture
def person(stream: Stream) -> Person:
    """Somebody in every table."""
    return seed(stream)


@pytest.fixture
def run(person: Person, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the workspace of the person."""
    deployment = Deployment(
        dynamodb=dynamodb_client(),
        apigateway=cast("Any", None),
        sqs=cast("Any", None),
        kms=cast("Any", None),
        webhook_queue_url="",
        webhook_key="",
        credentials_table="credentials",
        clients_table="clients",
        idempotency_table="idempotency",
        links_table="links",
        events_table="events",
        views_table="views",
        stage="live",
        apis={},
        usage_plans={},
        base_urls={},
        is_local=True,
    )
    monkeypatch.setattr(Session, "deployment", lambda _: deployment)
    where = ("--workspace", TENANT.workspace_id)
    return lambda *words: CliRunner().invoke(app, ["erasure", *words, *where])


def printed(result: Result, code: int = 0) -> Any:
    """The JSON that a command printed, and nothing else."""
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.fixture
def receipt(run: Run, stream: Stream, person: Person, tmp_path: Path) -> Path:
    """The file with the erasure of the person, when it is done."""
    create = ("create", person.absorbed, "--reason", "Ticket about Q", "--json")
    job = printed(run(*create))
    assert (job["client"], job["absorbed"]) == (person.id, [person.absorbed])
    assert job["requested_by"]["operator"] == "local"
    assert printed(run(*create)) == job
    follow(stream, person)
    carry_out(person)
    path = tmp_path / "receipt.json"
    path.write_text(run("show", job["id"], "--json").stdout)
    assert "done" in run("show", job["id"]).stdout
    return path


def test_a_receipt_holds_and_nothing_is_left(run: Run, receipt: Path) -> None:
    erasure = json.loads(receipt.read_text())
    alone = receipt.with_name("alone.json")
    alone.write_text(json.dumps(erasure["receipt"]))

    for path in (receipt, alone):
        found = printed(run("verify", str(path), "--json"))
        assert found == {"erasure": erasure["id"], "findings": []}
    assert "nothing is left" in run("verify", str(receipt)).stdout


def test_a_receipt_holds_when_an_endpoint_was_told_of_the_erasure(
    run: Run, receipt: Path, person: Person
) -> None:
    (tombstone,) = client_store().in_any_state(TENANT, [person.id], consistent=True)
    attempt = attempted(person.id, new_id(), tombstone.version, "client.erased")
    delivery_store().attempted(TENANT, delivery_after(None, attempt), attempt)

    assert printed(run("verify", str(receipt), "--json"))["findings"] == []
    assert printed(run("replay", "--json"))["again"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("completed_at", "2020-01-01T00:00:00.000Z"), ("stores", []), ("digest", "0" * 64)],
)
def test_a_receipt_that_was_changed_does_not_hold(
    run: Run, receipt: Path, name: str, value: object
) -> None:
    changed = json.loads(receipt.read_text())["receipt"] | {name: value}
    receipt.write_text(json.dumps(changed))

    (sentence, other) = printed(run("verify", str(receipt), "--json"), 3)["findings"]
    assert "digest" in sentence
    assert "not the one that is kept" in other
    changed["digest"] = digest_of(changed)
    receipt.write_text(json.dumps(changed))
    if name != "digest":
        (sentence,) = printed(run("verify", str(receipt), "--json"), 3)["findings"]
        assert "not the one that is kept" in sentence


def test_a_receipt_of_elsewhere_does_not_hold(run: Run, receipt: Path) -> None:
    (sentence,) = printed(run("verify", str(receipt), "--mode", "test", "--json"), 3)["findings"]

    assert sentence == "The receipt is of another workspace or mode."


def test_what_is_left_is_named(run: Run, receipt: Path, person: Person) -> None:
    key = {"pk": {"S": f"{TENANT.workspace_id}#live"}, "sk": {"S": f"USER#{person.id}#x"}}
    dynamodb_client().put_item(TableName="clients", Item=cast("Any", key))

    (sentence,) = printed(run("verify", str(receipt), "--json"), 3)["findings"]

    assert sentence == "1 items of its clients are left in users."


def _copied_back(before: Items) -> None:
    """Bring back clients, links and events of an earlier moment; what is younger stays."""
    present = everything()
    earlier = {place: item for place, item in before.items() if place.startswith(RESTORED)}
    restore(present | earlier)


@pytest.mark.parametrize("kept", ["with the job", "without the job"])
def test_a_replay_erases_again_whom_a_restore_brought_back(
    run: Run, stream: Stream, person: Person, tmp_path: Path, kept: str
) -> None:
    before = everything()
    job = printed(run("create", person.id, "--reason", "Ticket about Q", "--json"))
    follow(stream, person)
    carry_out(person)
    path = tmp_path / "receipt.json"
    path.write_text(run("show", job["id"], "--json").stdout)
    assert printed(run("replay", "--json")) == {"held": 1, "again": []}

    _copied_back(before)
    if kept == "without the job":
        all_items = everything().items()
        restore({place: item for place, item in all_items if "#ERASURE#" not in place})
    assert scan().found != []
    found = printed(run("verify", str(path), "--json"), 3)["findings"]
    assert f"Client {person.id} is not erased." in found
    receipts = () if kept == "with the job" else (str(path),)
    assert printed(run("replay", *receipts, "--json")) == {"held": 0, "again": [job["id"]]}
    follow(stream, person)
    carry_out(person)

    assert scan().found == []
    done = printed(run("show", job["id"], "--json"))
    assert done["state"] == "done"
    path.write_text(json.dumps(done))
    assert printed(run("verify", str(path), "--json"))["findings"] == []
    assert printed(run("replay", "--json")) == {"held": 1, "again": []}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("create", "x", "--reason", "r"), "The workspace has no live client x."),
        (("create", "x", "--reason", ""), "The reason must have 1 to 500 characters."),
        (("show", "x"), "The workspace has no erasure x."),
        (("verify", "/nowhere.json"), "cannot be read as JSON"),
        (("replay", "/dev/null"), "cannot be read as JSON"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    run: Run, words: tuple[str, ...], sentence: str
) -> None:
    result = run(*words)

    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr


@pytest.mark.parametrize("content", ["[]", "{}", '{"receipt": null}', '{"id": 1}'])
def test_a_file_without_a_receipt_is_said_to_hold_none(
    run: Run, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(content)

    result = run("verify", str(path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "holds no receipt" in result.stderr
