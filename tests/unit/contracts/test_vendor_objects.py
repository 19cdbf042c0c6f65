"""What a vendor shows of a client comes in, and its door shows it again."""

import json
import re
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from ops.move.vendors import WINDOWS
from registry.contracts.vendor_objects import vendor_object, wire_names
from registry.domain import document
from registry.domain.change import Author, create, update
from registry.domain.client import Channel, Client, Country, Fields, MemberType, Phone, UsageType
from registry.domain.document import Number
from registry.domain.identifiers import instant, new_id
from registry.domain.moving import EARLIEST, LATEST, Refused, Remark, VendorClient
from registry.domain.payment_method import PaymentMethod
from registry.domain.user import User
from registry.domain.workspace import Contract
from registry.gateway.principal import Principal, principal
from tests import vendor_values
from tests.contract_client import caller

if TYPE_CHECKING:
    from collections.abc import Callable

REGION = "US"
AT = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)
OBJECTS = {
    Contract.PAYTRUM: vendor_values.paytrum_client,
    Contract.ATHENTY: vendor_values.athenty_client,
    Contract.HOURSMITH: vendor_values.hoursmith_client,
    Contract.ALTERNATIVE_PAYMENTS: vendor_values.customer,
}
E164 = re.compile(r"\+[1-9][0-9]{1,14}")
ALPHA_2 = re.compile(r"[A-Z]{2}")
CODES = Path(__file__).parents[3] / "docs/moving-in.md"
MADE = "2026-06-09T17:04:21.000Z"

contracts = st.sampled_from(list(WINDOWS))
members = st.sampled_from(list(WINDOWS)).flatmap(
    lambda contract: st.tuples(st.just(contract), OBJECTS[contract])
)


def read(contract: Contract, raw: object) -> VendorClient:
    result: VendorClient = room(contract, "vendor").read_client(raw, REGION)
    return result


def shown(contract: Contract, client: Client) -> dict[str, Any]:
    """The client as the door shows it, after its text was parsed as a caller would."""
    mapping = room(contract, "mapping")
    show: Callable[[Client, Principal], BaseModel] = getattr(mapping, "show_object", mapping.show)
    model = show(client, principal(caller(contract)))
    value = document.parse(document.render(model.model_dump(by_alias=True)))
    assert isinstance(value, dict)
    return value


def room(contract: Contract, name: str) -> ModuleType:
    return import_module(f"registry.contracts.{contract}.{name}")


def moved_in(contract: Contract, raw: object) -> Client:
    """The client that an object becomes, under its vendor's id, as its door will show it."""
    vendor = read(contract, raw)
    return vendor.as_client(vendor.vendor_id, vendor.created_at or AT)


def presentable(contract: Contract, raw: dict[str, Any]) -> dict[str, Any]:
    """What a door shows of a vendor's object: all of it, but for what the pages say it cannot."""
    back = dict(raw)
    org = principal(caller(contract)).workspace_id
    if "orgId" in back:
        back["orgId"] = org  # of this registry
    match contract:
        case Contract.PAYTRUM:
            address = dict(raw["address"])
            back["address"] = address
            if raw["phone"] is not None and not E164.fullmatch(raw["phone"]):
                del back["phone"]
            if address["country"] is not None and not ALPHA_2.fullmatch(address["country"]):
                del address["country"]
        case Contract.ATHENTY:
            if raw["country"] is not None and not ALPHA_2.fullmatch(raw["country"]):
                del back["country"]
        case Contract.ALTERNATIVE_PAYMENTS:
            back["name"] = raw["name"] or raw["legal_name"]  # rule 3 of docs/mapping.md
        case Contract.HOURSMITH:
            pass
    return back


def only(value: Any, like: Any) -> Any:
    """The members of a value that another one has, nested ones too."""
    if isinstance(value, dict) and isinstance(like, dict):
        return {name: only(value[name], like[name]) for name in like}
    return value


@given(members)
def test_a_door_shows_what_its_vendor_showed(case: tuple[Contract, dict[str, Any]]) -> None:
    contract, raw = case
    expected = presentable(contract, raw)

    back = shown(contract, moved_in(contract, vendor_values.through_json(raw)))

    assert back.keys() == raw.keys()
    assert only(back, expected) == expected


