"""All items of all tables: kept, put back, and compared without what must differ between runs."""

import json
import re
import zlib
from typing import TYPE_CHECKING, Any, Final

from registry.store.dynamodb import dynamodb_client
from tests.dynamodb import write_batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TABLES: Final = ("clients", "idempotency", "credentials", "links", "views")

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_EPOCH: Final = re.compile(r'(?:(?<="N": ")|(?<=\\u001f))\d{10}(?=")')
# In an item, and in the JSON of a client that an item holds as text.
_REQUEST: Final = re.compile(r'(changed_by\W+(?:S\W+)?[^|"\\]*\|[^|]*\|)[^|]*')
_CHAINED: Final = re.compile(r"((?:ledger_head|hash|previous_hash)\W+(?:S\W+)?)[0-9a-f]{64}")
# Of a webhook, in the item, in a response and in one that is kept; null in the latter.
_SEALED: Final = re.compile(
    r"""((?:secret|secret_end|secret_key|secret_last_4_digits)\\?": ?(?:{"S": )?)"""
    r"""(?:\\?"[^"\\]*\\?"|null)"""
)
_TOKEN: Final = re.compile(r"TOKEN#[0-9a-f]{64}")

Item = dict[str, Any]
State = dict[str, list[Item]]


def read_state() -> State:
    """All items, by table."""
    scan = dynamodb_client().scan
    return {table: scan(TableName=table, ConsistentRead=True)["Items"] for table in TABLES}


def replace_state(present: State, wanted: State) -> None:
    """Make the tables, which hold the items of `present`, hold those of `wanted`."""
    for table, items in wanted.items():
        strays = [item for item in present[table] if item not in items]
        missing = [item for item in items if item not in present[table]]
        write_batch(table, [{"DeleteRequest": {"Key": _key(item)}} for item in strays])
        write_batch(table, [{"PutRequest": {"Item": item}} for item in missing])


def comparable(state: State, before: State) -> list[str]:
    """The items as texts, equal for two runs that began with `before` and did the same.

    Instants, random tokens, ids of requests, the ids made since and the hashes of evidence differ
    between runs, and so do secrets. Each new id becomes a number, so that which item refers to
    which still counts; versions stay as they are. Counts of issued tokens are left out: a caller
    who got an error after the count asks, and counts, again.
    """
    known = set(_ID.findall(_text(before)))
    items = [(table, item) for table, item in _all(state) if not _counts_tokens(item)]
    texts = [f"{table} {_text(item)}" for table, item in items]
    texts = [_EPOCH.sub("(epoch)", _TOKEN.sub("(token)", text)) for text in texts]
    texts = [_REQUEST.sub(r"\1(request)", text) for text in texts]
    texts = [_CHAINED.sub(r"\1(hash)", text) for text in texts]
    texts = [_SEALED.sub(r"\1(sealed)", text) for text in texts]
    # Without ids first: the order in which ids are numbered must not depend on them.
    texts.sort(key=masked)
    new = dict.fromkeys(id_ for text in texts for id_ in _ID.findall(text) if id_ not in known)
    numbers = {id_: f"(id {number})" for number, id_ in enumerate(new)}
    return sorted(
        _INSTANT.sub("(instant)", _ID.sub(lambda found: numbers.get(found[0], found[0]), text))
        for text in texts
    )


def _counts_tokens(item: "Mapping[str, Any]") -> bool:
    return str(item["pk"]["S"]).startswith("ISSUED#")


def masked(text: str) -> str:
    """A response, without what differs between two runs."""
    text = _SEALED.sub(r"\1(sealed)", text)
    return _ID.sub("(id)", _INSTANT.sub("(instant)", text))


def _all(state: State) -> "Iterable[tuple[str, Mapping[str, Any]]]":
    return ((table, item) for table, items in state.items() for item in items)


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=_unpacked)


def _unpacked(packed: bytes) -> str:
    """The text that an item holds compressed; the bytes of anything else in hexadecimal."""
    try:
        return zlib.decompress(packed).decode()
    except zlib.error:
        return packed.hex()


def _key(item: Item) -> Item:
    return {name: item[name] for name in ("pk", "sk") if name in item}
