"""Both clients make the same calls to the same engine, and get the same results and errors.

The engine is moto in `make test`, and AWS's DynamoDB Local in `make test-dynamodb`.
"""

import secrets
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.store.dynamodb import dynamodb_client
from tests.conformance.clients import CLIENTS, Json, end

TABLE: Final = "conformance"
OTHER: Final = {"pk": {"S": "other"}, "sk": {"S": "1"}, "n": {"N": "1"}}
FULL: Final[Json] = {
    "pk": {"S": 'Crème brûlée \u2028 \U0001f370 \x00 " \\ </script>'},
    "sk": {"S": "1"},
    "empty": {"S": ""},
    "bytes": {"B": bytes(range(256))},
    "no bytes": {"B": b""},
    "number": {"N": "12345678901234567890.123456789012345678"},
    "tiny": {"N": "1E-130"},
    "true": {"BOOL": True},
    "null": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"B": b"\xff"}, {"L": []}, {"M": {}}]},
    "B": {"M": {"B": {"S": "no bytes"}, "BS": {"L": [{"B": b"1"}]}, "S": {"B": b"2"}}},
    "BS": {"BS": [b"1"]},
    "SS": {"SS": ["é"]},
    "NS": {"NS": ["1"]},
}
LARGE: Final = {"pk": {"S": "large"}, "sk": {"S": "1"}, "text": {"S": "é" * 190_000}}
TOO_LARGE: Final = {"pk": {"S": "large"}, "sk": {"S": "1"}, "text": {"S": "x" * 410_000}}


def key(item: Json) -> Json:
    return {"pk": item["pk"], "sk": item["sk"]}


def put(item: Json, **more: Any) -> tuple[str, Json]:
    return "put_item", {"TableName": TABLE, "Item": item, **more}


def get(item: Json, **more: Any) -> tuple[str, Json]:
    return "get_item", {"TableName": TABLE, "Key": key(item), "ConsistentRead": True, **more}


def query(pk: str, **more: Any) -> tuple[str, Json]:
    return "query", {
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": pk}},
        **more,
    }


def transact(*writes: Json) -> tuple[str, Json]:
    return "transact_write_items", {"TransactItems": list(writes)}


NEW: Final = {
    "ConditionExpression": "attribute_not_exists(pk)",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}
PUT_NEW: Final = {"Put": {"TableName": TABLE, "Item": FULL, **NEW}}
PUT_OTHER: Final = {"Put": {"TableName": TABLE, "Item": OTHER}}
ADD: Final[Json] = {
    "TableName": TABLE,
    "Key": key(OTHER),
    "UpdateExpression": "ADD #n :one",
    "ExpressionAttributeNames": {"#n": "n"},
    "ExpressionAttributeValues": {":one": {"N": "1"}},
    "ReturnValues": "ALL_NEW",
}
MANY: Final = [{"pk": {"S": "many"}, "sk": {"S": f"{n:02}"}} for n in range(25)]
PUT_MANY: Final = (
    "batch_write_item",
    {"RequestItems": {TABLE: [{"PutRequest": {"Item": item}} for item in MANY]}},
)

