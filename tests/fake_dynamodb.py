"""DynamoDB in memory, as fast as random histories need it: the calls that the store makes.

moto takes milliseconds for a call, and these tests make hundreds of thousands. What is served here
follows the API Reference: conditions, transactions, queries in pages of a megabyte, indexes that
are read from the table itself. It may be told to fail a call, before or after carrying it out.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from tests.template import table_properties

Item = dict[str, Any]

MEGABYTE = 1024 * 1024
_TOKEN = re.compile(r"\s*(<>|<=|>=|[()=<>,]|[#:\w]+)")
_CLAUSE = re.compile(r"(SET|ADD|REMOVE) (.*?)(?= SET | ADD | REMOVE |$)")
# Between the parts of a clause, and not between those of a function.
_COMMA = re.compile(r",(?![^(]*\))")
_IF_NOT_EXISTS = re.compile(r"if_not_exists\(\w+, (:\w+)\)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "<>": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def size_of(item: Mapping[str, Any]) -> int:
    """The bytes of an item: names and values, numbers by their digits."""
    total = 0
    for name, value in item.items():
        ((kind, content),) = value.items()
        if kind == "S":
            total += len(name) + len(content.encode())
        elif kind in {"N", "B"}:
            total += len(name) + len(content)
        else:
            total += len(name) + len(str(content))
    return total


def error(code: str, status: int = 400, more: Mapping[str, Any] | None = None) -> ClientError:
    """The error that botocore raises for a response."""
    response: Any = {
        "Error": {"Code": code, "Message": code},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **(more or {}),
    }
    return ClientError(response, "call")


@dataclass
class FakeDynamoDB:
    """The tables, by their names; each by partition and sort key.

    Attributes:
        tables: the items.
        indexes: the keys of each table and of its indexes, by their names; the table's by "".
        calls: the operations that were called, with the name of the table or index.
        carried_out: the tokens of transactions; one that is sent again is carried out once.
        fault: called with the name of an operation before and after it is carried out, and raises
            the error it is to end with.
    """

    tables: dict[str, dict[str, dict[str, Item]]] = field(default_factory=dict)
    indexes: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    carried_out: set[str] = field(default_factory=set)
    fault: Callable[[str, bool], None] = lambda _name, _done: None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def add_table(self, logical_id: str, name: str) -> None:
        """Make a table of the template."""
        properties = table_properties(logical_id)
        self.tables[name] = {}
        keys = {"": properties["KeySchema"]}
        keys |= {
            index["IndexName"]: index["KeySchema"]
            for index in properties.get("GlobalSecondaryIndexes", [])
        }
        self.indexes[name] = {
            index: (schema[0]["AttributeName"], schema[-1]["AttributeName"])
            for index, schema in keys.items()
        }

    def items(self, table: str) -> Iterator[Item]:
        """All items of a table."""
        for partition in self.tables[table].values():
            yield from partition.values()

    def get_item(self, **request: Any) -> dict[str, Any]:
        """GetItem."""
        with self._called("GetItem", request["TableName"]):
            item = self._find(request["TableName"], request["Key"])
            return {} if item is None else {"Item": dict(item)}

    def batch_get_item(self, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        """BatchGetItem."""
        with self._called("BatchGetItem", *RequestItems):
            found = {
                table: [
                    dict(item)
                    for key in wanted["Keys"]
                    if (item := self._find(table, key)) is not None
                ]
                for table, wanted in RequestItems.items()
            }
            return {"Responses": found, "UnprocessedKeys": {}}

    def query(self, **request: Any) -> dict[str, Any]:
        """Query."""
        table, index = request["TableName"], request.get("IndexName", "")
        with self._called("Query", index or table):
            values = request["ExpressionAttributeValues"]
            partition_key, sort_key = self.indexes[table][index]
            condition = request["KeyConditionExpression"]
            matched = [
                item
                for item in self._candidates(table, index, condition, values)
                if partition_key in item and sort_key in item and holds(condition, item, values)
            ]

            def place(item: Item) -> tuple[str, str]:
                return item[sort_key]["S"], item["sk" if "sk" in item else "pk"]["S"]

            forward = request.get("ScanIndexForward", True)
            if "ExclusiveStartKey" in request:
                start: tuple[str, str] = request["ExclusiveStartKey"]["place"]
                matched = [
                    item
                    for item in matched
                    if (place(item) > start if forward else place(item) < start)
                ]
            matched.sort(key=place, reverse=not forward)
            return _page(matched, request, values, place)

    def put_item(self, **request: Any) -> dict[str, Any]:
        """PutItem."""
        with self._called("PutItem", request["TableName"]):
            self._require(request["TableName"], request["Item"], request)
            self._put(request["TableName"], request["Item"])
            return {}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        """DeleteItem."""
        with self._called("DeleteItem", request["TableName"]):
            self._require(request["TableName"], request["Key"], request)
            self._delete(request["TableName"], request["Key"])
            return {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        """UpdateItem."""
        with self._called("UpdateItem", request["TableName"]):
            self._require(request["TableName"], request["Key"], request)
            return {"Attributes": self._update(request)}

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """TransactWriteItems."""
        with self._called("TransactWriteItems"):
            token = request.get("ClientRequestToken", "")
            if token in self.carried_out:
                return {}
            writes = [next(iter(write.items())) for write in request["TransactItems"]]
            assert len(writes) <= 100
            reasons = []
            for _, write in writes:
                key = write.get("Key") or write["Item"]
                failed = not self._meets(write["TableName"], key, write)
                found = self._find(write["TableName"], key)
                reason: Item = {"Code": "ConditionalCheckFailed" if failed else "None"}
                reasons.append(reason | ({"Item": dict(found)} if failed and found else {}))
            if any(reason["Code"] != "None" for reason in reasons):
                raise error("TransactionCanceledException", more={"CancellationReasons": reasons})
            for kind, write in writes:
                match kind:
                    case "Put":
                        self._put(write["TableName"], write["Item"])
                    case "Delete":
                        self._delete(write["TableName"], write["Key"])
                    case "Update":
                        self._update(write)
            if token:
                self.carried_out.add(token)
            return {}

    def _called(self, name: str, *places: str) -> "_Call":
        self.calls.append(" ".join((name, *places)))
        return _Call(self, name)

    def _find(self, table: str, key: Item) -> Item | None:
        sk = key.get("sk", {"S": ""})["S"]
        return self.tables[table].get(key["pk"]["S"], {}).get(sk)

    def _put(self, table: str, item: Item) -> None:
        assert size_of(item) <= 400 * 1024
        sk = item.get("sk", {"S": ""})["S"]
        self.tables[table].setdefault(item["pk"]["S"], {})[sk] = dict(item)

    def _delete(self, table: str, key: Item) -> None:
        self.tables[table].get(key["pk"]["S"], {}).pop(key.get("sk", {"S": ""})["S"], None)

    def _update(self, request: Mapping[str, Any]) -> Item:
        """Carry out an expression of SET, ADD and REMOVE; the attributes that it returns."""
        key, values = request["Key"], request.get("ExpressionAttributeValues", {})
        item = dict(self._find(request["TableName"], key) or key)
        changed: Item = {}
        expression = _named(request["UpdateExpression"], request)
        for kind, part in _CLAUSE.findall(expression):
            for each in _COMMA.split(part):
                name, *rest = re.split(r"\s*=\s*|\s+", each.strip(), maxsplit=1)
                if kind == "REMOVE":
                    item.pop(name, None)
                elif kind == "ADD":
                    before = int(item.get(name, {"N": "0"})["N"])
                    changed[name] = {"N": str(before + int(values[rest[0]]["N"]))}
                elif default := _IF_NOT_EXISTS.fullmatch(rest[0]):
                    changed[name] = item.get(name, values[default[1]])
                else:
                    changed[name] = values[rest[0]]
        self._put(request["TableName"], item | changed)
        return item | changed if request.get("ReturnValues") == "ALL_NEW" else changed

    def _candidates(self, table: str, index: str, condition: str, values: Item) -> Iterator[Item]:
        """The items of a partition; of an index all items of the table."""
        if index:
            return self.items(table)
        name = re.match(r"pk = (:\w+)", condition)
        assert name is not None
        return iter(self.tables[table].get(values[name[1]]["S"], {}).values())

    def _meets(self, table: str, key: Item, request: Mapping[str, Any]) -> bool:
        condition = request.get("ConditionExpression")
        item = self._find(table, key) or {}
        if not condition:
            return True
        values = request.get("ExpressionAttributeValues", {})
        return holds(_named(condition, request), item, values)

    def _require(self, table: str, key: Item, request: Mapping[str, Any]) -> None:
        if not self._meets(table, key, request):
            found = self._find(table, key)
            more = {"Item": dict(found)} if found is not None else {}
            raise error("ConditionalCheckFailedException", more=more)


class _Call:
    """A call: faults before it and after it, and nobody else's call in between."""

    def __init__(self, tables: FakeDynamoDB, name: str) -> None:
        self._tables = tables
        self._name = name

    def __enter__(self) -> None:
        self._tables._lock.acquire()  # noqa: SLF001 - the same module
        try:
            self._tables.fault(self._name, False)  # noqa: FBT003 - before
        except BaseException:
            self._tables._lock.release()  # noqa: SLF001
            raise

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._tables.fault(self._name, True)  # noqa: FBT003 - after
        finally:
            self._tables._lock.release()  # noqa: SLF001


