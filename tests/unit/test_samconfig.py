"""samconfig.toml: which stack each environment deploys to."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from ops.cli.deployment import LOCAL_STACK
from tools.overrides import overrides

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


@pytest.mark.parametrize("environment", STACKS)
def test_a_parameter_of_the_command_line_is_added_to_those_of_the_environment(
    environment: str,
) -> None:
    configured = CONFIGURATION[environment]["deploy"]["parameters"]["parameter_overrides"]

    assert overrides(environment, ["Architecture=x86_64"]) == [*configured, "Architecture=x86_64"]


def test_a_parameter_of_the_command_line_wins() -> None:
    configured = dict.fromkeys(overrides("dev", []))

    assert "LogLevel=DEBUG" in configured
    assert "LogLevel=ERROR" in overrides("dev", ["LogLevel=ERROR"])
    assert "LogLevel=DEBUG" not in overrides("dev", ["LogLevel=ERROR"])


def test_an_environment_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        overrides("staging", [])


def test_only_prod_waits_for_our_client_to_be_seen_on_aws() -> None:
    """Source: `docs/operations.md`, "The DynamoDB client"."""
    assert [
        environment
        for environment in STACKS
        if "DynamoDBClient=botocore" in overrides(environment, [])
    ] == ["prod"]
