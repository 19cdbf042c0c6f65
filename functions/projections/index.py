"""On the stream of the Clients table: writes the keys by which clients are looked up."""

from registry.projections.keys import NAME, Keys
from registry.projections.stream import stream_function
from registry.store.clients import client_store
from registry.store.look_up_keys import look_up_key_store
from registry.store.parked import parked_store

handler = stream_function(NAME, lambda: Keys(client_store(), look_up_key_store()), parked_store)
