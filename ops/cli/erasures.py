"""Erasures in a workspace: asked for, looked at, verified, and done again after a restore."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ops.cli.deployment import Deployment
from ops.cli.operator import OperatorError, workspace_of
from registry.domain.erasure import MAX_REASON, Erasure, State, digest_of
from registry.domain.errors import NotFound
from registry.domain.identifiers import is_id, parse_instant
from registry.domain.tenant import Tenant
from registry.domain.workspace import Mode
from registry.services.erasing import Erasing
from registry.services.leavings import Tables, all_leavings, backups_kept
from registry.services.replaying import Replaying
from registry.store.clients import ClientStore
from registry.store.erasures import ErasureStore
from registry.store.events import EventStore


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay has found.

    Attributes:
        held: how many erasures hold.
        again: the ids of those that had come undone and are under way again.
    """

    held: int
    again: tuple[str, ...]


class Erasures:
    """The erasures of one workspace in one mode."""

    def __init__(self, deployment: Deployment, workspace_id: str, mode: Mode) -> None:
        """Find the workspace.

        Raises:
            OperatorError: there is no such workspace.
        """
        workspace = workspace_of(deployment, workspace_id)
        self._author = partial(deployment.author, workspace)
        self._tenant = Tenant(workspace_id, mode)
        dynamodb, clients = deployment.dynamodb, deployment.clients_table
        self._store = ErasureStore(dynamodb, clients, deployment.links_table)
        tables = Tables(
            clients=clients,
            idempotency=deployment.idempotency_table,
            links=deployment.links_table,
            events=deployment.events_table,
            views=deployment.views_table,
        )
        leavings = all_leavings(dynamodb, tables)
        store = ClientStore(dynamodb, clients, "")
        events = EventStore(dynamodb, deployment.events_table)
        self._erasing = Erasing(store, self._store, leavings, backups_kept())
        self._replaying = Replaying(store, events, self._store, leavings)

    def create(self, client_id: str, reason: str) -> Erasure:
        """Erase a client; the job that exists where it is erased already.

        Raises:
            OperatorError: there is no such client, or the reason is empty or too long.
        """
        if not 0 < len(reason) <= MAX_REASON:
            raise OperatorError(f"The reason must have 1 to {MAX_REASON} characters.")
        try:
            return self._erasing.begin(self._tenant, client_id, self._author(), reason).erasure
        except NotFound as error:
            sentence = f"The workspace has no {self._tenant.mode} client {client_id}."
            raise OperatorError(sentence) from error

    def get(self, erasure_id: str) -> Erasure:
        """An erasure.

        Raises:
            OperatorError: there is none with this id.
        """
        try:
            return self._store.get(self._tenant, erasure_id)
        except NotFound as error:
            raise OperatorError(f"The workspace has no erasure {erasure_id}.") from error

    def verify(self, receipt: Mapping[str, Any]) -> list[str]:
        """What does not hold of a receipt, or is left of its clients, a sentence for each."""
        found = []
        if receipt["digest"] != digest_of(receipt):
            found.append("The receipt was changed: its digest is not that of its content.")
        if (receipt["workspace"], receipt["mode"]) != (
            self._tenant.workspace_id,
            self._tenant.mode,
        ):
            return [*found, "The receipt is of another workspace or mode."]
        try:
            kept = self._store.get(self._tenant, receipt["id"])
        except NotFound:
            found.append(f"No erasure {receipt['id']} is kept here.")
        else:
            if kept.state is not State.DONE:
                found.append(f"The erasure is not done; it is {kept.state}.")
            elif kept.receipt != receipt:
                found.append("The receipt is not the one that is kept here.")
        return found + self._replaying.come_undone(self._tenant, self._job(receipt))

    def replay(self, receipts: Sequence[Mapping[str, Any]]) -> Replayed:
        """Do erasures again that have come undone: those that are kept here, and those of receipts.

        Raises:
            RaceLost: somebody else changed one of their clients at the same time.
        """
        jobs = {
            receipt["id"]: self._job(receipt)
            for receipt in receipts
            if (receipt["workspace"], receipt["mode"])
            == (self._tenant.workspace_id, self._tenant.mode)
        }
        jobs |= {erasure.id: erasure for erasure in self._store.of_tenant(self._tenant)}
        again = tuple(
            erasure.id
            for erasure in jobs.values()
            if self._replaying.replay(self._tenant, erasure, self._author())
        )
        return Replayed(len(jobs) - len(again), again)

    def _job(self, receipt: Mapping[str, Any]) -> Erasure:
        """The job that a receipt is of, as far as the receipt says."""
        return Erasure(
            id=receipt["id"],
            client_id=receipt["client"],
            absorbed=tuple(receipt["absorbed"]),
            state=State.DONE,
            reason=None,
            requested_at=parse_instant(receipt["completed_at"]),
            credential_id=None,
            contract=None,
            operator=None,
            look_up_keys=0,
        )


def read_receipt(path: Path) -> dict[str, Any]:
    """The receipt in a file: itself, or the erasure that holds it.

    Raises:
        OperatorError: the file cannot be read, or holds no receipt.
    """
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise OperatorError(f"{path} cannot be read as JSON: {error}.") from error
    receipt = value.get("receipt", value) if isinstance(value, dict) else None
    if not isinstance(receipt, dict) or not _is_receipt(receipt):
        raise OperatorError(f"{path} holds no receipt of an erasure.")
    return receipt


def _is_receipt(value: Mapping[str, Any]) -> bool:
    """Whether a JSON object has what is read of a receipt."""
    texts = ("id", "client", "workspace", "mode", "completed_at", "digest")
    absorbed = value.get("absorbed")
    if not isinstance(absorbed, list) or not all(
        isinstance(value.get(name), str) for name in texts
    ):
        return False
    try:
        parse_instant(value["completed_at"])
    except ValueError:
        return False
    return all(isinstance(each, str) and is_id(each) for each in (value["client"], *absorbed))
