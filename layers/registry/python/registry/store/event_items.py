"""Events as items of the Events table: their keys, their attributes, and their entries in the feed.

See `docs/data-model.md`, "Events".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, unquote

from registry.domain import document
from registry.domain.event import AnyEvent, EndpointEvent, Event, EventType, PaymentMethodEvent
from registry.domain.identifiers import instant, is_id, parse_instant
from registry.domain.immutable import dataclass
from registry.domain.payment_method import PaymentMethod
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.attributes import attributes_of
from registry.store.parts import joined, split
from registry.store.transaction import OnConditionFailed, Write, put_new

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value

METHOD = "METHOD#"
"""The beginning of the sort keys of events of payment methods.

What follows is percent-encoded: a vendor's id may have any character, and a cursor may not.
"""

ENDPOINT = "WEBHOOK"
"""The sort key of an event that is about a webhook endpoint; its partition has its id."""

_DIGITS = 10
# Behind all versions, since it is the character after the digits, and before `METHOD`.
_AFTER_VERSIONS = ":"
# What an event is about, in its id: the version of the client, or what became of a payment method.
_VERSION = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
# A UUID of version 5: that of an event without a client. Clients have those of version 7.
_OWN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_METHOD_EVENT = re.compile(r".+\.(?:added|removed)", re.DOTALL)
# A vendor's id has at most 255 bytes; DynamoDB's sort keys end at 1,024.
_MAX_WHAT_BYTES = 300
# A text of this size costs more to compress than it saves.
_PLAIN_BYTES = 2_000
# Texts of an event that it may be without.
_OPTIONAL = ("credential_id", "contract", "operator", "merge", "into", "absorbed")
_ENDPOINT_EVENT = attributes_of(EndpointEvent, in_key=frozenset({"id", "at"}))
_METHOD_ATTRIBUTES = attributes_of(PaymentMethod, in_key=frozenset({"client_id", "token"}))


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry of the feed: the event that it names, and its place.

    Attributes:
        event_id: the id of the event.
        type: of the event.
        place: orders the entries of a tenant.
    """

    event_id: str
    type: EventType
    place: str

    @property
    def about(self) -> str:
        """The client that the event is about; the event's own id where it is about none."""
        return self.event_id.partition(".")[0]

    @property
    def client_id(self) -> str | None:
        """The client that the event is about; None where it is about none."""
        return self.about if self.about != self.event_id else None


class EventItems:
    """An event and the items it is stored as."""

    def __init__(self, tenant: Tenant, event: AnyEvent) -> None:
        """Work out the items, but for the instant at which they are written."""
        self._tenant = tenant
        self._event = event
        self._key = _key(tenant, event.id)
        self._attributes, self._parts = _attributes(event)
        self.count = 2 + max(0, len(self._parts) - 1)
        self.bytes = _PLAIN_BYTES + sum(map(len, self._parts))

    def writes(self, table: str, stamp: str, already_there: OnConditionFailed) -> list[Write]:
        """The writes of the event, of the further parts of its values, and of its feed entry.

        Args:
            table: the Events table.
            stamp: the instant at which the write begins.
            already_there: called where the event is there from before.
        """
        event, pk, sk = self._event, self._key["pk"], self._key["sk"]["S"]
        item: items.Item = {
            **self._key,
            "type": {"S": event.type},
            "at": {"S": instant(event.at)},
            "fed_at": {"S": stamp},
            **self._attributes,
        }
        entry: items.Item = {
            "pk": {"S": feed_partition(self._tenant)},
            "sk": {"S": place_of(item)},
            "type": {"S": event.type},
        }
        further: list[items.Item] = [
            {"pk": pk, "sk": {"S": f"{sk}#{number}"}, "part": {"B": part}}
            for number, part in enumerate(self._parts[1:], 1)
        ]
        return [
            Write(put_new(table, item).request, already_there),
            *(put_new(table, part) for part in further),
            put_new(table, entry),
        ]


def events_partition(tenant: Tenant, about: str) -> str:
    """The partition of the events of a tenant's client, or of an event that is about none."""
    return f"{items.partition(tenant)}#{about}"


def feed_partition(tenant: Tenant) -> str:
    """The partition of a tenant's feed."""
    return f"{items.partition(tenant)}#FEED"


def event_key(tenant: Tenant, event_id: str) -> items.Item | None:
    """The key of the event with an id; None for a text that is the id of none."""
    client_id, dot, what = event_id.partition(".")
    if not dot:
        return _key(tenant, event_id) if _OWN_ID.fullmatch(event_id) else None
    known = _VERSION.fullmatch(what) or _METHOD_EVENT.fullmatch(what)
    if not known or not is_id(client_id) or len(what.encode()) > _MAX_WHAT_BYTES:
        return None
    return _key(tenant, event_id)


def key_of(tenant: Tenant, entry: FeedEntry) -> items.Item:
    """The key of the event that an entry of a tenant's feed names."""
    _, about, sk = entry.place.split("#", 2)
    return {"pk": {"S": events_partition(tenant, about)}, "sk": {"S": sk}}


def version_key(tenant: Tenant, client_id: str, version: int) -> items.Item:
    """The key of the event of a client's version."""
    return _key(tenant, f"{client_id}.{version}")


