"""What Alternative Payments' operations and fields mean; see `registry.gateway.prose`."""

from registry.gateway.prose import FieldProse, OperationProse, TagProse

TAGS: TagProse = {
    "webhooks": "Addresses that are told what happens to customers.",
    "customers": "The companies that pay the workspace.",
    "payment-methods": (
        "The cards and bank accounts that a customer pays with, as far as they may be shown."
    ),
    "users": "The people at a customer.",
    "oauth": "Access tokens, by OAuth 2.0's grant for clients.",
}

OPERATIONS: OperationProse = {
    "create_webhook": (
        "Subscribes an https address to a topic. Its deliveries have the bearer token "
        "that the body names, or one that is made and shown in this response only."
    ),
    "list_webhooks": "Returns a page of the workspace's webhooks, newest first.",
    "delete_webhook": "Deletes a webhook. What is queued for it is not sent.",
    "list_topics": "Returns the topics that a webhook can be subscribed to.",
    "list_customers": (
        "Returns a page of the active customers, newest first. `end_cursor` as `after` "
        "gives the next page, `start_cursor` as `before` the one before it, in the same "
        "order. A page also ends at 5,000,000 bytes."
    ),
    "create_customer": (
        "Creates a customer. No field is required. An `external_id` that another customer"
        " has, archived or not, is refused with 400."
    ),
    "get_customer": (
        "Returns a customer by its id, archived or not; the two look the same. The id "
        "that the customer had with the vendor before it moved in is taken as well."
    ),
    "archive_customer": (
        "Takes a customer out of the list. Nothing is destroyed: it can be read by its id"
        " and restored. A repeated request changes nothing."
    ),
    "update_customer": (
        "Changes the fields that the body names and leaves the others as they are. A "
        "value that equals the one shown changes nothing, so that a whole customer can be"
        " sent back. A change of an archived customer is refused with 400."
    ),
    "restore_customer": (
        "Brings an archived customer back to its old place in the list. A repeated "
        "request changes nothing."
    ),
    "list_payment_methods": (
        "Returns all payment methods of a customer, newest first. The operator's command "
        "line attaches and detaches them."
    ),
    "get_payment_method": (
        "Returns one payment method of a customer. The token at the payment processor is "
        "never shown."
    ),
    "list_users": (
        "Returns a page of a customer's users, newest first, with cursors in both directions."
    ),
    "create_user": (
        "Creates a user of a customer. An e-mail address is unique among the customer's "
        "users, of whom there may be 5,000. A new user for an archived customer is "
        "refused with 400."
    ),
    "issue_token": (
        "Exchanges a client id and its secret for an access token that is good for an "
        "hour. The client names itself by HTTP Basic or in the body. A client gets 100 "
        "tokens in a minute, so use each until it expires."
    ),
}

