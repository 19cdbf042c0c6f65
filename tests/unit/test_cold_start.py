"""A function loads no more before its first request than its budget allows."""

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from registry.domain import deadline
from registry.store.dynamodb import dynamodb_client
from tools.bench.contestants import event as full_event

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
    "tzdata",
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

# A peer that accepts connections; the bench's engine answers in its place.
LOAD = """
import json, os, socket, sys
from importlib import import_module
peer = socket.create_server(("127.0.0.1", 0))
os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = f"https://127.0.0.1:{peer.getsockname()[1]}"
handler = import_module(sys.argv[1]).handler
"""
FIRST_REQUEST = """
from tools.bench.engine import install
engine = install()
loaded = set(sys.modules)
response = handler(json.loads(sys.argv[2]), None)
theirs = {name.partition(".")[0] for name in set(sys.modules) - loaded} - sys.stdlib_module_names
ours = [name for name in sys.modules if name.partition(".")[0] == "registry"]
print()
print(json.dumps({
    "status": response["statusCode"],
    "calls": engine.calls,
    "modules": len(ours),
    "late": sorted(theirs),
}))
"""


@dataclass(frozen=True)
class Budget:
    """What a function may take until its first response.

    Attributes:
        status: the status of that response to the example event.
        calls: requests to DynamoDB.
        modules: modules of the registry that are loaded, at most. No module of any library may be
            loaded by the request itself.
    """

    status: int
    calls: int
    modules: int


# One of each kind of function: what ends their loading stands in three places.
KINDS = ["authorizer.authorize", "paytrum.get_client", "projections.project"]
BUDGETS = {
    "paytrum.create_client": Budget(201, 1, 72),
    "athenty.create_client": Budget(201, 1, 72),
    "alternative_payments.create_customer": Budget(201, 1, 78),
    "paytrum.get_client": Budget(404, 2, 72),
    "hoursmith.get_me": Budget(200, 0, 76),
}


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

    modules = loaded(package)

    assert modules & (LATER | others) == set()
    assert [name for name in modules if name.endswith(".prose")] == []


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


@pytest.mark.parametrize("module", KINDS)
def test_a_loaded_function_collects_garbage_again(module: str) -> None:
    done = in_lambda("import gc; print(gc.isenabled(), gc.get_freeze_count() > 0)", module)

    assert done.split() == ["True", "True"]


@pytest.mark.parametrize(("module", "budget"), BUDGETS.items())
def test_a_function_keeps_its_budget(module: str, budget: Budget) -> None:
    contract, _, operation = module.partition(".")
    event = json.loads((ROOT / f"events/{contract}/{operation}.json").read_text("utf-8"))
    if operation == "create_client" and contract == "paytrum":
        event = full_event("key")

    done = in_lambda(FIRST_REQUEST, module, json.dumps(event))

    measured = json.loads(done.splitlines()[-1])
    assert measured["status"] == budget.status
    assert measured["calls"] == budget.calls
    assert measured["modules"] <= budget.modules
    assert measured["late"] == []


def in_lambda(code: str, module: str, *arguments: str) -> str:
    """What code prints in a process that has loaded a function as Lambda does."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", LOAD + code, module, *arguments],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={
            **environment,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_REGION": "us-east-1",
            "AWS_SECRET_ACCESS_KEY": "test",
            "CLIENTS_TABLE": "clients",
            "EVENTS_TABLE": "events",
            "IDEMPOTENCY_TABLE": "idempotency",
            "LINKS_TABLE": "links",
            "POWERTOOLS_METRICS_NAMESPACE": "ClientRegistry",
            "POWERTOOLS_SERVICE_NAME": "test",
        },
    )
    return done.stdout


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
