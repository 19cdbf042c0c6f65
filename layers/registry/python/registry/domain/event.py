"""What happened to a client: one event for each version of its record.

A payment method has one event when it is attached and one when it is removed. A webhook endpoint
has one when the registry disables it.

An event follows from what was there before and after a change, and from nothing else, so that it
can be made again from the same change and is the same then. Source:
`docs/data-model.md`, "Events".
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from registry.domain import document
from registry.domain.change import QUIET_REQUEST, Author, author_of
from registry.domain.client import Client
from registry.domain.identifiers import instant
from registry.domain.immutable import dataclass
from registry.domain.payment_method import PaymentMethod
from registry.domain.representation import is_empty, represented
from registry.domain.tenant import Tenant

# What a version number and the time of an event say already.
_IN_EVENT = frozenset({"id", "version", "created_at", "updated_at"})


class EventType(StrEnum):
    """What kind of change an event is about."""

    CREATED = "client.created"
    UPDATED = "client.updated"
    ARCHIVED = "client.archived"
    RESTORED = "client.restored"
    MERGED = "client.merged"
    UNMERGED = "client.unmerged"
    ERASED = "client.erased"
    PAYMENT_METHOD_ADDED = "payment_method.added"
    PAYMENT_METHOD_REMOVED = "payment_method.removed"
    WEBHOOK_DISABLED = "webhook.disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change of a client.

    Attributes:
        client_id: the client.
        version: the version that the change made.
        type: what kind of change it was.
        at: the instant of the change.
        changed: the values before and after, by the record's top-level names; of a new client the
            fields that have a value, each from null.
        credential_id, contract: whose call it was, and through which contract; None for a command
            of an operator, and for changes of before authors were kept.
        operator: the AWS identity of an operator who ran a command; None for a call.
        merge: the merge that was made or undone; None for any other change.
        into: of the absorbed client's event, the survivor.
        absorbed: of the survivor's event, the absorbed client.
        quiet: whether webhooks are not told of it, because a move made the change.
    """

    client_id: str
    version: int
    type: EventType
    at: datetime
    changed: Mapping[str, Sequence[Any]]
    credential_id: str | None
    contract: str | None
    operator: str | None
    merge: str | None = None
    into: str | None = None
    absorbed: str | None = None
    quiet: bool = False

    @property
    def id(self) -> str:
        """The id of the event: the client's with the version."""
        return f"{self.client_id}.{self.version}"


@dataclass(frozen=True, slots=True)
class PaymentMethodEvent:
    """A payment method was attached to a client, or removed from it.

    Attributes:
        method: the payment method, without its token.
        type: which of the two.
        at: when it happened.
        quiet: whether webhooks are not told of it, because a move did it.
    """

    method: PaymentMethod
    type: EventType
    at: datetime
    quiet: bool = False

    @property
    def client_id(self) -> str:
        """The client that the payment method belongs to, or did."""
        return self.method.client_id

    @property
    def id(self) -> str:
        """The id of the event. So no method is attached twice, nor removed twice."""
        return f"{self.client_id}.{self.method.id}.{self.type.rpartition('.')[2]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointEvent:
    """The registry disabled a webhook endpoint. It is about no client.

    Attributes:
        id: a UUID, the same whenever the event is made again.
        endpoint_id: the endpoint; it is not told of it itself.
        contract: whose format the endpoint is told in.
        reason: why it was disabled.
        at: the instant from which on it is disabled.
    """

    id: str
    endpoint_id: str
    contract: str
    reason: str
    at: datetime

    @property
    def type(self) -> EventType:
        """There is one type."""
        return EventType.WEBHOOK_DISABLED

    @property
    def client_id(self) -> None:
        """There is no client."""
        return

    @property
    def quiet(self) -> bool:
        """No move disables an endpoint."""
        return False


ClientEvent = Event | PaymentMethodEvent
"""An event that is about a client."""

AnyEvent = ClientEvent | EndpointEvent


