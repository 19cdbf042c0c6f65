"""Every role, on every plan, at every endpoint; the order of the checks; `/me`.

What is the same in every contract is in `tests/contract/test_access.py`.
"""

from itertools import product

import pytest

from registry.domain.workspace import Plan, Role, Subscription
from tests.contract.hoursmith.conftest import acting_as
from tests.contract_client import ContractClient

PATH = "/api/v1/clients"
NOBODY = f"{PATH}/0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
ME = "/api/v1/me"
ENDPOINTS = [
    ("POST", PATH),
    ("GET", PATH),
    ("GET", NOBODY),
    ("PATCH", NOBODY),
    ("DELETE", NOBODY),
    ("GET", ME),
]
# The responses to a full role in an empty workspace: access is granted.
LET_IN = dict(zip(ENDPOINTS, [201, 200, 404, 404, 404, 200], strict=True))
WITH_API = {Plan.STUDIO, Plan.PROFESSIONAL, Plan.AGENCY, Plan.BUSINESS, Plan.ENTERPRISE}
NO_PLAN = (402, "forbidden_plan")
NO_ROLE = (403, "forbidden_scope")


def call(api: ContractClient, method: str, target: str) -> tuple[int, str | None]:
    """Status and error code of a request that is complete."""
    body = {"name": "Acme"} if method in {"POST", "PATCH"} else None
    reply = api.send(method, target, body, {"Idempotency-Key": f"{method} {target}"})
    return reply.status, reply.json.get("error", {}).get("code")


def documented(
    plan: Plan,
    subscription: Subscription,
    role: Role,
    endpoint: tuple[str, str],
) -> tuple[int, str | None]:
    """The response by the contract, in its order of checks: plan, then role."""
    if plan not in WITH_API or subscription is Subscription.INACTIVE:
        return NO_PLAN
    if role is Role.MEMBER and endpoint[1] != ME:
        return NO_ROLE
    status = LET_IN[endpoint]
    return status, "not_found" if status == 404 else None


@pytest.mark.parametrize("role", Role)
def test_every_plan_and_endpoint_responds_to_a_role_as_documented(
    hoursmith: ContractClient, role: Role
) -> None:
    combinations = list(product(Plan, Subscription, ENDPOINTS))
    assert len(combinations) == 84

    for plan, subscription, endpoint in combinations:
        api = hoursmith.as_caller(plan=plan, subscription=subscription, **acting_as(role))

        assert call(api, *endpoint) == documented(plan, subscription, role, endpoint), (
            plan,
            subscription,
            endpoint,
        )


@pytest.mark.parametrize("lacking", [{"plan": "free"}, {"subscription": "inactive"}])
def test_a_plan_without_the_api_is_refused_with_the_plan_that_has_it(
    gate: ContractClient,
    lacking: dict[str, str],
) -> None:
    reply = gate.as_caller(**lacking).send("GET", ME)

    error = reply.json["error"]
    assert reply.status == 402
    assert {name: error[name] for name in error if name != "message"} == {
        "code": "forbidden_plan",
        "requiredPlan": "studio",
        "feature": "apiAccess",
    }


BAD_BODY = '{"name": 5, "other": 1}'
NOT_JSON = "{"
PAST = "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("wrong", "raw", "expected"),
    [
        ({"expiresAt": PAST, "plan": "free", "scopes": ""}, NOT_JSON, (401, "unauthenticated")),
        ({"contract": "paytrum", "plan": "free"}, NOT_JSON, (401, "unauthenticated")),
        ({"plan": "free", "scopes": ""}, NOT_JSON, NO_PLAN),
        ({"subscription": "inactive", "scopes": ""}, NOT_JSON, NO_PLAN),
        ({"scopes": ""}, NOT_JSON, NO_ROLE),
        ({}, NOT_JSON, (400, "bad_request")),
        ({}, BAD_BODY, (422, "validation_error")),
    ],
)
def test_checks_come_in_the_settled_order(
    gate: ContractClient,
    wrong: dict[str, str],
    raw: str,
    expected: tuple[int, str],
) -> None:
    reply = gate.as_caller(**wrong).send("POST", f"{PATH}?unknown=1", raw=raw)

    assert (reply.status, reply.json["error"]["code"]) == expected


def test_me_tells_whom_a_token_speaks_for(gate: ContractClient) -> None:
    api = gate.as_caller(plan="agency", mode="test", tokenPrefix="Ab3dEf6hIj9l")

    reply = api.send("GET", ME)

    assert reply.status == 200
    assert reply.json == {
        "data": {
            "userId": api.context["userId"],
            "orgId": api.context["workspaceId"],
            "orgName": "Acme Holding",
            "role": "owner",
            "plan": "agency",
            "scopes": ["clients:read", "clients:write"],
            "tokenPrefix": "Ab3dEf6hIj9l",
            "env": "test",
        },
    }
    assert list(reply.json["data"]) == [
        "userId",
        "orgId",
        "orgName",
        "role",
        "plan",
        "scopes",
        "tokenPrefix",
        "env",
    ]


def test_me_takes_no_parameters(gate: ContractClient) -> None:
    reply = gate.send("GET", f"{ME}?verbose=1")

    assert (reply.status, reply.json["error"]["fields"]) == (422, {"verbose": "unknown"})
