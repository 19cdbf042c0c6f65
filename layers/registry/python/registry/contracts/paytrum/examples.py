"""The requests and responses that https://paytrum.com/docs/clients prints.

The ids are this registry's; the page prints 24 hexadecimal digits. The page leaves out keys of the
client in its list, which are all here.
"""

from registry.gateway.operation import Example

_ACME = {
    "object": "client",
    "id": "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
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

CREATE = Example(
    title="A client with consent to e-mail",
    body={
        "name": "Acme Co",
        "email": "ar@acme.com",
        "emailConsent": True,
        "usageType": "commercial",
    },
    response=_ACME,
)
RETRIEVE = Example(title="One client", response=_ACME)
LIST = Example(
    title="The newest fifty active clients",
    query={"limit": "50", "status": "active"},
    response={"object": "list", "data": [_ACME], "hasMore": False},
)
# The page prints no change. This one has every field that a library reads: phone, country, zone.
UPDATE = Example(
    title="A phone with consent to texts, an address and a time zone",
    body={
        "phone": "(415) 555-2671",
        "smsConsent": True,
        "address": {"city": "San Francisco", "state": "CA", "country": "US"},
        "timezone": "America/Los_Angeles",
        "notes": "Pays late",
    },
)
