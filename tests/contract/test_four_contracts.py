"""One client through all four contracts: each shows it rightly and keeps what others wrote."""

from importlib import import_module
from typing import Any

import pytest

from registry.domain.workspace import Contract
from tests.contract_client import ContractClient, caller

PATHS = {
    Contract.PAYTRUM: "/v1/clients",
    Contract.ATHENTY: "/v2/api/clients",
    Contract.HOURSMITH: "/api/v1/clients",
    Contract.ALTERNATIVE_PAYMENTS: "/customers",
}
MADE = {
    "name": "Acme Corp",
    "legal_name": "Acme Corporation Inc.",
    "email": "billing@acme.com",
    "external_id": "crm-1001",
    "ein": "12-3456789",
    "street_address": "123 Main St",
    "sub_premise": "Apt 1",
    "city": "New York",
    "state": "NY",
    "postal_code": "10001",
    "country": "USA",
}
# What each contract writes, in its own words, of what another hides or calls otherwise.
WRITES: dict[Contract, dict[str, Any]] = {
    Contract.PAYTRUM: {"emailConsent": True, "timezone": "America/Chicago", "company": "Acme"},
    Contract.ATHENTY: {"nameFirst": "Jane", "nameLast": "Doe", "metadata": {"tier": "gold"}},
    Contract.HOURSMITH: {"contactName": "Jane", "taxNumber": "T-1", "website": "https://acme.com"},
    Contract.ALTERNATIVE_PAYMENTS: {"legal_name": "Acme LLC", "ein": "98-7654321"},
}
Shown = dict[str, Any]


@pytest.fixture
def apis(tables: None) -> dict[Contract, ContractClient]:
    """A caller of each contract, all of one workspace."""
    return {
        contract: ContractClient(
            import_module(f"registry.contracts.{contract}.operations").OPERATIONS,
            caller(contract, role="owner"),
        )
        for contract in PATHS
    }


def through(apis: dict[Contract, ContractClient], contract: Contract, client_id: str) -> Shown:
    """The client as a contract shows it."""
    reply = apis[contract].send("GET", f"{PATHS[contract]}/{client_id}")
    assert reply.status == 200, reply.text
    return _bare(contract, reply.json)


def change(
    apis: dict[Contract, ContractClient], contract: Contract, client_id: str, body: Shown
) -> Shown:
    """The client as a contract shows it after a change."""
    reply = apis[contract].send("PATCH", f"{PATHS[contract]}/{client_id}", body)
    assert reply.status == 200, reply.text
    return _bare(contract, reply.json)


def _bare(contract: Contract, body: Shown) -> Shown:
    """The client of a response's body, without Hoursmith's envelope."""
    shown: Shown = body["data"] if contract is Contract.HOURSMITH else body
    return shown


def test_a_customer_made_here_is_seen_by_the_other_three(
    apis: dict[Contract, ContractClient],
) -> None:
    made = apis[Contract.ALTERNATIVE_PAYMENTS].send("POST", "/customers", MADE).json

    paytrum = through(apis, Contract.PAYTRUM, made["id"])
    athenty = through(apis, Contract.ATHENTY, made["id"])
    hoursmith = through(apis, Contract.HOURSMITH, made["id"])

    assert paytrum["name"] == hoursmith["name"] == athenty["nameLast"] == "Acme Corp"
    assert paytrum["email"] == athenty["email"] == hoursmith["email"] == "billing@acme.com"
    assert athenty["externalId"] == "crm-1001"
    assert paytrum["address"] == {
        "line1": "123 Main St",
        "line2": "Apt 1",
        "city": "New York",
        "state": "NY",
        "postalCode": "10001",
        "country": "US",
    }
    assert (athenty["addressLine1"], athenty["region"], athenty["country"]) == (
        "123 Main St",
        "NY",
        "US",
    )
    assert (hoursmith["billingLine2"], hoursmith["billingCountry"]) == ("Apt 1", "USA")
    assert {shown["createdAt"] for shown in (paytrum, athenty, hoursmith)} == {made["created_at"]}
    assert (paytrum["emailConsent"], paytrum["usageType"]) == (False, "consumer")


