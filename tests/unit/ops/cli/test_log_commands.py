"""`registry logs`, on CloudWatch Logs as moto has it."""

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from ops.cli.commands import app
from ops.cli.deployment import Deployment
from ops.cli.logs import GROUPS, Logs
from ops.cli.session import Session
from registry.domain.identifiers import now

STACK = "registry-test"
Write = Callable[..., None]


@pytest.fixture
def write(aws_account: None) -> Any:
    """Writes lines to a group of the stack, so many seconds ago."""
    client: Any = boto3.client("logs")
    for group in GROUPS:
        client.create_log_group(logGroupName=f"/{STACK}/{group}")
        client.create_log_stream(logGroupName=f"/{STACK}/{group}", logStreamName="s")

    def write(group: str, *lines: str, ago: float = 1) -> None:
        at = int((now().timestamp() - ago) * 1000)
        events = [{"timestamp": at, "message": line} for line in lines]
        client.put_log_events(logGroupName=f"/{STACK}/{group}", logStreamName="s", logEvents=events)

    yield write
    for group in GROUPS:
        client.delete_log_group(logGroupName=f"/{STACK}/{group}")


@pytest.fixture
def run(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    stack = replace(deployment, stack=STACK)
    monkeypatch.setattr(Session, "deployment", lambda _: stack)
    return lambda *words: CliRunner().invoke(app, ["logs", *words])


def test_the_lines_of_all_groups_come_in_their_order(
    run: Callable[..., Result], write: Write
) -> None:
    write("paytrum", '{"message":"second"}', ago=20)
    write("authorizer", '{"message":"first"}', ago=30)
    write("access", "third", ago=10)

    lines = run().stdout.splitlines()

    assert [line.split(" ", 1)[1] for line in lines] == [
        'authorizer {"message":"first"}',
        'paytrum {"message":"second"}',
        "access third",
    ]


def test_a_group_an_age_and_a_pattern_choose_lines(
    run: Callable[..., Result], write: Write
) -> None:
    write("paytrum", '{"status":500}', '{"status":200}', ago=100)
    write("paytrum", "old", ago=4000)
    write("athenty", '{"status":500}')

    assert len(run("paytrum").stdout.splitlines()) == 2
    assert len(run("paytrum", "--since", "2h").stdout.splitlines()) == 3
    assert len(run("paytrum", "athenty", "--since", "5m").stdout.splitlines()) == 3


def test_json_is_an_object_a_line(run: Callable[..., Result], write: Write) -> None:
    write("paytrum", '{"status":500}', "START RequestId: 1")

    found = [json.loads(line) for line in run("--json").stdout.splitlines()]

    assert [(line["group"], line["message"]) for line in found] == [
        ("paytrum", {"status": 500}),
        ("paytrum", "START RequestId: 1"),
    ]


def test_following_brings_each_line_once(deployment: Deployment, write: Write) -> None:
    logs = Logs(replace(deployment, stack=STACK), ["paytrum"], "")
    write("paytrum", "first")
    pauses = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        write("paytrum", f"line {len(pauses)}", ago=0)

    lines = logs.follow(0, sleep)

    assert [next(lines).text for _ in range(3)] == ["first", "line 1", "line 2"]
    assert len(pauses) == 2


def test_lines_without_ids_as_an_emulator_has_them_come_once(deployment: Deployment) -> None:
    lines: list[dict[str, Any]] = [
        {"timestamp": at, "logStreamName": "s", "message": f"{at}"} for at in (1, 2)
    ]

    class Paginator:
        def paginate(self, **_: object) -> list[dict[str, Any]]:
            return [{"events": lines}]

    emulator = SimpleNamespace(get_paginator=lambda _: Paginator())
    logs = Logs(replace(deployment, client=lambda _: emulator), ["paytrum"], "")
    added = {"timestamp": 3, "logStreamName": "s", "message": "3"}

    followed = logs.follow(0, lambda _: lines.append(added))

    assert [next(followed).text for _ in range(3)] == ["1", "2", "3"]


def test_a_stack_without_the_group_is_a_sentence(
    run: Callable[..., Result], aws_account: None
) -> None:
    done = run("paytrum")

    assert done.exit_code == 1
    assert f"The stack {STACK} has no log group paytrum." in done.stderr


@pytest.mark.parametrize("since", ["", "10", "m", "-1m", "10x", "1.5h", "0m"])
def test_a_time_of_another_form_is_wrong_usage(run: Callable[..., Result], since: str) -> None:
    assert run("--since", since).exit_code == 2