FIELDS: FieldProse = {
    "topic": ("What the webhook is told of.", "customer_created"),
    "{subscription_id}": ("The id of the webhook.", "019eb0f3-5a2c-7d14-8f6b-2c3d4e5f6a7b"),
    "{id}": (
        "The id of a customer of this workspace and mode, or the id that the vendor gave it.",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    ),
    "{payment_method_id}": (
        "The id of a payment method of this customer.",
        "019ead60-1b2c-7e3f-8a4b-5c6d7e8f9a0b",
    ),
    "id": (
        (
            "The id of the record, a UUID of version 7: ids in order are records in order of "
            "creation."
        ),
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    ),
    "name": ("The name that the customer is shown under.", "Acme Corp"),
    "Customer.name": (
        (
            "The name that the customer is shown under; null where the record has no name of any"
            " kind."
        ),
        "Acme Corp",
    ),
    "legal_name": ("The name that the company is registered under.", "Acme Corporation Inc."),
    "email": (
        "The e-mail address, kept as it is typed. It is set at creation only.",
        "billing@acme.com",
    ),
    "UpdateCustomer.email": (
        ("The e-mail address as it is shown. Another one is refused, since it is set at creation."),
        "billing@acme.com",
    ),
    "CreateUser.email": (
        "The e-mail address of the user, unique among the users of the customer.",
        "jane@acme.com",
    ),
    "CustomerUser.email": ("The e-mail address of the user, as it was typed.", "jane@acme.com"),
    "external_id": (
        (
            "The id of the customer in the caller's own system, unique in the workspace. It is "
            "set at creation only."
        ),
        "crm-1001",
    ),
    "UpdateCustomer.external_id": (
        "The external id as it is shown. Another one is refused, since it is set at creation.",
        "crm-1001",
    ),
    "ListCustomers.external_id": ("Only the customer with exactly this external id.", "crm-1001"),
    "ein": (
        (
            "The employer identification number of the United States: nine digits, with or "
            "without the dash. It is shown with it."
        ),
        "12-3456789",
    ),
    "street_address": ("The street and the number.", "123 Main St"),
    "sub_premise": ("What else the address needs, such as an apartment.", "Apt 1"),
    "city": ("The city.", "New York"),
    "state": ("The state or region; any text.", "NY"),
    "postal_code": ("The postal code.", "10001"),
    "country": (
        (
            "The country, as an ISO 3166-1 code of two or three letters or its English name. It "
            "is returned as it was typed."
        ),
        "USA",
    ),
    "created_at": ("When the record was created.", "2026-06-09T17:04:21.000Z"),
    "default_payment_method_id": (
        "The id of the payment method that is charged by default.",
        "019ead60-1b2c-7e3f-8a4b-5c6d7e8f9a0b",
    ),
    "customer_integration_id": (
        "The id of the customer in a connected accounting system.",
        "qbo-88",
    ),
    "first_name": ("The first name of the user.", "Jane"),
    "last_name": ("The last name of the user.", "Doe"),
    "data": ("The records of the page, newest first.", None),
    "start_cursor": (
        "The cursor of the first record; null on an empty page.",
        "eyJwIjpbIjAxOWVhZDU3Il19",
    ),
    "end_cursor": (
        "The cursor of the last record; null on an empty page.",
        "eyJwIjpbIjAxOWVhZDU4Il19",
    ),
    "has_next_page": ("Whether older records follow.", False),
    "has_previous_page": ("Whether newer records come before.", False),
    "limit": ("How many records a page has at most.", 100),
    "after": (
        (
            "The `end_cursor` of a page of the same list with the same filters: the page after "
            "it follows. Blank text is no cursor."
        ),
        "eyJwIjpbIjAxOWVhZDU4Il19",
    ),
    "before": (
        (
            "The `start_cursor` of a page of the same list with the same filters: the page "
            "before it follows. It cannot be combined with `after`."
        ),
        "eyJwIjpbIjAxOWVhZDU3Il19",
    ),
    "created_at_start": (
        "Only customers created at this instant or later, in RFC 3339 with an offset.",
        "2026-06-01T00:00:00Z",
    ),
    "created_at_end": (
        "Only customers created at this instant or earlier, in RFC 3339 with an offset.",
        "2026-06-30T23:59:59Z",
    ),
    "company_name": (
        (
            "Only customers whose display name or legal name begins with this text, regardless "
            "of case."
        ),
        "Acme",
    ),
    "type": ("Whether it is a card or a bank account.", "card"),
    "brand": ("The brand of a card.", "visa"),
    "bank_name": ("The name of the bank of an account.", "First Bank"),
    "last4": ("The last digits of the card or account number.", "4242"),
    "exp_month": ("The month in which a card expires.", 12),
    "exp_year": ("The year in which a card expires.", 2030),
    "holder_name": ("Who holds the card or account.", "Jane Doe"),
    "is_default": ("Whether it is charged by default.", True),
    "PaymentMethodObject.status": ("Whether it can be used, or its card has expired.", "active"),
    "grant_type": ("The one grant that there is.", "client_credentials"),
    "client_id": (
        "The id of the OAuth client, unless it names itself by HTTP Basic.",
        "0192f0c1-2f3a-7cc0-9d2e-000000000001",
    ),
    "client_secret": ("The secret of the OAuth client, beside `client_id`.", "aps_live_secret"),
    "scope": (
        (
            "Scopes separated by spaces, to narrow what the token may do; without it everything "
            "that the client holds."
        ),
        "customers:read customers:write",
    ),
    "Token.scope": (
        "What the token may do: scopes separated by spaces.",
        "customers:read customers:write",
    ),
    "access_token": ("The token, to be sent as `Authorization: Bearer …`.", "apt_live_token"),
    "token_type": ("How the token is sent. Always `bearer`.", "bearer"),
    "expires_in": ("For how many seconds the token is good.", 3600),
    "code": ("The name of the error, for programs. It does not change.", "validation_error"),
    "message": (
        "A sentence for people. Its wording may change.",
        "Some fields cannot be accepted.",
    ),
    "validation_errors": (
        "Of each field that cannot be accepted the reason. Only a 422 has it.",
        {"ein": "must be nine digits, such as 12-3456789"},
    ),
    "error": ("The error in the words of RFC 6749, which OAuth libraries read.", "invalid_client"),
}
