"""`/customers/{id}/payment-methods`, with methods an operator attached."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.domain.change import Author
from registry.domain.identifiers import new_id, now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.services.payment_methods import PaymentMethods
from registry.store.clients import client_store
from registry.store.payment_methods import payment_method_store
from tests.contract_client import ContractClient

Create = Callable[..., dict[str, Any]]
KEYS = [
    "id",
    "type",
    "brand",
    "bank_name",
    "last4",
    "exp_month",
    "exp_year",
    "holder_name",
    "is_default",
    "status",
    "created_at",
]


def attach(
    api: ContractClient, customer: dict[str, Any], *, default: bool = False, **fields: Any
) -> str:
    """A payment method of the customer; its id."""
    method = PaymentMethod(
        id=new_id(),
        client_id=customer["id"],
        **{"type": PaymentMethodType.CARD, "token": "pm_secret", **fields},
    )
    tenant = Tenant(api.context["workspaceId"], api.context["mode"])
    PaymentMethods(client_store(), payment_method_store()).attach(
        tenant, method, Author("operator", now()), default=default
    )
    return method.id


@pytest.fixture
def customer(create: Create) -> dict[str, Any]:
    return create(name="Acme")


@pytest.fixture
def path(customer: dict[str, Any]) -> str:
    return f"/customers/{customer['id']}"


def test_none_is_an_empty_list(payments: ContractClient, path: str) -> None:
    assert payments.send("GET", f"{path}/payment-methods").json == {"data": []}


def test_a_method_shows_what_may_be_shown(
    payments: ContractClient, path: str, customer: dict[str, Any]
) -> None:
    card = attach(
        payments,
        customer,
        brand="visa",
        last4="4242",
        exp_month=12,
        exp_year=2099,
        holder_name="Jane Doe",
        default=True,
    )
    account = attach(
        payments,
        customer,
        type=PaymentMethodType.BANK_ACCOUNT,
        bank_name="First Bank",
        last4="6789",
    )

    listed = payments.send("GET", f"{path}/payment-methods")

    assert [list(method) for method in listed.json["data"]] == [KEYS, KEYS]
    assert [(m["id"], m["type"], m["is_default"]) for m in listed.json["data"]] == [
        (account, "bank_account", False),
        (card, "card", True),
    ]
    assert "pm_secret" not in listed.text
    assert payments.send("GET", path).json == {**customer, "default_payment_method_id": card}
    for method in listed.json["data"]:
        one = payments.send("GET", f"{path}/payment-methods/{method['id']}")
        assert (one.status, one.json) == (200, method)


def test_a_card_past_its_last_month_is_expired(
    payments: ContractClient, path: str, customer: dict[str, Any]
) -> None:
    at = now()
    attach(payments, customer, exp_month=at.month, exp_year=at.year)
    attach(payments, customer, exp_month=12, exp_year=at.year - 1)

    data = payments.send("GET", f"{path}/payment-methods").json["data"]

    assert [method["status"] for method in data] == ["expired", "active"]


def test_the_methods_of_an_archived_customer_are_readable(
    payments: ContractClient, path: str, customer: dict[str, Any]
) -> None:
    attach(payments, customer)
    payments.send("DELETE", path)

    assert len(payments.send("GET", f"{path}/payment-methods").json["data"]) == 1


@pytest.mark.parametrize("method", ["pm_1", "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"])
def test_an_unknown_method_is_404(payments: ContractClient, path: str, method: str) -> None:
    reply = payments.send("GET", f"{path}/payment-methods/{method}")

    assert (reply.status, reply.json["code"]) == (404, "not_found")


def test_a_method_of_another_customer_is_404(
    payments: ContractClient, path: str, create: Create
) -> None:
    method = attach(payments, create(name="Other"))

    assert payments.send("GET", f"{path}/payment-methods/{method}").status == 404


def test_a_list_takes_no_parameters(payments: ContractClient, path: str) -> None:
    assert payments.send("GET", f"{path}/payment-methods?limit=1").status == 400
