"""`POST /v1/clients`: what is accepted, by `docs/paytrum.md`, table "Rules"."""

from typing import Any

import boto3
import pytest

from tests.contract_client import ContractClient

NAME = {"name": "Acme Co"}


def refused(api: ContractClient, body: object) -> dict[str, str]:
    """The reasons of a 422 by field."""
    reply = api.send("POST", "/v1/clients", body)
    assert (reply.status, reply.json["error"]["code"]) == (422, "validation_failed")
    assert list(reply.json["error"]) == ["code", "message", "fields"]
    fields: dict[str, str] = reply.json["error"]["fields"]
    return fields


def created(api: ContractClient, body: object) -> dict[str, Any]:
    """The client a body makes."""
    reply = api.send("POST", "/v1/clients", body)
    assert reply.status == 201, reply.text
    client: dict[str, Any] = reply.json
    return client


def test_every_failing_field_is_named_at_once(paytrum: ContractClient) -> None:
    fields = refused(
        paytrum,
        {
            "name": "",
            "email": "not an address",
            "phone": "12",
            "company": "a" * 201,
            "usageType": "Commercial",
            "address": {"state": "California", "country": "USA", "zip": "1", "line1": 5},
            "timezone": "Mars/Olympus",
            "notes": "a" * 5001,
            "emailConsent": "yes",
            "nickname": "A",
        },
    )

    assert set(fields) == {
        "name",
        "email",
        "phone",
        "company",
        "usageType",
        "address.state",
        "address.country",
        "address.zip",
        "address.line1",
        "timezone",
        "notes",
        "emailConsent",
        "smsConsent",
        "nickname",
    }
    assert fields["nickname"] == fields["address.zip"] == "unknown field"
    assert "200" in fields["company"]
    assert "5000" in fields["notes"]


@pytest.mark.parametrize("name", [None, "", "  ", 5, ["a"], "a" * 201, "a\x00b", "a\x7fb", "a\rb"])
def test_a_name_that_is_none_is_refused(paytrum: ContractClient, name: object) -> None:
    assert list(refused(paytrum, {"name": name})) == ["name"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  Acme  ", "Acme"),
        ("a" * 200, "a" * 200),
        ("Ünïcode ✓ 👩‍🔬", "Ünïcode ✓ 👩‍🔬"),
        ("A\u030a", "A\u030a"),
        ("line\none\ttwo", "line\none\ttwo"),
        ("🜁" * 200, "🜁" * 200),
    ],
)
def test_text_is_trimmed_and_otherwise_kept(paytrum: ContractClient, name: str, kept: str) -> None:
    assert created(paytrum, {"name": name})["name"] == kept


def test_a_missing_name_is_required(paytrum: ContractClient) -> None:
    assert refused(paytrum, {}) == {"name": "is required"}


@pytest.mark.parametrize("blank", [None, "", "   "])
def test_null_and_empty_are_the_same_as_absent(paytrum: ContractClient, blank: object) -> None:
    optional = (
        "email",
        "phone",
        "company",
        "usageType",
        "address",
        "timezone",
        "notes",
        "emailConsent",
        "smsConsent",
    )

    client = created(paytrum, {**NAME, **dict.fromkeys(optional, blank)})

    bare = created(paytrum, NAME)
    made = ("id", "createdAt", "updatedAt")
    assert {k: v for k, v in client.items() if k not in made} == {
        k: v for k, v in bare.items() if k not in made
    }


def test_blank_address_parts_are_absent(paytrum: ContractClient) -> None:
    client = created(paytrum, {**NAME, "address": {"line1": "", "state": None, "country": " "}})

    assert set(client["address"].values()) == {None}


@pytest.mark.parametrize("address", ["Main St", 5, [], True])
def test_an_address_is_an_object(paytrum: ContractClient, address: object) -> None:
    assert list(refused(paytrum, {**NAME, "address": address})) == ["address"]


@pytest.mark.parametrize(
    "email",
    ["plain", "a@", "@b.com", "a b@c.com", "a@b..com", f"{'a' * 250}@b.com", "A <a@b.com>"],
)
def test_an_email_that_is_no_address_is_refused(paytrum: ContractClient, email: str) -> None:
    assert list(refused(paytrum, {**NAME, "email": email, "emailConsent": True})) == ["email"]


