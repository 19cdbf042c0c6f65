"""Who may do what, and how a refusal looks."""

import pytest

from tests.contract_client import ContractClient

PATH = "/v1/clients/0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
EVERY = [
    ("POST", "/v1/clients"),
    ("GET", "/v1/clients"),
    ("GET", PATH),
    ("PATCH", PATH),
    ("DELETE", PATH),
    ("POST", f"{PATH}/restore"),
]


def answer(door: ContractClient, method: str, path: str) -> tuple[int, str | None]:
    """Status and error code of a call with a body that would do."""
    body = {"name": "Acme Co"} if method in {"POST", "PATCH"} else None
    reply = door.send(method, path, body)
    return reply.status, reply.json.get("error", {}).get("code")


@pytest.mark.parametrize(("method", "path"), EVERY)
@pytest.mark.parametrize(
    "refused",
    [
        {"plan": "free"},
        {"plan": "starter"},
        {"subscription": "inactive"},
        {"scopes": ""},
        {"scopes": "other:read"},
    ],
)
def test_no_api_access_is_403(
    paytrum: ContractClient,
    method: str,
    path: str,
    refused: dict[str, str],
) -> None:
    assert answer(paytrum.as_caller(**refused), method, path) == (403, "forbidden")


@pytest.mark.parametrize("plan", ["studio", "professional", "agency", "business", "enterprise"])
def test_every_other_plan_has_the_api(paytrum: ContractClient, plan: str) -> None:
    assert answer(paytrum.as_caller(plan=plan), "GET", "/v1/clients") == (200, None)


@pytest.mark.parametrize(("method", "path"), EVERY)
@pytest.mark.parametrize("scope", ["clients:read", "clients:write"])
def test_reading_and_writing_are_scopes_of_their_own(
    paytrum: ContractClient,
    method: str,
    path: str,
    scope: str,
) -> None:
    status, _ = answer(paytrum.as_caller(scopes=scope), method, path)

    covered = (method == "GET") == (scope == "clients:read")
    assert (status != 403) is covered


@pytest.mark.parametrize(
    "bad",
    [
        {"expiresAt": "2026-01-01T00:00:00.000Z"},
        {"contract": "athenty"},
    ],
)
def test_a_credential_past_its_end_or_of_another_contract_is_401(
    paytrum: ContractClient,
    bad: dict[str, str],
) -> None:
    assert answer(paytrum.as_caller(**bad), "GET", "/v1/clients") == (401, "unauthorized")


def test_an_event_without_a_caller_is_500_without_internals(paytrum: ContractClient) -> None:
    reply = paytrum.as_caller(plan="unheard of").send("GET", "/v1/clients")

    assert reply.status == 500
    assert reply.json == {
        "error": {"code": "internal_error", "message": "Something went wrong on our side."},
    }
