"""The stores of a deployment, and whose clients a move is about."""

from dataclasses import dataclass

from ops.cli.deployment import Deployment
from ops.cli.operator import OperatorError, workspace_of
from ops.move.run import Stores
from registry.domain.keys import Purpose
from registry.domain.tenant import Tenant
from registry.domain.workspace import Mode, Workspace
from registry.store.clients import ClientStore
from registry.store.events import EventStore
from registry.store.evidence import EvidenceStore
from registry.store.links import LinkStore
from registry.store.merges import MergeStore
from registry.store.moves import MoveStore
from registry.store.payment_methods import PaymentMethodStore
from registry.store.sources import SourceStore
from registry.store.users import UserStore
from registry.store.verdicts import VerdictStore


@dataclass(frozen=True, slots=True)
class Place:
    """Where clients move to.

    Attributes:
        workspace: the workspace.
        mode: live or test.
        stores: the stores of its deployment.
    """

    workspace: Workspace
    mode: Mode
    stores: Stores

    @property
    def tenant(self) -> Tenant:
        """The workspace in its mode."""
        return Tenant(self.workspace.id, self.mode)

    def key(self) -> bytes:
        """The workspace's key for ids.

        Raises:
            OperatorError: it has no secret yet.
        """
        key = self.workspace.key(Purpose.ID)
        if not key:
            raise OperatorError(
                "The workspace was made before workspaces had secrets, from which ids are made. "
                f"Give it one: registry workspace update {self.workspace.id} --region "
                f"{self.workspace.region}"
            )
        return key


def place_of(deployment: Deployment, workspace_id: str, mode: Mode) -> Place:
    """A workspace of a deployment.

    Raises:
        OperatorError: there is no such workspace.
    """
    client = deployment.dynamodb
    workspace = workspace_of(deployment, workspace_id)
    clients, links = deployment.clients_table, deployment.links_table
    stores = Stores(
        clients=ClientStore(client, clients, deployment.idempotency_table),
        links=LinkStore(client, links),
        sources=SourceStore(client, links),
        moves=MoveStore(client, links),
        events=EventStore(client, deployment.events_table),
        users=UserStore(client, clients, deployment.idempotency_table),
        methods=PaymentMethodStore(client, clients),
        evidence=EvidenceStore(client, clients),
        merges=MergeStore(client, links),
        verdicts=VerdictStore(client, links),
    )
    return Place(workspace, mode, stores)
