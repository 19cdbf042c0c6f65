"""Tables as the template declares them: what is deployed is what is tested."""

from typing import TYPE_CHECKING, Any

from tools.template import template

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


def create_table(client: "DynamoDBClient", logical_id: str, name: str) -> None:
    """Create a table with the keys and indexes of the template, unless it is there from before."""
    if name in client.list_tables()["TableNames"]:
        return
    declared = table_properties(logical_id)
    structure = {
        key: declared[key]
        for key in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        if key in declared
    }
    client.create_table(TableName=name, **structure)


def table_properties(logical_id: str) -> dict[str, Any]:
    """The properties that the template declares a table with."""
    properties: dict[str, Any] = template()["Resources"][logical_id]["Properties"]
    return properties
