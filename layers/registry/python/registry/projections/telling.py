"""One attempt to tell a webhook endpoint: rendered in the format of its contract, and sent."""

from collections.abc import Callable
from datetime import datetime

from registry.domain.client import Client
from registry.domain.event import AnyEvent, EndpointEvent, EventType
from registry.domain.identifiers import now
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.domain.webhook import Endpoint, Format, Notice
from registry.domain.workspace import Contract
from registry.projections.posting import Answer, Post
from registry.store.clients import ClientStore
from registry.store.sealing import Sealer

Formats = Callable[[Contract], Format]


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells endpoints of events.

    Attributes:
        clients: the clients that events are about.
        sealer: decrypts the endpoints' secrets.
        formats: gives the format of a contract.
        post: sends a request.
        clock: the present instant.
    """

    clients: ClientStore
    sealer: Sealer
    formats: Formats
    post: Post
    clock: Callable[[], datetime] = now

    def of(self, tenant: Tenant, endpoint: Endpoint, event: AnyEvent, number: int) -> Answer | None:
        """The answer of an endpoint to an event, at the attempt with this number.

        One call for the client, and one for a secret that this process has not used yet.

        Returns:
            None where the endpoint is not to be told of it, since its client is erased and the
            event is not that of the erasure, since the event is about the endpoint itself, or since
            the format has nothing to say of it.
        """
        client: Client | None = None
        if isinstance(event, EndpointEvent):
            if event.endpoint_id == endpoint.id:
                return None
        else:
            client = self._client(tenant, event.client_id)
            erasure = event.type is EventType.ERASED
            if client is None or (client.erased_at is not None and not erasure):
                return None
        own_format = self.formats(endpoint.contract)
        notice = self._notice(
            tenant,
            endpoint,
            event.id,
            number,
            event=event,
            client=client if own_format.needs_client else None,
        )
        return self._send(endpoint, own_format, notice)

    def of_test(
        self,
        tenant: Tenant,
        endpoint: Endpoint,
        test_id: str,
        number: int,
    ) -> Answer | None:
        """The answer of an endpoint to a test; None where its format has none."""
        notice = self._notice(tenant, endpoint, test_id, number, event=None, client=None)
        return self._send(endpoint, self.formats(endpoint.contract), notice)

    def _notice(  # noqa: PLR0913 - one parameter per part of a notice
        self,
        tenant: Tenant,
        endpoint: Endpoint,
        notice_id: str,
        number: int,
        *,
        event: AnyEvent | None,
        client: Client | None,
    ) -> Notice:
        at = self.clock()
        sealed = endpoint.sealed_secrets(at)
        return Notice(
            tenant=tenant,
            endpoint=endpoint,
            secrets=tuple(self.sealer.open(tenant, endpoint.id, each) for each in sealed),
            id=notice_id,
            event=event,
            client=client,
            number=number,
            at=at,
            happened_at=at if event is None else event.at,
        )

    def _send(self, endpoint: Endpoint, own_format: Format, notice: Notice) -> Answer | None:
        rendered = own_format.render(notice)
        if rendered is None:
            return None
        return self.post(endpoint.url, rendered.headers, rendered.body.encode(), own_format.timeout)

    def _client(self, tenant: Tenant, client_id: str) -> Client | None:
        """A client in any state; None where there is none, as after a restore from a backup."""
        found = self.clients.in_any_state(tenant, [client_id], consistent=True)
        return found[0] if found else None
