"""Merges of a workspace's clients, as an operator makes and undoes them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ops.cli.deployment import Deployment
from ops.cli.operator import OperatorError, workspace_of
from registry.domain.client import Client
from registry.domain.errors import Conflict, NotFound
from registry.domain.merging import Merge
from registry.domain.pair import Pair, Verdict
from registry.domain.tenant import Tenant
from registry.domain.workspace import Mode
from registry.services.judging import is_dismissed
from registry.services.merging import Asked, Merging
from registry.store.clients import ClientStore
from registry.store.evidence import EvidenceStore
from registry.store.merges import MergeStore
from registry.store.pairs import PairStore
from registry.store.payment_methods import PaymentMethodStore
from registry.store.sources import SourceStore
from registry.store.verdicts import VerdictStore


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of a pair that is sure.

    Attributes:
        survivor, absorbed: its clients.
        merge: the merge that was made; None for one that was only looked at, or refused.
        refused: why the two could not be merged; None where they could.
    """

    survivor: str
    absorbed: str
    merge: str | None = None
    refused: str | None = None


class Merges:
    """The merges of one workspace in one mode.

    A method raises `OperatorError` where the command cannot be carried out, and `RaceLost` when
    others kept changing the clients meanwhile.
    """

    def __init__(self, deployment: Deployment, workspace_id: str, mode: Mode) -> None:
        """Find the workspace.

        Raises:
            OperatorError: there is no such workspace.
        """
        self._workspace = workspace_of(deployment, workspace_id)
        self._deployment = deployment
        self._tenant = Tenant(workspace_id, mode)
        dynamodb, clients = deployment.dynamodb, deployment.clients_table
        self._clients = ClientStore(dynamodb, clients, deployment.idempotency_table)
        self._pairs = PairStore(dynamodb, deployment.views_table)
        self._verdicts = VerdictStore(dynamodb, deployment.links_table)
        self._merging = Merging(
            clients=self._clients,
            evidence=EvidenceStore(dynamodb, clients),
            merges=MergeStore(dynamodb, deployment.links_table),
            sources=SourceStore(dynamodb, deployment.links_table),
            methods=PaymentMethodStore(dynamodb, clients),
            verdicts=self._verdicts,
        )

    def preview(self, survivor: str, absorbed: str) -> Merge:
        """The merge of two clients as it would be."""
        author = self._deployment.author(self._workspace)
        try:
            asked = Asked(survivor=survivor, absorbed=absorbed)
            return self._merging.preview(self._tenant, asked, author)
        except (NotFound, Conflict) as error:
            raise self._refused(error, "client") from error

    def merge(self, survivor: str, absorbed: str) -> Merge:
        """Merge a client into another one."""
        try:
            return self._merge(survivor, absorbed)
        except (NotFound, Conflict) as error:
            raise self._refused(error, "client") from error

    def undo(self, merge_id: str) -> Merge:
        """Undo the latest merge of a client."""
        author = self._deployment.author(self._workspace)
        try:
            outcome = self._merging.undo(self._tenant, merge_id, author)
        except (NotFound, Conflict) as error:
            raise self._refused(error, "merge") from error
        return _made(outcome.merge)

    def sure(self, *, writing: bool) -> Iterator[Merged]:
        """Merge the clients of every pair that is sure.

        The older client stays, unless it alone is archived. A client that was merged since the pair
        was found stands for the one that absorbed it; a pair that became one client is left out.
        So is one that is not sure any more when its turn comes, and one of which a person said of
        any of its clients that they are two.

        Args:
            writing: whether they are merged, and not only named.
        """
        into: dict[str, str] = {}
        planned: dict[str, Client] = {}
        for pair in list(self._pairs.listed(self._tenant, Verdict.SURE)):
            ends = sorted({_end(into, each) for each in pair.clients})
            found = [planned.get(each) or self._present(each) for each in ends]
            clients = {client.id: client for client in found if client is not None}
            if len(clients) < len(pair.clients):
                continue
            older, newer = (clients[client_id] for client_id in sorted(clients))
            only_newer = older.archived and not newer.archived
            survivor, absorbed = (newer, older) if only_newer else (older, newer)
            if not self._is_still_sure(pair, survivor, absorbed):
                continue
            if writing:
                merged = self._merge_sure(survivor.id, absorbed.id)
            else:
                merged = Merged(survivor.id, absorbed.id)
                family = (*survivor.absorbed, absorbed.id, *absorbed.absorbed)
                planned[survivor.id] = replace(survivor, absorbed=family)
            if merged.refused is None:
                into[absorbed.id] = survivor.id
            yield merged

    def _is_still_sure(self, pair: Pair, survivor: Client, absorbed: Client) -> bool:
        """Whether a pair that was listed some time ago is sure, and nobody dismissed it.

        The pair of a client that was merged meanwhile is closed.
        """
        try:
            sure = self._pairs.get(self._tenant, pair.clients).verdict is Verdict.SURE
        except NotFound:
            sure = {survivor.id, absorbed.id} != set(pair.clients)
        return sure and not is_dismissed(self._verdicts, self._tenant, survivor, absorbed)

    def _present(self, client_id: str) -> Client | None:
        """The client that an id stands for; None for one that is gone."""
        try:
            return self._clients.get(self._tenant, client_id)
        except NotFound:
            return None

    def _merge_sure(self, survivor: str, absorbed: str) -> Merged:
        """The merge of a pair that is sure, or why it was refused."""
        try:
            return Merged(survivor, absorbed, self._merge(survivor, absorbed).id)
        except Conflict as error:
            return Merged(survivor, absorbed, refused=error.reason)
        except NotFound:
            return Merged(survivor, absorbed, refused="One of the clients is gone.")

    def _merge(self, survivor: str, absorbed: str) -> Merge:
        author = self._deployment.author(self._workspace)
        asked = Asked(survivor=survivor, absorbed=absorbed)
        return _made(self._merging.merge(self._tenant, asked, author).merge)

    def _refused(self, error: NotFound | Conflict, noun: str) -> OperatorError:
        """The error of a command, in a sentence."""
        if isinstance(error, Conflict):
            return OperatorError(error.reason)
        return OperatorError(f"The workspace has no such {self._tenant.mode} {noun}.")


def _made(merge: Merge | None) -> Merge:
    """The merge of an outcome, which is there since no response was recorded."""
    assert merge is not None  # noqa: S101 - only a replay has none
    return merge


def _end(into: dict[str, str], client_id: str) -> str:
    """The client that a client stands for after the merges so far."""
    while client_id in into:
        client_id = into[client_id]
    return client_id