def event_of(before: Client | None, after: Client) -> Event:
    """The event of a change of a record; `before` is None for a new one."""
    author = author_of(after)
    into = _into(before, after)
    return Event(
        client_id=after.id,
        version=after.version,
        type=_type(before, after, author),
        at=after.updated_at,
        changed={} if after.erased_at is not None else _changed(before, after),
        credential_id=author.credential_id,
        contract=author.contract,
        operator=author.operator,
        merge=author.merge,
        into=into,
        absorbed=_absorbed(before, after) if author.merge is not None and into is None else None,
        quiet=author.request_id == QUIET_REQUEST,
    )


def cloud_event(tenant: Tenant, event: AnyEvent) -> dict[str, Any]:
    """An event of a tenant as JSON, under the names of CloudEvents 1.0.

    The values are those that `document.render` takes.
    """
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": f"urn:client-registry:{tenant.workspace_id}:{tenant.mode}",
        "type": event.type,
        "time": instant(event.at),
        "subject": event.endpoint_id if isinstance(event, EndpointEvent) else event.client_id,
        "data": _data(event),
    }


def _data(event: AnyEvent) -> dict[str, Any]:
    """What an event says beyond what every event has."""
    match event:
        case Event():
            return _change_data(event)
        case PaymentMethodEvent():
            return method_data(event.method)
        case EndpointEvent():
            return {"contract": event.contract, "disabled_reason": event.reason}


def _change_data(event: Event) -> dict[str, Any]:
    return {
        "version": event.version,
        "changed": event.changed,
        **_merge(event),
        "by": {
            "credential_id": event.credential_id,
            "contract": event.contract,
            "operator": event.operator,
        },
    }


def method_data(method: PaymentMethod) -> dict[str, Any]:
    """A payment method as its events show it: all its details, and never its token."""
    return {
        "id": method.id,
        "type": method.type,
        "brand": method.brand,
        "bank_name": method.bank_name,
        "last4": method.last4,
        "exp_month": method.exp_month,
        "exp_year": method.exp_year,
        "holder_name": method.holder_name,
        "created_at": instant(method.created_at),
    }


def _merge(event: Event) -> dict[str, str]:
    """What the event of a merge, or of its undo, says beyond those of other changes."""
    named = {"merge": event.merge, "into": event.into, "absorbed": event.absorbed}
    return {name: text for name, text in named.items() if text is not None}


def _into(before: Client | None, after: Client) -> str | None:
    """The client by which this one was absorbed, or from which it came back."""
    if before is not None and before.live != after.live:
        return after.absorbed_into or before.absorbed_into
    return None


def _absorbed(before: Client | None, after: Client) -> str | None:
    """The client that this one absorbed, or that left it: the first of those that do not stay."""
    ids = (before.absorbed if before is not None else (), after.absorbed)
    fewer, more = sorted(ids, key=len)
    return next((each for each in more if each not in fewer), None)


def _type(before: Client | None, after: Client, author: Author) -> EventType:
    """The type of a change, which for a merge and its undo is the same on both clients."""
    if after.erased_at is not None:
        return EventType.ERASED
    if before is None:
        return EventType.CREATED
    if author.merge is not None:
        grew = len(after.absorbed) > len(before.absorbed)
        return EventType.MERGED if grew or not after.live else EventType.UNMERGED
    if before.archived != after.archived:
        return EventType.ARCHIVED if after.archived else EventType.RESTORED
    return EventType.UPDATED


def _changed(before: Client | None, after: Client) -> dict[str, list[Any]]:
    """The values before and after, of the fields that differ.

    Texts are compared, since `1` and `1.0` in metadata are equal numbers.
    """
    new = {name: value for name, value in represented(after).items() if name not in _IN_EVENT}
    if before is None:
        return {name: [None, value] for name, value in new.items() if not is_empty(name, value)}
    old = represented(before)
    return {
        name: [old[name], value]
        for name, value in new.items()
        if document.render(value) != document.render(old[name])
    }
