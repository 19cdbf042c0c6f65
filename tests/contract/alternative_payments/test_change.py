"""Patch, archive and restore."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.contracts.alternative_payments import examples
from tests.contract_client import ContractClient

Create = Callable[..., dict[str, Any]]
UNKNOWN = "/customers/0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"


@pytest.fixture
def customer(create: Create) -> dict[str, Any]:
    return create(name="Acme", email="billing@acme.com", external_id="crm-1001", city="Boston")


@pytest.fixture
def path(customer: dict[str, Any]) -> str:
    return f"/customers/{customer['id']}"


def test_the_printed_change_works_as_printed(
    payments: ContractClient, customer: dict[str, Any], path: str
) -> None:
    reply = payments.send("PATCH", path, examples.CHANGE.body)

    assert reply.status == 200
    assert reply.json == {
        **(examples.CHANGE.response or {}),
        "id": customer["id"],
        "created_at": customer["created_at"],
    }
    assert payments.send("GET", path).json == reply.json


def test_a_field_that_is_not_named_stays(
    payments: ContractClient, customer: dict[str, Any], path: str
) -> None:
    assert payments.send("PATCH", path, {}).json == customer
    assert payments.send("PATCH", path, {"state": "MA"}).json == {**customer, "state": "MA"}


@pytest.mark.parametrize("cleared", [None, "", "  "])
def test_null_and_blank_clear(
    payments: ContractClient, customer: dict[str, Any], path: str, cleared: str | None
) -> None:
    reply = payments.send("PATCH", path, {"city": cleared, "name": cleared})

    assert reply.json == {**customer, "city": None, "name": None}


@pytest.mark.parametrize(
    "sent",
    [
        {"email": "other@acme.com"},
        {"email": "Billing@acme.com"},
        {"email": None},
        {"email": ""},
        {"external_id": "crm-1002"},
        {"external_id": None},
        {"email": "other@acme.com", "external_id": "crm-1002"},
    ],
)
def test_email_and_external_id_cannot_be_changed(
    payments: ContractClient, customer: dict[str, Any], path: str, sent: dict[str, object]
) -> None:
    reply = payments.send("PATCH", path, {**sent, "city": "Salem"})

    assert (reply.status, reply.json["code"]) == (422, "validation_error")
    assert reply.json["validation_errors"] == dict.fromkeys(sent, "cannot be changed")
    assert payments.send("GET", path).json == customer


@pytest.mark.parametrize(
    "sent",
    [{"email": "billing@acme.com"}, {"email": " billing@acme.com "}, {"external_id": "crm-1001"}],
)
def test_email_and_external_id_as_they_are_is_no_change(
    payments: ContractClient, customer: dict[str, Any], path: str, sent: dict[str, object]
) -> None:
    reply = payments.send("PATCH", path, {**sent, "city": "Salem"})

    assert reply.json == {**customer, "city": "Salem"}


def test_nothing_sent_for_what_was_never_set_is_no_change(
    payments: ContractClient, create: Create
) -> None:
    path = f"/customers/{create(name='Acme')['id']}"

    assert payments.send("PATCH", path, {"email": None, "external_id": ""}).status == 200
    assert payments.send("PATCH", path, {"email": "a@acme.com"}).status == 422


def test_every_failing_field_of_a_change_is_named(payments: ContractClient, path: str) -> None:
    reply = payments.send("PATCH", path, {"ein": "1", "email": "o@acme.com", "nickname": "A"})

    assert reply.json["validation_errors"].keys() == {"ein", "email", "nickname"}


def test_archived_is_left_out_of_the_list_and_readable(
    payments: ContractClient, customer: dict[str, Any], path: str
) -> None:
    archived = payments.send("DELETE", path)

    assert (archived.status, archived.json) == (200, customer)
    assert payments.send("GET", "/customers").json["data"] == []
    assert payments.send("GET", path).json == customer


def test_archived_cannot_be_changed(payments: ContractClient, path: str) -> None:
    payments.send("DELETE", path)

    reply = payments.send("PATCH", path, {"city": "Salem"})

    assert reply.status == 400
    assert reply.json == {
        "code": "bad_request",
        "message": "The customer is archived; restore it first.",
    }


def test_archive_and_restore_again_are_no_ops(
    payments: ContractClient, customer: dict[str, Any], path: str, create: Create
) -> None:
    newer = create(name="Newer")

    replies = [
        payments.send(method, target)
        for method, target in (
            ("DELETE", path),
            ("DELETE", path),
            ("POST", f"{path}/restore"),
            ("POST", f"{path}/restore"),
        )
    ]

    assert [(reply.status, reply.json) for reply in replies] == [(200, customer)] * 4
    listed = payments.send("GET", "/customers").json["data"]
    assert [entry["id"] for entry in listed] == [newer["id"], customer["id"]]


@pytest.mark.parametrize(
    "path",
    [UNKNOWN, "/customers/cus_123", "/customers/0192F0C1-2F3A-7CC0-9D2E-6A4B8F0E1D2C"],
)
@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"name": "Acme"}),
        ("DELETE", "", None),
        ("POST", "/restore", None),
        ("GET", "/payment-methods", None),
        ("GET", "/payment-methods/0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", None),
        ("GET", "/users", None),
        ("POST", "/users", {"first_name": "Jane"}),
    ],
)
def test_an_unknown_customer_is_404(
    payments: ContractClient, path: str, method: str, suffix: str, body: object
) -> None:
    reply = payments.send(method, path + suffix, body)

    assert (reply.status, reply.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "other",
    [{"workspaceId": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2d"}, {"mode": "test"}],
)
def test_another_workspace_or_mode_finds_nothing(
    payments: ContractClient, path: str, customer: dict[str, Any], other: dict[str, str]
) -> None:
    stranger = payments.as_caller(**other)

    statuses = {
        stranger.send("GET", path).status,
        stranger.send("PATCH", path, {"name": "Mine"}).status,
        stranger.send("DELETE", path).status,
        stranger.send("POST", f"{path}/restore").status,
        stranger.send("GET", f"{path}/users").status,
        stranger.send("POST", f"{path}/users", {}).status,
        stranger.send("GET", f"{path}/payment-methods").status,
    }

    assert statuses == {404}
    assert stranger.send("GET", "/customers").json["data"] == []
    assert payments.send("GET", path).json == customer


def test_a_restore_accepts_a_key(payments: ContractClient, path: str) -> None:
    payments.send("DELETE", path)
    key = {"Idempotency-Key": "k"}
    first = payments.send("POST", f"{path}/restore", headers=key)
    payments.send("DELETE", path)

    replay = payments.send("POST", f"{path}/restore", headers=key)

    assert (replay.text, replay.headers["Idempotent-Replayed"]) == (first.text, "true")
    assert payments.send("GET", "/customers").json["data"] == []
