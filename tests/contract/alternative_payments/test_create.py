"""`POST /customers` and what a customer looks like."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.contracts.alternative_payments import examples
from tests.contract_client import ContractClient

Create = Callable[..., dict[str, Any]]

KEYS = [
    "id",
    "name",
    "email",
    "external_id",
    "legal_name",
    "ein",
    "street_address",
    "sub_premise",
    "city",
    "state",
    "postal_code",
    "country",
    "created_at",
    "default_payment_method_id",
    "customer_integration_id",
]


def refused(api: ContractClient, body: object) -> dict[str, str]:
    """The reasons of a 422 by field."""
    reply = api.send("POST", "/customers", body)
    assert (reply.status, reply.json["code"]) == (422, "validation_error")
    assert list(reply.json) == ["code", "message", "validation_errors"]
    fields: dict[str, str] = reply.json["validation_errors"]
    return fields


def test_nothing_is_required(create: Create) -> None:
    customer = create()

    assert list(customer) == KEYS
    assert {name for name in KEYS if customer[name] is not None} == {"id", "created_at"}


def test_all_fields_are_kept_as_sent(create: Create) -> None:
    sent = {
        **(examples.CHANGE.body or {}),
        "email": "Billing@Acme.com",
        "external_id": "crm-1001",
    }

    customer = create(**sent)

    assert {name: customer[name] for name in sent} == sent
    assert list(customer) == KEYS


def test_a_customer_read_is_the_one_created(payments: ContractClient, create: Create) -> None:
    customer = create(name="Acme Corp")

    assert payments.send("GET", f"/customers/{customer['id']}").json == customer


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"name": "Acme", "legal_name": "Acme Corporation Inc."}, "Acme"),
        ({"legal_name": "Acme Corporation Inc."}, "Acme Corporation Inc."),
        ({"email": "a@acme.com", "external_id": "x"}, None),
        ({"external_id": "x"}, None),
        ({}, None),
        ({"name": None, "legal_name": "", "email": " "}, None),
    ],
)
def test_the_name_shown_is_the_first_there_is(
    create: Create, fields: dict[str, object], shown: str | None
) -> None:
    assert create(**fields)["name"] == shown


@pytest.mark.parametrize("absent", [None, "", "  \n"])
def test_null_and_blank_are_absent(create: Create, absent: str | None) -> None:
    customer = create(
        **dict.fromkeys(
            {*KEYS}
            - {
                "id",
                "created_at",
                "default_payment_method_id",
                "customer_integration_id",
            },
            absent,
        )
    )

    assert {name for name in KEYS if customer[name] is not None} == {"id", "created_at"}


@pytest.mark.parametrize("name", ["\x1f", " \x1c ", "\x00", "a\x1f"])
def test_a_separator_is_a_control_character_and_not_blank(
    payments: ContractClient, name: str
) -> None:
    assert refused(payments, {"name": name}) == {"name": "must not contain control characters"}


@pytest.mark.parametrize("sent", ["12-3456789", "123456789", " 12-3456789 "])
def test_an_ein_is_shown_with_its_dash(create: Create, sent: str) -> None:
    assert create(ein=sent)["ein"] == "12-3456789"


@pytest.mark.parametrize(
    "ein",
    ["1234567890", "12345678", "1-23456789", "12 3456789", "12-345678a", "١٢٣٤٥٦٧٨٩", 123456789],
)
def test_another_shape_of_ein_is_refused(payments: ContractClient, ein: object) -> None:
    assert list(refused(payments, {"ein": ein})) == ["ein"]


@pytest.mark.parametrize("country", ["US", "us", "USA", "usa", "United States", "Canada", "  DEU "])
def test_a_country_is_returned_as_sent(create: Create, country: str) -> None:
    assert create(country=country)["country"] == country.strip()


@pytest.mark.parametrize("country", ["XX", "XYZ", "Atlantis", "U.S.S.R.", 1])
def test_an_unknown_country_is_refused(payments: ContractClient, country: object) -> None:
    assert list(refused(payments, {"country": country})) == ["country"]


@pytest.mark.parametrize(
    ("field", "length"),
    [
        ("name", 200),
        ("legal_name", 200),
        ("street_address", 300),
        ("sub_premise", 200),
        ("city", 200),
        ("state", 200),
        ("postal_code", 200),
        ("external_id", 128),
    ],
)
def test_lengths_are_counted_in_characters(
    payments: ContractClient, create: Create, field: str, length: int
) -> None:
    assert create(**{field: "é" * length})[field] == "é" * length
    assert str(length) in refused(payments, {field: "é" * (length + 1)})[field]


def test_every_failing_field_is_named_at_once(payments: ContractClient) -> None:
    fields = refused(
        payments,
        {
            "name": 5,
            "email": "not an address",
            "ein": "1",
            "country": "Atlantis",
            "city": "a\x00b",
            "state": ["NY"],
            "id": "mine",
            "customer_integration_id": "x",
            "nickname": "A",
        },
    )

    assert set(fields) == {
        "name",
        "email",
        "ein",
        "country",
        "city",
        "state",
        "id",
        "customer_integration_id",
        "nickname",
    }
    assert fields["nickname"] == "is not a known field"


@pytest.mark.parametrize(
    ("raw", "content_type", "expected"),
    [
        ("", "application/json", (400, "bad_request")),
        ("{", "application/json", (400, "bad_request")),
        ("[]", "application/json", (400, "bad_request")),
        ('"text"', "application/json", (400, "bad_request")),
        ('{"name":"a","name":"b"}', "application/json", (400, "bad_request")),
        ("name=Acme", "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
        ('{"name":"a"}', "text/plain", (415, "unsupported_media_type")),
        ('{"name":"%s"}' % ("a" * 300_000), "application/json", (413, "payload_too_large")),
        ("{}", "application/json; charset=utf-8", (201, None)),
        ("{}", "application/vnd.acme+json", (201, None)),
    ],
)
def test_a_body_is_a_json_object(
    payments: ContractClient, raw: str, content_type: str, expected: tuple[int, str | None]
) -> None:
    reply = payments.send("POST", "/customers", raw=raw, headers={"content-type": content_type})

    assert (reply.status, reply.json.get("code")) == expected


def test_a_query_parameter_is_400(payments: ContractClient) -> None:
    reply = payments.send("POST", "/customers?dry_run=true", {"name": "Acme"})

    assert (reply.status, reply.json["code"]) == (400, "bad_request")
    assert "dry_run" in reply.json["message"]


def test_an_external_id_in_use_is_400_archived_ones_included(
    payments: ContractClient, create: Create
) -> None:
    """An archived customer is in no list, so the refusal names it."""
    first = create(external_id="crm-1")

    active = payments.send("POST", "/customers", {"external_id": " crm-1 "})
    payments.send("DELETE", f"/customers/{first['id']}")
    archived = payments.send("POST", "/customers", {"external_id": " crm-1 "})

    taken = "The external id is already used by another customer."
    assert (active.status, archived.status) == (400, 400)
    assert active.json == {"code": "bad_request", "message": taken}
    assert archived.json == {
        "code": "bad_request",
        "message": f"{taken} That is the archived customer {first['id']}.",
    }


@pytest.mark.parametrize(
    "other",
    [
        {"workspaceId": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2d"},
        {"mode": "test"},
    ],
)
def test_an_external_id_is_unique_in_workspace_and_mode(
    payments: ContractClient, create: Create, other: dict[str, str]
) -> None:
    create(external_id="crm-1")

    reply = payments.as_caller(**other).send("POST", "/customers", {"external_id": "crm-1"})

    assert reply.status == 201


def test_external_ids_differ_in_letter_case(create: Create) -> None:
    assert create(external_id="crm-a")["id"] != create(external_id="CRM-A")["id"]


def test_a_key_makes_a_create_happen_once(payments: ContractClient) -> None:
    body, key = {"name": "Acme", "external_id": "crm-1"}, {"Idempotency-Key": "k"}
    first = payments.send("POST", "/customers", body, key)

    replay = payments.send("POST", "/customers", body, key)
    conflict = payments.send("POST", "/customers", {"name": "Other"}, key)
    bad = payments.send("POST", "/customers", body, {"Idempotency-Key": "k" * 256})

    assert (first.status, "Idempotent-Replayed" in first.headers) == (201, False)
    assert (replay.status, replay.text) == (201, first.text)
    assert replay.headers["Idempotent-Replayed"] == "true"
    assert (conflict.status, conflict.json["code"]) == (409, "conflict")
    assert (bad.status, bad.json["code"]) == (400, "bad_request")
    assert len(payments.send("GET", "/customers").json["data"]) == 1
