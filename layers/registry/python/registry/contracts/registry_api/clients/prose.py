"""What the operations, fields and parameters of clients mean; see `registry.gateway.prose`."""

from registry.gateway.prose import FieldProse, OperationProse, TagProse

TAGS: TagProse = {
    "clients": "The whole record of each client, found by any value.",
    "history": "What happened to a client.",
    "consents": "The ledger of a client's consents, each entry chained to the one before.",
    "events": (
        "What happened in the workspace, in one order in which nothing appears behind a reader."
    ),
}

OPERATIONS: OperationProse = {
    "create_client": (
        "Creates a client, active from then on. No field is required: `{}` is a client. "
        "The response has its version as `ETag`."
    ),
    "list_clients": (
        "Returns a page of the workspace's clients, newest first, or those with exact "
        "values: all that are given have to hold, and archived clients are found. A look-"
        "up takes the same time however many clients there are; by e-mail, phone and tax "
        "id it follows a change within about a second."
    ),
    "get_client": (
        "Returns the whole record of a client, archived or not, with its version as `ETag`."
    ),
    "update_client": (
        "Changes a client by a JSON Merge Patch (RFC 7396): a key that is left out stays "
        "as it is, null clears. `address` and `consents` are merged key by key, "
        "`metadata` is replaced whole. With `If-Match` nothing is done unless the client "
        "has that version."
    ),
    "archive_client": (
        "Archives a client: it stays readable and can be restored. An archived one stays as it is."
    ),
    "restore_client": "Restores an archived client. An active one stays as it is.",
    "list_history": (
        "Returns what happened to a client: one event for each of its versions, newest first."
    ),
    "list_consents": (
        "Returns each grant and withdrawal of a client's consent, newest first. The "
        "hashes chain the entries, so that a missing or changed one shows."
    ),
    "list_events": (
        "Returns the events of the workspace, oldest first, up to five seconds ago. "
        "`next` is never null: at the end it is where to ask again. With `type` a page "
        "may be empty although more follows."
    ),
}

