"""What Athenty's operations, fields and parameters mean; see `registry.gateway.prose`."""

from registry.gateway.prose import FieldProse, OperationProse, TagProse

TAGS: TagProse = {
    "clients": "The people and businesses whose identity the workspace checks.",
}

OPERATIONS: OperationProse = {
    "create_client": (
        "Creates a client, active from then on. No field is required. The display name "
        "that other contracts show is `businessName`, or else the two names joined."
    ),
    "list_clients": (
        "Returns a numbered page of the workspace's clients, active and inactive ones, "
        "with the true totals of the list. A client that is created between two pages "
        "moves the later ones by one. A page also ends at 5,000,000 bytes: `hasNext` is "
        "then true, and a smaller `limit` shows the rest."
    ),
    "get_client": (
        "Returns a client by its id, active or not. The id that the client had with the "
        "vendor before it moved in is taken as well."
    ),
    "update_client": (
        "Changes the fields that the body names and leaves the others as they are; "
        "`active` archives or restores the client. A value that equals the one shown "
        "changes nothing, so that a whole client can be sent back."
    ),
    "archive_client": (
        "Archives a client: it is returned with `active: false` and can still be read, "
        "listed and restored by a change of `active`. A repeated request has the same "
        "response."
    ),
}

FIELDS: FieldProse = {
    "{id}": (
        "The id of a client of this workspace and mode, or the id that the vendor gave it.",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    ),
    "id": (
        (
            "The id of the client, a UUID of version 7: ids in order are clients in order of "
            "creation."
        ),
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    ),
    "orgId": ("The id of the workspace.", "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"),
    "nameFirst": ("The first name of a person.", "Jane"),
    "nameLast": ("The last name of a person.", "Smith"),
    "ClientObject.nameLast": (
        (
            "The last name of a person. A person that another contract created with one name "
            "alone has all of it here."
        ),
        "Smith",
    ),
    "businessName": ("The name of a business.", "Acme Corp"),
    "ClientObject.businessName": (
        (
            "The name of a business. A business that another contract created with one name "
            "alone has all of it here."
        ),
        "Acme Corp",
    ),
    "email": (
        (
            "The e-mail address, kept as it is typed. Another address ends the consent that "
            "another contract has on file for the one before."
        ),
        "jane@example.com",
    ),
    "ClientObject.email": ("The e-mail address, as it was typed.", "jane@example.com"),
    "phone": (
        (
            "A phone number, kept as it is typed; any text is. Another number ends the consent "
            "that another contract has on file for the one before."
        ),
        "+1 613 555 0123",
    ),
    "ClientObject.phone": ("The phone number, as it was typed.", "+1 613 555 0123"),
    "externalId": (
        ("The id of the client in the caller's own system. Several clients may have the same one."),
        "crm-1001",
    ),
    "ListClients.externalId": (
        "Only clients with exactly this external id, letter case included.",
        "crm-1001",
    ),
    "memberType": (
        (
            "Whether the client is a person or a business. Where it was never written, a client "
            "whose only name is `businessName` is a `business` and any other an `individual`."
        ),
        "individual",
    ),
    "ListClients.memberType": ("Only people, or only businesses.", "individual"),
    "addressLine1": ("The street and the number.", "150 Elgin St"),
    "addressLine2": ("What else the address needs, such as an apartment.", "Unit 4"),
    "city": ("The city.", "Ottawa"),
    "region": ("The province, state or region; any text.", "ON"),
    "postalCode": ("The postal code.", "K2P 1L4"),
    "country": ("The country, as an ISO 3166-1 alpha-2 code in any case.", "CA"),
    "ClientObject.country": (
        (
            "The ISO 3166-1 alpha-2 code of the country; null where another contract wrote a "
            "text that no list knows."
        ),
        "CA",
    ),
    "metadata": (
        (
            "Values of the caller's own, at most 50 keys and 16 KB as compact JSON. It is "
            "returned as it was sent, and a change replaces it whole. A number in it has at most"
            " 38 significant digits."
        ),
        {"tier": "gold"},
    ),
    "active": ("`false` archives the client, `true` restores it. Null is refused.", True),
    "ClientObject.active": ("Whether the client is in use, or archived.", True),
    "ListClients.active": ("Only active clients, or only archived ones; both without it.", True),
    "requestCount": (
        "How many identity checks the client was part of. Nothing in this contract changes it.",
        0,
    ),
    "createdAt": ("When the client was created.", "2026-06-09T17:04:21.000Z"),
    "updatedAt": (
        "When the client was last changed, through whichever contract.",
        "2026-06-10T08:30:00.000Z",
    ),
    "search": (
        (
            "Only clients with this text in the display name, a person's or business name, the "
            "e-mail address or the external id, regardless of case."
        ),
        "smith",
    ),
    "sort": (
        (
            "What the list is ordered by: `created_at` (newest first), `name` (regardless of "
            "case) or `request_count` (highest first)."
        ),
        "name",
    ),
    "order": ("The direction of the order, in place of the usual one of `sort`.", "asc"),
    "ListClients.page": ("The number of the page, from 1. One past the end is empty.", 1),
    "ListClients.limit": ("How many clients a page has at most.", 20),
    "data": ("The clients of the page.", None),
    "pagination": ("Where the page stands in its list.", None),
    "page": ("The number of this page, from 1.", 1),
    "limit": ("How many clients a page has at most.", 20),
    "total": ("How many clients the whole list has.", 1),
    "totalPages": ("How many pages the list has with this `limit`.", 1),
    "hasNext": ("Whether a page follows.", False),
    "hasPrev": ("Whether `page` is above 1.", False),
    "code": ("The name of the error, for programs. It does not change.", "VALIDATION_ERROR"),
    "message": ("A sentence for people. Its wording may change.", "Validation failed"),
    "statusCode": ("The HTTP status of the response.", 422),
    "errors": ("Every field and parameter that cannot be accepted. Only a 422 has it.", None),
    "field": ("The name of the field or parameter; nested names are dotted.", "country"),
    "FieldProblem.message": ("What is wrong with it.", "Invalid country code"),
}
