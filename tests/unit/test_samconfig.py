"""samconfig.toml: which stack each environment deploys to."""

import tomllib
from collections import Counter
from pathlib import Path

from ops.cli.deployment import LOCAL_STACK

CONFIGURATION = tomllib.loads((Path(__file__).parents[2] / "samconfig.toml").read_text("utf-8"))
STACKS = {
    environment: settings["global"]["parameters"]["stack_name"]
    for environment, settings in CONFIGURATION.items()
    if environment != "version"
}


def test_no_environment_deploys_to_the_stack_of_another() -> None:
    assert [name for name, times in Counter(STACKS.values()).items() if times > 1] == []


def test_the_local_stack_is_the_default_and_the_command_line_looks_for_it() -> None:
    assert STACKS["default"] == LOCAL_STACK
