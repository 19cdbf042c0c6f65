"""Alternative Payments' webhooks: the vendor's topics, and the secret as a bearer token.

To an integration of the vendor's, a merge is an archiving of one customer and a change of the
other, and an undo a change of both. Source: `docs/alternative-payments.md`, "Webhooks".
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from registry.contracts.alternative_payments.mapping import show_customer, show_payment_method
from registry.contracts.alternative_payments.wire import Topic
from registry.contracts.records import as_known
from registry.domain import document
from registry.domain.event import AnyEvent, Event, EventType, PaymentMethodEvent
from registry.domain.identifiers import instant
from registry.domain.immutable import dataclass
from registry.domain.webhook import Format, Notice, Rendered
from registry.domain.workspace import Contract

_SECRET_BYTES = 32
_DEFAULT: Final = "default_payment_method_id"


def _always(_: AnyEvent) -> bool:
    return True


def _changed(event: AnyEvent) -> bool:
    """Whether the customer stays: of a merge, that is the survivor."""
    return isinstance(event, Event) and (event.type is not EventType.MERGED or event.into is None)


def _left(event: AnyEvent) -> bool:
    """Whether the customer is out of use by now: of a merge, that is the absorbed one."""
    return not _changed(event) or event.type is EventType.ARCHIVED


def _default_changed(event: AnyEvent) -> bool:
    """Whether another payment method is the default of a customer that stays, or none is."""
    return isinstance(event, Event) and _changed(event) and _DEFAULT in event.changed


@dataclass(frozen=True, slots=True)
class _Sources:
    """A topic: the types of events that may lead to it, and which of these do."""

    sources: tuple[EventType, ...]
    holds: Callable[[AnyEvent], bool] = _always


TOPICS: Final[Mapping[str, _Sources]] = {
    Topic.CUSTOMER_CREATED.value: _Sources((EventType.CREATED,)),
    Topic.CUSTOMER_UPDATED.value: _Sources(
        (EventType.UPDATED, EventType.RESTORED, EventType.MERGED, EventType.UNMERGED), _changed
    ),
    Topic.CUSTOMER_ARCHIVED.value: _Sources((EventType.ARCHIVED, EventType.MERGED), _left),
    Topic.PAYMENT_METHOD_ADDED.value: _Sources((EventType.PAYMENT_METHOD_ADDED,)),
    Topic.DEFAULT_PAYMENT_METHOD_CHANGED.value: _Sources(
        (EventType.UPDATED, EventType.MERGED, EventType.UNMERGED), _default_changed
    ),
    Topic.PAYMENT_METHOD_DELETED.value: _Sources((EventType.PAYMENT_METHOD_REMOVED,)),
}
"""What leads to each topic that an endpoint can have."""


def render(notice: Notice) -> Rendered | None:
    """The object that an event is about, as its GET shows it; None for an event of another topic.

    The default payment method belongs to the customer, so that is the object of its topic.
    """
    topic = _topic(notice)
    if topic is None:
        return None
    body = document.render(
        {
            "id": notice.id,
            "topic": topic,
            "created_at": instant(notice.happened_at),
            "data": _data(notice),
        }
    )
    return Rendered({"Authorization": f"Bearer {notice.secrets[0]}"}, body)


def new_secret() -> str:
    """A new secret: 32 random bytes in hexadecimal."""
    return secrets.token_hex(_SECRET_BYTES)


def _topic(notice: Notice) -> str | None:
    """The topic of an endpoint, where an event belongs to it; a test always does."""
    (name,), event = notice.endpoint.types, notice.event
    topic = TOPICS[name]
    belongs = event is None or (event.type in topic.sources and topic.holds(event))
    return name if belongs else None


def _data(notice: Notice) -> dict[str, Any]:
    if notice.event is None or notice.client is None:
        return {"test": True}
    if isinstance(notice.event, PaymentMethodEvent):
        return show_payment_method(notice.event.method, notice.client).model_dump()
    return show_customer(as_known(notice.client, Contract.ALTERNATIVE_PAYMENTS)).model_dump()


FORMAT = Format(
    contract=Contract.ALTERNATIVE_PAYMENTS,
    sources={
        name: tuple(source.value for source in topic.sources) for name, topic in TOPICS.items()
    },
    render=render,
    new_secret=new_secret,
    overlap=timedelta(0),
    one_type=True,
)
