"""What the vendor's page prints (paytrum.com/docs/clients), as printed."""

import re
from typing import Any

from tests.contract_client import ContractClient

REQUEST = """{
"name": "Acme Co",
"email": "ar@acme.com",
"emailConsent": true,
"usageType": "commercial"
}"""
ANSWER: dict[str, Any] = {
    "object": "client",
    "id": "66f1a2b3c4d5e6f7a8b9c0d1",
    "name": "Acme Co",
    "company": None,
    "email": "ar@acme.com",
    "phone": None,
    "usageType": "commercial",
    "status": "active",
    "address": {
        "line1": None,
        "line2": None,
        "city": None,
        "state": None,
        "postalCode": None,
        "country": None,
    },
    "timezone": "America/New_York",
    "notes": None,
    "emailConsent": True,
    "smsConsent": False,
    "createdAt": "2026-06-09T17:04:21.000Z",
    "updatedAt": "2026-06-09T17:04:21.000Z",
}
SERVER_MADE = ("id", "createdAt", "updatedAt")


def test_the_printed_request_returns_the_printed_response_key_for_key(
    paytrum: ContractClient,
) -> None:
    reply = paytrum.send("POST", "/v1/clients", raw=REQUEST)

    assert reply.status == 201
    assert list(reply.json) == list(ANSWER)
    assert list(reply.json["address"]) == list(ANSWER["address"])
    assert {k: v for k, v in reply.json.items() if k not in SERVER_MADE} == {
        k: v for k, v in ANSWER.items() if k not in SERVER_MADE
    }


def test_instants_are_utc_with_milliseconds_and_equal_at_creation(paytrum: ContractClient) -> None:
    client = paytrum.send("POST", "/v1/clients", raw=REQUEST).json

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", client["createdAt"])
    assert client["updatedAt"] == client["createdAt"]


def test_a_client_is_read_as_its_creation_returned_it(paytrum: ContractClient) -> None:
    created = paytrum.send("POST", "/v1/clients", raw=REQUEST)

    read = paytrum.send("GET", f"/v1/clients/{created.json['id']}")

    assert (read.status, read.text) == (200, created.text)


def test_the_printed_list_request_gives_a_list(paytrum: ContractClient) -> None:
    client = paytrum.send("POST", "/v1/clients", raw=REQUEST).json

    listed = paytrum.send("GET", "/v1/clients?limit=50&status=active")

    assert list(listed.json) == ["object", "data", "hasMore"]
    assert listed.json == {"object": "list", "data": [client], "hasMore": False}


def test_no_client_with_the_id_is_404(paytrum: ContractClient) -> None:
    reply = paytrum.send("GET", "/v1/clients/66f1a2b3c4d5e6f7a8b9c0d1")

    assert (reply.status, reply.json["error"]["code"]) == (404, "not_found")


def test_an_email_without_its_consent_is_refused(paytrum: ContractClient) -> None:
    reply = paytrum.send("POST", "/v1/clients", {"name": "Acme Co", "email": "ar@acme.com"})

    assert (reply.status, reply.json["error"]["code"]) == (422, "validation_failed")
    assert list(reply.json["error"]["fields"]) == ["emailConsent"]


def test_a_phone_without_its_consent_is_refused(paytrum: ContractClient) -> None:
    reply = paytrum.send("POST", "/v1/clients", {"name": "Acme Co", "phone": "(415) 555-2671"})

    assert (reply.status, reply.json["error"]["code"]) == (422, "validation_failed")
    assert list(reply.json["error"]["fields"]) == ["smsConsent"]


def test_a_name_alone_is_enough_and_the_usage_type_is_consumer(paytrum: ContractClient) -> None:
    reply = paytrum.send("POST", "/v1/clients", {"name": "Acme Co"})

    assert (reply.status, reply.json["usageType"]) == (201, "consumer")
