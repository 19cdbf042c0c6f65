"""Who may do what, how a refusal looks, and what a store that does not answer comes to."""

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from registry.store.dynamodb import dynamodb_client
from tests.contract.athenty.conftest import PATH, Create
from tests.contract_client import ContractClient, Reply

ONE = f"{PATH}/0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
EVERY = [("POST", PATH), ("GET", PATH), ("GET", ONE), ("PATCH", ONE), ("DELETE", ONE)]


def send(door: ContractClient, method: str, path: str) -> Reply:
    """A call with a body that would do."""
    return door.send(method, path, {} if method in {"POST", "PATCH"} else None)


def error(reply: Reply) -> tuple[int, str]:
    """Status and code of an error in Athenty's shape."""
    assert list(reply.json) == ["code", "message", "statusCode"]
    assert reply.json["statusCode"] == reply.status
    return reply.status, reply.json["code"]


@pytest.mark.parametrize("plan", ["free", "starter"])
def test_a_plan_without_api_is_403_and_told_which_have_it(
    athenty: ContractClient, plan: str
) -> None:
    replies = [send(athenty.as_caller(plan=plan), *call) for call in EVERY]

    assert {error(reply) for reply in replies} == {(403, "FORBIDDEN")}
    having = "Studio, Professional, Agency, Business and Enterprise"
    assert {reply.json["message"] for reply in replies} == {
        f"API access is included in the {having} plans.",
    }


@pytest.mark.parametrize("plan", ["studio", "professional", "agency", "business", "enterprise"])
def test_every_other_plan_has_the_api(athenty: ContractClient, plan: str) -> None:
    assert athenty.as_caller(plan=plan).send("GET", PATH).status == 200


@pytest.mark.parametrize("plan", ["free", "enterprise"])
def test_an_inactive_subscription_is_402(athenty: ContractClient, plan: str) -> None:
    lapsed = athenty.as_caller(plan=plan, subscription="inactive")

    assert {error(send(lapsed, *call)) for call in EVERY} == {(402, "PAYMENT_REQUIRED")}


@pytest.mark.parametrize(
    ("scopes", "covered"),
    [
        ("*", {"read", "write"}),
        ("clients:read clients:write", {"read", "write"}),
        ("clients:read", {"read"}),
        ("clients:write", {"write"}),
        ("envelopes:read", set()),
        ("", set()),
    ],
)
def test_reading_and_writing_are_scopes_of_their_own(
    athenty: ContractClient,
    scopes: str,
    covered: set[str],
) -> None:
    for method, path in EVERY:
        reply = send(athenty.as_caller(scopes=scopes), method, path)
        needed = "read" if method == "GET" else "write"
        if needed in covered:
            assert reply.status in {200, 201, 404}
        else:
            assert error(reply) == (403, "FORBIDDEN")
            assert reply.json["message"] == f"The API key lacks the scope clients:{needed}."


@pytest.mark.parametrize(
    "bad", [{"expiresAt": "2026-01-01T00:00:00.000Z"}, {"contract": "paytrum"}]
)
def test_a_key_past_its_end_or_of_another_contract_is_401(
    athenty: ContractClient,
    bad: dict[str, str],
) -> None:
    assert error(athenty.as_caller(**bad).send("GET", PATH)) == (401, "UNAUTHORIZED")


def test_what_nobody_foresaw_is_500_without_internals(athenty: ContractClient) -> None:
    reply = athenty.as_caller(plan="unheard of").send("GET", PATH)

    assert reply.status == 500
    assert reply.json == {
        "code": "INTERNAL_ERROR",
        "message": "Something went wrong on our side.",
        "statusCode": 500,
    }


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
def test_a_store_that_does_not_answer_is_503(
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
