"""The edge: from an API Gateway event to an answer, with every error in the contract's shape."""

import time
from collections.abc import Callable
from typing import Any

from registry.domain.credential import grants
from registry.domain.errors import (
    Forbidden,
    PlanRequired,
    RegistryError,
    SubscriptionInactive,
    Unauthenticated,
)
from registry.domain.identifiers import now
from registry.domain.workspace import Subscription
from registry.gateway import telemetry
from registry.gateway.operation import Operation
from registry.gateway.principal import Principal, principal
from registry.gateway.request import Event, Request, read_request
from registry.gateway.response import Response, proxy_response

Handler = Callable[[Request[Any, Any], Principal], Response]
PublicHandler = Callable[[Request[Any, Any]], Response]
Lambda = Callable[[Event, object], dict[str, object]]


def endpoint(operation: Operation) -> Callable[[Handler], Lambda]:
    """Make a Lambda function of a handler for the operation.

    The handler gets a parsed request and the principal, calls one thing, and returns its answer.
    Whatever it raises becomes the contract's error: a named error its own, anything else the
    contract's 500, logged here once with the request id and nowhere else.
    """

    def decorate(handler: Handler) -> Lambda:
        def serve(event: Event) -> Response:
            caller = principal(event["requestContext"]["authorizer"])
            _admit(caller, operation)
            return handler(read_request(event, operation, caller), caller)

        return _function(operation, serve)

    return decorate


def public_endpoint(operation: Operation) -> Callable[[PublicHandler], Lambda]:
    """Make a Lambda function of a handler for an operation that needs no credential.

    As `endpoint`, without a principal: there is no authorizer in front of it.
    """

    def decorate(handler: PublicHandler) -> Lambda:
        return _function(operation, lambda event: handler(read_request(event, operation)))

    return decorate


def _function(operation: Operation, serve: Callable[[Event], Response]) -> Lambda:
    def function(event: Event, _context: object) -> dict[str, object]:
        started = time.perf_counter()
        sent = _answer(operation, serve, event)
        telemetry.record(operation, event, sent, time.perf_counter() - started)
        return proxy_response(sent)

    return function


def _answer(operation: Operation, serve: Callable[[Event], Response], event: Event) -> Response:
    try:
        return serve(event)
    except RegistryError as error:
        return operation.dialect.render(error)
    except Exception:  # noqa: BLE001 - the one place where the unhandled becomes a 500
        telemetry.unhandled(operation, event)
        return operation.dialect.render(RegistryError())


def _admit(caller: Principal, operation: Operation) -> None:
    """Let the caller in, or say what is missing: credential, subscription, plan, scope, in turn."""
    expired = caller.expires_at is not None and caller.expires_at <= now()
    if expired or caller.contract is not operation.dialect.contract:
        raise Unauthenticated
    if caller.subscription is not Subscription.ACTIVE:
        raise SubscriptionInactive
    if not caller.plan.has_api:
        raise PlanRequired
    if operation.scopes and not any(grants(caller.scopes, scope) for scope in operation.scopes):
        raise Forbidden(operation.scopes[0])
