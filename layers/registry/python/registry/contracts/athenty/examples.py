"""The requests that Athenty's reference page prints.

Source: https://athenty-docs.pages.dev/docs/api/reference/operations/createclient. The
page prints no response; these have its keys, with this registry's ids.
"""

from collections.abc import Mapping

from registry.gateway.operation import Example


def _response(client_id: str, at: str, **fields: object) -> Mapping[str, object]:
    """The response with a client of these fields, in the order of the page's keys."""
    keys = (
        "nameFirst",
        "nameLast",
        "businessName",
        "email",
        "phone",
        "externalId",
        "memberType",
        "addressLine1",
        "addressLine2",
        "city",
        "region",
        "postalCode",
        "country",
    )
    return {
        "id": client_id,
        "orgId": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c",
        **{key: fields.get(key) for key in keys},
        "metadata": {},
        "active": True,
        "requestCount": 0,
        "createdAt": at,
        "updatedAt": at,
    }


_JANE = {
    "nameFirst": "Jane",
    "nameLast": "Smith",
    "email": "jane@example.com",
    "memberType": "individual",
    "country": "CA",
}
_ACME = {
    "businessName": "Acme Corp",
    "email": "legal@acme.com",
    "memberType": "business",
    "country": "CA",
}

INDIVIDUAL = Example(
    title="Individual client",
    body=_JANE,
    response=_response("019ead57-9e08-7d21-9c4e-66f1a2b3c4d5", "2026-06-09T17:04:21.000Z", **_JANE),
)
BUSINESS = Example(
    title="Business client",
    body=_ACME,
    response=_response("019ead58-06b8-7f02-8a51-0c9d7e6f5a4b", "2026-06-09T17:04:47.800Z", **_ACME),
)
# The page prints no search and no change; these follow its description of their fields.
SEARCH = Example(
    title="Active individuals by name",
    query={
        "search": "smith",
        "memberType": "individual",
        "active": "true",
        "sort": "name",
        "page": "1",
        "limit": "20",
    },
)
CHANGE = Example(
    title="A phone, and a tier of this workspace's own",
    body={"phone": "+1 613 555 0123", "metadata": {"tier": "gold"}, "active": True},
)
