"""A function loads no more before its first request than its budget allows."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from registry.domain import deadline
from registry.store.dynamodb import dynamodb_client

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent.name for path in (ROOT / "functions").glob("*/__init__.py"))
CONTRACTS = set(PACKAGES) - {"authorizer"}
# Loaded where a phone, a place or an e-mail address is parsed, where the client of botocore is
# chosen, or not at all.
LATER = {
    "boto3",
    "botocore.session",  # Powertools loads the package itself, which holds little
    "s3transfer",
    "phonenumbers",
    "pycountry",
    "email_validator",
    "idna",
    "aws_xray_sdk",
    "aws_lambda_powertools.event_handler",
}
CLIENTS_MADE = """
import sys
from importlib import import_module
import_module(sys.argv[1])
from registry.store.dynamodb import dynamodb_client
print(dynamodb_client.cache_info().currsize)
"""
LOADED_BY_CLIENT = """
import json, sys
from registry.store.dynamodb import dynamodb_client
dynamodb_client()
print(json.dumps([name for name in ("botocore.session", "http.client") if name in sys.modules]))
"""
LIST_MODULES = """
import json, sys
from importlib import import_module
for name in sys.argv[1:]:
    import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def loaded(package: str) -> set[str]:
    """The modules a fresh interpreter has after importing all functions of a package."""
    folder = ROOT / "functions" / package
    modules = [f"{package}.{path.stem}" for path in folder.glob("*.py") if path.stem != "__init__"]
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-c", LIST_MODULES, *modules],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("package", PACKAGES)
def test_functions_load_their_own_contract_and_no_library_before_they_need_it(
    package: str,
) -> None:
    others = {f"registry.contracts.{other}" for other in CONTRACTS - {package}}

    assert loaded(package) & (LATER | others) == set()


def test_the_authorizer_loads_no_models() -> None:
    assert {name for name in loaded("authorizer") if name.split(".")[0] == "pydantic"} == set()


@pytest.mark.parametrize("module", ["authorizer.authorize", "paytrum.create_client"])
@pytest.mark.parametrize(
    ("lambda_environment", "made"), [({}, 0), ({"AWS_LAMBDA_FUNCTION_NAME": "f"}, 1)]
)
def test_in_lambda_the_client_is_made_before_the_first_request(
    module: str, lambda_environment: dict[str, str], made: int
) -> None:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-c", CLIENTS_MADE, module],
        check=True,
        capture_output=True,
        text=True,
        env={**environment, "AWS_DEFAULT_REGION": "us-east-1", **lambda_environment},
    )

    assert int(done.stdout) == made


@pytest.mark.parametrize(
    ("environment", "loads"),
    [
        ({"AWS_LAMBDA_FUNCTION_NAME": "f"}, False),
        ({"AWS_LAMBDA_FUNCTION_NAME": "f", "DYNAMODB_CLIENT": "own"}, False),
        ({"AWS_LAMBDA_FUNCTION_NAME": "f", "DYNAMODB_CLIENT": "botocore"}, True),
        ({}, True),
        ({"DYNAMODB_CLIENT": "own"}, False),
    ],
)
def test_botocore_is_loaded_where_its_client_is_chosen(
    environment: dict[str, str],
    loads: bool,  # noqa: FBT001
) -> None:
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-c", LOADED_BY_CLIENT],
        check=True,
        capture_output=True,
        text=True,
        env={**inherited, "AWS_DEFAULT_REGION": "us-east-1", **environment},
    )

    assert json.loads(done.stdout) == ["botocore.session", "http.client"] * loads


def test_no_other_client_can_be_chosen() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DYNAMODB_CLIENT", "boto3")
        with pytest.raises(ValueError, match="neither own nor botocore: boto3"):
            dynamodb_client.__wrapped__()


def test_copies_of_a_snapshot_do_not_wait_for_the_same_times() -> None:
    assert isinstance(deadline._RANDOM, random.SystemRandom)  # noqa: SLF001 - no state to copy
