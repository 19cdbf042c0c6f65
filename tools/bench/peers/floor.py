"""The floor: boto3's client, one transaction, and no validation of anything."""

import base64
import json
import os
import time
import uuid
from typing import Any

import boto3

client = boto3.client("dynamodb")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Create a client, or repeat the response to its idempotency key."""
    sent = json.loads(base64.b64decode(event["body"]))
    key = event["headers"]["Idempotency-Key"]
    caller = event["requestContext"]["authorizer"]
    body = json.dumps({"id": str(uuid.uuid4()), **sent})
    try:
        client.transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": os.environ["IDEMPOTENCY_TABLE"],
                        "Item": {
                            "pk": {"S": f"{caller['workspaceId']}#{key}"},
                            "body": {"S": body},
                            "expires_at": {"N": str(int(time.time()) + 86_400)},
                        },
                        "ConditionExpression": "attribute_not_exists(pk)",
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
                {
                    "Put": {
                        "TableName": os.environ["CLIENTS_TABLE"],
                        "Item": {
                            "pk": {"S": caller["workspaceId"]},
                            "sk": {"S": json.loads(body)["id"]},
                            "body": {"S": body},
                        },
                    }
                },
            ]
        )
    except client.exceptions.TransactionCanceledException as error:
        body = error.response["CancellationReasons"][0]["Item"]["body"]["S"]
    return {"statusCode": 201, "headers": {"Content-Type": "application/json"}, "body": body}