texts = st.none() | vendor_values.TEXT
countries = st.none() | st.builds(Country, vendor_values.TEXT, st.none() | vendor_values.code)
phones = st.none() | st.builds(Phone, vendor_values.TEXT, st.none() | vendor_values.e164)
NOT_TEXTS: dict[str, st.SearchStrategy[Any]] = {
    "phone": phones,
    "country": countries,
    "usage_type": st.none() | st.sampled_from(UsageType),
    "member_type": st.none() | st.sampled_from(MemberType),
    "require_po_number": st.booleans(),
    "metadata": st.none() | vendor_values.metadata.map(document.render),
}
fields_of_clients = st.fixed_dictionaries(
    {}, optional={name: NOT_TEXTS.get(name, texts) for name in Fields.__annotations__}
)


@given(contracts, fields_of_clients, st.booleans(), st.booleans())
def test_what_our_own_door_shows_comes_in_and_is_shown_again(
    contract: Contract,
    fields: Any,
    archived: bool,  # noqa: FBT001
    attested: bool,  # noqa: FBT001
) -> None:
    author = Author("credential", AT)
    client = create(author, dict.fromkeys(Channel, attested), **fields).client
    if archived:
        client = update(client, Author("credential", LATEST), archived=True).client
    before = shown(contract, client)

    after = shown(contract, moved_in(contract, before))

    assert after == before


@given(
    st.sampled_from(list(WINDOWS)).flatmap(
        lambda contract: st.tuples(
            st.just(contract),
            OBJECTS[contract],
            st.dictionaries(
                st.sampled_from([*wire_names(object_model(contract)), "id", "surprise"]),
                vendor_values.anything,
            ),
            st.sets(st.sampled_from(wire_names(object_model(contract)))),
        )
    )
)
def test_every_object_with_an_id_comes_in_with_codes_that_the_page_lists(
    case: tuple[Contract, dict[str, Any], dict[str, Any], set[str]],
) -> None:
    contract, raw, odd, absent = case
    merged = {name: value for name, value in (raw | odd).items() if name not in absent}

    identifier = merged.get("id")
    if not isinstance(identifier, str | Number) or not str(identifier).strip():
        with pytest.raises(Refused):
            read(contract, vendor_values.through_json(merged))
        return
    vendor = read(contract, vendor_values.through_json(merged))

    assert {warning.code for warning in vendor.warnings} <= documented("Taken with a warning")
    # A door shows it, whatever it is.
    assert shown(contract, vendor.as_client(new_id(), AT))


def object_model(contract: Contract) -> type[BaseModel]:
    wire = room(contract, "wire")
    model: type[BaseModel] = (
        wire.Customer if contract is Contract.ALTERNATIVE_PAYMENTS else wire.ClientObject
    )
    return model


def documented(section: str) -> set[str]:
    """The codes in the table of a section of the page."""
    _, _, after = CODES.read_text("utf-8").partition(f"\n### {section}\n")
    rows = re.findall(r"^\| `(\w+)`", after.partition("\n#")[0], re.MULTILINE)
    assert rows, section
    return set(rows)


