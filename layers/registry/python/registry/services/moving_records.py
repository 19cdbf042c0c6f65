"""Move in what `registry export --as record` wrote: clients with their ids, versions and evidence.

Nothing is compared three-way, since the workspace is empty when such a move begins: a client is
written as it was, or found as an earlier run of the same move wrote it.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor

from registry.domain.errors import Conflict, NotFound, RaceLost, ValueTaken
from registry.domain.immutable import dataclass
from registry.domain.moving import Remark
from registry.domain.tenant import Tenant
from registry.domain.whole import NoRecord, Whole, read_whole
from registry.services.moving import Outcome, Row
from registry.store import items
from registry.store.clients import ClientStore
from registry.store.links import LinkStore
from registry.store.whole import WholeStore, taken_ids


@dataclass(frozen=True, slots=True)
class RecordPlan:
    """What becomes of a record; `whole` is what is written, None for nothing."""

    row: Row
    whole: Whole | None = None
    there: Whole | None = None


class MovingRecords:
    """The records of one move."""

    def __init__(
        self, tenant: Tenant, clients: ClientStore, links: LinkStore, wholes: WholeStore
    ) -> None:
        """Keep the stores."""
        self._tenant = tenant
        self._clients = clients
        self._links = links
        self._wholes = wholes

    def read(self, value: object) -> Whole | Row:
        """The client in a line of an export, or the row of one that is refused."""
        try:
            whole = read_whole(value)
        except NoRecord:
            errors = (Remark("", "record"),)
            return Row(vendor_id=None, outcome=Outcome.REFUSED, errors=errors)
        if not items.is_storable(items.client_item(self._tenant, whole.client)):
            errors = (Remark("", "object_too_large"),)
            return Row(vendor_id=whole.client.id, outcome=Outcome.REFUSED, errors=errors)
        return whole

    def id_of(self, whole: Whole) -> str:
        """The client's id, which stands in place of a vendor's."""
        return whole.client.id

    def plan(self, objects: Iterable[Whole | Row]) -> list[RecordPlan]:
        """Plan rows: a call for 100 of them, and five for each client that is here."""
        objects = list(objects)
        ids = [each.client.id for each in objects if isinstance(each, Whole)]
        found = self._clients.in_any_state(self._tenant, ids, consistent=True)
        here = {client.id: client for client in found if client.erased_at is None}
        erased = {client.id for client in found if client.erased_at is not None}
        plans = []
        for each in objects:
            if isinstance(each, Row):
                plans.append(RecordPlan(each))
                continue
            if each.client.id in erased:
                plans.append(RecordPlan(_erased(each.client.id)))
                continue
            client = here.get(each.client.id)
            there = self._wholes.of(self._tenant, client) if client is not None else None
            plans.append(_planned(each, there))
        return plans

    def write(
        self, plans: Sequence[RecordPlan], executor: Executor, begin: Callable[[], None]
    ) -> list[Row]:
        """Carry plans out, in parallel; see `Moving.write`."""

        def one(plan: RecordPlan) -> Row:
            if plan.whole is None:
                return plan.row
            begin()
            return self._write_one(plan, plan.whole)

        return list(executor.map(one, plans))

    def _write_one(self, plan: RecordPlan, whole: Whole) -> Row:
        """Write the links of a client, the client, and what belongs to it.

        An id that came with an absorbed client is linked to that one.
        """
        client, taken = whole.client, taken_ids(whole)
        for contract, vendor_id in client.ids.items():
            if contract in taken:
                continue
            if self._links.link(self._tenant, contract, vendor_id, client.id) != client.id:
                return _conflict(client.id, "linked")
        try:
            self._wholes.put(self._tenant, whole, plan.there)
        except ValueTaken:
            return _conflict(client.id, "external_id_taken")
        except (RaceLost, NotFound, Conflict):
            return _conflict(client.id, "conflict")
        return Row(
            vendor_id=client.id,
            client_id=client.id,
            version=client.version,
            outcome=plan.row.outcome,
        )


def _planned(whole: Whole, there: Whole | None) -> RecordPlan:
    client_id = whole.client.id
    if there is not None and there.client != whole.client:
        return RecordPlan(_conflict(client_id, "conflict"))
    outcome = Outcome.UNCHANGED if there == whole else Outcome.CREATED
    row = Row(vendor_id=client_id, client_id=client_id, outcome=outcome)
    return RecordPlan(row, None if there == whole else whole, there)


def _erased(client_id: str) -> Row:
    errors = (Remark("id", "erased"),)
    return Row(vendor_id=client_id, client_id=client_id, outcome=Outcome.REFUSED, errors=errors)


def _conflict(client_id: str, code: str) -> Row:
    errors = (Remark("", code),)
    return Row(vendor_id=client_id, client_id=client_id, outcome=Outcome.CONFLICT, errors=errors)
