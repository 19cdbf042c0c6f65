"""Alternative Payments' endpoints for one customer, its users and its payment methods."""

from typing import Any

from registry.contracts import records
from registry.contracts.alternative_payments.mapping import (
    show,
    show_payment_method,
    show_user,
    to_record,
    to_user,
)
from registry.contracts.alternative_payments.rules import check
from registry.contracts.alternative_payments.wire import (
    CreateCustomer,
    CreateUser,
    PaymentMethodList,
    UpdateCustomer,
)
from registry.domain import change
from registry.domain.client import Client
from registry.domain.errors import Conflict, ValueTaken
from registry.domain.idempotency import recorded
from registry.domain.identifiers import now
from registry.gateway.operation import NoParameters
from registry.gateway.repeated import Shown
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response
from registry.store.clients import client_store
from registry.store.payment_methods import payment_method_store
from registry.store.users import user_store


def create_customer(request: Request[CreateCustomer, NoParameters]) -> Response:
    """Create a customer; an external id is claimed for it alone, in the same transaction."""
    body = request.body.validated()
    created = change.create(
        request.caller.author(),
        claims_external_id=body.external_id is not None,
        **to_record(body),
    )
    try:
        return records.create(request, created, show)
    except ValueTaken as error:
        raise _taken(request, error) from error


def _taken(request: Request[Any, Any], error: ValueTaken) -> ValueTaken:
    """The error, with its holder only if that is an archived customer, which no list shows."""
    if error.holder is None:
        return error
    holder = client_store().get(request.caller.tenant, error.holder)
    shown = records.as_listed(holder, request.caller)
    return ValueTaken(error.field, shown.id if holder.archived else None)


def get_customer(request: Request[NoBody, NoParameters]) -> Response:
    """Read a customer, archived or not."""
    return records.respond(request, records.get(request), show)


def update_customer(request: Request[UpdateCustomer, NoParameters]) -> Response:
    """Change the fields that the body names of an active customer; keep the rest."""
    caller = request.caller

    def decide(client: Client) -> change.Change:
        if client.archived:
            raise Conflict("The customer is archived; restore it first.")
        shown = show(records.as_asked(client, request.path["id"]), caller)
        changes = request.body.against(Shown(shown.model_dump()))
        body = changes.validated(check(changes.raw, client))
        return change.update(client, caller.author(), **to_record(body))

    return records.change(request, decide, show)


def archive_customer(request: Request[NoBody, NoParameters]) -> Response:
    """Archive a customer; an archived one stays as it is."""
    author = request.caller.author()
    return records.archive(request, lambda client: change.archive(client, author), show)


def restore_customer(request: Request[NoBody, NoParameters]) -> Response:
    """Restore a customer; an active one stays as it is."""
    author = request.caller.author()
    return records.change(request, lambda client: change.restore(client, author), show)


def create_user(request: Request[CreateUser, NoParameters]) -> Response:
    """Create a user of an active customer, whose e-mail address no other of its users has."""
    body = request.body.validated()

    def create(client_id: str) -> Response:
        user = to_user(body, client_id)
        created = json_response(request.operation.status, show_user(user))
        response = recorded(request.idempotency, created.status, created.body, now())
        earlier = user_store().create(request.caller.tenant, user, response)
        return records.replayed(request, earlier.status, earlier.body) if earlier else created

    return records.by_id(request.caller, request.path["id"], create)


def list_payment_methods(request: Request[NoBody, NoParameters]) -> Response:
    """All payment methods of a customer, archived or not, newest first."""
    client = records.get(request)
    methods = payment_method_store().of_all(request.caller.tenant, client)
    data = [show_payment_method(method, client) for method in methods]
    return json_response(200, PaymentMethodList(data=data))


def get_payment_method(request: Request[NoBody, NoParameters]) -> Response:
    """One payment method of a customer."""
    client = records.get(request)
    method_id = request.path["payment_method_id"]
    method = payment_method_store().find(request.caller.tenant, client, method_id)
    return json_response(200, show_payment_method(method, client))
