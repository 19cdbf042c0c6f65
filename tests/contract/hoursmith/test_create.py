"""`POST /api/v1/clients`: what is accepted, by `docs/hoursmith.md`, table "Rules"."""

import base64

import pytest

from tests.contract.hoursmith.conftest import Create, Refused
from tests.contract_client import ContractClient

PATH = "/api/v1/clients"
KEY = {"Idempotency-Key": "k"}
OPTIONAL = [
    "contactName",
    "email",
    "phone",
    "website",
    "currency",
    "notes",
    "billingAddress",
    "billingLine1",
    "billingLine2",
    "billingCity",
    "billingRegion",
    "billingPostalCode",
    "billingCountry",
    "taxNumber",
    "defaultRate",
    "defaultPaymentTerms",
    "defaultTaxRate",
    "billingEmail",
]
LENGTHS = {
    "name": 200,
    "contactName": 200,
    "phone": 40,
    "notes": 5000,
    "billingAddress": 1000,
    "billingLine1": 200,
    "billingLine2": 200,
    "billingCity": 200,
    "billingRegion": 200,
    "billingPostalCode": 200,
    "billingCountry": 200,
    "taxNumber": 64,
}


def test_every_failing_field_is_named_at_once_with_its_reason(refused: Refused) -> None:
    body = {
        "name": "",
        "email": "not an address",
        "phone": "1" * 41,
        "website": "ftp://acme.com",
        "currency": "XYZ",
        "notes": 5,
        "defaultRate": -1,
        "defaultTaxRate": 100.01,
        "defaultPaymentTerms": "net_45",
        "requirePoNumber": "yes",
        "taxNumber": "a\u0007b",
        "orgId": "mine",
    }

    assert refused(body, target=f"{PATH}?verbose=1", headers={}) == {
        "Idempotency-Key": "required",
        "verbose": "unknown",
        "name": "required",
        "email": "invalid",
        "phone": "too_long",
        "website": "invalid",
        "currency": "invalid",
        "notes": "invalid",
        "defaultRate": "out_of_range",
        "defaultTaxRate": "out_of_range",
        "defaultPaymentTerms": "not_allowed",
        "requirePoNumber": "invalid",
        "taxNumber": "invalid",
        "orgId": "unknown",
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "required"),
        ({"name": None}, "required"),
        ({"name": ""}, "required"),
        ({"name": " \n"}, "required"),
        ({"name": 5}, "invalid"),
        ({"name": ["a"]}, "invalid"),
        ({"name": "a\x00b"}, "invalid"),
        ({"name": "a" * 201}, "too_long"),
    ],
)
def test_a_name_has_to_be_there(refused: Refused, body: object, reason: str) -> None:
    assert refused(body) == {"name": reason}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  Acme  ", "Acme"),
        ("a" * 200, "a" * 200),
        ("Ünïcode ✓ 👩‍🔬", "Ünïcode ✓ 👩‍🔬"),
        ("A\u030a", "A\u030a"),
        ("line\none\ttwo", "line\none\ttwo"),
    ],
)
def test_text_is_trimmed_and_otherwise_kept(create: Create, name: str, kept: str) -> None:
    assert create({"name": name}).json["data"]["name"] == kept


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_blank_and_null_are_null_on_every_optional_field(create: Create, blank: str | None) -> None:
    reply = create({"name": "Acme", **dict.fromkeys(OPTIONAL, blank)})

    assert reply.status == 201
    assert [reply.json["data"][name] for name in OPTIONAL] == [None] * len(OPTIONAL)


@pytest.mark.parametrize(("field", "most"), LENGTHS.items())
def test_lengths(create: Create, refused: Refused, field: str, most: int) -> None:
    fits, exceeds = "ä" * most, "ä" * (most + 1)

    assert create({"name": "Acme", field: fits}).json["data"][field] == fits
    assert refused({"name": "Acme", field: exceeds}) == {field: "too_long"}


@pytest.mark.parametrize("field", ["email", "billingEmail"])
def test_an_email_address_is_kept_as_typed(create: Create, refused: Refused, field: str) -> None:
    long = "a" * 60 + "@" + ".".join(["b" * 60] * 3) + ".com"

    assert create({"name": "A", field: " Ada@Acme.COM "}).json["data"][field] == "Ada@Acme.COM"
    assert create({"name": "A", field: long}).json["data"][field] == long
    assert refused({"name": "A", field: "ada@"}) == {field: "invalid"}
    assert refused({"name": "A", field: f"b{'b' * 20}{long}"}) == {field: "too_long"}


@pytest.mark.parametrize("phone", ["(415) 555-2671", "+49 30 123456", "ask for Ada", "1"])
def test_a_phone_is_free_text(create: Create, phone: str) -> None:
    assert create({"name": "Acme", "phone": phone}).json["data"]["phone"] == phone


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("acme.com", "https://acme.com"),
        ("www.acme.co.uk/shop?a=1#b", "https://www.acme.co.uk/shop?a=1#b"),
        ("acme.com:8080", "https://acme.com:8080"),
        ("münchen.de", "https://münchen.de"),
        ("http://acme.com", "http://acme.com"),
        ("HTTPS://Acme.com/", "HTTPS://Acme.com/"),
        ("https://localhost:3000/x", "https://localhost:3000/x"),
        ("https://acme.com/" + "a" * 2031, "https://acme.com/" + "a" * 2031),
    ],
)
def test_a_website_is_a_url_and_a_bare_domain_becomes_one(
    create: Create, sent: str, kept: str
) -> None:
    assert create({"name": "Acme", "website": sent}).json["data"]["website"] == kept


