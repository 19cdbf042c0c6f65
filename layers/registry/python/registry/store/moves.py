"""Moves in DynamoDB: the last move from each vendor, and who is carrying it out.

See `docs/data-model.md`, "Links".
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING

from registry.domain.identifiers import instant, parse_instant
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.attributes import attributes_of
from registry.store.batch import read_all
from registry.store.dynamodb import Outcome, WriteRefused, send

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

_STATE, _LEASE = "STATE", "LEASE"


class Leased(Exception):
    """Another run carries out a move from the same vendor.

    Attributes:
        until: when its lease ends unless it is renewed.
    """

    def __init__(self, until: datetime) -> None:
        super().__init__(instant(until))
        self.until = until


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The last move from a vendor.

    Attributes:
        contract: the vendor's contract, or `record`.
        job: the id of the move.
        what: by which a repeated command is known: what it moves, and from where.
        state: `running`, `done` or `stopped`.
        first_at: when the first move from this vendor began.
        began_at, ended_at: of this move.
        counts: rows by outcome, and warnings, in decimal digits.
        moved_at: when the last move that was done began.
        verified_at: when the last whole verification began.
        green: whether that found nothing but what it explains.
        finished_at: when the vendor's moves were closed.
    """

    contract: str
    job: str
    what: str
    state: str
    first_at: datetime
    began_at: datetime
    ended_at: datetime | None = None
    counts: Mapping[str, str] = field(default_factory=dict)
    moved_at: datetime | None = None
    verified_at: datetime | None = None
    green: bool = False
    finished_at: datetime | None = None


_ATTRIBUTES = attributes_of(Move, in_key=frozenset({"contract"}))


class MoveStore:
    """The moves of all tenants."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Links table."""
        self._client = client
        self._table = table

    def get(self, tenant: Tenant, *contracts: str) -> dict[str, Move]:
        """The last moves from these vendors, read consistently. One call."""
        keys = [_key(tenant, contract, _STATE) for contract in contracts]
        moves = (
            Move(contract=item["pk"]["S"].rpartition("#")[2], **_ATTRIBUTES.read(item))
            for item in read_all(self._client, self._table, keys)
        )
        return {move.contract: move for move in moves}

    def put(self, tenant: Tenant, move: Move) -> None:
        """Write the last move from a vendor. Only who holds the lease does so. One call."""
        item = _key(tenant, move.contract, _STATE) | _ATTRIBUTES.write(move)
        send(self._client.put_item, TableName=self._table, Item=item)

    def lease(
        self, tenant: Tenant, contract: str, holder: str, until: datetime, now: datetime
    ) -> None:
        """Take the lease of a vendor's moves, or renew it. One call.

        Raises:
            Leased: another run holds it.
        """
        item = _key(tenant, contract, _LEASE) | {
            "holder": {"S": holder},
            "until": {"S": instant(until)},
        }
        try:
            send(
                self._client.put_item,
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR holder = :holder OR #until < :now",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues={":holder": {"S": holder}, ":now": {"S": instant(now)}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except WriteRefused as refused:
            (result,) = refused.results
            if result.outcome is not Outcome.CONDITION_FAILED:
                raise
            raise Leased(parse_instant(result.item["until"]["S"])) from refused

    def release(self, tenant: Tenant, contract: str, holder: str) -> None:
        """Give the lease back, where it is still held. One call."""
        try:
            send(
                self._client.delete_item,
                TableName=self._table,
                Key=_key(tenant, contract, _LEASE),
                ConditionExpression="attribute_not_exists(pk) OR holder = :holder",
                ExpressionAttributeValues={":holder": {"S": holder}},
            )
        except WriteRefused:
            return


def _key(tenant: Tenant, contract: str, sk: str) -> items.Item:
    return {"pk": {"S": f"{items.partition(tenant)}#MOVE#{contract}"}, "sk": {"S": sk}}
