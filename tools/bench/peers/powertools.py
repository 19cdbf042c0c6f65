"""Powertools as its documentation has it: resolver, idempotency, logger, metrics; no validation."""

import os
import uuid
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
metrics = Metrics()
app = APIGatewayRestResolver()
table = boto3.resource("dynamodb").Table(os.environ["CLIENTS_TABLE"])
records = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])
config = IdempotencyConfig(event_key_jmespath='headers."Idempotency-Key"')


@app.post("/v1/clients")
def create_client() -> Response[dict[str, Any]]:
    """Create a client."""
    workspace = app.current_event.request_context.authorizer["workspaceId"]
    created = {"id": str(uuid.uuid4()), **app.current_event.json_body}
    table.put_item(Item={"pk": workspace, "sk": created["id"], **created})
    metrics.add_metric(name="Requests", unit=MetricUnit.Count, value=1)
    logger.info("client created", extra={"client_id": created["id"]})
    return Response(201, "application/json", created)


@metrics.log_metrics
@logger.inject_lambda_context
@idempotent(persistence_store=records, config=config)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Route the event."""
    return app.resolve(event, context)