ORDINARY: dict[Contract, dict[str, Any]] = {
    Contract.PAYTRUM: {"id": "1", "name": "Acme Co", "createdAt": MADE},
    Contract.ATHENTY: {"id": "1", "createdAt": MADE},
    Contract.HOURSMITH: {"id": "1", "name": "Acme Co", "createdAt": MADE},
    Contract.ALTERNATIVE_PAYMENTS: {"id": "1", "created_at": MADE},
}
DEEP = "[" * 101 + "]" * 101
ODDITIES = [
    (Contract.PAYTRUM, {"name": None}, {Remark("name", "missing")}),
    (Contract.PAYTRUM, {"name": "\u200b"}, {Remark("name", "string_too_short")}),
    (Contract.PAYTRUM, {"name": "n" * 201}, {Remark("name", "string_too_long")}),
    (Contract.PAYTRUM, {"notes": "a\x00b"}, {Remark("notes", "control_character")}),
    (Contract.PAYTRUM, {"company": 7}, {Remark("company", "string_type")}),
    (Contract.PAYTRUM, {"email": "nobody"}, {Remark("email", "email")}),
    (Contract.PAYTRUM, {"email": "a@b.ca", "emailConsent": False}, set()),
    (
        Contract.PAYTRUM,
        {"emailConsent": True},
        {Remark("emailConsent", "consent_without_channel")},
    ),
    (Contract.PAYTRUM, {"emailConsent": "yes"}, {Remark("emailConsent", "bool_type")}),
    (Contract.PAYTRUM, {"phone": "+19999999999"}, {Remark("phone", "phone")}),
    (Contract.PAYTRUM, {"phone": "+14155552671"}, set()),
    (Contract.PAYTRUM, {"phone": "(415) 555-2671"}, {Remark("phone", "phone_format")}),
    (Contract.PAYTRUM, {"phone": "+1 415 555 2671 x5"}, {Remark("phone", "phone_extension")}),
    (Contract.PAYTRUM, {"phone": "ask at the desk"}, {Remark("phone", "phone")}),
    (Contract.PAYTRUM, {"usageType": "b2b"}, {Remark("usageType", "literal_error")}),
    (Contract.PAYTRUM, {"status": "paused"}, {Remark("status", "literal_error")}),
    (Contract.PAYTRUM, {"timezone": "Mars/Olympus"}, {Remark("timezone", "timezone")}),
    (Contract.PAYTRUM, {"address": "12 Main St"}, {Remark("address", "dict_type")}),
    (
        Contract.PAYTRUM,
        {"address": {"country": "XQ"}},
        {Remark("address.country", "country_code")},
    ),
    (
        Contract.PAYTRUM,
        {"address": {"country": "US", "state": "ZZ"}},
        {Remark("address.state", "region_unknown")},
    ),
    (
        Contract.PAYTRUM,
        {"address": {"state": "Texas"}},
        {Remark("address.state", "region_code")},
    ),
    (
        Contract.PAYTRUM,
        {"address": {"planet": "Earth"}},
        {Remark("address.planet", "unknown_field")},
    ),
    (Contract.PAYTRUM, {"createdAt": None}, {Remark("createdAt", "missing")}),
    (Contract.PAYTRUM, {"createdAt": "soon"}, {Remark("createdAt", "instant")}),
    (
        Contract.PAYTRUM,
        {"createdAt": "0001-01-01T00:00:00Z"},
        {Remark("createdAt", "instant_range")},
    ),
    (
        Contract.ATHENTY,
        {"metadata": {"k" * 41: 1}},
        {Remark("metadata." + "k" * 41, "key_too_long")},
    ),
    (
        Contract.ATHENTY,
        {"metadata": {str(key): 1 for key in range(51)}},
        {Remark("metadata", "too_many_keys")},
    ),
    (
        Contract.ATHENTY,
        {"metadata": {"text": "t" * 16384}},
        {Remark("metadata", "object_too_large")},
    ),
    (
        Contract.ATHENTY,
        {"metadata": {"pi": Number("3." + "1" * 38)}},
        {Remark("metadata.pi", "too_precise")},
    ),
    (Contract.ATHENTY, {"metadata": json.loads(DEEP)}, {Remark("metadata", "too_deep")}),
    (Contract.ATHENTY, {"requestCount": Number("1e99")}, {Remark("requestCount", "int_type")}),
    (Contract.ATHENTY, {"phone": "ask at the desk"}, set()),
    (Contract.ATHENTY, {"phone": "+19999999999"}, {Remark("phone", "phone")}),
    (Contract.HOURSMITH, {"defaultRate": "a lot"}, {Remark("defaultRate", "decimal")}),
    (Contract.HOURSMITH, {"defaultRate": "0.12345"}, {Remark("defaultRate", "decimal_places")}),
    (Contract.HOURSMITH, {"defaultTaxRate": "101"}, {Remark("defaultTaxRate", "decimal_range")}),
    (Contract.HOURSMITH, {"currency": "ABC"}, {Remark("currency", "currency_code")}),
    (Contract.HOURSMITH, {"website": "a web site"}, {Remark("website", "website")}),
    (
        Contract.HOURSMITH,
        {"defaultPaymentTerms": "net_45"},
        {Remark("defaultPaymentTerms", "literal_error")},
    ),
    (Contract.ALTERNATIVE_PAYMENTS, {"ein": "12345"}, {Remark("ein", "ein")}),
    (Contract.ALTERNATIVE_PAYMENTS, {"country": "Atlantis"}, {Remark("country", "country")}),
]


@pytest.mark.parametrize(("contract", "odd", "expected"), ODDITIES)
def test_what_a_contract_would_refuse_of_a_caller_is_a_warning(
    contract: Contract,
    odd: dict[str, Any],
    expected: set[Remark],
) -> None:
    vendor = read(contract, {**ORDINARY[contract], **odd})

    assert set(vendor.warnings) == expected


def test_every_documented_warning_is_one_that_an_object_can_bring() -> None:
    of_methods = {"account_number", "last4"}
    of_moves = {"external_id_taken", "email_taken", "too_many_users"}
    of_merges = {"archived_duplicate", "not_merged"}
    brought = {remark.code for _, _, remarks in ODDITIES for remark in remarks}

    assert documented("Taken with a warning") == brought | of_methods | of_moves | of_merges


