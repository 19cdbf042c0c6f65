"""The requests that https://docs.hoursmith.app/docs/api prints, and their responses.

The page prints placeholders for values; these are this registry's own, under the same keys.
"""

from registry.gateway.operation import Example

_CLIENT = {
    "id": "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    "orgId": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c",
    "name": "string",
    "contactName": None,
    "email": None,
    "phone": None,
    "website": None,
    "currency": None,
    "notes": None,
    "billingAddress": None,
    "billingLine1": None,
    "billingLine2": None,
    "billingCity": None,
    "billingRegion": None,
    "billingPostalCode": None,
    "billingCountry": None,
    "taxNumber": None,
    "defaultRate": None,
    "defaultPaymentTerms": None,
    "defaultTaxRate": None,
    "requirePoNumber": False,
    "billingEmail": None,
    "createdAt": "2026-06-09T17:04:21.000Z",
    "updatedAt": "2026-06-09T17:04:21.000Z",
    "deletedAt": None,
}

CREATE = Example(
    title="A client with a name",
    body={"name": "string"},
    response={"data": _CLIENT},
)
UPDATE = Example(
    title="Another name",
    body={"name": "string"},
    response={"data": _CLIENT},
)
RETRIEVE = Example(title="One client", response={"data": _CLIENT})
LIST = Example(
    title="The newest clients",
    response={"data": [_CLIENT], "pagination": {"nextCursor": None, "limit": 50}},
)
ME = Example(
    title="The owner of a workspace",
    response={
        "data": {
            "userId": "0192f0c1-2f3a-7cc0-9d2e-000000000002",
            "orgId": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c",
            "orgName": "Acme Holding",
            "role": "owner",
            "plan": "studio",
            "scopes": ["clients:read", "clients:write"],
            "tokenPrefix": "Ab3dEf6hIj9l",
            "env": "live",
        },
    },
)
