"""Errors a healthy stack does not make, provoked over HTTP in every contract's shape.

Functions are pointed at a DynamoDB of the test's own, which refuses every request; then they are
put back.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from ops.cli.deployment import LOCAL_STACK
from tests.stack.conftest import Access, Stack, administrator

THROTTLED = {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}
BROKEN = {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}
CONTESTED = {
    "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    "CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}],
}
CREATE = {"name": "Acme Co"}
KEY = {"Idempotency-Key": "k"}
Repoint = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def repoint(stack: Stack) -> Iterator[Repoint]:
    """Point a function, named by its place in the template, at a DynamoDB that refuses."""
    functions = administrator("lambda", stack.endpoint)
    resources = administrator("cloudformation", stack.endpoint)

    @contextmanager
    def pointed(logical_id: str, refusal: dict[str, Any]) -> Iterator[None]:
        found = resources.describe_stack_resource(
            StackName=LOCAL_STACK,
            LogicalResourceId=logical_id,
        )
        name = found["StackResourceDetail"]["PhysicalResourceId"]
        working = functions.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
        kept = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        with refusing(refusal) as endpoint:
            functions.update_function_configuration(
                FunctionName=name,
                Environment={"Variables": {**kept, "AWS_ENDPOINT_URL": endpoint}},
            )
            version = functions.publish_version(FunctionName=name)["Version"]
            functions.update_alias(FunctionName=name, Name="live", FunctionVersion=version)
            try:
                yield
            finally:
                functions.update_alias(FunctionName=name, Name="live", FunctionVersion=working)
                functions.update_function_configuration(
                    FunctionName=name,
                    Environment={"Variables": kept},
                )

    yield pointed
    functions.close()
    resources.close()


@contextmanager
def refusing(refusal: dict[str, Any]) -> Iterator[str]:
    """The endpoint of a DynamoDB that returns one error for every request."""
    body = json.dumps(refusal).encode()

    class Refusal(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(400)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def token(stack: Stack) -> Access:
    """Access to Alternative Payments with a token of a new client."""
    issued = stack.credential(stack.workspace(), "alternative_payments")
    base_url = f"{stack.endpoint}/alternative_payments"
    response = httpx.post(
        f"{base_url}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(issued["client_id"], issued["client_secret"]),
        timeout=None,
    )
    return Access(base_url, {"Authorization": f"Bearer {response.json()['access_token']}"})


def access(stack: Stack, contract: str) -> Access:
    """Access to a contract with a new credential of a new workspace."""
    if contract == "alternative_payments":
        return token(stack)
    return stack.access(stack.workspace(), contract)


def code(contract: str, response: httpx.Response) -> tuple[int, str]:
    """Status and code of an error that has the contract's shape and nothing else."""
    body = response.json()
    error = body["error"] if contract in {"paytrum", "hoursmith"} else body
    shape = {"code", "message"} | ({"statusCode"} if contract == "athenty" else set())
    assert error.keys() == shape, response.text
    assert error.get("statusCode", response.status_code) == response.status_code
    return response.status_code, error["code"]


@pytest.mark.parametrize(
    ("contract", "function", "path", "unavailable", "unhandled"),
    [
        ("paytrum", "PaytrumListClients", "/v1/clients", "unavailable", "internal_error"),
        (
            "athenty",
            "AthentyListClients",
            "/v2/api/clients",
            "SERVICE_UNAVAILABLE",
            "INTERNAL_ERROR",
        ),
        ("hoursmith", "HoursmithListClients", "/api/v1/clients", "internal", "internal"),
        (
            "alternative_payments",
            "AlternativePaymentsListCustomers",
            "/customers",
            "unavailable",
            "internal_error",
        ),
    ],
)
def test_a_store_that_refuses_is_503_and_one_that_is_wrong_500(
    stack: Stack,
    repoint: Repoint,
    contract: str,
    function: str,
    path: str,
    unavailable: str,
    unhandled: str,
) -> None:
    with access(stack, contract).client() as http:
        with repoint(function, THROTTLED):
            refused = http.get(path)
        with repoint(function, BROKEN):
            failed = http.get(path)
        after = http.get(path)

    assert code(contract, refused) == (503, unavailable)
    assert int(refused.headers["Retry-After"]) >= 1
    assert code(contract, failed) == (500, unhandled)
    assert after.status_code == 200


@pytest.mark.parametrize(
    ("contract", "function", "path", "status", "expected"),
    [
        ("paytrum", "PaytrumCreateClient", "/v1/clients", 425, "idempotency_in_flight"),
        ("athenty", "AthentyCreateClient", "/v2/api/clients", 409, "CONFLICT"),
        ("hoursmith", "HoursmithCreateClient", "/api/v1/clients", 409, "conflict"),
        (
            "alternative_payments",
            "AlternativePaymentsCreateCustomer",
            "/customers",
            409,
            "conflict",
        ),
    ],
)
def test_a_key_whose_request_is_under_way(
    stack: Stack,
    repoint: Repoint,
    contract: str,
    function: str,
    path: str,
    status: int,
    expected: str,
) -> None:
    body = {"nameLast": "Smith"} if contract == "athenty" else CREATE

    with access(stack, contract).client() as http, repoint(function, CONTESTED):
        response = http.post(path, json=body, headers=KEY)

    assert code(contract, response) == (status, expected)


def test_an_authorizer_that_fails_lets_nobody_in(stack: Stack, repoint: Repoint) -> None:
    paytrum = access(stack, "paytrum")

    with paytrum.client() as http, repoint("Authorizer", BROKEN):
        response = http.get("/v1/clients")

    assert code("paytrum", response) == (503, "unavailable")
    assert int(response.headers["Retry-After"]) >= 1


def test_a_credential_without_its_usage_key_is_403(stack: Stack) -> None:
    keys = administrator("apigateway", stack.endpoint)
    before = {key["id"] for key in keys.get_api_keys(limit=500)["items"]}
    paytrum = access(stack, "paytrum")
    (made,) = {key["id"] for key in keys.get_api_keys(limit=500)["items"]} - before

    keys.delete_api_key(apiKey=made)
    with paytrum.client() as http:
        response = http.get("/v1/clients")
    keys.close()

    assert code("paytrum", response) == (403, "forbidden")