@pytest.mark.parametrize("contract", WINDOWS)
@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([], {Remark("", "dict_type")}),
        ({}, {Remark("id", "missing")}),
        ({"id": None}, {Remark("id", "missing")}),
        ({"id": "  "}, {Remark("id", "missing")}),
        ({"id": True}, {Remark("id", "missing")}),
        ({"id": "é" * 128}, {Remark("id", "string_too_long")}),
        ({"id": "\ud800"}, {Remark("id", "not_unicode")}),
        ({"id": "1", "email": "a\udfff"}, {Remark("email", "not_unicode")}),
        ({"id": "1", "\ud800": "a"}, {Remark("?", "not_unicode")}),
        ({"id": "1", "name": "n" * 300 * 1024}, {Remark("", "object_too_large")}),
        (
            {"id": None, "email": "\ud800", "name": "n" * 300 * 1024},
            {
                Remark("id", "missing"),
                Remark("email", "not_unicode"),
                Remark("", "object_too_large"),
            },
        ),
    ],
)
def test_what_cannot_be_stored_is_refused_with_every_reason(
    contract: Contract,
    raw: object,
    expected: set[Remark],
) -> None:
    with pytest.raises(Refused) as refused:
        read(contract, raw)

    assert set(refused.value.errors) == expected
    assert {remark.code for remark in expected} <= documented("Refused")


@pytest.mark.parametrize("contract", WINDOWS)
def test_an_object_of_exactly_the_largest_size_comes_in(contract: Contract) -> None:
    raw = {**ORDINARY[contract], "id": "1"}
    room_left = 300 * 1024 - len(document.render({**raw, "email": ""}).encode())

    read(contract, {**raw, "email": "e" * room_left})
    with pytest.raises(Refused):
        read(contract, {**raw, "email": "e" * (room_left + 1)})


def test_a_number_as_an_id_is_its_text() -> None:
    vendor = read(Contract.PAYTRUM, {**ORDINARY[Contract.PAYTRUM], "id": Number("17")})

    assert vendor.vendor_id == "17"
    assert vendor.warnings == (Remark("id", "string_type"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1969-12-31T23:59:59.999Z", EARLIEST),
        ("-000044-03-15T00:00:00Z", EARLIEST),
        ("+012345-01-01T00:00:00.000Z", LATEST),
        ("9999-12-31T23:59:59.999999Z", LATEST),
        ("2026-06-09T17:04:21.123999+02:00", datetime(2026, 6, 9, 15, 4, 21, 123000, tzinfo=UTC)),
        ("2026-06-09", datetime(2026, 6, 9, tzinfo=UTC)),
    ],
)
def test_an_instant_is_within_the_years_of_ids_and_cut_to_milliseconds(
    text: str, expected: datetime
) -> None:
    vendor = read(Contract.PAYTRUM, {**ORDINARY[Contract.PAYTRUM], "createdAt": text})

    assert vendor.created_at == expected


def test_fields_that_an_object_does_not_name_are_none_of_its_fields() -> None:
    vendor = read(Contract.PAYTRUM, {"id": "1", "notes": None, "address": {"city": "Gent"}})

    assert vendor.fields == {"notes": None, "city": "Gent"}
    assert vendor.consents == {}
    assert vendor.archived is None


def test_consent_leaves_evidence_where_it_is_about_an_address_or_number() -> None:
    raw = {
        **ORDINARY[Contract.PAYTRUM],
        "email": "ar@acme.com",
        "emailConsent": True,
        "smsConsent": True,
        "phone": "ask at the desk",
    }

    vendor = read(Contract.PAYTRUM, raw)
    client = vendor.as_client(new_id(), AT)

    assert vendor.granted == (Channel.EMAIL,)
    assert (client.email_consent, client.sms_consent, client.evidence_count) == (True, True, 1)


@pytest.mark.parametrize(
    ("contract", "field", "external_id", "claimed"),
    [
        (Contract.ATHENTY, "externalId", "crm-1", False),
        (Contract.ALTERNATIVE_PAYMENTS, "external_id", "crm-1", True),
        (Contract.ALTERNATIVE_PAYMENTS, "external_id", None, False),
        (Contract.ALTERNATIVE_PAYMENTS, "external_id", "", False),
        (Contract.ALTERNATIVE_PAYMENTS, "external_id", "x" * 129, False),
    ],
)
def test_an_external_id_is_claimed_where_its_contract_has_each_once(
    contract: Contract,
    field: str,
    external_id: str | None,
    claimed: bool,  # noqa: FBT001
) -> None:
    assert read(contract, {"id": "1", field: external_id}).claims_external_id is claimed


