"""On the stream of the Clients table: writes events and the feed."""

from registry.projections.project import NAME, Project
from registry.projections.stream import stream_function
from registry.store.events import event_store
from registry.store.parked import parked_store

handler = stream_function(NAME, lambda: Project(event_store()), parked_store)
