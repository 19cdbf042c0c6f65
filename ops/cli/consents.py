"""The ledgers of consent of a workspace, exported and verified."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ops.cli.deployment import Deployment
from ops.cli.operator import OperatorError, workspace_of
from registry.domain.consent_record import consent_record
from registry.domain.identifiers import is_id
from registry.domain.keys import Purpose
from registry.domain.ledger import Break, Fault, Ledger
from registry.domain.tenant import Tenant
from registry.domain.workspace import Mode
from registry.store.ledgers import LedgerStore


@dataclass(slots=True)
class Verification:
    """What a verification found.

    Attributes:
        clients, entries: how many ledgers and entries were looked at.
        broken: the first break of each ledger that does not hold, by the client's id.
    """

    clients: int = 0
    entries: int = 0
    broken: dict[str, Break] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """`{"clients", "entries", "broken": [{"client_id", "entry_id", "fault", "hash"}]}`."""
        broken = [
            {
                "client_id": client_id,
                "entry_id": each.entry_id,
                "fault": each.fault,
                "hash": each.hash,
            }
            for client_id, each in self.broken.items()
        ]
        return {"clients": self.clients, "entries": self.entries, "broken": broken}

    def sentences(self) -> Iterator[str]:
        """What does not hold, a sentence for each client."""
        for client_id, each in self.broken.items():
            yield f"Client {client_id}: {_sentence(each)}"


class Consents:
    """The ledgers of one workspace in one mode."""

    def __init__(self, deployment: Deployment, workspace_id: str, mode: Mode) -> None:
        """Find the workspace.

        Raises:
            OperatorError: there is no such workspace.
        """
        self._workspace = workspace_of(deployment, workspace_id)
        self._tenant = Tenant(workspace_id, mode)
        self._store = LedgerStore(deployment.dynamodb, deployment.clients_table)

    def records(self, client_id: str | None) -> Iterator[dict[str, Any]]:
        """The consent records of a client, or of the workspace, by client and then oldest first.

        Raises:
            OperatorError: the text is no id of a client.
        """
        for ledger in self._ledgers(client_id):
            for entry in ledger.entries:
                yield consent_record(self._workspace, entry)

    def verify(self, client_id: str | None) -> Verification:
        """Look for entries that were changed, are missing or are out of order.

        A ledger that does not hold is read once more, at one moment: it may have grown between the
        reads of its client and of its entries.

        Raises:
            OperatorError: the text is no id of a client.
        """
        key = self._workspace.key(Purpose.CONSENT)
        found = Verification()
        for each in self._ledgers(client_id):
            ledger = each
            if ledger.first_break(key) is not None:
                ledger = self._store.of(self._tenant, ledger.client_id)
            found.clients += 1
            found.entries += len(ledger.entries)
            broken = ledger.first_break(key)
            if broken is not None:
                found.broken[ledger.client_id] = broken
        return found

    def _ledgers(self, client_id: str | None) -> Iterator[Ledger]:
        if client_id is None:
            return self._store.all(self._tenant)
        if not is_id(client_id):
            raise OperatorError(f"{client_id} is no id of a client.")
        return iter([self._store.of(self._tenant, client_id)])


def _sentence(broken: Break) -> str:
    """What does not hold, for a person."""
    match broken.fault:
        case Fault.CHANGED:
            return f"entry {broken.entry_id} was changed."
        case Fault.OUT_OF_ORDER:
            return f"entry {broken.entry_id} is out of order."
        case Fault.MISSING if broken.entry_id is None:
            return f"the newest entry is missing; its hash is {broken.hash}."
    return f"an entry before {broken.entry_id} is missing."
