"""The views of a workspace, compared and made anew, and parked records, taken again."""

import time
from dataclasses import dataclass

from ops.cli.deployment import Deployment
from ops.cli.operator import OperatorError, workspace_of
from registry.domain.tenant import Tenant
from registry.domain.workspace import Mode
from registry.matching.keys import all_keys_of
from registry.matching.weights import weights_in_force
from registry.projections import index, project
from registry.projections.fan_out import FanOut
from registry.projections.index import Index
from registry.projections.keys import Keys
from registry.projections.matches import Matches, MatchStores
from registry.projections.project import Project
from registry.projections.stream import Projection, in_turn, of_clients, read_change
from registry.services.checking import Checking, Comparison
from registry.services.packing import Busy, Packing, Progress
from registry.store.clients import ClientStore
from registry.store.directory import Directory
from registry.store.dynamodb import is_fault
from registry.store.events import EventStore
from registry.store.look_up_keys import LookUpKeyStore
from registry.store.pairs import PairStore
from registry.store.parked import ParkedStore
from registry.store.rows import ClientRows
from registry.store.verdicts import VerdictStore
from registry.store.views import ViewStore
from registry.store.webhook_queue import WebhookQueue
from registry.store.webhooks import WebhookStore

# A run that was killed holds its turn for a minute.
_PATIENCE_SECONDS = 70


@dataclass(frozen=True, slots=True)
class Redriven:
    """How many parked records of a projection were taken, and how many are left."""

    taken: int
    left: int


class Views:
    """The views in a deployment."""

    def __init__(self, deployment: Deployment) -> None:
        """Open the stores of the deployment."""
        dynamodb = deployment.dynamodb
        self._deployment = deployment
        self._clients = ClientStore(dynamodb, deployment.clients_table, "")
        self._views = ViewStore(dynamodb, deployment.views_table)
        self._events = EventStore(dynamodb, deployment.events_table)
        webhooks = WebhookStore(dynamodb, deployment.links_table, "")
        queue = WebhookQueue(deployment.sqs, deployment.webhook_queue_url)
        self._fan_out = FanOut(webhooks, queue)
        self._parked = ParkedStore(dynamodb, deployment.events_table)
        self._rows = ClientRows(dynamodb, deployment.clients_table)
        self._packing = Packing(self._views, self._rows)
        keys = LookUpKeyStore(dynamodb, deployment.views_table)
        self._keys = Keys(self._clients, keys, all_keys_of)
        stores = MatchStores(
            self._clients,
            keys,
            PairStore(dynamodb, deployment.views_table),
            VerdictStore(dynamodb, deployment.links_table),
        )
        self._matches = Matches(stores, weights_in_force())

    def check(self, workspace_id: str, mode: Mode, *, repair: bool) -> Comparison:
        """Compare the views of a workspace with its clients, and mend what differs on request.

        Raises:
            OperatorError: there is no such workspace.
        """
        tenant = self._tenant(workspace_id, mode)
        checking = Checking(self._views, self._rows, tenant, time.sleep)
        found = checking.compare()
        if repair and found.different:
            checking.repair(found.different)
        return found

    def rebuild(self, workspace_id: str, mode: Mode, progress: Progress) -> Directory:
        """Make the packs of a workspace anew, and write the keys and pairs of all its clients.

        Packs go on where an earlier run stopped. Keys are written after them, from the first client
        on, and then pairs, which changes nothing where they are there.

        Raises:
            OperatorError: there is no such workspace, or somebody else makes its packs.
        """
        tenant = self._tenant(workspace_id, mode)
        for _ in range(_PATIENCE_SECONDS):
            try:
                directory = self._packing.build(tenant, progress)
            except Busy:
                time.sleep(1)
            else:
                self._keys.rebuild(tenant, self._clients.every(tenant))
                self._matches.rebuild(tenant, self._clients.all(tenant))
                return directory
        raise OperatorError("The packs of this workspace are being made elsewhere; wait for that.")

    def redrive(self) -> dict[str, Redriven]:
        """Give the parked records of every projection to it again, and delete those it takes."""
        projections: dict[str, Projection] = {
            project.NAME: Project(self._events, self._fan_out),
            index.NAME: of_clients(
                in_turn(
                    Index(self._packing, self._clients, count_every=None),
                    self._keys,
                    self._matches,
                )
            ),
        }
        return {name: self._redrive(name, each) for name, each in projections.items()}

    def _redrive(self, name: str, projection: Projection) -> Redriven:
        taken = left = 0
        for parked in list(self._parked.all(name)):
            try:
                change = read_change(parked.record)
                if change is not None:
                    projection([change])
            except Exception as error:
                if is_fault(error):
                    raise
                left += 1
            else:
                self._parked.remove(name, parked.key)
                taken += 1
        return Redriven(taken, left)

    def _tenant(self, workspace_id: str, mode: Mode) -> Tenant:
        """The tenant of a workspace.

        Raises:
            OperatorError: there is no such workspace.
        """
        workspace_of(self._deployment, workspace_id)
        return Tenant(workspace_id, mode)
