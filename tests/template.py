"""The template as tests read it: what is deployed is what is tested."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

ROOT = Path(__file__).parents[1]


class _Loader(yaml.SafeLoader):
    """Reads the template and leaves its intrinsic functions out: here only literals matter."""


_Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


@cache
def template() -> dict[str, Any]:
    """The template, intrinsic functions as None."""
    text = (ROOT / "template.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506 - derived from SafeLoader
    return loaded


def create_table(client: "DynamoDBClient", logical_id: str, name: str) -> None:
    """Create a table with the keys and indexes of the template."""
    declared = template()["Resources"][logical_id]["Properties"]
    structure = {
        key: declared[key]
        for key in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        if key in declared
    }
    client.create_table(TableName=name, **structure)
