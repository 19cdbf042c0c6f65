"""What vendors show, ordinary and odd: hypothesis strategies for the members of their objects."""

from datetime import datetime

from hypothesis import strategies as st

from registry.domain import document
from registry.domain.document import Number
from registry.domain.identifiers import instant
from registry.domain.moving import EARLIEST, LATEST

# Blank text is no value to any contract, so no door can show it.
TEXT = st.text(min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
ODD_TEXT = st.sampled_from(
    [
        " spaces at both ends ",
        "=1+1",
        "line\nline",
        "\x00\x1f\x85",
        "\ufeffmark",
        "名前 🙂",
        "e\u0301",
        "n" * 301,
        "true",
        "1e2",
        "Not/AZone",
        "ZZ",
        "@",
    ],
)
text = st.none() | TEXT | ODD_TEXT
name = TEXT | ODD_TEXT
vendor_id = st.sampled_from(
    ["66f1a2b3c4d5e6f7a8b9c0d1", "clt_01j9abc456", "cus/1 2?#%é", "i" * 255]
)
moment = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31)).map(  # noqa: DTZ001
    lambda at: instant(at.replace(tzinfo=EARLIEST.tzinfo))
)
e164 = st.from_regex(r"\+[1-9][0-9]{1,14}", fullmatch=True)
code = st.from_regex(r"[A-Z]{2}", fullmatch=True)
phone = e164 | st.sampled_from(["(415) 555-2671", "555-1234 ext. 9", "ask at the desk", "0"])
country = code | st.sampled_from(["USA", "Turkey", "us", "Atlantis", "Côte d’Ivoire"])
decimal = st.sampled_from(["100", "100.50", "-3", "1e2", "a lot", "1" * 40])
numbers = st.from_regex(
    r"-?(0|[1-9][0-9]{0,50})(\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?", fullmatch=True
)
metadata = st.dictionaries(
    st.text(max_size=45),
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=9) | numbers.map(Number),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=9,
    ),
    max_size=5,
)

_address = st.fixed_dictionaries(
    {
        **dict.fromkeys(("line1", "line2", "city", "postalCode"), text),
        "state": text | code,
        "country": st.none() | country,
    },
)
paytrum_client = st.fixed_dictionaries(
    {
        "object": st.just("client"),
        "id": vendor_id,
        "name": name,
        "company": text,
        "email": text,
        "phone": st.none() | phone,
        "usageType": st.sampled_from(["consumer", "commercial"]),
        "status": st.sampled_from(["active", "inactive"]),
        "address": _address,
        "timezone": name,
        "notes": text,
        "emailConsent": st.booleans(),
        "smsConsent": st.booleans(),
        "createdAt": moment,
        "updatedAt": moment,
    },
)
athenty_client = st.fixed_dictionaries(
    {
        "id": vendor_id,
        "orgId": TEXT,
        **dict.fromkeys(("nameFirst", "nameLast", "businessName", "email", "externalId"), text),
        "phone": st.none() | phone,
        "memberType": st.sampled_from(["individual", "business"]),
        **dict.fromkeys(("addressLine1", "addressLine2", "city", "region", "postalCode"), text),
        "country": st.none() | country,
        "metadata": metadata,
        "active": st.booleans(),
        "requestCount": st.integers(0, 10**30).map(lambda count: Number(str(count))),
        "createdAt": moment,
        "updatedAt": moment,
    },
)
_BILLING = ("Address", "Line1", "Line2", "City", "Region", "PostalCode", "Email")
hoursmith_client = st.fixed_dictionaries(
    {
        "id": vendor_id,
        "orgId": TEXT,
        "name": name,
        **dict.fromkeys(("contactName", "email", "website", "currency", "notes"), text),
        "phone": st.none() | phone,
        **dict.fromkeys((f"billing{part}" for part in _BILLING), text),
        "billingCountry": st.none() | country,
        "taxNumber": text,
        "defaultRate": st.none() | decimal,
        "defaultPaymentTerms": text,
        "defaultTaxRate": st.none() | decimal,
        "requirePoNumber": st.booleans(),
        "createdAt": moment,
        "updatedAt": moment,
        "deletedAt": st.none() | moment,
    },
)
customer = st.fixed_dictionaries(
    {
        "id": vendor_id,
        **dict.fromkeys(("name", "email", "external_id", "legal_name", "ein"), text),
        **dict.fromkeys(("street_address", "sub_premise", "city", "state", "postal_code"), text),
        "country": st.none() | country,
        "created_at": moment,
        "default_payment_method_id": text,
        "customer_integration_id": text,
    },
)
user = st.fixed_dictionaries(
    {
        "id": vendor_id,
        **dict.fromkeys(("email", "first_name", "last_name"), text),
        "created_at": moment,
    },
)
payment_method = st.fixed_dictionaries(
    {
        "id": vendor_id,
        "type": st.sampled_from(["card", "bank_account"]),
        **dict.fromkeys(("brand", "bank_name", "holder_name"), text),
        "last4": st.none() | st.from_regex(r"[0-9]{4}", fullmatch=True),
        "exp_month": st.none() | st.integers(1, 12).map(lambda month: Number(str(month))),
        "exp_year": st.none() | st.integers(2000, 2099).map(lambda year: Number(str(year))),
        "is_default": st.booleans(),
        "status": st.sampled_from(["active", "expired"]),
        "created_at": moment,
    },
)

# Values of every JSON type, for members that should have another one.
anything = (
    st.none()
    | st.booleans()
    | st.text(max_size=5)
    | ODD_TEXT
    | numbers.map(Number)
    | st.sampled_from(
        ["2026-06-09", "yesterday", "+012345-01-01T00:00:00.000Z", LATEST.isoformat()]
    )
    | st.lists(st.text(max_size=3), max_size=2)
    | metadata
)


def through_json(value: object) -> object:
    """A JSON value after it was written and parsed again, as a puller would get it."""
    return document.parse(document.render(value))
