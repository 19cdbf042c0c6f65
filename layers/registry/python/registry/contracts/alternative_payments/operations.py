"""Alternative Payments' eleven endpoints, declared."""

from registry.contracts.alternative_payments import examples
from registry.contracts.alternative_payments.errors import ALTERNATIVE_PAYMENTS, TOKEN_ENDPOINT
from registry.contracts.alternative_payments.wire import (
    CreateCustomer,
    CreateUser,
    Customer,
    CustomerList,
    CustomerUser,
    ListCustomers,
    PageQuery,
    PaymentMethodList,
    PaymentMethodObject,
    Token,
    TokenRequest,
    UpdateCustomer,
    UserList,
)
from registry.domain.errors import (
    ClientRefused,
    Conflict,
    NotFound,
    ScopeNotHeld,
    TooManyTokens,
    UnsupportedGrant,
    ValueTaken,
)
from registry.gateway.operation import Access, IdempotencyKey, Operation

_READ, _WRITE = ("customers:read",), ("customers:write",)
_READ_PAYMENT_METHODS = ("payments:read", "customers:read")

LIST_CUSTOMERS = Operation(
    dialect=ALTERNATIVE_PAYMENTS,
    name="list_customers",
    method="GET",
    path="/customers",
    summary="List customers, newest first",
    scopes=_READ,
    query=ListCustomers,
    response_model=CustomerList,
    access=(
        Access.LIST_BY_STATUS,
        Access.SEARCH_CLIENTS,
        Access.FIND_BY_EXTERNAL_ID,
        Access.READ_VIEWS,
    ),
    heavy=True,
    examples=(examples.LIST,),
)
CREATE_CUSTOMER = Operation(
    dialect=ALTERNATIVE_PAYMENTS,
    name="create_customer",
    method="POST",
    path="/customers",
    summary="Create a customer",
    scopes=_WRITE,
    body=CreateCustomer,
    status=201,
    response_model=Customer,
    # Where the external id is taken, the answer names its holder if that is archived.
    access=(Access.CREATE_CLIENT, Access.READ_CLIENT),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(ValueTaken,),
    examples=(examples.CREATE,),
)
GET_CUSTOMER = Operation(
    dialect=ALTERNATIVE_PAYMENTS,
    name="get_customer",
    method="GET",
    path="/customers/{id}",
    summary="Get a customer",
    scopes=_READ,
    response_model=Customer,
    access=(Access.FIND_LINK, Access.READ_CLIENT),
    errors=(NotFound,),
)
ARCHIVE_CUSTOMER = Operation(
    dialect=ALTERNATIVE_PAYMENTS,
    name="archive_customer",
    method="DELETE",
    path="/customers/{id}",
    summary="Archive a customer",
    scopes=_WRITE,
    response_model=Customer,
    access=(Access.FIND_LINK, Access.CHANGE_CLIENT),
    errors=(NotFound, Conflict),
)
UPDATE_CUSTOMER = Operation(
    dialect=ALTERNATIVE_PAYMENTS,
    name="update_customer",
    method="PATCH",
    path="/customers/{id}",
    summary="Patch a customer",
    scopes=_WRITE,
    body=UpdateCustomer,
    response_model=Customer,
    access=(Access.FIND_LINK, Access.CHANGE_CLIENT),
    errors=(NotFound, Conflict),
    examples=(examples.CHANGE,),
)
RESTORE_CUSTOMER = Operation(
    dialect=ALTERNATIVE_PAYMENTS,
    name="restore_customer",
    method="POST",
    path="/customers/{id}/restore",
    summary="Restore a customer",
    scopes=_WRITE,
    response_model=Customer,
    access=(Access.FIND_LINK, Access.CHANGE_CLIENT),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(NotFound,),
)
LIST_PAYMENT_METHODS = Operation(
    dialect=ALTERNATIVE_PAYMENTS,
    name="list_payment_methods",
    method="GET",
    path="/customers/{id}/payment-methods",
    summary="List payment methods",
    scopes=_READ_PAYMENT_METHODS,
    response_model=PaymentMethodList,
    access=(Access.FIND_LINK, Access.READ_CLIENT, Access.LIST_PAYMENT_METHODS),
    errors=(NotFound,),
)
GET_PAYMENT_METHOD = Operation(
    dialect=ALTERNATIVE_PAYMENTS,
    name="get_payment_method",
    method="GET",
    path="/customers/{id}/payment-methods/{payment_method_id}",
    summary="Get a payment method by id",
    scopes=_READ_PAYMENT_METHODS,
    response_model=PaymentMethodObject,
    access=(Access.FIND_LINK, Access.READ_CLIENT, Access.READ_PAYMENT_METHOD),
    errors=(NotFound,),
)
LIST_USERS = Operation(
    dialect=ALTERNATIVE_PAYMENTS,
    name="list_users",
    method="GET",
    path="/customers/{id}/users",
    summary="List a customer's users, newest first",
    scopes=_READ,
    query=PageQuery,
    response_model=UserList,
    access=(Access.FIND_LINK, Access.READ_CLIENT, Access.LIST_USERS),
    errors=(NotFound,),
    examples=(examples.LIST_USERS,),
)
CREATE_USER = Operation(
    dialect=ALTERNATIVE_PAYMENTS,
    name="create_user",
    method="POST",
    path="/customers/{id}/users",
    summary="Create a user of a customer",
    scopes=_WRITE,
    body=CreateUser,
    status=201,
    response_model=CustomerUser,
    access=(Access.FIND_LINK, Access.CREATE_USER, Access.READ_CLIENT),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(NotFound, Conflict, ValueTaken),
    examples=(examples.CREATE_USER,),
)
ISSUE_TOKEN = Operation(
    dialect=TOKEN_ENDPOINT,
    name="issue_token",
    method="POST",
    path="/oauth/token",
    summary="Exchange a client id and a client secret for an access token",
    scopes=(),
    body=TokenRequest,
    form=True,
    max_body_bytes=8 * 1024,
    public=True,
    response_model=Token,
    access=(Access.ISSUE_TOKEN,),
    errors=(ClientRefused, UnsupportedGrant, ScopeNotHeld, TooManyTokens),
    examples=(examples.TOKEN,),
)

OPERATIONS = (
    LIST_CUSTOMERS,
    CREATE_CUSTOMER,
    GET_CUSTOMER,
    ARCHIVE_CUSTOMER,
    UPDATE_CUSTOMER,
    RESTORE_CUSTOMER,
    LIST_PAYMENT_METHODS,
    GET_PAYMENT_METHOD,
    LIST_USERS,
    CREATE_USER,
    ISSUE_TOKEN,
)
