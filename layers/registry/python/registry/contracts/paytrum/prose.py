"""What Paytrum's operations, fields and parameters mean; see `registry.gateway.prose`."""

from registry.gateway.prose import FieldProse, OperationProse, TagProse

TAGS: TagProse = {
    "clients": (
        "The people and businesses that the workspace bills, with their consent to be written to."
    ),
}

OPERATIONS: OperationProse = {
    "create_client": (
        "Creates a client of the workspace, active from then on. Only `name` is required."
        " An e-mail address needs `emailConsent: true` beside it and a phone number "
        "`smsConsent: true`; every problem of the body is told at once, in a 422."
    ),
    "get_client": (
        "Returns a client by its id, active or not. The id that the client had with the "
        "vendor before it moved in is taken as well."
    ),
    "list_clients": (
        "Returns a page of the workspace's clients, newest first. The next page begins "
        "with `startingAfter` set to the id of the last client, until `hasMore` is false."
        " A page also ends at 5,000,000 bytes."
    ),
    "update_client": (
        "Changes the fields that the body names and leaves the others as they are. A "
        "value that equals the one shown changes nothing, so that a whole client can be "
        "sent back."
    ),
    "archive_client": (
        "Makes a client `inactive`. Nothing is destroyed: it can still be read by its id "
        "and listed with `status=inactive`, and `POST /v1/clients/{id}/restore` brings it"
        " back. A repeated request has the same response."
    ),
    "restore_client": "Makes an `inactive` client `active` again. An active one stays as it is.",
}

FIELDS: FieldProse = {
    "{id}": (
        "The id of a client of this workspace and mode, or the id that the vendor gave it.",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    ),
    "ClientList.object": ("Always `list`.", "list"),
    "object": ("Always `client`.", "client"),
    "id": (
        (
            "The id of the client, a UUID of version 7: ids in order are clients in order of "
            "creation."
        ),
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    ),
    "ClientObject.name": (
        (
            "The name that the client is shown under. It is null for a client that another "
            "contract created without any name."
        ),
        "Acme Co",
    ),
    "name": (
        (
            "The name that the client is shown under, at least one character of which can be "
            "seen. It cannot be cleared."
        ),
        "Acme Co",
    ),
    "company": (
        "The company that the client belongs to, beside the client's own name.",
        "Acme Inc.",
    ),
    "ClientObject.email": ("The e-mail address, as it was typed.", "ar@acme.com"),
    "email": (
        (
            "The e-mail address, kept as it is typed. It needs `emailConsent: true` in the same "
            "call, when it is new and when it changes to another address."
        ),
        "ar@acme.com",
    ),
    "ClientObject.phone": (
        (
            "The phone number in E.164. It is null where there is none, and where another "
            "contract wrote a text that is no number."
        ),
        "+14155552671",
    ),
    "phone": (
        (
            "A valid phone number in any spelling, without an extension. A number without a "
            "country code is read in the country that the client has after the call, or in the "
            "workspace's region where it has none. It needs `smsConsent: true` in the same call,"
            " when it is new and when it changes."
        ),
        "(415) 555-2671",
    ),
    "ClientObject.usageType": (
        "Whether the client buys as a consumer or commercially.",
        "commercial",
    ),
    "UpdateClient.usageType": (
        "The usage type that the client has. It is set at creation, and another one is refused.",
        "commercial",
    ),
    "usageType": (
        (
            "Whether the client buys as a consumer or commercially. It cannot be changed later; "
            "where it is left out, a client with a business in its record is `commercial` and "
            "any other `consumer`."
        ),
        "commercial",
    ),
    "ClientObject.status": ("Whether the client is in use, or archived.", "active"),
    "ListClients.status": ("Only clients with this status; both without it.", "active"),
    "address": ("The postal address. A change merges it key by key.", None),
    "ClientObject.address": ("The postal address.", None),
    "line1": ("The street and the number.", "548 Market St"),
    "line2": ("What else the address needs, such as an apartment.", "Suite 200"),
    "city": ("The city.", "San Francisco"),
    "state": (
        (
            "The state or region as two letters. In the United States and Canada it is one of "
            "their states, provinces and territories."
        ),
        "CA",
    ),
    "Address.state": ("The state or region.", "CA"),
    "postalCode": ("The postal code.", "94104"),
    "country": ("The country, as an ISO 3166-1 alpha-2 code in any case.", "US"),
    "Address.country": (
        (
            "The ISO 3166-1 alpha-2 code of the country; null where another contract wrote a "
            "text that no list knows."
        ),
        "US",
    ),
    "timezone": (
        "A zone of the IANA time zone database, spelled as it is there.",
        "America/Los_Angeles",
    ),
    "ClientObject.timezone": (
        "The client's IANA time zone, or that of the workspace where the client has none.",
        "America/New_York",
    ),
    "notes": ("Notes of the workspace about the client, which the client never sees.", "Pays late"),
    "emailConsent": (
        (
            "Whether the client has agreed to get e-mail at `email`. `true` attests it for the "
            "address that the client has after the call, and `false` withdraws it; each is kept "
            "as evidence."
        ),
        True,
    ),
    "ClientObject.emailConsent": (
        "Whether there is consent on file for the present e-mail address.",
        True,
    ),
    "smsConsent": (
        (
            "Whether the client has agreed to get texts at `phone`. `true` attests it for the "
            "number that the client has after the call, and `false` withdraws it; each is kept "
            "as evidence."
        ),
        False,
    ),
    "ClientObject.smsConsent": (
        "Whether there is consent on file for the present phone number.",
        False,
    ),
    "createdAt": ("When the client was created.", "2026-06-09T17:04:21.000Z"),
    "updatedAt": (
        "When the client was last changed, through whichever contract.",
        "2026-06-10T08:30:00.000Z",
    ),
    "data": ("The clients of the page, newest first.", None),
    "hasMore": ("Whether more clients follow in the direction of the list.", False),
    "limit": ("How many clients a page has at most.", 25),
    "startingAfter": (
        "The id of the client after which the page begins: the last one of the page before.",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    ),
    "endingBefore": (
        (
            "The id of the client before which the page ends: the first one of the page after. "
            "It cannot be combined with `startingAfter`."
        ),
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    ),
    "error": ("What went wrong.", None),
    "code": ("The name of the error, for programs. It does not change.", "validation_failed"),
    "message": (
        "A sentence for people. Its wording may change.",
        "Some fields cannot be accepted.",
    ),
    "fields": (
        (
            "Of each field that cannot be accepted the reason, nested names dotted. Only a 422 "
            "has it."
        ),
        {"address.state": "must be two letters"},
    ),
}
