"""The container run's events, responses and logs; the run itself needs Docker."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.container.examples import Records, RegistryRecords, turn, with_credential
from tools.container.functions import BuiltFunction, ContainerError, write_local_template
from tools.container.service import strays
from tools.container.verdict import authorizer_faults, endpoint_faults, projection_faults

EXAMPLE_ID = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
MADE_ID = "0192f0c1-2f3a-7cc0-9d2e-ffffffffffff"


def event(method: str, resource: str) -> dict[str, Any]:
    """An event with the example's id wherever the resource has a parameter."""
    path = resource.replace("{id}", EXAMPLE_ID)
    return {
        "resource": resource,
        "httpMethod": method,
        "path": path,
        "pathParameters": {"id": EXAMPLE_ID} if "{id}" in resource else None,
        "requestContext": {"path": f"/live{path}"},
    }


def test_an_event_addresses_the_record_that_was_made_before_it() -> None:
    records = Records()

    records.keep_created(event("POST", "/v1/clients"), {"id": MADE_ID})
    restore = records.addressed(event("POST", "/v1/clients/{id}/restore"))

    assert restore["pathParameters"] == {"id": MADE_ID}
    assert restore["path"] == f"/v1/clients/{MADE_ID}/restore"
    assert restore["requestContext"]["path"] == f"/live/v1/clients/{MADE_ID}/restore"


def test_an_event_keeps_its_id_where_nothing_was_made() -> None:
    unchanged = event("GET", "/v1/clients/{id}")

    assert Records().addressed(unchanged) == unchanged


def test_records_are_made_before_they_are_read_and_archived_before_they_are_restored() -> None:
    operations = ["restore_client", "archive_client", "update_client", "get_client", "list_clients"]

    in_turn = sorted([*operations, "create_client"], key=turn)

    assert in_turn == ["create_client", *reversed(operations)]


def test_a_header_credential_replaces_the_example() -> None:
    example = {
        "headers": {"Authorization": "Bearer example"},
        "multiValueHeaders": {"Authorization": ["Bearer example"]},
    }

    admitted = with_credential(example, {"headers": {"Authorization": "Bearer real"}})

    assert admitted["headers"] == {"Authorization": "Bearer real"}
    assert admitted["multiValueHeaders"] == {"Authorization": ["Bearer real"]}


def test_client_credentials_replace_the_example() -> None:
    example: dict[str, Any] = {"headers": {}, "multiValueHeaders": {}, "body": "{}"}

    admitted = with_credential(example, {"client_id": "id", "client_secret": "secret"})

    basic = base64.b64encode(b"id:secret").decode()
    assert admitted["headers"]["Authorization"] == f"Basic {basic}"
    assert admitted["body"] == "grant_type=client_credentials"


def test_only_the_function_the_layer_and_the_runtime_itself_may_be_imported() -> None:
    log = """\
# code object from '/opt/python/boto3/__pycache__/__init__.cpython-313.pyc'
# code object from '/var/task/paytrum/__pycache__/get_client.cpython-313.pyc'
# code object from '/usr/lib/python3.13/json/__init__.py'
# code object from '/var/lang/lib/python3.13/json/__init__.py'
# code object from '/var/runtime/awslambdaric/bootstrap.py'
# code object from '/var/runtime/botocore/__pycache__/session.cpython-313.pyc'
# code object from '/var/runtime/botocore/__pycache__/client.cpython-313.pyc'
# extension module 'x' loaded from '/var/lang/lib/python3.13/site-packages/x/x.so'
# code object from '/usr/lib/python3/dist-packages/six.py'
"""

    assert strays(log) == (
        "/usr/lib/python3/dist-packages/six.py",
        "/var/lang/lib/python3.13/site-packages/x",
        "/var/runtime/botocore",
    )


@pytest.mark.parametrize(
    ("response", "fault"),
    [
        ({"errorType": "Runtime.ImportModuleError", "errorMessage": "no module"}, "ImportModule"),
        (None, "None"),
        ({"statusCode": 404, "body": "{}"}, "status 404"),
        ({"statusCode": 202, "body": "{}"}, "status 202"),
        ({"statusCode": 200, "body": json.dumps({"id": 7})}, "$"),
    ],
)
def test_a_response_that_the_contract_does_not_promise_is_a_fault(
    response: object,
    fault: str,
) -> None:
    found = endpoint_faults("paytrum", event("GET", "/v1/clients/{id}"), response)

    assert fault in found[0]


@pytest.mark.parametrize(
    ("effect", "contract", "faults"),
    [
        ("Allow", "paytrum", []),
        ("Deny", None, ["Deny for None"]),
        ("Allow", "athenty", ["Allow for athenty"]),
    ],
)
def test_the_authorizer_has_to_allow_its_contract(
    effect: str,
    contract: str | None,
    faults: list[str],
) -> None:
    policy = {"Statement": [{"Effect": effect}]}
    context = {"contract": contract} if contract else {}

    found = authorizer_faults("paytrum", {"policyDocument": policy, "context": context})

    assert found == faults


def test_a_function_without_an_event_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ContainerError, match=r"events/paytrum/get_client\.json"):
        BuiltFunction("PaytrumGetClient", "paytrum", "get_client").example()


def test_the_local_template_names_the_stacks_tables_and_endpoint(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    build = tmp_path / ".aws-sam/container"
    build.mkdir(parents=True)
    variables = {"CLIENTS_TABLE": {"Ref": "ClientsTable"}, "LOG_LEVEL": {"Ref": "LogLevel"}}
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"Environment": {"Variables": variables}},
    }
    (build / "template.yaml").write_text(yaml.safe_dump({"Resources": {"Get": function}}))

    path = write_local_template({"ClientsTable": "clients-1"}, "http://host:4566")

    written = yaml.safe_load(path.read_text())["Resources"]["Get"]["Properties"]
    assert written["Environment"]["Variables"] == {
        "CLIENTS_TABLE": "clients-1",
        "LOG_LEVEL": {"Ref": "LogLevel"},
        "AWS_ENDPOINT_URL": "http://host:4566",
    }


def test_an_event_of_the_registry_names_records_in_its_path_and_its_body() -> None:
    records = RegistryRecords("w", {"get_merge": {"id": "m"}, "create_erasure": {"client": "c"}})
    read, erase = event("GET", "/v1/merges/{id}"), event("POST", "/v1/erasures")
    erase["body"] = '{"client": "made up", "reason": "R"}'
    for each in (read, erase):
        each["requestContext"]["authorizer"] = {"workspaceId": "made up"}

    read, erase = records.named("get_merge", read), records.named("create_erasure", erase)

    assert read["pathParameters"] == {"id": "m"}
    assert json.loads(erase["body"]) == {"client": "c", "reason": "R"}
    assert [each["requestContext"]["authorizer"]["workspaceId"] for each in (read, erase)] == [
        "w"
    ] * 2
    assert records.named("list_clients", read) == read


def test_a_projection_that_took_its_batch_returns_nothing() -> None:
    failure = {"errorType": "Unavailable", "errorMessage": ""}

    assert projection_faults(None) == []
    assert projection_faults({"batchItemFailures": []}) == []
    assert projection_faults({"batchItemFailures": [{"itemIdentifier": "1"}]}) != []
    assert projection_faults(failure) == ["failed: Unavailable: "]
