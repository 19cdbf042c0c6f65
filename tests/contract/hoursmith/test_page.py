"""What the vendor's reference page prints, as printed."""

import re
from typing import Any

import pytest

from registry.contracts.hoursmith.errors import ErrorBody
from tests.contract_client import ContractClient

PATH = "/api/v1/clients"
REQUEST = '{ "name": "string" }'
HEADERS = {"Idempotency-Key": "string", "Content-Type": "application/json"}
ANSWER: dict[str, Any] = {
    "data": {
        "id": "497f6eca-6276-4993-bfeb-53cbbbba6f08",
        "orgId": "25b2c2d5-a7fc-47d0-89e4-8709a1560bfa",
        "name": "string",
        "contactName": "string",
        "email": "string",
        "phone": "string",
        "website": "string",
        "currency": "string",
        "notes": "string",
        "billingAddress": "string",
        "billingLine1": "string",
        "billingLine2": "string",
        "billingCity": "string",
        "billingRegion": "string",
        "billingPostalCode": "string",
        "billingCountry": "string",
        "taxNumber": "string",
        "defaultRate": "string",
        "defaultPaymentTerms": "string",
        "defaultTaxRate": "string",
        "requirePoNumber": True,
        "billingEmail": "string",
        "createdAt": "2019-08-24T14:15:22Z",
        "updatedAt": "2019-08-24T14:15:22Z",
        "deletedAt": "2019-08-24T14:15:22Z",
    },
}
ERROR: dict[str, Any] = {
    "error": {
        "code": "unauthenticated",
        "message": "string",
        "fields": {"property1": "string", "property2": "string"},
        "requiredPlan": "studio",
        "feature": "string",
    },
}
# A body with a value for every field, as in the printed response.
FULL = {
    "name": "Acme Holding",
    "contactName": "Ada Ng",
    "email": "ada@acme.com",
    "phone": "(415) 555-2671 ext 9",
    "website": "https://acme.com",
    "currency": "USD",
    "notes": "Pays late.",
    "billingAddress": "1 Main St\nSpringfield",
    "billingLine1": "1 Main St",
    "billingLine2": "Floor 2",
    "billingCity": "Springfield",
    "billingRegion": "Illinois",
    "billingPostalCode": "62701",
    "billingCountry": "United States",
    "taxNumber": "12-3456789",
    "defaultRate": "125.50",
    "defaultPaymentTerms": "net_30",
    "defaultTaxRate": "8.25",
    "requirePoNumber": True,
    "billingEmail": "ap@acme.com",
}


@pytest.fixture
def created(hoursmith: ContractClient) -> dict[str, Any]:
    """The client the printed request makes."""
    reply = hoursmith.send("POST", PATH, raw=REQUEST, headers=HEADERS)
    assert reply.status == 201, reply.text
    client: dict[str, Any] = reply.json["data"]
    return client


def test_the_printed_request_returns_the_printed_shape(
    hoursmith: ContractClient,
    created: dict[str, Any],
) -> None:
    reply = hoursmith.send("GET", f"{PATH}/{created['id']}")

    assert list(reply.json) == ["data"]
    assert list(created) == list(ANSWER["data"])
    assert len(created) == 25
    assert created["name"] == "string"
    assert created["orgId"] == hoursmith.context["workspaceId"]
    assert created["requirePoNumber"] is False
    server_made = {"id", "orgId", "name", "requirePoNumber", "createdAt", "updatedAt"}
    assert {name for name in created if created[name] is not None} == server_made


def test_every_field_comes_back_as_it_was_sent(hoursmith: ContractClient) -> None:
    reply = hoursmith.send("POST", PATH, FULL, {"Idempotency-Key": "k"})

    assert list(reply.json["data"]) == list(ANSWER["data"])
    assert {name: reply.json["data"][name] for name in FULL} == FULL


def test_instants_are_utc_with_milliseconds_and_equal_at_creation(created: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", created["createdAt"])
    assert created["updatedAt"] == created["createdAt"]


def test_a_client_is_read_as_its_creation_returned_it(hoursmith: ContractClient) -> None:
    first = hoursmith.send("POST", PATH, FULL, {"Idempotency-Key": "k"})

    read = hoursmith.send("GET", f"{PATH}/{first.json['data']['id']}")

    assert (read.status, read.text) == (200, first.text)


def test_the_printed_error_is_a_body_of_the_declared_shape() -> None:
    read = ErrorBody.model_validate(ERROR)

    assert read.model_dump(by_alias=True) == ERROR


def test_an_error_has_the_printed_keys_that_apply_to_it(hoursmith: ContractClient) -> None:
    refused = hoursmith.as_caller(plan="free").send("GET", PATH).json["error"]
    missing = hoursmith.send("GET", f"{PATH}/{ANSWER['data']['id']}").json["error"]
    invalid = hoursmith.send("GET", f"{PATH}?limit=0").json["error"]

    assert list(refused) == ["code", "message", "requiredPlan", "feature"]
    assert list(missing) == ["code", "message"]
    assert list(invalid) == ["code", "message", "fields"]
