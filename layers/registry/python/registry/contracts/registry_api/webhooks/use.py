"""The registry's own endpoints for webhooks.

Webhooks of other contracts have their contract's API, or the command line.
"""

from typing import Any

from registry.contracts.registry_api.webhooks.mapping import show, show_secret
from registry.contracts.registry_api.webhooks.rules import check
from registry.contracts.registry_api.webhooks.webhooks import FORMAT
from registry.contracts.registry_api.webhooks.wire import (
    CreateWebhook,
    Deleted,
    Queued,
    UpdateWebhook,
    WebhookList,
)
from registry.domain.errors import NotFound
from registry.domain.idempotency import RecordedResponse, recorded
from registry.domain.identifiers import now
from registry.domain.webhook import Endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.repeated import Shown
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response, json_text
from registry.services.webhooks import Endpoints, Resending, Switching
from registry.store.deliveries import delivery_store
from registry.store.sealing import sealer
from registry.store.webhook_queue import webhook_queue
from registry.store.webhooks import webhook_store


def create_webhook(request: Request[CreateWebhook, NoParameters]) -> Response:
    """Create a webhook; its secret is shown now, and is not kept with the response."""
    body = request.body.validated(check(request.body.raw))
    tenant = request.caller.tenant
    endpoint, secret = _endpoints().made(tenant, FORMAT, body.url, _distinct(body.types))
    earlier = webhook_store().create(tenant, endpoint, _kept(request, endpoint))
    return _shown_once(request, endpoint, secret, earlier)


def list_webhooks(request: Request[NoBody, NoParameters]) -> Response:
    """The webhooks of the workspace, oldest first."""
    found = webhook_store().all(request.caller.tenant)
    data = [show(each) for each in found if each.contract is FORMAT.contract]
    return json_response(request.operation.status, WebhookList(data=data))


def update_webhook(request: Request[UpdateWebhook, NoParameters]) -> Response:
    """Change the settings that the body names; what it repeats stays as it is."""
    endpoint = webhook_of(request)
    sent = request.body.against(Shown(show(endpoint).model_dump()))
    body = sent.validated(check(sent.raw))
    named = body.model_fields_set
    changed = _switching().change(
        request.caller.tenant,
        endpoint,
        FORMAT,
        url=body.url if "url" in named else None,
        types=_distinct(body.types) if "types" in named else None,
        enabled=body.enabled if "enabled" in named else None,
    )
    return json_response(request.operation.status, show(changed))


def delete_webhook(request: Request[NoBody, NoParameters]) -> Response:
    """Delete a webhook; what is queued for it is not sent."""
    endpoint = webhook_of(request)
    webhook_store().delete(request.caller.tenant, endpoint.id)
    return json_response(request.operation.status, Deleted(id=endpoint.id, deleted=True))


def rotate_webhook(request: Request[NoBody, NoParameters]) -> Response:
    """Give a webhook a new secret; the old one signs beside it for a day."""
    rotated, secret, earlier = _endpoints().rotate(
        request.caller.tenant, webhook_of(request), FORMAT, lambda each: _kept(request, each)
    )
    return _shown_once(request, rotated, secret, earlier)


def test_webhook(request: Request[NoBody, NoParameters]) -> Response:
    """Have a webhook sent a test."""
    key = request.idempotency.key if request.idempotency is not None else None
    event_id = _switching().test(request.caller.tenant, webhook_of(request), key)
    return _queued(request, event_id)


def redeliver(request: Request[NoBody, NoParameters]) -> Response:
    """Have an event sent again, or now where it waits for its next attempt."""
    event_id = request.path["event_id"]
    resending = Resending(delivery_store(), webhook_queue())
    resending.resend(request.caller.tenant, webhook_of(request), event_id)
    return _queued(request, event_id)


def webhook_of(request: Request[Any, Any]) -> Endpoint:
    """The webhook at `{id}`.

    Raises:
        NotFound: there is none, or it is another contract's.
    """
    endpoint = webhook_store().get(request.caller.tenant, request.path["id"])
    if endpoint.contract is not FORMAT.contract:
        raise NotFound
    return endpoint


def _distinct(types: list[str]) -> tuple[str, ...]:
    """The types, each once."""
    return tuple(dict.fromkeys(types))


def _kept(request: Request[Any, Any], endpoint: Endpoint) -> RecordedResponse | None:
    """The response to keep under the idempotency key, which has no secret."""
    text = json_text(show_secret(endpoint, None))
    return recorded(request.idempotency, request.operation.status, text, now())


def _shown_once(
    request: Request[Any, Any],
    endpoint: Endpoint,
    secret: str,
    earlier: RecordedResponse | None,
) -> Response:
    """The response with the secret; or the one that was kept, without it."""
    if earlier is not None:
        header = request.operation.dialect.replay_header
        return Response(earlier.status, earlier.body, {header: "true"})
    return json_response(request.operation.status, show_secret(endpoint, secret))


def _queued(request: Request[NoBody, NoParameters], event_id: str) -> Response:
    """The response to a request for a delivery, or the one that was kept.

    It is kept after the delivery is queued: a request that was cut off in between can be repeated,
    and what is queued twice within minutes is sent once.
    """
    response = json_response(request.operation.status, Queued(event_id=event_id))
    kept = recorded(request.idempotency, response.status, response.body, now())
    earlier = webhook_store().remember(kept)
    if earlier is None:
        return response
    header = request.operation.dialect.replay_header
    return Response(earlier.status, earlier.body, {header: "true"})


def _endpoints() -> Endpoints:
    """The endpoints of this process."""
    return Endpoints(webhook_store(), sealer())


def _switching() -> Switching:
    """The settings of endpoints, and tests, in this process."""
    return Switching(webhook_store(), webhook_queue())