def test_an_email_is_returned_as_typed(paytrum: ContractClient) -> None:
    client = created(paytrum, {**NAME, "email": "AR@Acme.COM", "emailConsent": True})

    assert client["email"] == "AR@Acme.COM"


@pytest.mark.parametrize(
    ("phone", "country", "kept"),
    [
        ("(415) 555-2671", None, "+14155552671"),
        ("+44 20 7946 0958", None, "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("020 7946 0958", "gb", "+442079460958"),
        ("613-555-0199", "CA", "+16135550199"),
        ("+1 415 555 2671", "AQ", "+14155552671"),
    ],
)
def test_a_phone_becomes_e164(
    paytrum: ContractClient, phone: str, country: str | None, kept: str
) -> None:
    body = {**NAME, "phone": phone, "smsConsent": True, "address": {"country": country}}

    assert created(paytrum, body)["phone"] == kept


def test_the_workspace_says_the_region_of_a_phone(paytrum: ContractClient) -> None:
    british = paytrum.as_caller(region="GB")

    client = created(british, {**NAME, "phone": "020 7946 0958", "smsConsent": True})

    assert client["phone"] == "+442079460958"


@pytest.mark.parametrize("phone", ["12", "call me", "555-2671", "+1 415 555 26711", "0000000000"])
def test_a_phone_that_is_no_valid_number_is_refused(paytrum: ContractClient, phone: str) -> None:
    assert list(refused(paytrum, {**NAME, "phone": phone, "smsConsent": True})) == ["phone"]


def test_an_extension_is_refused_with_a_reason_that_says_so(paytrum: ContractClient) -> None:
    fields = refused(paytrum, {**NAME, "phone": "415 555 2671 ext. 5", "smsConsent": True})

    assert "extension" in fields["phone"]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ({"state": "ny", "country": "us"}, ("NY", "US")),
        ({"state": "on", "country": "ca"}, ("ON", "CA")),
        ({"state": "DC", "country": "US"}, ("DC", "US")),
        ({"state": "AE", "country": "US"}, ("AE", "US")),
        ({"state": "zz", "country": "FR"}, ("ZZ", "FR")),
        ({"state": "zz"}, ("ZZ", None)),
    ],
)
def test_state_and_country_are_upper_cased(
    paytrum: ContractClient,
    address: dict[str, str],
    kept: tuple[str, str | None],
) -> None:
    shown = created(paytrum, {**NAME, "address": address})["address"]

    assert (shown["state"], shown["country"]) == kept


@pytest.mark.parametrize(
    ("address", "failing"),
    [
        ({"state": "New York"}, "address.state"),
        ({"state": "N"}, "address.state"),
        ({"state": "1A"}, "address.state"),
        ({"state": "ÄÖ"}, "address.state"),
        ({"state": "ON", "country": "US"}, "address.state"),
        ({"state": "NY", "country": "CA"}, "address.state"),
        ({"country": "USA"}, "address.country"),
        ({"country": "XX"}, "address.country"),
        ({"country": "UK"}, "address.country"),
        ({"city": "a" * 201}, "address.city"),
    ],
)
def test_an_address_part_that_is_wrong_is_named(
    paytrum: ContractClient,
    address: dict[str, str],
    failing: str,
) -> None:
    assert list(refused(paytrum, {**NAME, "address": address})) == [failing]


@pytest.mark.parametrize("zone", ["america/new_york", "EST5", "New York", "America/", "localtime"])
def test_a_time_zone_has_to_be_in_the_database(paytrum: ContractClient, zone: str) -> None:
    assert list(refused(paytrum, {**NAME, "timezone": zone})) == ["timezone"]


def test_a_missing_time_zone_is_the_workspaces(paytrum: ContractClient) -> None:
    berlin = paytrum.as_caller(timezone="Europe/Berlin")

    assert created(berlin, NAME)["timezone"] == "Europe/Berlin"
    assert created(berlin, {**NAME, "timezone": "Asia/Tokyo"})["timezone"] == "Asia/Tokyo"


