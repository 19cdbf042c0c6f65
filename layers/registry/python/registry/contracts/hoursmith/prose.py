"""What Hoursmith's operations, fields and parameters mean; see `registry.gateway.prose`."""

from registry.gateway.prose import FieldProse, OperationProse, TagProse

TAGS: TagProse = {
    "clients": "The clients that the workspace works for and invoices.",
    "me": "The caller: the member, the workspace and the permissions of a token.",
}

OPERATIONS: OperationProse = {
    "create_client": (
        "Creates a client. `Idempotency-Key` is required: a request that is sent again "
        "with the same key and body has the first response, and makes no second client."
    ),
    "list_clients": (
        "Returns a page of the workspace's clients. The next page begins at `cursor` set "
        "to `nextCursor`, which is null only at the end of the list. A page also ends at "
        "5,000,000 bytes."
    ),
    "get_client": (
        "Returns a client by its id. A deleted client is not found. The id that the "
        "client had with the vendor before it moved in is taken as well."
    ),
    "update_client": (
        "Changes the fields that the body names and leaves the others as they are. A "
        "value that equals the one shown changes nothing, so that a whole client can be "
        "sent back."
    ),
    "delete_client": (
        "Archives a client and returns it with `deletedAt`; from then on it is not found "
        "here. Nothing is destroyed, and another contract can restore it."
    ),
    "get_me": (
        "Returns whom the token speaks for. Every role may call it, so it is the request "
        "to try a token with."
    ),
}

