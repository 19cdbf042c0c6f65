"""The state of the moves from each vendor: what `status` shows, and what `finish` asks for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from ops.move.run import Stores
from registry.domain.identifiers import instant
from registry.domain.tenant import Tenant
from registry.domain.workspace import Contract
from registry.store.moves import Move, MoveStore

RECORD = "record"
"""In place of a contract: what `registry export --as record` wrote."""

_FRESH = timedelta(days=1)


def states(moves: MoveStore, tenant: Tenant) -> list[dict[str, object]]:
    """The last move from each vendor, as JSON."""
    found = moves.get(tenant, *Contract, RECORD)
    return [state_json(found[name]) for name in (*Contract, RECORD) if name in found]


def state_json(move: Move) -> dict[str, object]:
    """`{"job", "contract", "state", "rows", …, "what", …}` and instants."""
    return {
        "job": move.job,
        "contract": move.contract,
        "state": move.state,
        **{name: int(count) for name, count in move.counts.items()},
        "what": move.what,
        "began_at": instant(move.began_at),
        "ended_at": _instant(move.ended_at),
        "verified_at": _instant(move.verified_at),
        "green": move.green,
        "finished_at": _instant(move.finished_at),
    }


def keep_verdict(
    moves: MoveStore, tenant: Tenant, contract: Contract, began: datetime, *, green: bool
) -> None:
    """Keep what a whole verification found, for `finish`."""
    move = moves.get(tenant, contract).get(contract)
    if move is not None:
        moves.put(tenant, replace(move, verified_at=began, green=green))


def closing_refusal(
    moves: MoveStore, tenant: Tenant, contract: Contract, at: datetime, *, force: bool
) -> str | None:
    """Why the moves from a vendor cannot be closed, in a sentence; None where they can."""
    move = moves.get(tenant, contract).get(contract)
    if move is None:
        return "Nothing was moved in from this vendor."
    if force or move.finished_at is not None:
        return None
    verified = move.verified_at
    lacks = {
        "The last move from this vendor is not done.": move.state != "done",
        "No whole verification came after the last move.": verified is None
        or (move.ended_at is not None and verified < move.ended_at),
        "The last verification found differences.": not move.green,
        "The last verification is older than a day.": verified is not None
        and at - verified > _FRESH,
    }
    first = next((sentence for sentence, lacking in lacks.items() if lacking), None)
    return f"{first} See to it, or use --force." if first is not None else None


def close(stores: Stores, tenant: Tenant, contract: Contract, at: datetime) -> dict[str, object]:
    """Close the moves from a vendor and delete their sources; the links stay for ever."""
    move = stores.moves.get(tenant, contract)[contract]
    after = replace(move, finished_at=move.finished_at or at)
    stores.moves.put(tenant, after)
    stores.sources.delete(tenant, contract, _vendor_ids(stores, tenant, contract))
    return state_json(after)


def _vendor_ids(stores: Stores, tenant: Tenant, contract: Contract) -> Iterator[str]:
    return (vendor_id for vendor_id, _ in stores.links.all(tenant, contract))


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