def end_of_versions(before: int | None) -> str:
    """The sort key before which the events of versions are, all or those before a version."""
    return _AFTER_VERSIONS if before is None else _version_key(before)


def place_of(item: "Mapping[str, Value]") -> str:
    """The place in the feed of an event."""
    about = item["pk"]["S"].rpartition("#")[2]
    return f"{item['fed_at']['S']}#{about}#{item['sk']['S']}"


def read_feed_entry(item: "Mapping[str, Value]") -> FeedEntry:
    """The entry of the feed in an item."""
    place = item["sk"]["S"]
    _, about, sk = place.split("#", 2)
    return FeedEntry(_event_id(about, sk), EventType(item["type"]["S"]), place)


def entries_behind(found: "Iterable[items.Item]", event_id: str) -> list[FeedEntry]:
    """Of a client's items, last key first, the entries in the feed after that of an event.

    Events of payment methods come first, then those of versions, newest first. So no more than
    that is read once a version is older than the event.
    """
    entries: list[FeedEntry] = []
    start: str | None = None
    for item in found:
        if "type" not in item:
            # A further part of a large event.
            continue
        about, sk = item["pk"]["S"].rpartition("#")[2], item["sk"]["S"]
        entry = FeedEntry(_event_id(about, sk), EventType(item["type"]["S"]), place_of(item))
        if entry.event_id == event_id:
            start = entry.place
        if start is not None and entry.place <= start and not sk.startswith(METHOD):
            break
        if "quiet" not in item:
            entries.append(entry)
    later = [each for each in entries if start is not None and each.place > start]
    return sorted(later, key=lambda each: each.place, reverse=True)


def read_events(found: "Iterable[items.Item]") -> Iterator[Event]:
    """The events of items that come newest first; the further parts of one come before it."""
    parts: list[bytes] = []
    for item in found:
        if "#" in item["sk"]["S"]:
            parts.insert(0, item["part"]["B"])
        else:
            yield read_event(item, parts)
            parts = []


def read_event(item: "Mapping[str, Value]", further: Sequence[bytes]) -> Event:
    """The event of a version in an item and in the further parts of its values."""
    plain = item["changed"]["S"] if "changed" in item else None
    changed = plain if plain is not None else joined([item["part"]["B"], *further])
    return Event(
        client_id=item["pk"]["S"].rpartition("#")[2],
        version=int(item["sk"]["S"]),
        type=EventType(item["type"]["S"]),
        at=parse_instant(item["at"]["S"]),
        changed=cast("dict[str, list[Any]]", document.parse(changed)),
        **{name: _text(item, name) for name in _OPTIONAL},
        quiet="quiet" in item,
    )


def read_payment_method_event(item: "Mapping[str, Value]") -> PaymentMethodEvent:
    """The event of a payment method in an item."""
    client_id = item["pk"]["S"].rpartition("#")[2]
    return PaymentMethodEvent(
        PaymentMethod(client_id=client_id, **_METHOD_ATTRIBUTES.read(item["method"]["M"])),
        EventType(item["type"]["S"]),
        parse_instant(item["at"]["S"]),
        quiet="quiet" in item,
    )


def read_endpoint_event(item: "Mapping[str, Value]") -> EndpointEvent:
    """The event of a webhook endpoint in an item."""
    return EndpointEvent(
        id=item["pk"]["S"].rpartition("#")[2],
        at=parse_instant(item["at"]["S"]),
        **_ENDPOINT_EVENT.read(item),
    )


def _attributes(event: AnyEvent) -> tuple[items.Item, list[bytes]]:
    """The attributes that not all events have, and the parts of values that are too large."""
    if isinstance(event, EndpointEvent):
        return _ENDPOINT_EVENT.write(event), []
    quiet: items.Item = {"quiet": {"BOOL": True}} if event.quiet else {}
    if isinstance(event, PaymentMethodEvent):
        return quiet | {"method": {"M": _METHOD_ATTRIBUTES.write(event.method)}}, []
    item = quiet | {
        name: {"S": text} for name in _OPTIONAL if (text := getattr(event, name)) is not None
    }
    changed = document.render(event.changed)
    if len(changed.encode()) <= _PLAIN_BYTES:
        return item | {"changed": {"S": changed}}, []
    parts = split(changed)
    return item | {"part": {"B": parts[0]}}, parts


def _key(tenant: Tenant, event_id: str) -> items.Item:
    about, _, what = event_id.partition(".")
    return {"pk": {"S": events_partition(tenant, about)}, "sk": {"S": _sort_key(what)}}


def _sort_key(what: str) -> str:
    """The sort key of an event, of what its id has behind that of the client."""
    if not what:
        return ENDPOINT
    return _version_key(int(what)) if _VERSION.fullmatch(what) else METHOD + quote(what, safe="")


def _event_id(about: str, sk: str) -> str:
    """The id of an event, of the end of its partition and its sort key."""
    if sk == ENDPOINT:
        return about
    what = unquote(sk.removeprefix(METHOD)) if sk.startswith(METHOD) else str(int(sk))
    return f"{about}.{what}"


def _version_key(version: int) -> str:
    return f"{version:0{_DIGITS}}"


def _text(item: "Mapping[str, Value]", name: str) -> str | None:
    return item[name]["S"] if name in item else None