@pytest.mark.parametrize(("flag", "channel"), [("emailConsent", "email"), ("smsConsent", "phone")])
def test_consent_without_its_channel_is_refused_on_the_flag(
    paytrum: ContractClient,
    flag: str,
    channel: str,
) -> None:
    fields = refused(paytrum, {**NAME, flag: True})

    assert list(fields) == [flag]
    assert channel in fields[flag]


@pytest.mark.parametrize("flag", [False, None, "", "true", 1])
def test_only_true_is_consent(paytrum: ContractClient, flag: object) -> None:
    fields = refused(paytrum, {**NAME, "email": "ar@acme.com", "emailConsent": flag})

    assert list(fields) == ["emailConsent"]


def test_consent_is_kept_as_imported_evidence(paytrum: ContractClient) -> None:
    body = {
        **NAME,
        "email": "ar@acme.com",
        "emailConsent": True,
        "phone": "(415) 555-2671",
        "smsConsent": True,
    }

    client = created(paytrum, body)

    evidence = [
        {name: next(iter(value.values())) for name, value in item.items()}
        for item in boto3.client("dynamodb").scan(TableName="clients")["Items"]
        if item["sk"]["S"].startswith(f"CONSENT#{client['id']}#")
    ]
    assert {(entry["channel"], entry["contact_point"]) for entry in evidence} == {
        ("email", "ar@acme.com"),
        ("sms", "+14155552671"),
    }
    assert all(
        (entry["granted"], entry["source"], entry["at"], entry["credential_id"])
        == (True, "imported", client["createdAt"], paytrum.context["credentialId"])
        for entry in evidence
    )


def test_a_query_parameter_is_refused(paytrum: ContractClient) -> None:
    reply = paytrum.send("POST", "/v1/clients?dryRun=true", NAME)

    assert (reply.status, reply.json["error"]["code"]) == (400, "bad_request")
    assert "dryRun" in reply.json["error"]["message"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "a\x00b"),
        ("company", "a\x7f"),
        ("company", "\x1f"),
        ("notes", "a\rb"),
        ("phone", "(415) 555-2671\x00"),
    ],
)
def test_control_characters_are_refused(paytrum: ContractClient, field: str, text: str) -> None:
    reply = paytrum.send(
        "POST", "/v1/clients", {**NAME, "smsConsent": field == "phone", field: text}
    )

    assert reply.status == 422
    assert reply.json["error"]["fields"] == {field: "must not contain control characters"}


def test_a_base64_body_is_read(paytrum: ContractClient) -> None:
    reply = paytrum.send("POST", "/v1/clients", raw="eyJuYW1lIjogIkFjbWUifQ==", encoded=True)

    assert (reply.status, reply.json["name"]) == (201, "Acme")


@pytest.mark.parametrize(
    ("raw", "encoded"),
    [("", False), ("null", False), ('"a"', False), ("{]", False), ("/w==", True), ("!", True)],
)
def test_a_body_that_is_no_json_object_is_400(
    paytrum: ContractClient, raw: str, *, encoded: bool
) -> None:
    reply = paytrum.send("POST", "/v1/clients", raw=raw, encoded=encoded)

    assert (reply.status, reply.json["error"]["code"]) == (400, "bad_request")
    assert "fields" not in reply.json["error"]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 201),
        ("Application/JSON; Charset=UTF-8", 201),
        ("application/problem+json", 201),
        ("text/json", 415),
        ("application/jsonp", 415),
        ("multipart/form-data; boundary=x", 415),
    ],
)
def test_the_content_type_decides(paytrum: ContractClient, content_type: str, status: int) -> None:
    reply = paytrum.send("POST", "/v1/clients", NAME, {"Content-Type": content_type})

    assert reply.status == status


def test_a_body_is_measured_in_bytes(paytrum: ContractClient) -> None:
    limit = 256 * 1024

    fits = paytrum.send("POST", "/v1/clients", raw='{"name":"a"}'.ljust(limit))
    over = paytrum.send("POST", "/v1/clients", raw='{"name":"é"}'.ljust(limit))

    assert (fits.status, over.status) == (201, 413)
    assert over.json["error"]["code"] == "payload_too_large"
