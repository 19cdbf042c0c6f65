"""Webhook endpoints: make and change them, give them new secrets, and send what they missed.

Contracts and the command line bring the format of the endpoint's contract, and check its address.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid4, uuid5

from registry.domain.errors import Conflict, NotFound, RaceLost, ValueTaken
from registry.domain.idempotency import RecordedResponse
from registry.domain.identifiers import instant, now
from registry.domain.immutable import dataclass, replace
from registry.domain.tenant import Tenant
from registry.domain.webhook import (
    OVERLAP,
    TEST_TYPE,
    UNQUEUED,
    Cause,
    Delivery,
    DeliveryState,
    Endpoint,
    Format,
    new_endpoint_id,
    well,
)
from registry.store.deliveries import DeliveryStore, find
from registry.store.sealing import Sealer
from registry.store.webhook_claims import Claim
from registry.store.webhook_queue import Errand, Message, WebhookQueue
from registry.store.webhooks import WebhookStore

_SECRET_END = 4
_CLAIM_ATTEMPTS = 4
_SECRET_FIELDS = ("secret", "secret_end", "old_secret", "old_secret_until", "updated_at")
_SETTINGS = ("url", "types", "sources", "updated_at")
_SWITCH = (
    "enabled",
    "disabled_reason",
    "disabled_at",
    "behind_from",
    "catch_up_until",
    "failing_since",
    "failures",
    "opened_at",
    "probes",
    "probe_at",
)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The webhook endpoints of all tenants, to be managed.

    Attributes:
        store: the endpoints.
        sealer: encrypts their secrets.
        clock: the present instant.
    """

    store: WebhookStore
    sealer: Sealer
    clock: Callable[[], datetime] = now

    def made(
        self,
        tenant: Tenant,
        own_format: Format,
        url: str,
        types: tuple[str, ...],
        secret: str | None = None,
    ) -> tuple[Endpoint, str]:
        """A new endpoint, which `store.create` writes, and its secret. One call to KMS.

        Args:
            tenant: whose events it is told of.
            own_format: of its contract.
            url: where requests go.
            types: what it is told of, under the format's names.
            secret: one that the caller brings; None for a new one.

        Raises:
            KeyError: the format has no such type.
        """
        endpoint_id, at = new_endpoint_id(), self.clock()
        plain = secret if secret is not None else own_format.new_secret()
        endpoint = Endpoint(
            id=endpoint_id,
            contract=own_format.contract,
            url=url,
            types=types,
            sources=own_format.queued_for(types),
            enabled=True,
            created_at=at,
            updated_at=at,
            secret=self.sealer.seal(tenant, endpoint_id, plain),
            secret_end=plain[-_SECRET_END:],
        )
        return endpoint, plain

    def write(
        self,
        tenant: Tenant,
        own_format: Format,
        endpoint: Endpoint,
        response: RecordedResponse | None = None,
    ) -> RecordedResponse | None:
        """Write a new endpoint; the response recorded earlier under the key, where there is one.

        Where the format has one type for an endpoint, type and address are claimed for it. A claim
        is free again when its endpoint is gone, or was given another address. One call, and two
        for each claim that is left over.

        Raises:
            ValueTaken: another endpoint of the contract is told of the type at this address.
            Conflict: the workspace has as many endpoints as it may have.
            RaceLost: others were first at every attempt.
        """
        if not own_format.one_type:
            return self.store.create(tenant, endpoint, response)
        over: str | None = None
        for _ in range(_CLAIM_ATTEMPTS):
            claim = Claim(f"{endpoint.contract} {endpoint.types[0]} {endpoint.url}", over)
            try:
                return self.store.create(tenant, endpoint, response, claim=claim)
            except ValueTaken as taken:
                if taken.holder is None or self._holds(tenant, taken.holder, endpoint):
                    raise ValueTaken(taken.field) from taken
                over = taken.holder
        raise RaceLost

    def _holds(self, tenant: Tenant, holder: str, endpoint: Endpoint) -> bool:
        """Whether the holder of a claim still has the type and the address of an endpoint."""
        try:
            found = self.store.get(tenant, holder)
        except NotFound:
            return False
        return found.url == endpoint.url and found.types == endpoint.types

    def rotate(
        self,
        tenant: Tenant,
        endpoint: Endpoint,
        own_format: Format,
        record: Callable[[Endpoint], RecordedResponse | None] = lambda _: None,
    ) -> tuple[Endpoint, str, RecordedResponse | None]:
        """Give an endpoint a new secret; the old one stays in force for as long as the format says.

        Args:
            tenant: whose endpoint it is.
            endpoint: the endpoint.
            own_format: of its contract.
            record: makes the response to record under the idempotency key.

        Returns:
            The endpoint, the new secret, and the response recorded earlier under the key; with
            that, nothing was written.

        Raises:
            NotFound: there is no such endpoint any more.
        """
        plain, at = own_format.new_secret(), self.clock()
        overlaps = own_format.overlap > timedelta()
        rotated = replace(
            endpoint,
            secret=self.sealer.seal(tenant, endpoint.id, plain),
            secret_end=plain[-_SECRET_END:],
            old_secret=endpoint.secret if overlaps else None,
            old_secret_until=at + own_format.overlap if overlaps else None,
            updated_at=at,
        )
        earlier = self.store.save(tenant, rotated, _SECRET_FIELDS, record(rotated))
        return rotated, plain, earlier


