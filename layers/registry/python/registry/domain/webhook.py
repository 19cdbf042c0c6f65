"""Webhooks: the endpoints that are told of events, the attempts to tell them, and their formats.

An endpoint has a contract, and is told in that contract's format. What a format is made of is here;
the formats themselves are in their contracts' packages. See `docs/data-model.md`, "Webhooks".
"""

import secrets
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from registry.domain.client import Client
from registry.domain.event import AnyEvent
from registry.domain.identifiers import instant, new_id
from registry.domain.immutable import dataclass, replace
from registry.domain.tenant import Tenant
from registry.domain.workspace import Contract, Plan

# Of a workspace in one mode, with those of all contracts. Source: `docs/registry.md`, "Webhooks".
MAX_ENDPOINTS = 20
# How long the old secret signs beside a new one.
ROTATION = timedelta(hours=24)
# How long deliveries are kept, and how far back an endpoint catches up.
KEPT = timedelta(days=30)
# An endpoint that does nothing but fail for this long is disabled.
GIVEN_UP_AFTER = timedelta(days=5)
# How far an endpoint reads the feed past the moment at which events are queued for it again.
OVERLAP = timedelta(seconds=10)
# `project` may run for a minute, and clocks differ: an event that was written so long before an
# endpoint was opened or disabled may not have been queued for it.
UNQUEUED = timedelta(seconds=70)
# The longest wait that a receiver can ask for by `Retry-After`.
MAX_RETRY_AFTER = timedelta(hours=24)
ANY_TYPE = "*"
# The type of a test, which no event has.
TEST_TYPE = "webhook.test"

_SECRET_BYTES = 24
# Of attempts whose instants are kept with their event. There are eight, and any number of resends.
_MOST_ATTEMPTED = 200
# Seven waits between eight attempts, and how much longer or shorter each may be.
STANDARD_WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
STANDARD_TIMEOUT = timedelta(seconds=15)
JITTER = 0.2


class Cause(StrEnum):
    """Why an attempt is made. Source: `docs/registry.md`, "Webhooks"."""

    CHANGE = "change"
    RETRY = "retry"
    RESEND = "resend"
    TEST = "test"
    CATCH_UP = "catch_up"


class DeliveryState(StrEnum):
    """What has become of an event for an endpoint; `SKIPPED` by an operator's command."""

    DELIVERED = "delivered"
    WAITING = "waiting"
    FAILED = "failed"
    SKIPPED = "skipped"


class DisabledReason(StrEnum):
    """Why an endpoint was disabled by the registry."""

    GONE = "gone"
    FAILING = "failing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address that is told of a workspace's events, and how it has fared.

    Attributes:
        id: UUIDv7.
        contract: whose format it is told in.
        url: where requests go.
        types: what it is told of, under the names of its contract, or `*`.
        sources: the types of the registry's events that lead to these; what is queued for it.
        enabled: whether it is told of anything.
        created_at, updated_at: of its settings.
        disabled_reason: why the registry disabled it; None where nobody or a person did.
        disabled_at: since when it is not enabled.
        secret: what requests are signed with, or carry, encrypted (`registry.store.sealing`).
        secret_end: the last four characters of the secret.
        old_secret, old_secret_until: the secret before, until the end of a rotation.
        failing_since, failures: the first failure after the last success, and how many there were.
        opened_at: since when nothing is queued for it, because it did nothing but fail.
        probes: how often it was tried since then.
        probe_at: when it is tried next.
        behind_from: the place in the feed from which on it may have missed events.
        catch_up_until: the instant up to which it reads the feed; what comes later is queued.
    """

    id: str
    contract: Contract
    url: str
    types: tuple[str, ...]
    sources: tuple[str, ...]
    enabled: bool = False
    created_at: datetime
    updated_at: datetime
    disabled_reason: DisabledReason | None = None
    disabled_at: datetime | None = None
    secret: str = field(repr=False)
    secret_end: str = field(repr=False)
    old_secret: str | None = field(default=None, repr=False)
    old_secret_until: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    opened_at: datetime | None = None
    probes: int = 0
    probe_at: datetime | None = None
    behind_from: str | None = None
    catch_up_until: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether the endpoint did nothing but fail, so that nothing is queued for it."""
        return self.opened_at is not None

    @property
    def queued(self) -> bool:
        """Whether events are queued for the endpoint as they happen."""
        return self.enabled and not self.open

    def takes(self, event_type: str) -> bool:
        """Whether an event of this type may have to be told to the endpoint."""
        return ANY_TYPE in self.sources or event_type in self.sources

    def sealed_secrets(self, at: datetime) -> tuple[str, ...]:
        """The encrypted secrets in force, the newest first; two during a rotation."""
        until = self.old_secret_until
        if self.old_secret is None or until is None or until <= at:
            return (self.secret,)
        return self.secret, self.old_secret


