"""Requests of the registry's own page, and the client that it prints."""

from registry.gateway.operation import Example

_CLIENT = {
    "id": "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    "ids": {"paytrum": "66f1a2b3c4d5e6f7a8b9c0d1"},
    "absorbed": [],
    "version": 3,
    "status": "active",
    "name": "Acme Co",
    "display_name": "Acme Co",
    "first_name": None,
    "last_name": None,
    "company": None,
    "contact_name": None,
    "legal_name": None,
    "email": "ar@acme.com",
    "billing_email": None,
    "phone": {"typed": "(415) 555-2671", "e164": "+14155552671"},
    "website": None,
    "external_id": None,
    "usage_type": "commercial",
    "member_type": None,
    "address": {
        "line1": None,
        "line2": None,
        "city": None,
        "region": None,
        "postal_code": None,
        "country": {"typed": "USA", "code": "US"},
    },
    "billing_address": None,
    "ein": None,
    "tax_number": None,
    "currency": None,
    "default_rate": None,
    "default_tax_rate": None,
    "payment_terms": None,
    "require_po_number": False,
    "timezone": None,
    "notes": None,
    "metadata": {},
    "request_count": 0,
    "default_payment_method_id": None,
    "integration_id": None,
    "consents": {"email": True, "sms": False},
    "created_at": "2026-06-09T17:04:21.000Z",
    "updated_at": "2026-06-10T08:30:00.000Z",
    "archived_at": None,
}
CREATE = Example(
    title="A client with consent to e-mail",
    body={
        "name": "Acme Co",
        "email": "ar@acme.com",
        "phone": "(415) 555-2671",
        "usage_type": "commercial",
        "address": {"country": "USA"},
        "consents": {"email": True},
    },
)
GET = Example(title="One client", response=_CLIENT)
LIST = Example(
    title="The clients with an e-mail address",
    query={"email": "ar@acme.com", "limit": "50"},
    response={"data": [_CLIENT], "next": None},
)
UPDATE = Example(
    title="An address, tax number and rates; the note is cleared",
    body={
        "address": {"city": "San Francisco", "region": "CA"},
        "ein": "12-3456789",
        "currency": "USD",
        "default_rate": "120.00",
        "website": "acme.com",
        "timezone": "America/Los_Angeles",
        "notes": None,
    },
)
PAGE = Example(title="The newest hundred", query={"limit": "100"})
FEED = Example(title="New clients", query={"limit": "100", "type": "client.created"})