@dataclass(frozen=True, slots=True)
class Switching:
    """Settings of endpoints, and tests: whatever has something queued, but for single events.

    Attributes:
        store: the endpoints.
        queue: the queue of deliveries.
        clock: the present instant.
    """

    store: WebhookStore
    queue: WebhookQueue
    clock: Callable[[], datetime] = now

    def change(  # noqa: PLR0913 - one parameter per setting
        self,
        tenant: Tenant,
        endpoint: Endpoint,
        own_format: Format,
        *,
        url: str | None = None,
        types: tuple[str, ...] | None = None,
        enabled: bool | None = None,
    ) -> Endpoint:
        """Change the settings of an endpoint; None leaves one as it is.

        One that is enabled again catches up with what it missed meanwhile; how it fared before
        does not count any more. A request that is repeated, because the first was cut off, has it
        catch up as well.

        Raises:
            NotFound: there is no such endpoint any more.
            KeyError: the format has no such type.
        """
        at = self.clock()
        changed = replace(
            endpoint,
            url=endpoint.url if url is None else url,
            types=endpoint.types if types is None else types,
            sources=endpoint.sources if types is None else own_format.queued_for(types),
            updated_at=at,
        )
        if enabled is None or enabled is endpoint.enabled:
            self.store.save(tenant, changed, _SETTINGS)
        else:
            changed = _switched(changed, at, on=enabled)
            self.store.save(tenant, changed, (*_SETTINGS, *_SWITCH))
        if enabled and changed.queued and changed.catch_up_until is not None:
            self.queue.put([reading_on(tenant, changed)])
        return changed

    def test(self, tenant: Tenant, endpoint: Endpoint, key: str | None = None) -> str:
        """Have an endpoint sent a test; its id, which is the same for the same key and day.

        Raises:
            Conflict: the endpoint is disabled.
        """
        _require_enabled(endpoint)
        # A key counts for a day: after that it names another test.
        named = f"{endpoint.id} {self.clock():%Y-%m-%d} {key}"
        test_id = str(uuid4() if key is None else uuid5(NAMESPACE_OID, named))
        message = Message(
            errand=Errand.TEST,
            tenant=tenant,
            endpoint_id=endpoint.id,
            event_id=test_id,
            cause=Cause.TEST,
        )
        self.queue.put([message])
        return test_id


@dataclass(frozen=True, slots=True)
class Resending:
    """Events that somebody wants sent now, or again, or not at all.

    Attributes:
        deliveries: what became of events.
        queue: the queue of deliveries.
        clock: the present instant.
    """

    deliveries: DeliveryStore
    queue: WebhookQueue
    clock: Callable[[], datetime] = now

    def resend(self, tenant: Tenant, endpoint: Endpoint, event_id: str) -> None:
        """Have an event sent now: one that waits for its next attempt, or again.

        Raises:
            NotFound: the endpoint was never told of such an event.
            Conflict: the endpoint is disabled.
        """
        _require_enabled(endpoint)
        delivery = find(self.deliveries, tenant, endpoint.id, event_id)
        at = self.clock()
        if delivery.state is DeliveryState.WAITING and delivery.receipt is not None:
            self.deliveries.make_due(tenant, delivery, at)
            self.queue.hurry(delivery.receipt)
            if not endpoint.open:
                return
            # The message that waits is dropped when it comes, if it has not been dropped before.
        self.queue.put([_resent(tenant, endpoint, delivery, instant(at))])

    def skip(self, tenant: Tenant, endpoint: Endpoint, event_id: str) -> None:
        """Let an event that waits for its next attempt pass, with those that wait behind it.

        Raises:
            NotFound: the endpoint was never told of such an event.
            Conflict: it does not wait.
        """
        delivery = find(self.deliveries, tenant, endpoint.id, event_id)
        self.deliveries.skip(tenant, delivery)
        if delivery.receipt is not None:
            self.queue.hurry(delivery.receipt)


def reading_on(tenant: Tenant, endpoint: Endpoint, reached: str = "") -> Message:
    """The message that has the feed read on for an endpoint.

    Args:
        tenant: whose feed it is.
        endpoint: the endpoint, with the instant up to which it catches up.
        reached: tells apart the steps of one catching up.
    """
    until = endpoint.catch_up_until
    return Message(
        errand=Errand.READ_ON,
        tenant=tenant,
        endpoint_id=endpoint.id,
        cause=Cause.CATCH_UP,
        counter=f"{instant(until) if until is not None else ''} {reached}",
        group=CATCH_UP_GROUP,
    )


# One group for each endpoint that catches up: its events come one after the other, then the step.
CATCH_UP_GROUP = "catch_up"


def _switched(endpoint: Endpoint, at: datetime, *, on: bool) -> Endpoint:
    """An endpoint that somebody enables, or disables, at an instant."""
    if on:
        return replace(
            well(endpoint),
            enabled=True,
            disabled_reason=None,
            disabled_at=None,
            catch_up_until=at + OVERLAP,
        )
    return replace(
        well(endpoint),
        enabled=False,
        disabled_at=at,
        behind_from=instant(at - UNQUEUED),
        catch_up_until=None,
    )


def _require_enabled(endpoint: Endpoint) -> None:
    """Make sure that an endpoint may be told of anything.

    Raises:
        Conflict: it is disabled.
    """
    if not endpoint.enabled:
        raise Conflict("The webhook is disabled; enable it first.")


def _resent(tenant: Tenant, endpoint: Endpoint, delivery: Delivery, counter: str) -> Message:
    """The message that has an event sent again."""
    is_test = delivery.type == TEST_TYPE
    return Message(
        errand=Errand.TEST if is_test else Errand.TELL,
        tenant=tenant,
        endpoint_id=endpoint.id,
        event_id=delivery.event_id,
        client_id="" if delivery.client_id == delivery.event_id else delivery.client_id,
        cause=Cause.RESEND,
        counter=counter,
    )
