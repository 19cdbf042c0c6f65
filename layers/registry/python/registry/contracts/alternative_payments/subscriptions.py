"""Alternative Payments' webhooks: one topic, told to one address, with a secret of its own."""

from registry.contracts.alternative_payments.lists import Edges, page_of
from registry.contracts.alternative_payments.mapping import show_webhook
from registry.contracts.alternative_payments.rules import check_webhook
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
from registry.domain.errors import NotFound, RaceLost, ValueTaken
from registry.domain.idempotency import RecordedResponse, recorded
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.domain.webhook import Endpoint, new_endpoint_id
from registry.domain.workspace import Contract
from registry.gateway.cursor import cursors
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response, json_text
from registry.store.sealing import sealer
from registry.store.webhook_claims import Claim
from registry.store.webhooks import webhook_store

_ATTEMPTS = 4


def create_webhook(request: Request[CreateWebhook, NoParameters]) -> Response:
    """Make a webhook; a secret that is made for it is in this response alone.

    The response is recorded without the secret, so a replay has none.
    """
    tenant = request.caller.tenant
    body = request.body.validated(check_webhook(request.body.raw))
    secret = body.secret_key or FORMAT.new_secret()
    endpoint = _endpoint(tenant, body, secret)
    shown = show_webhook(endpoint, tenant).model_dump()
    made = None if body.secret_key is not None else secret
    status = request.operation.status
    without = json_text(CreatedWebhook(**shown, secret_key=None))
    response = recorded(request.idempotency, status, without, now())
    earlier = _written(tenant, endpoint, response)
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

    records = [(each.id, show_webhook(each, tenant)) for each in page]
    return page_of(records, model, query, issued, more=len(beyond) > query.limit)


def delete_webhook(request: Request[NoBody, NoParameters]) -> Response:
    """Delete a webhook; the response shows it as it was, and not active."""
    tenant, webhook_id = request.caller.tenant, request.path["subscription_id"]
    endpoint = webhook_store().get(tenant, webhook_id)
    if endpoint.contract is not Contract.ALTERNATIVE_PAYMENTS:
        raise NotFound
    webhook_store().delete(tenant, webhook_id)
    shown = show_webhook(endpoint, tenant).model_copy(update={"is_active": False})
    return json_response(request.operation.status, shown)


def list_topics(request: Request[NoBody, NoParameters]) -> Response:
    """The topics that a webhook can have."""
    return json_response(request.operation.status, TopicList(data=list(Topic)))


def _endpoint(tenant: Tenant, body: CreateWebhook, secret: str) -> Endpoint:
    """The new endpoint of a validated body."""
    endpoint_id, at = new_endpoint_id(), now()
    types = (body.topic.value,)
    return Endpoint(
        id=endpoint_id,
        contract=Contract.ALTERNATIVE_PAYMENTS,
        url=body.endpoint_url,
        types=types,
        sources=FORMAT.queued_for(types),
        enabled=True,
        created_at=at,
        updated_at=at,
        secret=sealer().seal(tenant, endpoint_id, secret),
        secret_end=secret[-4:],
    )


def _written(
    tenant: Tenant,
    endpoint: Endpoint,
    response: RecordedResponse | None,
) -> RecordedResponse | None:
    """Write a new endpoint; the response recorded earlier under the key, where there is one.

    A topic and an address are claimed for one endpoint. A claim is free again when its endpoint is
    gone, or was given another address. One call, and two for each claim that is left over.

    Raises:
        ValueTaken: another endpoint has the topic at this address.
        RaceLost: others were first at every attempt.
    """
    over: str | None = None
    for _ in range(_ATTEMPTS):
        claim = Claim(f"{endpoint.contract} {endpoint.types[0]} {endpoint.url}", over)
        try:
            return webhook_store().create(tenant, endpoint, response, claim=claim)
        except ValueTaken as taken:
            if taken.holder is None or _holds(tenant, taken.holder, endpoint):
                raise ValueTaken(taken.field) from taken
            over = taken.holder
    raise RaceLost


def _holds(tenant: Tenant, holder: str, endpoint: Endpoint) -> bool:
    """Whether the holder of a claim still has the topic and the address of another endpoint."""
    try:
        found = webhook_store().get(tenant, holder)
    except NotFound:
        return False
    return found.url == endpoint.url and endpoint.types[0] in found.types


def _all(tenant: Tenant) -> list[Endpoint]:
    """The endpoints of the contract, oldest first."""
    found = webhook_store().all(tenant)
    return [each for each in found if each.contract is Contract.ALTERNATIVE_PAYMENTS]


def _passes(endpoint: Endpoint, query: ListWebhooks) -> bool:
    """Whether an endpoint passes the filters of a list."""
    return (query.topic is None or query.topic in endpoint.types) and (
        query.is_active is None or endpoint.enabled == (query.is_active == "true")
    )
