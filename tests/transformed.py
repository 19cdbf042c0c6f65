"""template.yaml as SAM hands it to CloudFormation, and what its roles allow."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.public.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from tools.template import ROOT

Json = dict[str, Any]

_UPLOADED = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}


@dataclass(frozen=True, order=True)
class Allowed:
    """One action that a role allows.

    Attributes:
        action: such as `dynamodb:PutItem`.
        resource: the logical id of a table or log group, `ClientsTable/index/Name` for an index,
            `*` for all.
        leading_key: what a partition key has to look like; empty for any key.
    """

    action: str
    resource: str
    leading_key: str = ""


@cache
def transformed() -> Json:
    """The template that `sam deploy` hands to CloudFormation, with the code uploaded."""
    template = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))
    del template["Globals"]["Function"]["CodeUri"]
    for resource in template["Resources"].values():
        if resource["Type"] in _UPLOADED:
            resource["Properties"][_UPLOADED[resource["Type"]]] = "s3://bucket/key"
    defaults = {
        name: parameter["Default"]
        for name, parameter in template["Parameters"].items()
        if "Default" in parameter
    }
    session = boto3.Session(region_name="us-east-1")
    translated: Json = Translator({}, Parser(), boto_session=session).translate(template, defaults)
    return translated


def resources(kind: str | None = None) -> Json:
    """The resources of the transformed template, or those of one type."""
    found: Json = transformed()["Resources"]
    return {
        name: resource
        for name, resource in found.items()
        if kind is None or resource["Type"] == kind
    }


def allowed_to(function: str, *, traced: bool = False) -> set[Allowed]:
    """What the role of a function allows, by the function's logical id."""
    role, _ = resources()[function]["Properties"]["Role"]["Fn::GetAtt"]
    properties = resources()[role]["Properties"]
    assert "ManagedPolicyArns" not in properties
    return {
        allowed
        for policy in properties["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for allowed in _allowed(_chosen(statement, traced=traced))
    }


def _chosen(statement: Json, *, traced: bool) -> Json:
    """The statement itself, or the side of `!If [IsTraced, …]` that applies."""
    if "Fn::If" not in statement:
        return statement
    condition, if_traced, otherwise = statement["Fn::If"]
    assert condition == "IsTraced"
    chosen: Json = if_traced if traced else otherwise
    return chosen


def _allowed(statement: Json) -> Iterator[Allowed]:
    if statement == {"Ref": "AWS::NoValue"}:
        return
    assert statement["Effect"] == "Allow"
    keys = [""]
    if "Condition" in statement:
        keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    for action in listed(statement["Action"]):
        for resource in listed(statement["Resource"]):
            for key in keys:
                yield Allowed(action, _resource(resource), key)


def _resource(arn: str | Json) -> str:
    if isinstance(arn, str):
        return arn
    if "Fn::GetAtt" in arn:
        return str(arn["Fn::GetAtt"][0])
    return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", arn["Fn::Sub"])


def listed(value: Any) -> list[Any]:
    """A value of a policy, which may be one or a list."""
    return value if isinstance(value, list) else [value]
