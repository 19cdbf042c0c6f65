"""On the stream of the Clients table: writes events and the feed, and queues them for webhooks."""

from registry.projections.fan_out import FanOut
from registry.projections.project import NAME, Project
from registry.projections.stream import stream_function
from registry.store.events import event_store
from registry.store.parked import parked_store
from registry.store.webhook_queue import webhook_queue
from registry.store.webhooks import webhook_store

handler = stream_function(
    NAME,
    lambda: Project(event_store(), FanOut(webhook_store(), webhook_queue())),
    parked_store,
)
