"""On the stream of the Clients table: keeps views, look-up keys, and pairs of clients."""

from registry.matching.keys import all_keys_of
from registry.matching.weights import weights_in_force
from registry.projections.index import NAME, Index
from registry.projections.keys import Keys
from registry.projections.matches import Matches, MatchStores
from registry.projections.stream import Projection, in_turn, of_clients, stream_function
from registry.services.packing import Packing
from registry.store.clients import client_store
from registry.store.look_up_keys import look_up_key_store
from registry.store.pairs import pair_store
from registry.store.parked import parked_store
from registry.store.rows import client_rows
from registry.store.verdicts import verdict_store
from registry.store.views import view_store


def _projections() -> Projection:
    """All of them. Pairs come after the keys by which they are found."""
    clients, keys = client_store(), look_up_key_store()
    return of_clients(
        in_turn(
            Index(Packing(view_store(), client_rows()), clients),
            Keys(clients, keys, all_keys_of),
            Matches(MatchStores(clients, keys, pair_store(), verdict_store()), weights_in_force()),
        )
    )


handler = stream_function(NAME, _projections, parked_store)