FIELDS: FieldProse = {
    "id": (
        (
            "The id of the record, a UUID of version 7: ids in order are records in order of "
            "creation."
        ),
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    ),
    "ids": (
        "The ids that vendors gave the client, by contract.",
        {"paytrum": "66f1a2b3c4d5e6f7a8b9c0d1"},
    ),
    "absorbed": ("The ids of clients that were merged into this one.", []),
    "version": ("A number that every change raises by one. `If-Match` takes it.", 3),
    "status": ("Whether the client is in use, or archived.", "active"),
    "ListClients.status": ("Only clients with this status; both without it.", "active"),
    "name": ("The name, as it was written; null where nobody wrote one.", "Acme Co"),
    "display_name": (
        (
            "The name that the vendors' contracts show: `name`, else the company, the person's "
            "names or the legal name."
        ),
        "Acme Co",
    ),
    "first_name": ("The first name of a person.", "Jane"),
    "last_name": ("The last name of a person.", "Smith"),
    "company": ("The name of a business, or of the company that a person belongs to.", "Acme Inc."),
    "contact_name": ("The person to ask for at the client.", "Jane Smith"),
    "legal_name": ("The name that the company is registered under.", "Acme Corporation Inc."),
    "ListClients.email": (
        (
            "Only clients with this e-mail address, in any spelling that is the same address. "
            "Billing addresses do not count."
        ),
        "ar@acme.com",
    ),
    "ConsentFields.email": (
        (
            "Whether the client has agreed to get e-mail. `true` needs an address, `false` and "
            "null withdraw it. Another address ends it unless it is stated anew."
        ),
        True,
    ),
    "ConsentsObject.email": (
        "Whether there is consent on file for the present e-mail address.",
        True,
    ),
    "email": ("The e-mail address, kept as it is typed.", "ar@acme.com"),
    "sms": (
        (
            "Whether the client has agreed to get texts. `true` needs a number that can be read,"
            " `false` and null withdraw it. Another number ends it unless it is stated anew."
        ),
        False,
    ),
    "ConsentsObject.sms": ("Whether there is consent on file for the present phone number.", False),
    "billing_email": (
        "The e-mail address that invoices go to, where it is not `email`.",
        "invoices@acme.com",
    ),
    "ListClients.phone": (
        "Only clients with this phone number, in any spelling, read in the workspace's region.",
        "(415) 555-2671",
    ),
    "ClientObject.phone": ("The phone number.", None),
    "phone": (
        (
            "A phone number, kept as it is typed; any text is. The object that is shown is taken"
            " as well, of which `typed` counts."
        ),
        "(415) 555-2671",
    ),
    "PhoneObject.typed": ("The number, as it was typed.", "(415) 555-2671"),
    "e164": ("The number in E.164; null where the text is no number.", "+14155552671"),
    "website": (
        "An http or https address. A bare domain gets `https://` before it.",
        "https://acme.com",
    ),
    "ListClients.external_id": ("Only clients with exactly this external id.", "crm-1001"),
    "external_id": (
        (
            "The id of the client in the caller's own system. Written here it is not claimed: "
            "another client may have it, too."
        ),
        "crm-1001",
    ),
    "usage_type": (
        "Whether the client buys as a consumer or commercially; null where nobody wrote it.",
        "commercial",
    ),
    "member_type": (
        "Whether the client is a person or a business; null where nobody wrote it.",
        "business",
    ),
    "address": ("The postal address. A change merges it key by key.", None),
    "ClientObject.address": ("The postal address.", None),
    "line1": ("The street and the number.", "548 Market St"),
    "line2": ("What else the address needs, such as an apartment.", "Suite 200"),
    "city": ("The city.", "San Francisco"),
    "region": ("The state, province or region; any text.", "CA"),
    "postal_code": ("The postal code.", "94104"),
    "AddressObject.country": ("The country.", None),
    "country": (
        (
            "The country, kept as it is typed; any text is. Codes and English names are "
            "understood. The object that is shown is taken as well, of which `typed` counts."
        ),
        "USA",
    ),
    "CountryObject.typed": ("The country, as it was typed.", "USA"),
    "CountryObject.code": ("Its ISO 3166-1 alpha-2 code; null where no list knows the text.", "US"),
    "billing_address": (
        "The billing address as one text, with its line breaks.",
        "548 Market St\nSan Francisco",
    ),
    "ein": (
        (
            "The employer identification number of the United States: nine digits, with or "
            "without the dash. It is shown with it."
        ),
        "12-3456789",
    ),
    "tax_number": ("A tax number of any country; any text.", "DE123456789"),
    "tax_id": (
        "Only clients with this EIN, with or without its dash, or this tax number.",
        "12-3456789",
    ),
    "currency": ("The ISO 4217 code of the currency that the client is invoiced in.", "USD"),
    "default_rate": (
        (
            "The rate of an hour: at least 0, at most 12 digits before the point and 4 after it."
            " It is kept and returned as text, digit for digit; sent as text it is safe from "
            "rounding."
        ),
        "120.00",
    ),
    "default_tax_rate": (
        (
            "The tax on invoices in percent, from 0 to 100 with at most 4 digits after the "
            "point. It is kept and returned as text."
        ),
        "8.5",
    ),
    "payment_terms": ("When invoices are due.", "net_30"),
    "require_po_number": ("Whether an invoice needs a purchase order number.", False),
    "timezone": (
        "A zone of the IANA time zone database, spelled as it is there.",
        "America/Los_Angeles",
    ),
    "notes": ("Notes of the workspace about the client, which the client never sees.", "Pays late"),
    "metadata": (
        (
            "Values of the caller's own, at most 50 keys and 16 KB as compact JSON. It is "
            "returned as it was sent, and a change replaces it whole."
        ),
        {"tier": "gold"},
    ),
    "request_count": ("How many identity checks the client was part of, in Athenty.", 0),
    "default_payment_method_id": (
        "The id of the payment method that is charged by default, in Alternative Payments.",
        "019ead60-1b2c-7e3f-8a4b-5c6d7e8f9a0b",
    ),
    "integration_id": ("The id of the client in a connected accounting system.", "qbo-88"),
    "consents": ("Consent per channel. A change merges it key by key.", None),
    "ClientObject.consents": ("The consent on file, per channel.", None),
    "created_at": ("When the client was created.", "2026-06-09T17:04:21.000Z"),
    "updated_at": (
        "When the client was last changed, through whichever contract.",
        "2026-06-10T08:30:00.000Z",
    ),
    "archived_at": (
        "When the client was archived; null for one in use.",
        "2026-06-11T09:00:00.000Z",
    ),
    "ListClients.contract": (
        "The contract whose vendor gave `vendor_id`. Neither goes without the other.",
        "paytrum",
    ),
    "vendor_id": (
        "Only the client that the vendor of `contract` knows by this id.",
        "66f1a2b3c4d5e6f7a8b9c0d1",
    ),
    "created_since": (
        "Only clients created at this instant or later, in RFC 3339.",
        "2026-06-01T00:00:00Z",
    ),
    "updated_since": (
        (
            "Only clients last changed at this instant or later, in RFC 3339. The order is then "
            "by last change, oldest first."
        ),
        "2026-06-01T00:00:00Z",
    ),
    "ListEvents.type": ("Only events of this type.", "client.created"),
    "ClientList.data": ("The clients of the page.", None),
    "EvidenceList.data": ("The entries of the page, newest first.", None),
    "data": ("The events of the page.", None),
    "Feed.next": (
        "The `after` of the next page, or where to ask again at the end.",
        "eyJwIjpbIjAxOWVhZDU3Il19",
    ),
    "specversion": ("The version of CloudEvents. Always `1.0`.", "1.0"),
    "EventObject.id": (
        "The id of the event: the client's id and the version that the change made.",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5.3",
    ),
    "source": (
        "The workspace and the mode.",
        "urn:client-registry:0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c:live",
    ),
    "type": ("What kind of change it was.", "client.updated"),
    "time": ("When the change was made.", "2026-06-10T08:30:00.000Z"),
    "subject": ("The id of the client.", "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5"),
    "EventObject.data": ("What the change did.", None),
    "ChangeObject.version": ("The version of the client that the change made.", 3),
    "changed": (
        (
            "Of each field that changed the value before and the value after, under the names of"
            " the client."
        ),
        {"notes": [None, "Pays late"]},
    ),
    "by": ("Who made the change.", None),
    "credential_id": (
        "The id of the credential that made the change; null for an operator's command.",
        "0192f0c1-2f3a-7cc0-9d2e-000000000001",
    ),
    "AuthorObject.contract": (
        (
            "The contract of the credential, whichever of the five it was; null for an "
            "operator's command."
        ),
        "paytrum",
    ),
    "operator": ("The AWS identity of an operator's command; null for a credential.", "local"),
    "client_id": ("The id of the client.", "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5"),
    "channel": ("The way to reach the client that the entry is about.", "email"),
    "contact_point": ("The e-mail address, or the phone number in E.164.", "ar@acme.com"),
    "contact_point_hash": (
        (
            "The HMAC-SHA256 of the contact point with the workspace's key for consent, in "
            "hexadecimal."
        ),
        "b3a8e0e1f9ab1bfe3a36f231f676f78bb30a519d2b21e6c530c0eee8ebb4a5d0",
    ),
    "granted": ("Whether consent was given, or ended.", True),
    "EvidenceObject.source": ("How the entry came about.", "attested"),
    "withdrawal": ("Why consent ended; null for a grant.", "stated"),
    "at": ("When it was given or ended.", "2026-06-09T17:04:21.000Z"),
    "previous_hash": (
        "The `hash` of the client's entry before; null for the first.",
        "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    ),
    "hash": (
        "The SHA-256 of the entry as canonical JSON (RFC 8785), in hexadecimal.",
        "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9",
    ),
}
