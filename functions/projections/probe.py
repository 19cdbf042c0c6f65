"""On a schedule, each minute: has endpoints that did nothing but fail tried again."""

from registry.projections.errands import schedule_function
from registry.store.webhook_queue import webhook_queue
from registry.store.webhooks import webhook_store

handler = schedule_function(webhook_store, webhook_queue)
