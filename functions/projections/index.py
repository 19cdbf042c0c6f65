"""On the stream of the Clients table: keeps the views of lists, and the keys of look-ups."""

from registry.projections.followed import Followed
from registry.projections.index import NAME, Index
from registry.projections.keys import Keys
from registry.projections.stream import in_turn, stream_function
from registry.services.packing import Packing
from registry.store.clients import client_store
from registry.store.indexed import indexed_store
from registry.store.look_up_keys import look_up_key_store
from registry.store.parked import parked_store
from registry.store.rows import client_rows
from registry.store.views import view_store

handler = stream_function(
    NAME,
    lambda: in_turn(
        Index(Packing(view_store(), client_rows()), client_store()),
        Keys(client_store(), look_up_key_store()),
        Followed(indexed_store()),
    ),
    parked_store,
)