FIELDS: FieldProse = {
    "{id}": (
        "The id of a client of this workspace and mode, or the id that the vendor gave it.",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    ),
    "ClientResponse.data": ("The client.", None),
    "MemberResponse.data": ("The caller.", None),
    "data": ("The clients of the page, in the order of `sort`.", None),
    "id": (
        (
            "The id of the client, a UUID of version 7: ids in order are clients in order of "
            "creation."
        ),
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    ),
    "orgId": ("The id of the workspace.", "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"),
    "name": (
        (
            "The name that the client is shown under, at least one character of which can be "
            "seen. It cannot be cleared."
        ),
        "Acme Co",
    ),
    "ClientObject.name": (
        (
            "The name that the client is shown under; empty for a client that another contract "
            "created without any name."
        ),
        "Acme Co",
    ),
    "contactName": ("The person to ask for at the client.", "Jane Smith"),
    "email": (
        (
            "The e-mail address, kept as it is typed. Another address ends the consent that "
            "another contract has on file for the one before."
        ),
        "ar@acme.com",
    ),
    "ClientObject.email": ("The e-mail address, as it was typed.", "ar@acme.com"),
    "phone": (
        (
            "A phone number, kept as it is typed; any text is. It is read in the country that "
            "the client has after the call. Another number ends the consent that another "
            "contract has on file for the one before."
        ),
        "(415) 555-2671",
    ),
    "ClientObject.phone": ("The phone number, as it was typed.", "(415) 555-2671"),
    "website": (
        "An http or https address. A bare domain gets `https://` before it.",
        "https://acme.com",
    ),
    "currency": (
        (
            "The ISO 4217 code of the currency that the client is invoiced in, in any case; null"
            " inherits that of the workspace."
        ),
        "USD",
    ),
    "notes": ("Notes of the workspace about the client, which the client never sees.", "Pays late"),
    "billingAddress": (
        "The billing address as one text, with its line breaks.",
        "548 Market St\nSan Francisco",
    ),
    "billingLine1": ("The street and the number of the billing address.", "548 Market St"),
    "billingLine2": ("What else the billing address needs, such as an apartment.", "Suite 200"),
    "billingCity": ("The city of the billing address.", "San Francisco"),
    "billingRegion": ("The state or region of the billing address; any text.", "CA"),
    "billingPostalCode": ("The postal code of the billing address.", "94104"),
    "billingCountry": (
        (
            "The country of the billing address, kept as it is typed; any text is. Codes and "
            "English names are understood."
        ),
        "United States",
    ),
    "taxNumber": ("The tax number that invoices show; any text.", "DE123456789"),
    "defaultRate": (
        (
            "The rate of an hour: at least 0, at most 12 digits before the point and 4 after it."
            " It is kept and returned as text, digit for digit; sent as text it is safe from "
            "rounding."
        ),
        "120.00",
    ),
    "defaultPaymentTerms": (
        "When invoices are due; null inherits the terms of the workspace.",
        "net_30",
    ),
    "defaultTaxRate": (
        (
            "The tax on invoices in percent, from 0 to 100 with at most 4 digits after the "
            "point. It is kept and returned as text."
        ),
        "8.5",
    ),
    "requirePoNumber": (
        (
            "Whether an invoice needs a purchase order number. It is `false` for a new client "
            "that does not name it. Null and blank text are refused."
        ),
        False,
    ),
    "ClientObject.requirePoNumber": ("Whether an invoice needs a purchase order number.", False),
    "billingEmail": (
        "The e-mail address that invoices go to, where it is not `email`.",
        "invoices@acme.com",
    ),
    "createdAt": ("When the client was created.", "2026-06-09T17:04:21.000Z"),
    "updatedAt": (
        "When the client was last changed, through whichever contract.",
        "2026-06-10T08:30:00.000Z",
    ),
    "deletedAt": (
        "When the client was archived; null for every client that can be read here.",
        "2026-06-11T09:00:00.000Z",
    ),
    "pagination": ("Where the list goes on.", None),
    "nextCursor": (
        "The `cursor` of the next page; null at the end of the list.",
        "eyJwIjpbIjAxOWVhZDU3Il19",
    ),
    "limit": ("How many clients a page has at most.", 50),
    "cursor": (
        (
            "The `nextCursor` of the page before. It counts for the same order and filters in "
            "the same workspace and mode; `limit` may change."
        ),
        "eyJwIjpbIjAxOWVhZDU3Il19",
    ),
    "sort": ("What the list is ordered by; a `-` before the name is descending.", "name"),
    "search": (
        (
            "Only clients with this text in the name, the contact's name, the e-mail address or "
            "another searchable field, regardless of case."
        ),
        "acme",
    ),
    "createdAtFrom": (
        (
            "Only clients created at this instant or later. A date is the beginning of its day "
            "in UTC, and a time without a zone is in UTC."
        ),
        "2026-06-01",
    ),
    "createdAtTo": (
        (
            "Only clients created at this instant or earlier. A date is the end of its day in "
            "UTC, and a time without a zone is in UTC."
        ),
        "2026-06-30",
    ),
    "updatedAtFrom": (
        (
            "Only clients last changed at this instant or later. A date is the beginning of its "
            "day in UTC."
        ),
        "2026-06-01T12:00:00Z",
    ),
    "updatedAtTo": (
        (
            "Only clients last changed at this instant or earlier. A date is the end of its day "
            "in UTC."
        ),
        "2026-06-30T12:00:00Z",
    ),
    "userId": (
        "The id of the member that the token acts as.",
        "0192f0c1-2f3a-7cc0-9d2e-000000000002",
    ),
    "orgName": ("The name of the workspace.", "Acme Holding"),
    "role": (
        (
            "The role of the member. Owners, admins and managers may do everything, a plain "
            "member may call this operation only."
        ),
        "owner",
    ),
    "plan": ("The plan that the workspace has bought.", "studio"),
    "Member.scopes": (
        "What the token may do, as it follows from the role.",
        ["clients:read", "clients:write"],
    ),
    "tokenPrefix": (
        "The part of the token that may be shown, to tell tokens apart.",
        "Ab3dEf6hIj9l",
    ),
    "env": ("Whether the token reads live records or test records.", "live"),
    "error": ("What went wrong.", None),
    "code": ("The name of the error, for programs. It does not change.", "validation_error"),
    "message": (
        "A sentence for people. Its wording may change.",
        "Some fields cannot be accepted.",
    ),
    "fields": (
        (
            "Of each field, parameter or header that cannot be accepted the reason: `required`, "
            "`invalid`, `unknown`, `too_long`, `out_of_range` or `not_allowed`. Only a 422 has "
            "it."
        ),
        {"name": "required"},
    ),
    "requiredPlan": (
        "The first plan that has what the request needs. Only a 402 has it.",
        "studio",
    ),
    "feature": ("What the plan lacks. Only a 402 has it.", "apiAccess"),
}
