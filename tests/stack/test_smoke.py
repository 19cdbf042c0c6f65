"""The smoke test on the local stack: nothing differs, and the checks left out are named."""

from typer.testing import CliRunner

from ops.smoke.__main__ import app
from ops.smoke.wire import WIRES
from tests.stack.conftest import Stack

UNCHECKED = [
    "a new key counts",
    "a body of 11 MB",
    "a body of 5 MB, refused by API Gateway",
    "how long a revoked credential and a key outside its plan go on",
    "the metric Requests of Paytrum's create",
]


def test_the_local_stack_is_as_expected(stack: Stack) -> None:
    done = CliRunner().invoke(app, ["--endpoint", stack.endpoint])

    assert "as expected" in done.stdout, done.output
    assert done.exit_code == 0
    assert all(f"{wire.contract}: a key outside its plan" in done.stdout for wire in WIRES)
    left_out = [line.split(": ")[1] for line in done.stdout.splitlines() if "not checked" in line]
    assert left_out == UNCHECKED