@pytest.mark.parametrize(
    ("website", "reason"),
    [
        ("acme", "invalid"),
        ("mailto:ada@acme.com", "invalid"),
        ("ada@acme.com", "invalid"),
        ("javascript:alert(1)", "invalid"),
        ("ftp://acme.com", "invalid"),
        ("https://", "invalid"),
        ("https://acme.com:99999", "invalid"),
        ("https://ac me.com", "invalid"),
        ("https:\\\\acme.com", "invalid"),
        (5, "invalid"),
        ("https://acme.com/" + "a" * 2032, "too_long"),
        ("acme.com/" + "a" * 2032, "too_long"),
    ],
)
def test_a_text_that_is_no_website_is_refused(
    refused: Refused, website: object, reason: str
) -> None:
    assert refused({"name": "Acme", "website": website}) == {"website": reason}


@pytest.mark.parametrize(("sent", "kept"), [("usd", "USD"), (" Eur ", "EUR"), ("JPY", "JPY")])
def test_a_currency_is_upper_cased(create: Create, sent: str, kept: str) -> None:
    assert create({"name": "Acme", "currency": sent}).json["data"]["currency"] == kept


@pytest.mark.parametrize("currency", ["EURO", "E", "XYZ", "840", "€", 840])
def test_a_value_that_is_no_currency_is_refused(refused: Refused, currency: object) -> None:
    assert refused({"name": "Acme", "currency": currency}) == {"currency": "invalid"}


@pytest.mark.parametrize(
    "terms",
    ["due_on_receipt", "net_7", "net_14", "net_15", "net_30", "net_60"],
)
def test_payment_terms_are_six_words(create: Create, terms: str) -> None:
    client = create({"name": "Acme", "defaultPaymentTerms": f" {terms}\n"}).json["data"]

    assert client["defaultPaymentTerms"] == terms


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ("NET_7", "not_allowed"),
        ("net_10", "not_allowed"),
        (30, "invalid"),
        (True, "invalid"),
        (["net_7"], "invalid"),
    ],
)
def test_other_payment_terms_are_refused(refused: Refused, terms: object, reason: str) -> None:
    assert refused({"name": "Acme", "defaultPaymentTerms": terms}) == {
        "defaultPaymentTerms": reason
    }


@pytest.mark.parametrize("flag", [True, False])
def test_the_po_number_is_required_or_not(create: Create, flag: object) -> None:
    assert create({"name": "A", "requirePoNumber": flag}).json["data"]["requirePoNumber"] is flag


@pytest.mark.parametrize("flag", [None, "", "true", 1, 0, "yes", []])
def test_anything_but_true_and_false_is_refused(refused: Refused, flag: object) -> None:
    assert refused({"name": "Acme", "requirePoNumber": flag}) == {"requirePoNumber": "invalid"}


@pytest.mark.parametrize("country", ["United States", "usa", "DE", "Atlantis"])
def test_a_country_is_kept_as_typed(create: Create, country: str) -> None:
    client = create({"name": "Acme", "billingCountry": country}).json["data"]

    assert client["billingCountry"] == country


@pytest.mark.parametrize("field", ["id", "orgId", "createdAt", "updatedAt", "deletedAt", "Name"])
def test_server_made_and_undefined_fields_are_unknown(refused: Refused, field: str) -> None:
    assert refused({"name": "Acme", field: "x"}) == {field: "unknown"}


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "{",
        "[]",
        "null",
        '"name"',
        '{"name": NaN}',
        '{"name": "a", "name": "b"}',
        '{"name": "\\ud800"}',
        '{"name": ' + "[" * 200 + "]" * 200 + "}",
        '{"defaultRate": 1e99999999999999999999, "name": "a"}',
    ],
)
def test_a_body_that_is_no_json_object_is_400(gate: ContractClient, raw: str) -> None:
    reply = gate.send("POST", PATH, raw=raw, headers=KEY)

    assert (reply.status, reply.json["error"]["code"]) == (400, "bad_request")
    assert list(reply.json["error"]) == ["code", "message"]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 201),
        ("application/json; charset=utf-8", 201),
        ("application/vnd.acme+json", 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
    ],
)
def test_a_body_is_declared_as_json(
    hoursmith: ContractClient, content_type: str, status: int
) -> None:
    headers = {**KEY, "Content-Type": content_type}

    reply = hoursmith.send("POST", PATH, {"name": "Acme"}, headers)

    assert reply.status == status
    if status == 415:
        assert reply.json["error"]["code"] == "bad_request"


def test_more_than_256_kib_is_413(hoursmith: ContractClient) -> None:
    raw = '{"name": "a"}'

    fits = hoursmith.send("POST", PATH, raw=raw.ljust(256 * 1024), headers=KEY)
    exceeds = hoursmith.send("POST", PATH, raw=raw.ljust(256 * 1024 + 1), headers=KEY)

    assert fits.status == 201
    assert (exceeds.status, exceeds.json["error"]["code"]) == (413, "bad_request")


def test_a_body_may_arrive_encoded(hoursmith: ContractClient) -> None:
    raw = base64.b64encode('{"name": "Ünïcode"}'.encode()).decode()

    reply = hoursmith.send("POST", PATH, raw=raw, headers=KEY, encoded=True)

    assert reply.json["data"]["name"] == "Ünïcode"