def _named(expression: str, request: Mapping[str, Any]) -> str:
    """An expression with the names of attributes in place of those that stand for them."""
    names = request.get("ExpressionAttributeNames", {})
    return re.sub(r"#\w+", lambda match: names[match[0]], expression)


def holds(expression: str, item: Mapping[str, Any], values: Item) -> bool:
    """Whether a condition, key condition or filter holds for an item."""
    tokens = _TOKEN.findall(expression)
    result, rest = _either(tokens, item, values)
    assert rest == [], expression
    return result


def _either(tokens: list[str], item: Mapping[str, Any], values: Item) -> tuple[bool, list[str]]:
    result, tokens = _both(tokens, item, values)
    while tokens and tokens[0] == "OR":
        other, tokens = _both(tokens[1:], item, values)
        result = result or other
    return result, tokens


def _both(tokens: list[str], item: Mapping[str, Any], values: Item) -> tuple[bool, list[str]]:
    result, tokens = _single(tokens, item, values)
    while tokens and tokens[0] == "AND":
        other, tokens = _single(tokens[1:], item, values)
        result = result and other
    return result, tokens


def _single(  # noqa: PLR0911 - one for each form of a condition
    tokens: list[str], item: Mapping[str, Any], values: Item
) -> tuple[bool, list[str]]:
    match tokens:
        case ["(", *rest]:
            result, rest = _either(rest, item, values)
            return result, rest[1:]
        case ["attribute_exists", "(", name, ")", *rest]:
            return name in item, rest
        case ["attribute_not_exists", "(", name, ")", *rest]:
            return name not in item, rest
        case ["begins_with", "(", name, ",", value, ")", *rest]:
            return name in item and item[name]["S"].startswith(values[value]["S"]), rest
        case ["contains", "(", name, ",", value, ")", *rest]:
            return name in item and values[value]["S"] in item[name]["S"], rest
        case [name, "BETWEEN", low, "AND", high, *rest]:
            between = name in item and values[low]["S"] <= item[name]["S"] <= values[high]["S"]
            return between, rest
        case [name, operator, value, *rest]:
            if name not in item:
                return operator == "<>", rest
            return _COMPARE[operator](_plain(item[name]), _plain(values[value])), rest
    raise AssertionError(tokens)


def _plain(value: Item) -> object:
    ((kind, content),) = value.items()
    return int(content) if kind == "N" else content


def _page(
    matched: Sequence[Item],
    request: Mapping[str, Any],
    values: Item,
    place: Callable[[Item], tuple[str, str]],
) -> dict[str, Any]:
    """A page of what matches the key condition: by the limit and by its bytes, then filtered."""
    end = total = 0
    limit = request.get("Limit", len(matched) + 1)
    while end < min(len(matched), limit) and total < MEGABYTE:
        total += size_of(matched[end])
        end += 1
    found = matched[:end]
    if "FilterExpression" in request:
        found = [item for item in found if holds(request["FilterExpression"], item, values)]
    if "ProjectionExpression" in request:
        names = [name.strip() for name in request["ProjectionExpression"].split(",")]
        found = [{name: item[name] for name in names if name in item} for item in found]
    response: dict[str, Any] = {"Items": list(map(dict, found)), "ScannedCount": end}
    if end < len(matched):
        response["LastEvaluatedKey"] = {"place": place(matched[end - 1])}
    return response
