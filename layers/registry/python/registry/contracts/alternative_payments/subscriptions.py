"""Alternative Payments' webhooks: one topic, told to one address, with a secret of its own."""

from collections.abc import Iterator, Mapping

from registry.contracts.alternative_payments.lists import Edges, page_of
from registry.contracts.alternative_payments.webhooks import FORMAT
from registry.contracts.alternative_payments.wire import (
    CreatedWebhook,
    CreateWebhook,
    ListWebhooks,
    Topic,
    TopicList,
    Webhook,
    WebhookList,
)
from registry.contracts.records import replayed
from registry.domain.errors import FieldError, NotFound
from registry.domain.idempotency import recorded
from registry.domain.identifiers import instant, now
from registry.domain.tenant import Tenant
from registry.domain.text import trimmed
from registry.domain.webhook import Endpoint
from registry.domain.workspace import Contract
from registry.gateway.cursor import cursors
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response, json_text
from registry.gateway.webhook_url import check_url, loopback_allowed
from registry.services.webhooks import Endpoints
from registry.store.sealing import sealer
from registry.store.webhooks import webhook_store


def create_webhook(request: Request[CreateWebhook, NoParameters]) -> Response:
    """Make a webhook; a secret that is made for it is in this response alone.

    The response is recorded without the secret, so a replay has none.
    """
    tenant = request.caller.tenant
    body = request.body.validated(_checked(request.body.raw))
    endpoints = Endpoints(webhook_store(), sealer())
    endpoint, secret = endpoints.made(
        tenant, FORMAT, body.endpoint_url, (body.topic.value,), body.secret_key
    )
    shown = _shown(endpoint, tenant).model_dump()
    made = None if body.secret_key is not None else secret
    status = request.operation.status
    without = json_text(CreatedWebhook(**shown, secret_key=None))
    response = recorded(request.idempotency, status, without, now())
    earlier = endpoints.write(tenant, FORMAT, endpoint, response)
    if earlier is not None:
        return replayed(request, earlier.status, earlier.body)
    return json_response(status, CreatedWebhook(**shown, secret_key=made))


def list_webhooks(request: Request[NoBody, ListWebhooks]) -> Response:
    """A page of webhooks, newest first."""
    query, tenant = request.query, request.caller.tenant
    issued = cursors(request.caller, request.operation, query.filters())
    start = query.start(issued)
    found = [each for each in _all(tenant) if _passes(each, query)]
    beyond = [
        each
        for each in (found if query.backwards else reversed(found))
        if start is None or (each.id > start if query.backwards else each.id < start)
    ]
    page = beyond[: query.limit]
    if query.backwards:
        page.reverse()

    def model(data: list[Webhook], edges: Edges) -> WebhookList:
        return WebhookList(data=data, **edges)

    records = [(each.id, _shown(each, tenant)) for each in page]
    return page_of(records, model, query, issued, more=len(beyond) > query.limit)


def delete_webhook(request: Request[NoBody, NoParameters]) -> Response:
    """Delete a webhook; the response shows it as it was, and not active."""
    tenant, webhook_id = request.caller.tenant, request.path["subscription_id"]
    endpoint = webhook_store().get(tenant, webhook_id)
    if endpoint.contract is not Contract.ALTERNATIVE_PAYMENTS:
        raise NotFound
    webhook_store().delete(tenant, webhook_id)
    shown = _shown(endpoint, tenant).model_copy(update={"is_active": False})
    return json_response(request.operation.status, shown)


def list_topics(request: Request[NoBody, NoParameters]) -> Response:
    """The topics that a webhook can have."""
    return json_response(request.operation.status, TopicList(data=list(Topic)))


def _all(tenant: Tenant) -> list[Endpoint]:
    """The endpoints of the contract, oldest first."""
    found = webhook_store().all(tenant)
    return [each for each in found if each.contract is Contract.ALTERNATIVE_PAYMENTS]


def _passes(endpoint: Endpoint, query: ListWebhooks) -> bool:
    """Whether an endpoint passes the filters of a list."""
    return (query.topic is None or query.topic in endpoint.types) and (
        query.is_active is None or endpoint.enabled == (query.is_active == "true")
    )


def _shown(endpoint: Endpoint, tenant: Tenant) -> Webhook:
    """A tenant's endpoint as Alternative Payments shows it."""
    return Webhook(
        id=endpoint.id,
        endpoint_url=endpoint.url,
        topic=Topic(endpoint.types[0]),
        is_active=endpoint.enabled,
        partner_id=tenant.workspace_id,
        secret_last_4_digits=endpoint.secret_end,
        created_at=instant(endpoint.created_at),
        updated_at=instant(endpoint.updated_at),
    )


def _checked(raw: Mapping[str, object]) -> Iterator[FieldError]:
    """The error of an address that deliveries may not be sent to."""
    url = trimmed(raw.get("endpoint_url"))
    if isinstance(url, str) and (kind := check_url(url, loopback=loopback_allowed())) is not None:
        yield FieldError(("endpoint_url",), kind)
