"""The text of a refusal, and the response when the store does not respond.

Who is refused is in `tests/contract/test_access.py`, for every operation.
"""

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from registry.store.dynamodb import dynamodb_client
from tests.contract.athenty.conftest import PATH, Create
from tests.contract_client import ContractClient, Reply

ONE = f"{PATH}/0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
EVERY = [("POST", PATH), ("GET", PATH), ("GET", ONE), ("PATCH", ONE), ("DELETE", ONE)]


def send(api: ContractClient, method: str, path: str) -> Reply:
    """A call with a body that would do."""
    return api.send(method, path, {} if method in {"POST", "PATCH"} else None)


def error(reply: Reply) -> tuple[int, str]:
    """Status and code of an error in Athenty's shape."""
    assert list(reply.json) == ["code", "message", "statusCode"]
    assert reply.json["statusCode"] == reply.status
    return reply.status, reply.json["code"]


@pytest.mark.parametrize("plan", ["free", "starter"])
def test_a_plan_without_api_is_403_with_the_plans_that_have_it(
    athenty: ContractClient, plan: str
) -> None:
    replies = [send(athenty.as_caller(plan=plan), *call) for call in EVERY]

    assert {error(reply) for reply in replies} == {(403, "FORBIDDEN")}
    having = "Studio, Professional, Agency, Business and Enterprise"
    assert {reply.json["message"] for reply in replies} == {
        f"API access is included in the {having} plans.",
    }


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_a_missing_scope_is_named(athenty: ContractClient, method: str, path: str) -> None:
    reply = send(athenty.as_caller(scopes=""), method, path)

    needed = "read" if method == "GET" else "write"
    assert error(reply) == (403, "FORBIDDEN")
    assert reply.json["message"] == f"The API key lacks the scope clients:{needed}."


THROTTLED = ClientError(
    {
        "Error": {"Code": "ProvisionedThroughputExceededException", "Message": "inside"},
        "ResponseMetadata": {
            "HTTPStatusCode": 400,
            "RequestId": "r",
            "HTTPHeaders": {},
            "RetryAttempts": 2,
            "HostId": "",
        },
    },
    "any",
)


@pytest.mark.parametrize("fault", [THROTTLED, ReadTimeoutError(endpoint_url="inside")])
def test_a_store_that_does_not_respond_is_503(
    athenty: ContractClient,
    create: Create,
    fault: Exception,
) -> None:
    path = f"{PATH}/{create({})['id']}"
    events = dynamodb_client().meta.events

    def fail(**_: object) -> None:
        raise fault

    events.register("before-call.dynamodb", fail)
    try:
        replies = [send(athenty, method, PATH if at == PATH else path) for method, at in EVERY]
    finally:
        events.unregister("before-call.dynamodb", fail)

    assert {error(reply) for reply in replies} == {(503, "SERVICE_UNAVAILABLE")}
    assert all(int(reply.headers["Retry-After"]) >= 1 for reply in replies)
    assert not any("inside" in reply.text for reply in replies)


@pytest.mark.parametrize(("method", "path"), [("POST", PATH), ("GET", ONE), ("DELETE", ONE)])
def test_a_parameter_the_operation_does_not_know_is_422(
    athenty: ContractClient,
    method: str,
    path: str,
) -> None:
    reply = send(athenty, method, f"{path}?expand=all")

    assert (reply.status, reply.json["code"]) == (422, "VALIDATION_ERROR")
    assert reply.json["errors"] == [{"field": "expand", "message": "Unrecognized key"}]
