"""Synthetic DynamoDB: serves the pages of a workspace of any size, and counts what they cost.

Pages have DynamoDB's documented sizes: a query ends at a megabyte, a read unit is 4 KB (half of it
when the read is not consistent), a write unit 1 KB. Of each call the time is taken to be
`CALL_SECONDS`, and `BYTES_A_SECOND` of what is read. Responses are parsed by botocore's own parser,
whose processor time counts; that of making them does not. What is written is counted and forgotten,
but for look-up keys and pairs, which are found again.

Source: "Read and write operations", Amazon DynamoDB Developer Guide.
"""

import base64
import json
import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, TypeAlias

import botocore.session
from botocore.parsers import create_parser

from registry.domain.client import Client
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.directory import Directory, Entry, Pack, pack_directory
from registry.store.listing import ALL_IDS
from registry.store.packs import Kind, counts_of, pack_facts, pack_texts
from tools.scale.people import PACK, client, client_id, number_of, row, rows, same_texts

Item = dict[str, Any]
Response = dict[str, Any]
# Parameters of calls and values of items are DynamoDB's own JSON.
Value: TypeAlias = Any
TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
# Single-digit milliseconds is what DynamoDB promises of an item; a megabyte takes some 30 ms more.
CALL_SECONDS = 0.005
BYTES_A_SECOND = 32_000_000
_MEGABYTE = 1024 * 1024
_READ_UNIT, _WRITE_UNIT = 4096, 1024
# In the partitions of items that are kept.
_KEPT = ("#KEY#", "#PAIRS#")
_OPERATIONS = {
    "query": "Query",
    "batch_get_item": "BatchGetItem",
    "get_item": "GetItem",
}


@dataclass
class Cost:
    """What was spent since the last reset.

    Attributes:
        calls, read_units, write_units, read_bytes: sums.
        own_seconds: processor time of making pages, which is not the caller's.
        waits: seconds of waiting by thread.
    """

    calls: int = 0
    read_units: float = 0
    write_units: float = 0
    read_bytes: int = 0
    own_seconds: float = 0
    waits: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def waiting(self) -> float:
        """Seconds of waiting for DynamoDB; calls side by side wait for the slowest thread."""
        main = threading.main_thread().ident
        beside = [wait for thread, wait in self.waits.items() if thread != main]
        return self.waits.get(main or 0, 0.0) + max(beside, default=0.0)


