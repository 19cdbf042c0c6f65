"""What Alternative Payments' endpoints do to the users of a customer."""

from registry.contracts.alternative_payments.errors import ALTERNATIVE_PAYMENTS
from registry.contracts.alternative_payments.operations import LIST_USERS
from registry.contracts.alternative_payments.paging import edges
from registry.contracts.alternative_payments.query import PageQuery
from registry.contracts.alternative_payments.wire import CreateUser, CustomerUser, UserList
from registry.contracts.records import replayed
from registry.domain.identifiers import new_id
from registry.domain.user import User
from registry.gateway.cursor import cursors
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response
from registry.store.users import user_store


def create(request: Request[CreateUser, NoParameters], caller: Principal) -> Response:
    """Create a user of an active customer, whose e-mail address no other of its users has."""
    body = request.body.accept()
    user = User(id=new_id(), client_id=request.path["id"], **body.model_dump())
    created = json_response(201, CustomerUser.of(user))
    earlier = user_store().create(caller.tenant, user, request.remember(created))
    return replayed(earlier, ALTERNATIVE_PAYMENTS) if earlier else created


def list_page(request: Request[NoBody, PageQuery], caller: Principal) -> Response:
    """A page of a customer's users, newest first, after or before the one a cursor stands for."""
    query, customer_id = request.query, request.path["id"]
    issued = cursors(caller, LIST_USERS, {"customer": customer_id})
    page = user_store().page(
        caller.tenant,
        customer_id,
        query.limit,
        query.start(issued),
        backwards=query.backwards,
    )
    ids = [user.id for user in page.users]
    data = [CustomerUser.of(user) for user in page.users]
    return json_response(200, UserList(data=data, **edges(ids, query, issued, more=page.more)))
