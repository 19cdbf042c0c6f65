"""A typical client of every contract is an item of less than 1,024 bytes, one write unit."""

from typing import Any

import pytest

from registry.contracts.alternative_payments import operations as alternative_payments
from registry.contracts.athenty import operations as athenty
from registry.contracts.hoursmith import operations as hoursmith
from registry.contracts.paytrum import operations as paytrum
from registry.gateway.operation import Operation
from registry.store.dynamodb import dynamodb_client
from tests.contract_client import ContractClient, caller
from tests.fake_dynamodb import size_of

WRITE_UNIT = 1_024
TYPICAL: list[tuple[Operation, dict[str, Any]]] = [
    (
        paytrum.CREATE_CLIENT,
        {
            "name": "Acme Consulting Group",
            "email": "accounts@acme-consulting.com",
            "emailConsent": True,
            "phone": "(415) 555-2671",
            "smsConsent": True,
            "usageType": "commercial",
            "address": {
                "line1": "548 Market Street",
                "city": "San Francisco",
                "state": "CA",
                "postalCode": "94104",
                "country": "US",
            },
        },
    ),
    (
        athenty.CREATE_CLIENT,
        {
            "nameFirst": "Maximilian",
            "nameLast": "Schwarzenberger",
            "email": "max.schwarzenberger@example.com",
            "phone": "+1 415 555 2671",
            "externalId": "crm-100482",
            "memberType": "individual",
            "addressLine1": "548 Market Street",
            "city": "San Francisco",
            "region": "CA",
            "postalCode": "94104",
            "country": "US",
        },
    ),
    (
        hoursmith.CREATE_CLIENT,
        {
            "name": "Acme Consulting Group",
            "contactName": "Jane Smith",
            "email": "jane@acme-consulting.com",
            "phone": "(415) 555-2671",
            "website": "https://acme-consulting.com",
            "currency": "USD",
            "billingLine1": "548 Market Street",
            "billingCity": "San Francisco",
            "defaultRate": "100.50",
        },
    ),
    (
        alternative_payments.CREATE_CUSTOMER,
        {
            "name": "Acme Consulting Group",
            "legal_name": "Acme Consulting Group Inc.",
            "email": "accounts@acme-consulting.com",
            "external_id": "crm-100482",
            "street_address": "548 Market Street",
            "city": "San Francisco",
            "state": "CA",
            "postal_code": "94104",
            "country": "US",
        },
    ),
]


@pytest.mark.parametrize(
    ("operation", "body"), TYPICAL, ids=[each.dialect.contract.value for each, _ in TYPICAL]
)
def test_a_typical_client_takes_one_write_unit(
    operation: Operation, body: dict[str, Any], tables: None
) -> None:
    client = ContractClient(
        (operation,), caller(operation.dialect.contract, role="owner", scopes="*")
    )

    reply = client.send("POST", operation.path, body, {"Idempotency-Key": "one"})

    assert reply.status == 201, reply.text
    found = dynamodb_client().scan(TableName="clients")["Items"]
    sizes = [size_of(item) for item in found if item["sk"]["S"].startswith("CLIENT#")]
    assert len(sizes) == 1
    assert sizes[0] < WRITE_UNIT