class Engine:
    """A workspace with packs and a full overlay.

    Attributes:
        clients: how many clients the workspace has.
        overlay: how many of them changed since their packs were written.
        passing: how many clients pass a filter that an index does not serve.
        cost: what the calls cost.
    """

    def __init__(
        self,
        clients: int,
        *,
        packed: bool,
        overlay: int,
        passing: int = 0,
        make: Callable[[int], Client] = client,
    ) -> None:
        """A workspace; `make` makes the client of a number, as it is read by its key."""
        self.clients = clients
        self.overlay = overlay
        self.passing = passing
        self.cost = Cost()
        self._packed = packed
        self._make = make
        self._kept: dict[str, dict[str, Item]] = defaultdict(dict)
        self._lock = threading.Lock()

    def query(self, **request: Value) -> Response:
        """A page of a query."""
        with self._lock:
            started = time.thread_time()
            source, scanned_all = self._source(request)
            skipped = int(request.get("ExclusiveStartKey", {"n": {"N": "0"}})["n"]["N"])
            page: list[Item] = []
            total = read = 0
            more = False
            for item, passes in islice(source, skipped, None):
                if total >= _MEGABYTE or read >= request.get("Limit", math.inf):
                    more = True
                    break
                total += _size(item)
                read += 1
                if passes:
                    page.append(_projected(item, request))
            units = math.ceil(total / _READ_UNIT) * (1 if request.get("ConsistentRead") else 0.5)
            response: dict[str, Any] = {"Items": page, "Count": len(page), "ScannedCount": read}
            if more and scanned_all:
                response["LastEvaluatedKey"] = {"n": {"N": str(skipped + read)}}
            body = self._sent(response, units, total, started)
        return _parsed("query", body)

    def batch_get_item(self, RequestItems: Mapping[str, Any]) -> Response:  # noqa: N803
        """Items by their keys."""
        with self._lock:
            started = time.thread_time()
            found: dict[str, list[Item]] = {}
            units = total = 0.0
            for table, wanted in RequestItems.items():
                share = 1 if wanted.get("ConsistentRead") else 0.5
                for key in wanted["Keys"]:
                    item = self._item(table, key)
                    found.setdefault(table, []).append(item)
                    total += _size(item)
                    units += math.ceil(_size(item) / _READ_UNIT) * share
            response = {"Responses": found, "UnprocessedKeys": {}}
            body = self._sent(response, units, int(total), started)
        return _parsed("batch_get_item", body)

    def put_item(self, **request: Value) -> Response:
        """Count a write."""
        return self._written([request["Item"]], 1)

    def delete_item(self, **_: Value) -> Response:
        """Count a write."""
        return self._written([{}], 1)

    def update_item(self, **_: Value) -> Response:
        """Count a write; of a turn, the next one."""
        self._written([{}], 1)
        return {"Attributes": {"turn": {"N": "2"}}}

    def transact_write_items(self, TransactItems: Sequence[Any], **_: Value) -> Response:  # noqa: N803
        """Count writes, each twice as in a transaction."""
        writes = [next(iter(write.values())) for write in TransactItems]
        return self._written([write.get("Item", {}) for write in writes], 2)

    def batch_write_item(self, RequestItems: Mapping[str, Any]) -> Response:  # noqa: N803
        """Count writes, each once."""
        writes = [
            next(iter(request.values()))
            for requests in RequestItems.values()
            for request in requests
        ]
        self._written([write.get("Item", {}) for write in writes], 1)
        return {"UnprocessedItems": {}}

    def _written(self, written: Sequence[Item], times: int) -> Response:
        with self._lock:
            self.cost.calls += 1
            self.cost.waits[threading.get_ident()] += CALL_SECONDS * times
            self.cost.write_units += times * sum(
                max(1, math.ceil(_size(item) / _WRITE_UNIT)) for item in written
            )
            for item in written:
                if any(kind in item.get("pk", {}).get("S", "") for kind in _KEPT):
                    self._kept[item["pk"]["S"]][item["sk"]["S"]] = item
        return {}

    def _sent(self, response: Mapping[str, Any], units: float, size: int, started: float) -> bytes:
        """The body of a response, with what it cost."""
        body = json.dumps(response, default=lambda raw: base64.b64encode(raw).decode()).encode()
        self.cost.calls += 1
        self.cost.read_units += units
        self.cost.read_bytes += size
        self.cost.waits[threading.get_ident()] += CALL_SECONDS + size / BYTES_A_SECOND
        self.cost.own_seconds += time.thread_time() - started
        return body

    def _source(self, request: Mapping[str, Any]) -> tuple[Iterator[tuple[Item, bool]], bool]:
        """The items a query looks at, each with whether it passes the filter."""
        values = request["ExpressionAttributeValues"]
        partition = next(iter(values.values()))["S"]
        if request["TableName"] == "links" or any(kind in partition for kind in _KEPT):
            return ((item, True) for item in self._kept[partition].values()), True
        if request["TableName"] == "views":
            return ((item, True) for item in self._view(request)), True
        index = request.get("IndexName", "")
        if index == "ExternalId":
            return iter([({"sk": {"S": items.CLIENT + client_id(7)}}, True)]), True
        numbers = range(self.clients)
        if not request.get("ScanIndexForward", True):
            numbers = numbers[::-1]
        make = _search_item if index == "Search" else _client_item
        if "FilterExpression" not in request or "contains" in request["FilterExpression"]:
            return ((make(number), True) for number in numbers), True
        if request.get("ScanIndexForward") is None:
            # The other of two indexes in turns: what is within the bounds, and nothing else.
            return ((make(number), True) for number in numbers[: self.passing]), True
        every = max(1, self.clients // max(1, self.passing))
        return ((make(number), number % every == 0) for number in numbers), True

    def _view(self, request: Mapping[str, Any]) -> Iterator[Item]:
        """The directory and the overlay of the workspace."""
        if not self._packed:
            return
        values = request["ExpressionAttributeValues"]
        flips: Item = {"flip_count": {"N": "5"}}
        yield {
            "pk": values[":tenant"],
            "sk": {"S": "D"},
            "generation_number": {"N": "1"},
            **flips,
            "next_number": {"N": str(self.clients)},
            "packs": {"B": pack_directory(_directory(self.clients).packs)},
        }
        if values[":sk_high"]["S"] == "D":
            return
        directory = _directory(self.clients)
        step = max(1, self.clients // max(1, self.overlay))
        for number in range(0, step * self.overlay, step):
            yield _entry_item(number, directory, values[":tenant"])
        yield {"pk": values[":tenant"], "sk": {"S": "F"}, **flips}

    def _item(self, table: str, key: Item) -> Item:
        if table != "views":
            number = number_of(key["sk"]["S"].removeprefix(items.CLIENT))
            return _client_item(number, self._make)
        number = int(key["pk"]["S"].split("#")[4])
        data = _packed(number, self.clients, key["sk"]["S"])
        return {**key, "turn": {"N": "1"}, "data": {"B": data}}


@cache
def _directory(clients: int) -> Directory:
    packs = []
    for number in range(-(-clients // PACK)):
        first = client_id(number * PACK) if number else ALL_IDS[0]
        counts = _counts(*same_texts(number, clients))
        packs.append(Pack(number, first, 1, 0, counts, 0))
    return Directory(1, 5, len(packs), tuple(packs))


def _packed(number: int, clients: int, kind: str) -> bytes:
    if kind == "TEXTS":
        return _packed_texts(*same_texts(number, clients))
    return _packed_facts(number, clients)


@cache
def _packed_facts(number: int, clients: int) -> bytes:
    return pack_facts(each.fact for each in rows(number, clients))


@cache
def _packed_texts(number: int, count: int) -> bytes:
    return pack_texts(list(rows(number, number * PACK + count)))


@cache
def _counts(number: int, count: int) -> tuple[int, ...]:
    return tuple(counts_of(each.fact for each in rows(number, number * PACK + count)))


def _entry_item(number: int, directory: Directory, partition: Item) -> Item:
    """An overlay entry, as `registry.store.views` writes it."""
    made = row(number)
    entry = Entry(made, made.fact.kind, directory.base_of(made.fact.id))
    fact = entry.fact
    old = Kind.ACTIVE_INDIVIDUAL if entry.old is None else entry.old
    return {
        "pk": partition,
        "sk": {"S": f"E#{fact.id}"},
        "version": {"N": str(fact.version + 1)},
        "facts": {"S": f"{fact.kind.value}|0|0"},
        "old_kind": {"S": str(old.value)},
        "based_on": {"S": entry.base},
        "texts": {"S": "\x1f".join(made.texts)},
    }


@cache
def _client_item(number: int, make: Callable[[int], Client] = client) -> Item:
    return dict(items.client_item(TENANT, make(number)))


def _search_item(number: int) -> Item:
    item = _client_item(number)
    names = ("pk", "sk", "search_pk", "search_text", "search_facets")
    return {name: item[name] for name in names}


def _projected(item: Item, request: Mapping[str, Any]) -> Item:
    if "ProjectionExpression" not in request:
        return item
    names = request["ProjectionExpression"].split(", ")
    return {name: item[name] for name in names if name in item}


def _size(item: Mapping[str, Any]) -> int:
    """The bytes of an item: names and values."""
    total = 0
    for name, value in item.items():
        ((kind, content),) = value.items()
        if kind == "S":
            total += len(name) + len(content.encode())
        elif kind == "B":
            total += len(name) + len(content)
        else:
            total += len(name) + 8
    return total


def _parsed(name: str, body: bytes) -> Response:
    """A response as botocore gives it to a caller."""
    parser, shapes = _parser()
    response: Response = parser({"status_code": 200, "headers": {}, "body": body}, shapes[name])
    return response


@cache
def _parser() -> tuple[Callable[..., Any], dict[str, Any]]:
    model = botocore.session.get_session().get_service_model("dynamodb")
    shapes = {name: model.operation_model(op).output_shape for name, op in _OPERATIONS.items()}
    return create_parser("json").parse, shapes