def well(endpoint: Endpoint) -> Endpoint:
    """The endpoint as if nothing had failed since its last success."""
    return replace(
        endpoint, failing_since=None, failures=0, opened_at=None, probes=0, probe_at=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt to tell an endpoint of an event.

    Attributes:
        endpoint_id: the endpoint.
        event_id: the event; of a test a UUID.
        type: of the event, as the registry names it.
        client_id: the client that the event is about; None for a test, and where it is about none.
        number: counts from 1.
        cause: why it was made.
        state: what became of the event by it.
        status: the HTTP status of the response; None where there was none.
        error: a word for what went wrong, such as `timeout`; None where nothing did.
        at: when it was made.
        next_attempt_at: when the next one is due; None where none is.
    """

    endpoint_id: str
    event_id: str
    type: str
    client_id: str | None
    number: int
    cause: Cause
    state: DeliveryState
    status: int | None
    error: str | None
    at: datetime
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What has become of an event for an endpoint so far.

    Attributes:
        endpoint_id, event_id: of which endpoint and event.
        client_id: the client that the event is about; where it is about none, or for a test, the
            event itself.
        type: of the event, as the registry names it.
        state: what has become of it.
        attempts: how many there were.
        next_attempt_at: when the next one is due; None where none is.
        receipt: with which the message that waits for it can be let come earlier.
        attempted: the instants of the attempts.
    """

    endpoint_id: str
    event_id: str
    client_id: str
    type: str
    state: DeliveryState
    attempts: int = 0
    next_attempt_at: datetime | None = None
    receipt: str | None = field(default=None, repr=False)
    attempted: tuple[str, ...] = ()


def delivery_after(
    known: Delivery | None,
    attempt: Attempt,
    receipt: str | None = None,
) -> Delivery:
    """What has become of an event after an attempt.

    Args:
        known: what had become of it before; None for the first attempt.
        attempt: the attempt.
        receipt: of the message that waits for the next one.
    """
    attempted = known.attempted if known is not None else ()
    return Delivery(
        endpoint_id=attempt.endpoint_id,
        event_id=attempt.event_id,
        client_id=attempt.client_id or attempt.event_id,
        type=attempt.type,
        state=attempt.state,
        attempts=attempt.number,
        next_attempt_at=attempt.next_attempt_at,
        receipt=receipt,
        attempted=(*attempted, instant(attempt.at))[-_MOST_ATTEMPTED:],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What an endpoint is to be told, for a format to render.

    Attributes:
        tenant: whose event it is.
        endpoint: who is told.
        secrets: the endpoint's secrets in force, in plain text, the newest first.
        id: the event's id; of a test a UUID, the same at every attempt.
        event: the event; None for a test.
        client: the client as it is now, for a format with `needs_client`; None for a test, and for
            every other format.
        number: of the attempt, from 1.
        at: the instant of the attempt, which signatures carry.
        happened_at: the instant of the event, or of the request for a test.
    """

    tenant: Tenant
    endpoint: Endpoint
    secrets: tuple[str, ...] = field(repr=False)
    id: str
    event: AnyEvent | None
    client: Client | None
    number: int
    at: datetime
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Rendered:
    """A request to an endpoint: headers beside those of HTTP itself, and JSON.

    The secret may be in the headers, and a client is in the body, so neither is shown in a log.
    """

    headers: Mapping[str, str] = field(repr=False)
    body: str = field(repr=False)


# None where the endpoint is not told of the event after all, because what it is told of is narrower
# than the types of events that are queued for it.
Render = Callable[[Notice], Rendered | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How the endpoints of a contract are told of events.

    Attributes:
        contract: the contract.
        sources: what an endpoint can be told of, under the contract's names, each with the types of
            the registry's events that lead to it.
        any_type: whether an endpoint can ask for everything by `*`.
        render: makes the request of a notice.
        new_secret: makes a secret.
        needs_client: whether `render` takes the client as it is at the time.
        waits: between attempts; after the attempt that follows the last wait, the event has failed.
        timeout: how long an attempt may take.
        overlap: how long the old secret is in force beside a new one.
        disables: whether an endpoint that fails for days, or says that it is gone, is disabled.
        plans: the plans of a workspace that have the contract's webhooks.
        tests_new: whether an endpoint is tested as soon as it is made.
        one_type: whether an endpoint is told of one type, and an address once of each type.
    """

    contract: Contract
    sources: Mapping[str, tuple[str, ...]]
    any_type: bool = False
    render: Render
    new_secret: Callable[[], str]
    needs_client: bool = True
    waits: tuple[timedelta, ...] = STANDARD_WAITS
    timeout: timedelta = STANDARD_TIMEOUT
    overlap: timedelta = ROTATION
    disables: bool = True
    plans: frozenset[Plan] = frozenset(plan for plan in Plan if plan.has_api)
    tests_new: bool = False
    one_type: bool = False

    def queued_for(self, types: tuple[str, ...]) -> tuple[str, ...]:
        """The types of events that have to be queued for an endpoint of these types.

        Raises:
            KeyError: the format has no such type.
        """
        if self.any_type and ANY_TYPE in types:
            return (ANY_TYPE,)
        return tuple(dict.fromkeys(source for name in types for source in self.sources[name]))


def standard_secret() -> str:
    """A new secret of Standard Webhooks: `whsec_` and 24 random bytes in base64.

    Source: "Secret/key generation", Standard Webhooks specification.
    """
    return f"whsec_{b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def new_endpoint_id() -> str:
    """The id of a new endpoint. Its secret is encrypted for it, so it is made first."""
    return new_id()
