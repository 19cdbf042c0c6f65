"""The criteria of a page of clients, and the DynamoDB query for it."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from registry.domain.client import Client
from registry.domain.identifiers import id_range, instant_range
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.store import items

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

Between = tuple[datetime | None, datetime | None]
# The lowest and the highest id; nothing lies between where the first is higher.
IdRange = tuple[str, str]
ALL_IDS: IdRange = id_range(None, None)

# A query with a filter is continued until the page is full; this is the number of items per call.
_FILTERED_READ = 1_000
# Below and above every sort key, and equal to none.
_LOWEST, _HIGHEST = "\x00", "\U0010ffff" * 226


class Order(StrEnum):
    """The order of a list; clients with equal values are ordered by id."""

    CREATED = "created"
    NAME = "name"
    UPDATED = "updated"


_INDEX = {Order.CREATED: "Status", Order.NAME: "Name", Order.UPDATED: "Updated"}
_RANGE_KEY = {Order.CREATED: "sk", Order.NAME: "name_key", Order.UPDATED: "updated_key"}


@dataclass(frozen=True, slots=True)
class Position:
    """The place of a client in an order.

    Attributes:
        key: the text the order goes by; for `Order.CREATED` the id.
        id: the client's id.
    """

    key: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of a list.

    Attributes:
        limit: the largest number of clients.
        descending: newest, last or highest first.
        archived: only archived, or only active clients; None for both, in order of creation only.
        created, updated: from and to, both inclusive.
        start: the place after which the page begins.
        backwards: the page that ends just before `start`, instead of the one after it; the
            clients still come in the order of the list.
        known_start: whether the client at `start` has to exist.
    """

    limit: int
    order: Order = Order.CREATED
    descending: bool = True
    archived: bool | None = None
    created: Between = (None, None)
    updated: Between = (None, None)
    start: Position | None = None
    backwards: bool = False
    known_start: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Clients in the order of the list, and whether more follow in the direction of reading.

    Attributes:
        absorbed_into: the client that absorbed the one at a known start, where one did.
    """

    clients: tuple[Client, ...]
    more: bool
    absorbed_into: str | None = None


def ids_beyond(start: str | None, between: Between, *, older: bool) -> IdRange:
    """The range of ids created in `between`; with `start`, only older, or only newer, ones."""
    low, high = id_range(*between)
    if start is not None:
        neighbour = _neighbour(start, -1 if older else 1)
        low, high = (low, min(high, neighbour)) if older else (max(low, neighbour), high)
    return low, high


def between(attribute: str, low: str, high: str) -> "tuple[str, dict[str, Value]]":
    """The condition that an attribute is in `[low, high]`, and the values it refers to.

    Every BETWEEN of the store is written here. DynamoDB refuses a range whose low end is above its
    high end with a ValidationException. Two instants within one millisecond lead to such a range,
    and so does a bound on the other side of a cursor. It is empty, so this function puts another
    empty range in its place.
    """
    if low > high:
        low = high = _LOWEST
    return f"{attribute} BETWEEN :{attribute}_low AND :{attribute}_high", {
        f":{attribute}_low": {"S": low},
        f":{attribute}_high": {"S": high},
    }


def position(client: Client, order: Order) -> Position:
    """The place of a client in an order."""
    match order:
        case Order.CREATED:
            return Position(client.id, client.id)
        case Order.NAME:
            return Position(items.name_key(client).partition(items.SEPARATOR)[0], client.id)
        case Order.UPDATED:
            return Position(items.updated_key(client).partition(items.SEPARATOR)[0], client.id)


def query(table: str, tenant: Tenant, listing: Listing) -> "QueryInputTypeDef":
    """The query for a page; its `Limit` covers one client more, which decides `Page.more`.

    An empty range is no special case: DynamoDB returns an empty page.
    """
    downwards = listing.descending != listing.backwards
    partition, index = items.partition(tenant), None
    if listing.archived is not None:
        partition = items.status_partition(tenant, archived=listing.archived)
        index = _INDEX[listing.order]
    bounds = _bounds(listing, downwards=downwards)
    in_bounds, values = between(_RANGE_KEY[listing.order], *bounds)
    filters: list[str] = []
    for name, ends in _filters(listing).items():
        condition, more = between(name, *ends)
        filters.append(condition)
        values |= more
    request: QueryInputTypeDef = {
        "TableName": table,
        "KeyConditionExpression": f"{'status_pk' if index else 'pk'} = :partition AND {in_bounds}",
        "ExpressionAttributeValues": {":partition": {"S": partition}, **values},
        "ScanIndexForward": not downwards,
        "Limit": _FILTERED_READ if filters else listing.limit + 1 + listing.known_start,
    }
    if index is None:
        request["ConsistentRead"] = True
    else:
        request["IndexName"] = index
    if filters:
        request["FilterExpression"] = " AND ".join(filters)
    return request


def other_query(table: str, tenant: Tenant, listing: Listing) -> "QueryInputTypeDef | None":
    """The query for the same clients in another order, by the bounds that filter the list's own.

    It reads the clients within those bounds and no others, and the bounds and the start of the page
    are its filter; so it has all clients that follow when it has ended.

    Returns:
        None where nothing but the list's own order is bounded.
    """
    filters = _filters(listing)
    if not filters or listing.archived is None:
        return None
    name = next(iter(filters))
    in_range, values = between(name, *filters.pop(name))
    filters[_RANGE_KEY[listing.order]] = _bounds(
        listing, downwards=listing.descending != listing.backwards
    )
    conditions: list[str] = []
    for filtered, ends in filters.items():
        condition, more = between(filtered, *ends)
        conditions.append(condition)
        values |= more
    partition = items.status_partition(tenant, archived=listing.archived)
    order = next(order for order, key in _RANGE_KEY.items() if key == name)
    return {
        "TableName": table,
        "IndexName": _INDEX[order],
        "KeyConditionExpression": f"status_pk = :partition AND {in_range}",
        "FilterExpression": " AND ".join(conditions),
        "ExpressionAttributeValues": {":partition": {"S": partition}, **values},
        "Limit": _FILTERED_READ,
    }


def order_key(item: items.Item, listing: Listing) -> str:
    """What the order of a list goes by, in the item of a client."""
    return item[_RANGE_KEY[listing.order]]["S"]


def _bounds(listing: Listing, *, downwards: bool) -> tuple[str, str]:
    """The lowest and the highest sort key of a page, which begins at `start`.

    With `known_start` the client at `start` is within the bounds, so that the query itself shows
    whether it exists; otherwise they begin at the next possible key.
    """
    low, high = _range(listing, listing.order)
    if listing.start is not None:
        distance = 0 if listing.known_start else (-1 if downwards else 1)
        place = _key(listing.order, listing.start, distance)
        low, high = (low, min(high, place)) if downwards else (max(low, place), high)
    return low, high


def _key(order: Order, start: Position, distance: int) -> str:
    """The sort key of a place, or of one whose id is some way up or down from it."""
    neighbour = _neighbour(start.id, distance)
    if order is Order.CREATED:
        return items.CLIENT + neighbour
    return start.key + items.SEPARATOR + neighbour


def _neighbour(identifier: str, distance: int) -> str:
    """The id some way up or down: ids are compared as text, in which their number is ordered."""
    return str(UUID(int=UUID(identifier).int + distance))


def _filters(listing: Listing) -> dict[str, tuple[str, str]]:
    """The ranges beside the order's own, by attribute: the key condition has room for one."""
    bounded = {Order.CREATED: listing.created, Order.UPDATED: listing.updated}
    return {
        _RANGE_KEY[order]: _range(listing, order)
        for order, between in bounded.items()
        if order is not listing.order and between != (None, None)
    }


def _range(listing: Listing, order: Order) -> tuple[str, str]:
    """The lowest and the highest sort key of an order within the listing's bounds of time."""
    match order:
        case Order.CREATED:
            low, high = id_range(*listing.created)
            return items.CLIENT + low, items.CLIENT + high
        case Order.UPDATED:
            low, high = instant_range(*listing.updated)
            return low, high + items.SEPARATOR + _HIGHEST[0]
        case Order.NAME:
            return _LOWEST, _HIGHEST
