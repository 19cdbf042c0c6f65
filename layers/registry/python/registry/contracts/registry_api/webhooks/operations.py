"""The registry's own endpoints for webhooks, declared."""

from registry.contracts.registry_api.errors import REGISTRY
from registry.contracts.registry_api.webhooks.examples import CREATE, DELIVERIES, UPDATE
from registry.contracts.registry_api.webhooks.wire import (
    CreateWebhook,
    Deleted,
    DeliveryList,
    ListDeliveries,
    Queued,
    UpdateWebhook,
    WebhookList,
    WebhookObject,
    WebhookWithSecret,
)
from registry.domain.errors import Conflict, NotFound
from registry.gateway.operation import Access, IdempotencyKey, Operation

_SCOPE = ("webhooks:write",)

CREATE_WEBHOOK = Operation(
    dialect=REGISTRY,
    name="create_webhook",
    method="POST",
    path="/v1/webhooks",
    summary="Create a webhook",
    scopes=_SCOPE,
    body=CreateWebhook,
    status=201,
    response_model=WebhookWithSecret,
    access=(Access.CREATE_WEBHOOK, Access.SEAL_SECRET),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(Conflict,),
    examples=(CREATE,),
)
LIST_WEBHOOKS = Operation(
    dialect=REGISTRY,
    name="list_webhooks",
    method="GET",
    path="/v1/webhooks",
    summary="List the webhooks of the workspace",
    scopes=_SCOPE,
    response_model=WebhookList,
    access=(Access.LIST_WEBHOOKS,),
)
UPDATE_WEBHOOK = Operation(
    dialect=REGISTRY,
    name="update_webhook",
    method="PATCH",
    path="/v1/webhooks/{id}",
    summary="Change a webhook",
    scopes=_SCOPE,
    body=UpdateWebhook,
    response_model=WebhookObject,
    access=(Access.CHANGE_WEBHOOK, Access.QUEUE_DELIVERIES),
    errors=(NotFound,),
    examples=(UPDATE,),
)
DELETE_WEBHOOK = Operation(
    dialect=REGISTRY,
    name="delete_webhook",
    method="DELETE",
    path="/v1/webhooks/{id}",
    summary="Delete a webhook",
    scopes=_SCOPE,
    response_model=Deleted,
    access=(Access.DELETE_WEBHOOK,),
    errors=(NotFound,),
)
ROTATE_WEBHOOK = Operation(
    dialect=REGISTRY,
    name="rotate_webhook",
    method="POST",
    path="/v1/webhooks/{id}/rotate",
    summary="Give a webhook a new secret",
    scopes=_SCOPE,
    response_model=WebhookWithSecret,
    access=(Access.CHANGE_WEBHOOK, Access.SEAL_SECRET),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(NotFound,),
)
TEST_WEBHOOK = Operation(
    dialect=REGISTRY,
    name="test_webhook",
    method="POST",
    path="/v1/webhooks/{id}/test",
    summary="Send a webhook a test",
    scopes=_SCOPE,
    status=202,
    response_model=Queued,
    access=(Access.READ_WEBHOOK, Access.QUEUE_DELIVERIES),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(NotFound, Conflict),
)
LIST_DELIVERIES = Operation(
    dialect=REGISTRY,
    name="list_deliveries",
    method="GET",
    path="/v1/webhooks/{id}/deliveries",
    summary="List the attempts to tell a webhook of events, newest first",
    scopes=_SCOPE,
    query=ListDeliveries,
    response_model=DeliveryList,
    access=(Access.READ_WEBHOOK, Access.LIST_DELIVERIES),
    errors=(NotFound,),
    examples=(DELIVERIES,),
)
REDELIVER = Operation(
    dialect=REGISTRY,
    name="redeliver",
    method="POST",
    path="/v1/webhooks/{id}/deliveries/{event_id}/retry",
    summary="Send an event to a webhook again, or now",
    scopes=_SCOPE,
    status=202,
    response_model=Queued,
    access=(Access.READ_WEBHOOK, Access.HURRY_DELIVERY, Access.QUEUE_DELIVERIES),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(NotFound, Conflict),
)
OPERATIONS = (
    CREATE_WEBHOOK,
    LIST_WEBHOOKS,
    UPDATE_WEBHOOK,
    DELETE_WEBHOOK,
    ROTATE_WEBHOOK,
    TEST_WEBHOOK,
    LIST_DELIVERIES,
    REDELIVER,
)
