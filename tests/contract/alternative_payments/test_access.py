"""Who may do what, and how a refusal looks."""

import pytest

from tests.contract_client import ContractClient

PATH = "/customers/0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
READS = [("GET", "/customers"), ("GET", PATH), ("GET", f"{PATH}/users")]
METHODS = [
    ("GET", f"{PATH}/payment-methods"),
    ("GET", f"{PATH}/payment-methods/0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"),
]
WRITES = [
    ("POST", "/customers"),
    ("PATCH", PATH),
    ("DELETE", PATH),
    ("POST", f"{PATH}/restore"),
    ("POST", f"{PATH}/users"),
]


def answer(door: ContractClient, method: str, path: str) -> tuple[int, str | None]:
    """Status and error code of a call with a body that would do."""
    body: object = {} if method in {"POST", "PATCH"} else None
    reply = door.send(method, path, body)
    return reply.status, reply.json.get("code")


@pytest.mark.parametrize(("method", "path"), [*READS, *METHODS, *WRITES])
@pytest.mark.parametrize(
    "refused",
    [
        {"plan": "free"},
        {"plan": "starter"},
        {"subscription": "inactive"},
        {"scopes": ""},
        {"scopes": "customers"},
        {"scopes": "invoices:read invoices:write"},
    ],
)
def test_no_access_is_403(
    payments: ContractClient, method: str, path: str, refused: dict[str, str]
) -> None:
    assert answer(payments.as_caller(**refused), method, path) == (403, "forbidden")


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("*", [*READS, *METHODS, *WRITES]),
        ("read", [*READS, *METHODS]),
        ("customers:read", [*READS, *METHODS]),
        ("payments:read", METHODS),
        ("write", WRITES),
        ("customers:write", WRITES),
    ],
)
def test_a_scope_covers_these(
    payments: ContractClient, scope: str, allowed: list[tuple[str, str]]
) -> None:
    door = payments.as_caller(scopes=scope)

    covered = [call for call in (*READS, *METHODS, *WRITES) if answer(door, *call)[0] != 403]

    assert covered == allowed


@pytest.mark.parametrize(
    "bad",
    [{"expiresAt": "2026-01-01T00:00:00.000Z"}, {"contract": "paytrum"}],
)
def test_a_token_past_its_end_or_of_another_contract_is_401(
    payments: ContractClient, bad: dict[str, str]
) -> None:
    assert answer(payments.as_caller(**bad), "GET", "/customers") == (401, "unauthorized")


def test_the_unforeseen_is_500_without_internals(payments: ContractClient) -> None:
    reply = payments.as_caller(plan="unheard of").send("GET", "/customers")

    assert reply.status == 500
    assert reply.json == {
        "code": "internal_error",
        "message": "Something went wrong on our side.",
    }