# Each case is a list of calls; the table is empty before it, and compared after it.
CASES: Final[dict[str, list[tuple[str, Json]]]] = {
    "get: nothing there": [get(OTHER)],
    "get: every type of value": [put(FULL), get(FULL)],
    "get: large item of two-byte letters": [put(LARGE), get(LARGE)],
    "get: chosen attributes": [
        put(FULL),
        get(
            FULL,
            ProjectionExpression="#l[1], #b",
            ExpressionAttributeNames={"#l": "list", "#b": "B"},
        ),
    ],
    "get: capacity": [put(OTHER), get(OTHER, ReturnConsumedCapacity="TOTAL")],
    "get: key of another type": [("get_item", {"TableName": TABLE, "Key": {"pk": {"N": "1"}}})],
    "get: no such table": [("get_item", {"TableName": "nowhere", "Key": key(OTHER)})],
    "put: returns the old item": [put(FULL), put(FULL, ReturnValues="ALL_OLD")],
    "put: condition met": [put(FULL, **NEW)],
    "put: condition failed, with the item": [put(FULL), put(FULL, **NEW)],
    "put: condition failed, without it": [
        put(FULL),
        put(FULL, ConditionExpression="attribute_not_exists(pk)"),
    ],
    "put: empty key": [put({"pk": {"S": ""}, "sk": {"S": "1"}})],
    "put: no key": [put({"text": {"S": "x"}})],
    "put: too large": [put(TOO_LARGE)],
    "put: no number": [put({**OTHER, "n": {"N": "one"}})],
    "put: expression that cannot be read": [put(OTHER, ConditionExpression="pk ==")],
    "update: adds": [put(OTHER), ("update_item", ADD), ("update_item", ADD)],
    "update: makes the item": [("update_item", ADD)],
    "update: condition failed": [
        put(OTHER),
        (
            "update_item",
            {
                **ADD,
                "ConditionExpression": "#n > :one",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            },
        ),
    ],
    "delete: there": [
        put(FULL),
        ("delete_item", {"TableName": TABLE, "Key": key(FULL), "ReturnValues": "ALL_OLD"}),
    ],
    "delete: not there": [("delete_item", {"TableName": TABLE, "Key": key(FULL)})],
    "delete: condition failed": [
        (
            "delete_item",
            {
                "TableName": TABLE,
                "Key": key(FULL),
                "ConditionExpression": "attribute_exists(pk)",
            },
        )
    ],
    "query: nothing": [query("many")],
    "query: all": [PUT_MANY, query("many")],
    "query: backwards, a page": [PUT_MANY, query("many", ScanIndexForward=False, Limit=10)],
    "query: a page from a start": [
        PUT_MANY,
        query("many", Limit=10, ExclusiveStartKey=key(MANY[9])),
    ],
    "query: count": [PUT_MANY, query("many", Select="COUNT")],
    "query: condition that cannot be read": [query("many", KeyConditionExpression="pk")],
    "query: no such index": [query("many", IndexName="Nowhere")],
    "scan: all": [put(FULL), ("scan", {"TableName": TABLE})],
    "batch get: some there": [
        put(FULL),
        ("batch_get_item", {"RequestItems": {TABLE: {"Keys": [key(FULL), key(OTHER)]}}}),
    ],
    "batch get: the same key twice": [
        ("batch_get_item", {"RequestItems": {TABLE: {"Keys": [key(OTHER), key(OTHER)]}}}),
    ],
    "batch get: nothing asked": [("batch_get_item", {"RequestItems": {}})],
    "batch write: puts and deletes": [
        put(OTHER),
        (
            "batch_write_item",
            {
                "RequestItems": {
                    TABLE: [
                        {"PutRequest": {"Item": FULL}},
                        {"DeleteRequest": {"Key": key(OTHER)}},
                    ]
                }
            },
        ),
    ],
    "batch write: too many": [
        ("batch_write_item", {"RequestItems": {TABLE: PUT_MANY[1]["RequestItems"][TABLE] * 2}}),
    ],
    "transaction: written": [transact(PUT_NEW, PUT_OTHER)],
    "transaction: cancelled, with the item": [put(FULL), transact(PUT_OTHER, PUT_NEW)],
    "transaction: cancelled, without it": [
        transact(
            {
                "ConditionCheck": {
                    "TableName": TABLE,
                    "Key": key(FULL),
                    "ConditionExpression": "attribute_exists(pk)",
                }
            },
            PUT_OTHER,
        )
    ],
    "transaction: update and delete": [
        put(FULL),
        put(OTHER),
        transact(
            {"Delete": {"TableName": TABLE, "Key": key(FULL)}},
            {"Update": {name: ADD[name] for name in ADD.keys() - {"ReturnValues"}}},
        ),
    ],
    "transaction: sent again": [transact(PUT_NEW, PUT_OTHER), transact(PUT_NEW, PUT_OTHER)],
    "transaction: another with its token": [transact(PUT_OTHER), transact(PUT_NEW)],
    "transaction: one item twice": [transact(PUT_OTHER, PUT_OTHER)],
    "transaction: nothing in it": [transact()],
    "transaction get: some there": [
        put(FULL),
        (
            "transact_get_items",
            {
                "TransactItems": [
                    {"Get": {"TableName": TABLE, "Key": key(item)}} for item in (FULL, OTHER)
                ]
            },
        ),
    ],
}


