"""The client, whole: what a body writes, and what it is shown as."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.contracts.hoursmith.operations import OPERATIONS as HOURSMITH
from registry.contracts.paytrum.operations import OPERATIONS as PAYTRUM
from tests.contract.registry_api.conftest import CLIENTS, Registry
from tests.contract_client import ContractClient, caller

# The keys of `docs/registry.md`, "The client", in their order; those of the times come last.
EMPTY: dict[str, Any] = {
    "ids": {},
    "absorbed": [],
    "version": 1,
    "status": "active",
    **dict.fromkeys(("name", "display_name", "first_name", "last_name", "company")),
    **dict.fromkeys(("contact_name", "legal_name", "email", "billing_email", "phone")),
    **dict.fromkeys(("website", "external_id", "usage_type", "member_type")),
    "address": dict.fromkeys(("line1", "line2", "city", "region", "postal_code", "country")),
    **dict.fromkeys(("billing_address", "ein", "tax_number", "currency", "default_rate")),
    **dict.fromkeys(("default_tax_rate", "payment_terms")),
    "require_po_number": False,
    "timezone": None,
    "notes": None,
    "metadata": {},
    "request_count": 0,
    "default_payment_method_id": None,
    "integration_id": None,
    "consents": {"email": False, "sms": False},
    "archived_at": None,
}
FULL: dict[str, Any] = {
    "name": "Acme Co",
    "first_name": "Jane",
    "last_name": "Doe",
    "company": "Acme",
    "contact_name": "Bob",
    "legal_name": "Acme Corporation Inc.",
    "email": "ar@acme.com",
    "billing_email": "billing@acme.com",
    "phone": "(415) 555-2671",
    "website": "acme.com",
    "external_id": "crm-1",
    "usage_type": "commercial",
    "member_type": "business",
    "address": {
        "line1": "1 Main St",
        "line2": "Apt 1",
        "city": "San Francisco",
        "region": "CA",
        "postal_code": "94105",
        "country": "USA",
    },
    "billing_address": "1 Main St\nSan Francisco",
    "ein": "123456789",
    "tax_number": "T-1",
    "currency": "usd",
    "default_rate": 100.5,
    "default_tax_rate": "8.5",
    "payment_terms": "net_30",
    "require_po_number": True,
    "timezone": "America/Los_Angeles",
    "notes": "Pays late",
    "metadata": {"tier": "gold", "n": None},
    "consents": {"email": True, "sms": True},
}


def test_an_empty_body_makes_a_client_with_every_key(registry: Registry) -> None:
    created = registry.create()

    times = {name: created.pop(name) for name in ("created_at", "updated_at")}
    identifier = created.pop("id")
    assert list(created) == list(EMPTY)
    assert created == EMPTY
    assert times["created_at"] == times["updated_at"]
    assert registry.get(identifier)["id"] == identifier


def test_every_field_is_written_and_shown(registry: Registry) -> None:
    created = registry.create(**FULL)

    assert {name: created[name] for name in FULL} == FULL | {
        "phone": {"typed": "(415) 555-2671", "e164": "+14155552671"},
        "website": "https://acme.com",
        "address": FULL["address"] | {"country": {"typed": "USA", "code": "US"}},
        "ein": "12-3456789",
        "currency": "USD",
        "default_rate": "100.5",
    }
    assert registry.get(created["id"]) == created


def test_a_shown_client_can_be_created_again_without_what_is_read_only(registry: Registry) -> None:
    created = registry.create(**FULL)
    read_only = {"id", "ids", "absorbed", "version", "status", "display_name", "request_count"}
    read_only |= {"default_payment_method_id", "integration_id"}
    read_only |= {"created_at", "updated_at", "archived_at"}

    copy = registry.create(**{k: v for k, v in created.items() if k not in read_only})

    assert {k: v for k, v in copy.items() if k not in read_only} == {
        k: v for k, v in created.items() if k not in read_only
    }


def test_null_and_blank_text_clear_a_field(registry: Registry) -> None:
    created = registry.create(**FULL)

    nulls = registry.patch(created["id"], **dict.fromkeys(FULL))
    again = registry.create(**FULL)
    blanks = registry.patch(again["id"], **dict.fromkeys(FULL.keys(), ""))

    for cleared in (nulls, blanks):
        assert {name: cleared[name] for name in FULL} == {name: EMPTY[name] for name in FULL}
        assert cleared["version"] == 2


def test_the_address_is_merged_key_by_key_and_metadata_is_replaced_whole(
    registry: Registry,
) -> None:
    created = registry.create(**FULL)

    changed = registry.patch(
        created["id"], address={"city": "Oakland", "line2": None}, metadata={"a": None}
    )

    assert changed["address"] == created["address"] | {"city": "Oakland", "line2": None}
    assert changed["metadata"] == {"a": None}


def test_a_null_address_clears_all_of_it(registry: Registry) -> None:
    created = registry.create(**FULL)

    assert registry.patch(created["id"], address=None)["address"] == EMPTY["address"]


@pytest.mark.parametrize("notes", ["Pays late", "Pays in time"])
def test_the_whole_object_of_now_or_of_an_earlier_version_sent_back_changes_nothing(
    registry: Registry, notes: str
) -> None:
    shown = registry.create(**FULL)
    before = registry.patch(shown["id"], notes=notes)
    shown["notes"] = notes

    registry.patch(shown["id"], **shown)

    assert registry.get(shown["id"]) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5"),
        ("ids", {"paytrum": "x"}),
        ("absorbed", ["x"]),
        ("version", 2),
        ("version", 0),
        ("version", 0.5),
        ("version", "1"),
        ("status", "archived"),
        ("display_name", "Another"),
        ("request_count", 1),
        ("default_payment_method_id", "x"),
        ("integration_id", "x"),
        ("created_at", "2026-01-01T00:00:00.000Z"),
        ("updated_at", "9999-01-01T00:00:00.000Z"),
        ("archived_at", "2026-01-01T00:00:00.000Z"),
        ("object", "client"),
    ],
)
def test_a_read_only_field_with_another_value_is_refused(
    registry: Registry, name: str, value: object
) -> None:
    created = registry.create(name="Acme")

    codes = registry.refused("PATCH", f"{CLIENTS}/{created['id']}", {name: value})

    assert codes == {name: "extra_forbidden"}


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"nickname": "A"}, {"nickname": "extra_forbidden"}),
        ({"name": 1, "email": "x"}, {"name": "string_type", "email": "email"}),
        ({"address": {"street": "x"}}, {"address.street": "extra_forbidden"}),
        ({"address": "x"}, {"address": "model_type"}),
        ({"phone": {"e164": "+14155552671"}}, {"phone": "typed_text"}),
        ({"phone": {"typed": "1", "x": 1}}, {"phone": "typed_text"}),
        ({"address": {"country": {"typed": 1}}}, {"address.country": "typed_text"}),
        ({"name": "x" * 201}, {"name": "string_too_long"}),
        ({"ein": "12"}, {"ein": "ein"}),
        ({"timezone": "Mars"}, {"timezone": "timezone"}),
        ({"usage_type": "other"}, {"usage_type": "literal_error"}),
        ({"consents": {"email": "yes"}}, {"consents.email": "bool_type"}),
        ({"consents": {"fax": True}}, {"consents.fax": "extra_forbidden"}),
        ({"consents": {"sms": True}}, {"consents.sms": "consent_without_channel"}),
        (
            {"phone": "call Bob", "consents": {"sms": True}},
            {"consents.sms": "consent_without_channel"},
        ),
        ({"consents": {"email": True}}, {"consents.email": "consent_without_channel"}),
        ({"metadata": {"k" * 41: 1}}, {f"metadata.{'k' * 41}": "key_too_long"}),
        ({"website": "no address"}, {"website": "website"}),
        ({"default_rate": "1.23456"}, {"default_rate": "decimal_places"}),
    ],
)
def test_every_failing_field_is_named_at_once(
    registry: Registry, body: dict[str, object], codes: dict[str, str]
) -> None:
    assert registry.refused("POST", CLIENTS, body) == codes


@pytest.mark.parametrize("text", ["call Bob", "0" * 200, "555-0100 ext 3"])
def test_a_phone_that_is_no_number_is_kept_as_typed(registry: Registry, text: str) -> None:
    assert registry.create(phone=text)["phone"] == {"typed": text, "e164": None}


def test_a_number_is_read_in_the_country_of_the_client_and_again_in_another(
    registry: Registry,
) -> None:
    created = registry.create(phone="(212) 252 0000", address={"country": "USA"})
    elsewhere = registry.patch(created["id"], phone=created["phone"], address={"country": "Turkey"})
    same = registry.patch(created["id"], phone=created["phone"], address={"country": "TR"})

    assert created["phone"]["e164"] == "+12122520000"
    assert elsewhere["phone"] == {"typed": "(212) 252 0000", "e164": "+902122520000"}
    assert same["phone"] == elsewhere["phone"]


def test_a_shown_phone_is_the_same_phone_as_text_and_as_object(registry: Registry) -> None:
    created = registry.create(phone="(415) 555-2671", consents={"sms": True})
    caller_elsewhere = registry.client.as_caller(region="GB")

    for again in (created["phone"], created["phone"]["typed"], {"typed": "(415) 555-2671"}):
        reply = caller_elsewhere.send("PATCH", f"{CLIENTS}/{created['id']}", {"phone": again})
        assert reply.json == created


def test_an_external_id_is_not_claimed(registry: Registry) -> None:
    first = registry.create(external_id="crm-1")
    second = registry.create(external_id="crm-1")

    assert first["external_id"] == second["external_id"] == "crm-1"


def test_names_types_and_zone_are_null_until_they_are_written(registry: Registry) -> None:
    tenant = caller("paytrum")
    made = ContractClient(PAYTRUM, tenant).send("POST", CLIENTS, {"name": "Acme"}).json
    hoursmith = ContractClient(HOURSMITH, caller("hoursmith"))
    company = registry.create(company="Bolt")

    shown = registry.get(made["id"])
    key = {"Idempotency-Key": "k"}
    another = hoursmith.send("POST", "/api/v1/clients", {"name": "Cog"}, key).json["data"]

    assert (shown["name"], shown["timezone"]) == ("Acme", None)
    assert (company["name"], company["display_name"]) == (None, "Bolt")
    assert registry.get(another["id"])["usage_type"] is None
    assert registry.get(another["id"])["member_type"] is None


def test_archiving_and_restoring_change_the_status_once(registry: Registry) -> None:
    created = registry.create(name="Acme")
    path = f"{CLIENTS}/{created['id']}"

    archived = [registry.send("DELETE", path, status=200).json for _ in range(2)]
    restored = [registry.send("POST", f"{path}/restore", status=200).json for _ in range(2)]

    assert archived[0] == archived[1]
    assert (archived[0]["status"], archived[0]["version"]) == ("archived", 2)
    assert archived[0]["archived_at"] == archived[0]["updated_at"]
    assert restored[0] == restored[1]
    assert (restored[0]["status"], restored[0]["archived_at"]) == ("active", None)
    assert restored[0]["version"] == 3


TEXTS = st.none() | st.sampled_from(["", "Acme", " x ", "Jose\u0301", "y" * 200])
PATCHES = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXTS,
        "company": TEXTS,
        "notes": TEXTS,
        "address": st.none()
        | st.fixed_dictionaries({}, optional={"line1": TEXTS, "city": TEXTS, "region": TEXTS}),
        "metadata": st.none() | st.sampled_from([{}, {"a": 1}, {"a": None, "b": {"c": None}}]),
    },
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=PATCHES, second=PATCHES)
def test_a_patch_is_a_json_merge_patch(
    registry: Registry, first: dict[str, Any], second: dict[str, Any]
) -> None:
    created = registry.create(**first)

    changed = registry.patch(created["id"], **second)

    expected = merged(created, second)
    assert {name: changed[name] for name in second} == {name: expected[name] for name in second}
    untouched = created.keys() - second.keys() - {"version", "updated_at", "display_name"}
    assert {name: changed[name] for name in untouched} == {
        name: created[name] for name in untouched
    }


def merged(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """RFC 7396, with the exceptions of the page: blank text is null, metadata is replaced."""
    result = dict(target)
    for name, value in patch.items():
        if name == "metadata":
            result[name] = value or {}
        elif name == "address":
            members = dict.fromkeys(target[name]) if value is None else value
            result[name] = merged(target[name], members)
        else:
            result[name] = value.strip() or None if isinstance(value, str) else value
    return result