def test_each_keeps_what_the_others_wrote(apis: dict[Contract, ContractClient]) -> None:
    made = apis[Contract.ALTERNATIVE_PAYMENTS].send("POST", "/customers", MADE).json

    for contract, body in WRITES.items():
        change(apis, contract, made["id"], body)

    after = {contract: through(apis, contract, made["id"]) for contract in PATHS}
    for contract, body in WRITES.items():
        assert after[contract] == {**after[contract], **body}
    # Writing a person's name computes the display name anew, in which a company goes first.
    kept = {**MADE, **WRITES[Contract.ALTERNATIVE_PAYMENTS], "name": "Acme"}
    customer = after[Contract.ALTERNATIVE_PAYMENTS]
    assert customer == {**customer, **kept}
    assert customer["created_at"] == made["created_at"]


@pytest.mark.parametrize("contract", PATHS)
def test_archived_through_one_is_archived_for_all(
    apis: dict[Contract, ContractClient], contract: Contract
) -> None:
    made = apis[Contract.ALTERNATIVE_PAYMENTS].send("POST", "/customers", MADE).json
    apis[contract].send("DELETE", f"{PATHS[contract]}/{made['id']}")

    listed = apis[Contract.ALTERNATIVE_PAYMENTS].send("GET", "/customers").json
    refused = apis[Contract.ALTERNATIVE_PAYMENTS].send("PATCH", f"/customers/{made['id']}", {})
    gone = apis[Contract.HOURSMITH].send("GET", f"{PATHS[Contract.HOURSMITH]}/{made['id']}")

    assert through(apis, Contract.PAYTRUM, made["id"])["status"] == "inactive"
    assert through(apis, Contract.ATHENTY, made["id"])["active"] is False
    assert (listed["data"], refused.status, gone.status) == ([], 400, 404)
    assert through(apis, Contract.ALTERNATIVE_PAYMENTS, made["id"]) == made


@pytest.mark.parametrize("contract", [Contract.PAYTRUM, Contract.ATHENTY, Contract.HOURSMITH])
def test_a_change_elsewhere_is_seen_here(
    apis: dict[Contract, ContractClient], contract: Contract
) -> None:
    made = apis[Contract.ALTERNATIVE_PAYMENTS].send("POST", "/customers", MADE).json
    names = {Contract.ATHENTY: {"businessName": "Acme Ltd"}}.get(contract, {"name": "Acme Ltd"})

    change(apis, contract, made["id"], names)

    here = through(apis, Contract.ALTERNATIVE_PAYMENTS, made["id"])
    found = apis[Contract.ALTERNATIVE_PAYMENTS].send("GET", "/customers?company_name=acme%20lt")
    assert here == {**made, "name": "Acme Ltd"}
    assert found.json["data"] == [here]


def test_no_consent_is_taken_for_a_phone_that_cannot_be_read(
    apis: dict[Contract, ContractClient],
) -> None:
    body = {"name": "Acme", "phone": "ask for Jane"}
    idempotency_key = {"Idempotency-Key": "k"}
    made = (
        apis[Contract.HOURSMITH].send("POST", PATHS[Contract.HOURSMITH], body, idempotency_key).json
    )
    path = f"{PATHS[Contract.PAYTRUM]}/{made['data']['id']}"

    refused = apis[Contract.PAYTRUM].send("PATCH", path, {"smsConsent": True})

    shown = apis[Contract.PAYTRUM].send("GET", path).json
    assert (refused.status, list(refused.json["error"]["fields"])) == (422, ["smsConsent"])
    assert (shown["phone"], shown["smsConsent"]) == (None, False)


def test_a_country_that_one_contract_keeps_as_typed_can_be_repeated_in_another(
    apis: dict[Contract, ContractClient],
) -> None:
    body = {"name": "Acme", "billingCountry": "Deutschland"}
    idempotency_key = {"Idempotency-Key": "k"}
    made = (
        apis[Contract.HOURSMITH].send("POST", PATHS[Contract.HOURSMITH], body, idempotency_key).json
    )
    payments, path = apis[Contract.ALTERNATIVE_PAYMENTS], f"/customers/{made['data']['id']}"
    customer = payments.send("GET", path).json

    again = payments.send("PATCH", path, {"country": " Deutschland ", "city": "Bonn"})
    other = payments.send("PATCH", path, {"country": "Allemagne", "ein": "1"})
    too_long = payments.send("PATCH", path, {"country": "x" * 201})

    assert again.json == {**customer, "city": "Bonn"}
    assert other.json["validation_errors"].keys() == {"country", "ein"}
    assert too_long.json["validation_errors"] == {"country": "must have at most 200 characters"}
    assert payments.send("GET", path).json == again.json
