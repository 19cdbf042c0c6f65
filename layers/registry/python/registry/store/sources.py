"""Sources in DynamoDB: what was moved in of each client, beside the link of its vendor's id.

A later move compares what the vendor shows with it, and writes it anew on condition that it is
still the one it was planned from. See `docs/data-model.md`, "Links".
"""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, field
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from registry.domain.client import Country, MemberType, Phone, UsageType
from registry.domain.immutable import dataclass
from registry.domain.moving import Facts
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.batch import batch_write, read_all
from registry.store.dynamodb import dynamodb_client, table_name
from registry.store.links import LINK, vendor_key, vendor_partition
from registry.store.transaction import Write, put_if, transact

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import WriteRequestTypeDef

SOURCE = "SOURCE"
"""The sort key of a source."""

_DELETED_AT_ONCE = 25
# A text of this size costs more to compress than it saves.
_PLAIN_BYTES = 2_000
_KINDS: Mapping[str, Any] = {
    "phone": lambda value: Phone(**value),
    "country": lambda value: Country(**value),
    "usage_type": UsageType,
    "member_type": MemberType,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What was moved in of a client.

    Attributes:
        client_id: the client.
        version: the client's version that the move wrote, or found unchanged.
        touched: whether the client was changed here since it was moved in.
        job: the move that wrote this, and what it did to the client.
        facts: the base of the next comparison.
        revision: counts the writes of this source.
    """

    client_id: str
    version: int
    touched: bool = False
    job: str
    outcome: str
    facts: Facts = field(default_factory=dict)
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept about a vendor's id: the client it is linked to, and its source."""

    client_id: str | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """What a move compared a client with, as it was when the client was merged into another one.

    Attributes:
        contract, vendor_id: the vendor's, and its id of the client.
        source: the source.
    """

    contract: str
    vendor_id: str
    source: Source


def base_json(base: Base) -> dict[str, Any]:
    """A base as JSON."""
    source = base.source
    return {
        "contract": base.contract,
        "vendor_id": base.vendor_id,
        "client_id": source.client_id,
        "version": source.version,
        "touched": source.touched,
        "job": source.job,
        "outcome": source.outcome,
        "facts": json.dumps(dict(source.facts), ensure_ascii=False, default=asdict),
    }


def read_base(value: Mapping[str, Any]) -> Base:
    """The inverse of `base_json`; the source counts no writes yet.

    Raises:
        KeyError, TypeError, ValueError: it is no such value.
    """
    source = Source(
        client_id=value["client_id"],
        version=int(value["version"]),
        touched=value["touched"],
        job=value["job"],
        outcome=value["outcome"],
        facts=_facts(value["facts"]),
    )
    return Base(value["contract"], value["vendor_id"], source)


class SourceStore:
    """The sources of all tenants."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Links table."""
        self._client = client
        self._table = table

    def known(self, tenant: Tenant, contract: str, vendor_ids: Sequence[str]) -> dict[str, Known]:
        """What is kept about vendor's ids, read consistently; ids without a link are left out.

        One call for every 50 ids.
        """
        found: dict[str, dict[str, items.Item]] = {}
        beginning = vendor_partition(tenant, contract, "")
        keys = [
            vendor_key(tenant, contract, vendor_id, sk)
            for vendor_id in vendor_ids
            for sk in (LINK, SOURCE)
        ]
        for item in read_all(self._client, self._table, keys):
            vendor_id = item["pk"]["S"].removeprefix(beginning)
            found.setdefault(vendor_id, {})[item["sk"]["S"]] = item
        return {
            vendor_id: Known(
                kept[LINK]["client_id"]["S"] if LINK in kept else None,
                _read(kept[SOURCE]) if SOURCE in kept else None,
            )
            for vendor_id, kept in found.items()
        }

    def put(self, tenant: Tenant, contract: str, vendor_id: str, source: Source) -> None:
        """Write a source over the one it was planned from: that of the revision before. One call.

        Raises:
            RaceLost: another one was written meanwhile.
        """
        transact(self._client, [self.write(tenant, contract, vendor_id, source)])

    def write(self, tenant: Tenant, contract: str, vendor_id: str, source: Source) -> Write:
        """The write of a source over the one it was planned from, see `put`."""
        condition = "attribute_not_exists(pk)"
        values: items.Item | None = None
        if source.revision > 1:
            condition = "revision = :planned_from"
            values = {":planned_from": {"N": str(source.revision - 1)}}
        item = vendor_key(tenant, contract, vendor_id, SOURCE) | _attributes(source)
        return put_if(self._table, item, condition, values)

    def delete(self, tenant: Tenant, contract: str, vendor_ids: Iterator[str]) -> None:
        """Delete the sources of vendor's ids. One call for every 25.

        Raises:
            Throttled: some stayed unprocessed at every try; those before them are deleted.
        """
        requests: Iterator[WriteRequestTypeDef] = (
            {"DeleteRequest": {"Key": vendor_key(tenant, contract, vendor_id, SOURCE)}}
            for vendor_id in vendor_ids
        )
        while batch := list(islice(requests, _DELETED_AT_ONCE)):
            batch_write(self._client, self._table, batch)


@cache
def source_store() -> SourceStore:
    """The store of this process, over the table its environment names."""
    return SourceStore(dynamodb_client(), table_name("LINKS_TABLE"))


def _attributes(source: Source) -> items.Item:
    facts = json.dumps(dict(source.facts), ensure_ascii=False, default=asdict)
    item: items.Item = {
        "client_id": {"S": source.client_id},
        "version": {"N": str(source.version)},
        "touched": {"BOOL": source.touched},
        "job": {"S": source.job},
        "outcome": {"S": source.outcome},
        "revision": {"N": str(source.revision)},
    }
    if len(facts.encode()) <= _PLAIN_BYTES:
        return item | {"facts": {"S": facts}}
    return item | {"packed": {"B": zlib.compress(facts.encode())}}


def _facts(text: str) -> Facts:
    """The facts of a text of JSON."""
    return {
        name: _KINDS[name](value) if name in _KINDS and value is not None else value
        for name, value in json.loads(text).items()
    }


def _read(item: items.Item) -> Source:
    """The source of an item: the inverse of `_attributes`."""
    text = item["facts"]["S"] if "facts" in item else zlib.decompress(item["packed"]["B"]).decode()
    return Source(
        client_id=item["client_id"]["S"],
        version=int(item["version"]["N"]),
        touched=item["touched"]["BOOL"],
        job=item["job"]["S"],
        outcome=item["outcome"]["S"],
        facts=_facts(text),
        revision=int(item["revision"]["N"]),
    )
