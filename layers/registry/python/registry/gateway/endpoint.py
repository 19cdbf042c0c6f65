"""From an API Gateway event to a response, with every error in the contract's shape."""

import os
import time
from collections.abc import Callable
from typing import Any

from registry.domain import deadline
from registry.domain.errors import (
    Forbidden,
    PlanRequired,
    RegistryError,
    SubscriptionInactive,
    Unauthenticated,
    Unavailable,
)
from registry.domain.identifiers import now
from registry.domain.scopes import grants
from registry.domain.workspace import Subscription
from registry.gateway import telemetry
from registry.gateway.event import read_event
from registry.gateway.operation import Operation
from registry.gateway.prepare import prepare
from registry.gateway.principal import Principal, principal
from registry.gateway.request import Request, read_request
from registry.gateway.response import Response, proxy_response
from registry.gateway.time_left import time_left

Handler = Callable[[Request[Any, Any]], Response]
Lambda = Callable[[object, object], dict[str, object]]


def endpoint(operation: Operation) -> Callable[[Handler], Lambda]:
    """Make a Lambda function of a handler for the operation.

    The handler gets a parsed request, calls one thing, and returns its response. A request to a
    public operation has no caller, because it has no authorizer. Every exception of the handler
    becomes an error response of the contract: a `RegistryError` its own; any other the 500, which
    is logged here, once, with the request id. While it runs, the time that the Lambda
    context leaves is the deadline of every wait.

    In Lambda everything that the first request needs is made now, see `prepare`.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        prepare(operation)

    def decorate(handler: Handler) -> Lambda:
        def function(event: object, context: object) -> dict[str, object]:
            started = time.perf_counter()
            with deadline.within(time_left(context)):
                response = _respond(operation, handler, event)
            telemetry.record(operation, event, response, time.perf_counter() - started)
            return proxy_response(response)

        return function

    return decorate


def _respond(operation: Operation, handler: Handler, raw: object) -> Response:
    """The handler's response, or the contract's error."""
    try:
        event = read_event(raw, operation.path)
        caller = None
        if not operation.public:
            caller = principal(event.authorizer, event.request_id)
            _admit(caller, operation)
        return handler(read_request(event, operation, caller))
    except Unavailable as error:
        telemetry.unavailable(operation, raw)
        return operation.dialect.render(error)
    except RegistryError as error:
        return operation.dialect.render(error)
    except Exception:  # noqa: BLE001 - the one place where an unhandled error becomes a 500
        telemetry.unhandled(operation, raw)
        return operation.dialect.render(RegistryError())


def _admit(caller: Principal, operation: Operation) -> None:
    """Check that the caller may call the operation: credential, subscription, plan, then scope.

    Raises:
        Unauthenticated, SubscriptionInactive, PlanRequired, Forbidden: the first that is missing.
    """
    expired = caller.expires_at is not None and caller.expires_at <= now()
    if expired or caller.contract is not operation.dialect.contract:
        raise Unauthenticated
    if caller.subscription is not Subscription.ACTIVE:
        raise SubscriptionInactive
    if not caller.plan.has_api:
        raise PlanRequired
    if operation.scopes and not any(grants(caller.scopes, scope) for scope in operation.scopes):
        raise Forbidden(operation.scopes[0])
