"""The clients of a workspace, for an operator: read, looked up, and what happened to them."""

from ops.cli.deployment import Deployment
from ops.cli.operator import OperatorError, workspace_of
from registry.domain.client import Client
from registry.domain.errors import NotFound
from registry.domain.event import AnyEvent
from registry.domain.look_up import sought_keys
from registry.domain.phone import read_phone
from registry.domain.tenant import Tenant
from registry.domain.workspace import Contract, Mode
from registry.services.history import history
from registry.services.look_up import LookUp, Sought
from registry.store.clients import ClientStore
from registry.store.events import EventStore
from registry.store.links import LinkStore
from registry.store.look_up_keys import LookUpKeyStore


class Clients:
    """The clients of one workspace in one mode."""

    def __init__(self, deployment: Deployment, workspace_id: str, mode: Mode) -> None:
        """Find the workspace.

        Raises:
            OperatorError: there is no such workspace.
        """
        dynamodb = deployment.dynamodb
        self._workspace = workspace_of(deployment, workspace_id)
        self.tenant = Tenant(workspace_id, mode)
        self._clients = ClientStore(dynamodb, deployment.clients_table, "")
        self._events = EventStore(dynamodb, deployment.events_table)
        self._look_up = LookUp(
            self._clients,
            LookUpKeyStore(dynamodb, deployment.views_table),
            LinkStore(dynamodb, deployment.links_table),
        )

    def get(self, client_id: str) -> Client:
        """A client.

        Raises:
            OperatorError: there is no such client.
        """
        try:
            return self._clients.get(self.tenant, client_id)
        except NotFound as error:
            sentence = f"The workspace has no {self.tenant.mode} client {client_id}."
            raise OperatorError(sentence) from error

    def history(self, client_id: str) -> list[AnyEvent]:
        """The events of a client and of those it absorbed, newest first.

        Raises:
            OperatorError: there is no such client.
        """
        found = history(self._events, self.tenant, self.get(client_id))
        return [event for event, _ in found]

    def find(
        self,
        *,
        email: str | None = None,
        phone: str | None = None,
        external_id: str | None = None,
        tax_id: str | None = None,
        vendor: tuple[Contract, str] | None = None,
    ) -> list[Client]:
        """The clients with all these values, newest first, archived ones too.

        Raises:
            OperatorError: there is no value, or the phone is no number of the workspace's region.
        """
        number = None
        if phone is not None:
            region = self._workspace.region
            number = read_phone(phone, None, region).e164
            if number is None:
                raise OperatorError(f"{phone} is no phone number of the region {region}.")
        sought = Sought(
            keys=sought_keys(tax_id=tax_id, email=email, e164=number),
            external_id=external_id,
            vendor=None if vendor is None else (vendor[0].value, vendor[1]),
        )
        if not sought:
            raise OperatorError("Name at least one value to find clients by.")
        return [found.client for found in self._look_up.found(self.tenant, sought)]
