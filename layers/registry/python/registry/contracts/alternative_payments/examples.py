"""Requests with the values that the vendor's reference and guides print.

https://docs.alternativepayments.io/api-reference/customers prints the values of the change; the
guide prints the token request. Neither prints a whole response, so the customer is this registry's.
"""

from registry.gateway.operation import Example

TOKEN = Example(
    title="A token for everything the client may do",
    body={"grant_type": "client_credentials"},
)
CREATE = Example(
    title="A customer known elsewhere by an id of its own",
    body={
        "name": "Acme Corp",
        "email": "billing@acme.com",
        "external_id": "crm-1001",
    },
)
CHANGE = Example(
    title="A company's names, number and address",
    body={
        "name": "Acme Corp",
        "legal_name": "Acme Corporation Inc.",
        "ein": "12-3456789",
        "street_address": "123 Main St, New York, NY 10001",
        "sub_premise": "Apt 1",
        "city": "New York",
        "state": "NY",
        "postal_code": "10001",
        "country": "USA",
    },
    response={
        "id": "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
        "name": "Acme Corp",
        "email": "billing@acme.com",
        "external_id": "crm-1001",
        "legal_name": "Acme Corporation Inc.",
        "ein": "12-3456789",
        "street_address": "123 Main St, New York, NY 10001",
        "sub_premise": "Apt 1",
        "city": "New York",
        "state": "NY",
        "postal_code": "10001",
        "country": "USA",
        "created_at": "2026-06-09T17:04:21.000Z",
        "default_payment_method_id": None,
        "customer_integration_id": None,
    },
)
CREATE_USER = Example(
    title="A user",
    body={"email": "jane@acme.com", "first_name": "Jane", "last_name": "Doe"},
)
LIST = Example(
    title="Customers whose name begins with Acme",
    query={"limit": "100", "company_name": "Acme"},
)
LIST_USERS = Example(title="The newest hundred users", query={"limit": "100"})
CREATE_WEBHOOK = Example(
    title="New customers",
    body={"endpoint_url": "https://example.com/hooks", "topic": "customer_created"},
)
LIST_WEBHOOKS = Example(title="Active webhooks", query={"limit": "100", "is_active": "true"})