@pytest.fixture
def clients(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Both clients of one engine, and the table."""
    made = {}
    for name in CLIENTS:
        monkeypatch.setenv("DYNAMODB_CLIENT", name)
        made[name] = made_once(name)
    create_table(made["own"])
    yield made
    for client in made.values():
        client.close()


@cache
def made_once(_: str) -> Any:
    """The client that the environment chooses; it finds whatever AWS is there at the time."""
    return dynamodb_client.__wrapped__()


def create_table(client: Any) -> None:
    """Create the table, unless an engine that keeps its tables has it."""
    if TABLE in client.list_tables()["TableNames"]:
        return
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )


def with_token(method: str, request: Json, token: str) -> Json:
    """A request; one for a transaction with a token of the client and the case."""
    return {**request, "ClientRequestToken": token} if method == "transact_write_items" else request


def emptied(client: Any) -> list[Json]:
    """All items of the table, which is empty afterwards."""
    items: list[Json] = client.scan(TableName=TABLE, ConsistentRead=True)["Items"]
    for item in items:
        client.delete_item(TableName=TABLE, Key=key(item))
    return items


def comparable(value: Any) -> Any:
    """A result without the order that DynamoDB does not promise: of sets, and of a batch."""
    match value:
        case {"Responses": dict(tables)}:
            return {
                **value,
                "Responses": {
                    name: sorted(map(comparable, items), key=str) for name, items in tables.items()
                },
            }
        case dict():
            return {
                name: sorted(part)
                if name in {"BS", "NS", "SS"} and isinstance(part, list)
                else comparable(part)
                for name, part in sorted(value.items())
            }
        case [*parts]:
            return [comparable(part) for part in parts]
        case _:
            return value


@pytest.mark.parametrize("case", CASES)
def test_calls_end_alike(clients: dict[str, Any], case: str) -> None:
    ends = {}
    for name, client in clients.items():
        token = secrets.token_hex(16)
        results = [
            end(getattr(client, method), with_token(method, request, token))
            for method, request in CASES[case]
        ]
        left = sorted(emptied(client), key=str)
        ends[name] = [comparable(result) for result in (*results, left)]

    assert ends["own"] == ends["botocore"]


def test_keys_left_unprocessed_are_the_same(clients: dict[str, Any]) -> None:
    """A response of `BatchGetItem` holds at most 16 MB."""
    items = [{**LARGE, "sk": {"S": f"{n:02}"}} for n in range(50)]
    asked = {TABLE: {"Keys": [key(item) for item in items], "ConsistentRead": True}}
    for item in items:
        clients["own"].put_item(TableName=TABLE, Item=item)
    left = {}
    for name, client in clients.items():
        result = client.batch_get_item(RequestItems=asked)
        left[name] = result["UnprocessedKeys"][TABLE]
        found = [*result["Responses"][TABLE], *left[name]["Keys"]]
        assert sorted(each["sk"]["S"] for each in found) == [item["sk"]["S"] for item in items]

    assert len(left["own"]["Keys"]) == len(left["botocore"]["Keys"]) > 0
    assert left["own"].keys() == left["botocore"].keys()


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBER = st.integers(-(10**37), 10**37).map(str)
BINARY = st.binary(max_size=20)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.one_of(
        TEXT.map(lambda value: {"S": value}),
        NUMBER.map(lambda value: {"N": value}),
        BINARY.map(lambda value: {"B": value}),
        st.booleans().map(lambda value: {"BOOL": value}),
        st.just({"NULL": True}),
        st.sets(BINARY.filter(bool), min_size=1).map(lambda value: {"BS": sorted(value)}),
    ),
    lambda values: st.one_of(
        st.lists(values, max_size=4).map(lambda value: {"L": value}),
        st.dictionaries(st.sampled_from(["B", "BS", "S", "é"]) | TEXT.filter(bool), values).map(
            lambda value: {"M": value}
        ),
    ),
    max_leaves=10,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(value=VALUES)
def test_a_value_is_read_as_it_was_written_by_either(clients: dict[str, Any], value: Json) -> None:
    item = {**OTHER, "value": value}
    for writer, reader in (CLIENTS, CLIENTS[::-1]):
        clients[writer].put_item(TableName=TABLE, Item=item)
        found = clients[reader].get_item(TableName=TABLE, Key=key(item), ConsistentRead=True)[
            "Item"
        ]

        assert comparable(found) == comparable(item)
