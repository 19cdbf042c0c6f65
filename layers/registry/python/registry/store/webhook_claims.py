"""Claims of webhook endpoints, for contracts that allow a topic once at an address.

A claim names its endpoint, and is free again when that is gone: whoever deletes an endpoint, or
gives it another address, needs not know of it.
"""

import hashlib
from typing import TYPE_CHECKING

from registry.domain.errors import ValueTaken
from registry.domain.immutable import dataclass
from registry.store.transaction import Write

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import PutTypeDef

    from registry.store.items import Item


@dataclass(frozen=True, slots=True)
class Claim:
    """What only one endpoint of a tenant may have.

    Attributes:
        text: what is claimed.
        over: the endpoint from which it is taken over, because it does not have it any more.
    """

    text: str
    over: str | None = None


def claim_key(partition: str, claim: Claim) -> "Item":
    """The key of a claim in a partition; a text may be longer than a key."""
    digest = hashlib.sha256(claim.text.encode()).hexdigest()
    return {"pk": {"S": partition}, "sk": {"S": f"CLAIM#{digest}"}}


def claimed(table: str, partition: str, claim: Claim, endpoint_id: str) -> Write:
    """A write that claims something for an endpoint; `ValueTaken` names another that has it."""
    item = claim_key(partition, claim) | {"endpoint_id": {"S": endpoint_id}}

    def taken(found: "Item") -> None:
        if found != item:
            raise ValueTaken("topic", found.get("endpoint_id", {}).get("S"))

    write: PutTypeDef = {
        "TableName": table,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if claim.over is not None:
        write["ConditionExpression"] += " OR endpoint_id = :over"
        write["ExpressionAttributeValues"] = {":over": {"S": claim.over}}
    return Write({"Put": write}, taken)
