"""The requests of the reference page, byte for byte, and the responses it prints."""

import json
from datetime import datetime
from typing import Any

import pytest

from registry.domain.identifiers import created_at, is_id
from tests.contract.athenty.conftest import PATH, Create, Refused
from tests.contract_client import ContractClient

INDIVIDUAL = (
    '{ "nameFirst": "Jane", "nameLast": "Smith", "email": "jane@example.com",'
    ' "memberType": "individual", "country": "CA"}'
)
BUSINESS = (
    '{ "businessName": "Acme Corp", "email": "legal@acme.com", "memberType": "business",'
    ' "country": "CA"}'
)
KEYS = [
    "id",
    "orgId",
    "nameFirst",
    "nameLast",
    "businessName",
    "email",
    "phone",
    "externalId",
    "memberType",
    "addressLine1",
    "addressLine2",
    "city",
    "region",
    "postalCode",
    "country",
    "metadata",
    "active",
    "requestCount",
    "createdAt",
    "updatedAt",
]
UNKNOWN = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"


@pytest.mark.parametrize("printed", [INDIVIDUAL, BUSINESS])
def test_the_printed_request_returns_the_printed_keys(
    athenty: ContractClient,
    printed: str,
) -> None:
    reply = athenty.send("POST", PATH, raw=printed)

    assert reply.status == 201
    assert reply.headers["Content-Type"] == "application/json"
    assert list(reply.json) == KEYS
    shown: dict[str, Any] = dict.fromkeys(KEYS) | {
        "id": reply.json["id"],
        "orgId": athenty.context["workspaceId"],
        "metadata": {},
        "active": True,
        "requestCount": 0,
        "createdAt": reply.json["createdAt"],
        "updatedAt": reply.json["createdAt"],
    }
    assert reply.json == shown | json.loads(printed)
    assert is_id(reply.json["id"])
    assert datetime.fromisoformat(reply.json["createdAt"]) == created_at(reply.json["id"])
    assert reply.json["createdAt"].endswith("Z")
    assert len(reply.json["createdAt"]) == len("2026-03-01T09:30:00.000Z")


def test_a_created_client_is_read_and_listed_the_same(
    athenty: ContractClient, create: Create
) -> None:
    individual, business = create(raw=INDIVIDUAL), create(raw=BUSINESS)

    read = athenty.send("GET", f"{PATH}/{individual['id']}")
    listed = athenty.send("GET", PATH)

    assert (read.status, read.json) == (200, individual)
    assert listed.status == 200
    assert list(listed.json) == ["data", "pagination"]
    assert listed.json["data"] == [business, individual]


def test_the_error_of_a_revoked_key_is_as_printed(athenty: ContractClient) -> None:
    reply = athenty.as_caller(expiresAt="2026-01-01T00:00:00.000Z").send("GET", PATH)

    assert reply.status == 401
    printed = '{ "code": "UNAUTHORIZED", "message": "Invalid API key.", "statusCode": 401}'
    assert list(reply.json.items()) == list(json.loads(printed).items())


def test_the_error_of_an_unknown_client_is_as_printed(athenty: ContractClient) -> None:
    reply = athenty.send("GET", f"{PATH}/{UNKNOWN}")

    assert reply.status == 404
    assert reply.json == {"code": "NOT_FOUND", "message": "Resource not found.", "statusCode": 404}


def test_every_failing_field_is_named_in_the_style_of_the_page(refused: Refused) -> None:
    assert refused({"email": 5, "country": "Canada", "metadata": []}) == {
        "email": "Expected string, received number",
        "country": "Invalid country code",
        "metadata": "Expected object, received array",
    }
