"""Which merges made a client what it is, from its own first one to the latest."""

from registry.domain.merging import Merge, Side
from registry.domain.tenant import Tenant
from registry.store.merges import MergeStore


def merges_of(store: MergeStore, tenant: Tenant, client_id: str) -> list[tuple[Merge, bool]]:
    """The merges that a client took part in, and those of the clients that absorbed it, in order.

    Merges that were undone are left out. One call for each merge, and one for each client that the
    client became.

    Args:
        store: the merges.
        tenant: whose clients.
        client_id: a client in any state.

    Returns:
        Each merge, and whether the client, or what it had become by then, survived it.
    """
    line: list[tuple[Merge, bool]] = []
    at, since = client_id, ""
    while True:
        took_part = sorted(
            (
                each
                for each in store.of_client(tenant, at)
                if not each.undone and each.merge_id > since
            ),
            key=lambda each: each.merge_id,
        )
        following = None
        for each in took_part:
            made = store.get(tenant, each.merge_id).merge
            survived = each.side is Side.SURVIVOR
            line.append((made, survived))
            if not survived:
                following, since = made.survivor.id, made.id
                break
        if following is None:
            return line
        at = following
