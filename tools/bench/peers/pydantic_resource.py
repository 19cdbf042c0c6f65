"""pydantic and boto3's resource: a validated body, and one transaction through the resource."""

import base64
import os
import time
import uuid
from typing import Annotated, Any, Literal

import boto3
from boto3.dynamodb.types import TypeDeserializer
from pydantic import BaseModel, ConfigDict, EmailStr, StringConstraints
from pydantic.alias_generators import to_camel

resource = boto3.resource("dynamodb")
client = resource.meta.client

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Address(BaseModel):
    """An address."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")

    line1: Text | None = None
    line2: Text | None = None
    city: Text | None = None
    state: Text | None = None
    postal_code: Text | None = None
    country: Text | None = None


class CreateClient(BaseModel):
    """The body."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")

    name: Text
    email: EmailStr | None = None
    phone: Text | None = None
    company: Text | None = None
    usage_type: Literal["consumer", "commercial"] = "consumer"
    address: Address | None = None
    timezone: Text | None = None
    notes: str | None = None
    email_consent: bool = False
    sms_consent: bool = False


class Client(CreateClient):
    """The response."""

    id: str


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Create a client, or repeat the response to its idempotency key."""
    sent = CreateClient.model_validate_json(body_of(event))
    created = Client(id=str(uuid.uuid4()), **sent.model_dump(by_alias=True))
    body = created.model_dump_json(by_alias=True)
    key = event["headers"]["Idempotency-Key"]
    workspace = event["requestContext"]["authorizer"]["workspaceId"]
    record = {
        "pk": f"{workspace}#{key}",
        "body": body,
        "expires_at": int(time.time()) + 86_400,
    }
    item = {"pk": workspace, "sk": created.id, **created.model_dump(exclude_none=True)}
    try:
        client.transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": os.environ["IDEMPOTENCY_TABLE"],
                        "Item": record,
                        "ConditionExpression": "attribute_not_exists(pk)",
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
                {"Put": {"TableName": os.environ["CLIENTS_TABLE"], "Item": item}},
            ]
        )
    except client.exceptions.TransactionCanceledException as error:
        found = error.response["CancellationReasons"][0]["Item"]["body"]
        body = found if isinstance(found, str) else TypeDeserializer().deserialize(found)
    return {"statusCode": 201, "headers": {"Content-Type": "application/json"}, "body": body}


def body_of(event: dict[str, Any]) -> bytes:
    """The body, which API Gateway sends as base64."""
    return base64.b64decode(event["body"])
