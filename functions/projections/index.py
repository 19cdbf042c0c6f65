"""On the stream of the Clients table: keeps the views that lists are read from."""

from registry.projections.index import NAME, Index
from registry.projections.stream import stream_function
from registry.services.packing import Packing
from registry.store.clients import client_store
from registry.store.parked import parked_store
from registry.store.rows import client_rows
from registry.store.views import view_store

handler = stream_function(
    NAME,
    lambda: Index(Packing(view_store(), client_rows()), client_store()),
    parked_store,
)