def test_an_archived_client_keeps_the_instant_that_its_vendor_shows() -> None:
    deleted = read(Contract.HOURSMITH, {"id": "1", "deletedAt": MADE}).as_client(new_id(), AT)
    inactive = read(
        Contract.PAYTRUM, {"id": "1", "status": "inactive", "updatedAt": MADE}
    ).as_client(new_id(), AT)

    assert [instant(client.archived_at or AT) for client in (deleted, inactive)] == [MADE, MADE]
    assert [instant(client.updated_at) for client in (deleted, inactive)] == [instant(AT), MADE]


@given(vendor_values.user)
def test_a_user_is_shown_as_the_vendor_showed_it(raw: dict[str, Any]) -> None:
    vendor = room(Contract.ALTERNATIVE_PAYMENTS, "vendor")
    mapping = room(Contract.ALTERNATIVE_PAYMENTS, "mapping")

    user = vendor.read_user(vendor_values.through_json(raw))
    back = mapping.show_user(
        User(
            id=new_id(user.created_at),
            client_id=new_id(),
            email=user.email,
            first_name=user.first_name,
            last_name=user.last_name,
        )
    ).model_dump()

    assert {**back, "id": user.vendor_id} == raw


@given(vendor_values.payment_method)
def test_a_payment_method_is_shown_as_the_vendor_showed_it_but_for_account_numbers(
    raw: dict[str, Any],
) -> None:
    vendor = room(Contract.ALTERNATIVE_PAYMENTS, "vendor")
    mapping = room(Contract.ALTERNATIVE_PAYMENTS, "mapping")

    method = vendor.read_payment_method(vendor_values.through_json(raw))
    details = ("type", "brand", "bank_name", "last4", "exp_month", "exp_year", "holder_name")
    kept = PaymentMethod(
        id=new_id(method.created_at),
        client_id=new_id(),
        token="tok",
        **{name: getattr(method, name) for name in details},
    )
    default = kept.id if method.is_default else None
    client = Client(
        id=new_id(), version=1, created_at=AT, updated_at=AT, default_payment_method_id=default
    )
    back = mapping.show_payment_method(kept, client).model_dump()

    hidden = {w.field for w in method.warnings if w.code == "account_number"}
    ours = {"id", "status", *hidden}
    assert {**raw, **dict.fromkeys(ours)} == {**back, **dict.fromkeys(ours)}
    assert {warning.code for warning in method.warnings} <= documented("Taken with a warning")


@pytest.mark.parametrize(
    ("odd", "expected"),
    [
        ({"holder_name": "4111 1111 1111 1111"}, {Remark("holder_name", "account_number")}),
        ({"last4": "1111 2"}, {Remark("last4", "last4")}),
        ({"type": "ach"}, {Remark("type", "literal_error")}),
        ({"status": "stolen"}, {Remark("status", "literal_error")}),
        ({"exp_month": "May"}, {Remark("exp_month", "int_type")}),
    ],
)
def test_an_odd_payment_method_comes_in_with_a_warning_and_without_account_numbers(
    odd: dict[str, Any], expected: set[Remark]
) -> None:
    vendor = room(Contract.ALTERNATIVE_PAYMENTS, "vendor")

    method = vendor.read_payment_method({"id": "1", "type": "card", "created_at": MADE, **odd})

    assert set(method.warnings) == expected
    assert "4111" not in repr(method)


def test_an_unknown_type_is_a_bank_account_where_it_has_a_bank() -> None:
    vendor = room(Contract.ALTERNATIVE_PAYMENTS, "vendor")

    types = [
        vendor.read_payment_method({"id": "1", "type": "ach", "bank_name": bank}).type
        for bank in (None, "First")
    ]

    assert types == ["card", "bank_account"]


def test_the_names_of_nested_members_are_dotted() -> None:
    names = wire_names(object_model(Contract.PAYTRUM))

    assert names[:3] == ("object", "id", "name")
    assert "address.postalCode" in names
    assert "address" not in names


@given(st.integers(0, 300))
def test_only_a_member_that_could_not_be_read_again_is_too_deep(depth: int) -> None:
    model = object_model(Contract.ATHENTY)

    raw: object = None
    for _ in range(depth):
        raw = [raw]
    vendor = vendor_object({"id": "1", "metadata": raw}, model)

    assert ("metadata" in vendor) is (depth <= document.MAX_DEPTH)
