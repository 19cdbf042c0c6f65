"""The functions of a built template, and a copy of it that reaches a local stack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from registry.domain.workspace import CONTRACTS, Contract

Json = dict[str, Any]

BUILD: Final = Path(".aws-sam/container")
"""Where `make` has the functions built for this machine's processor."""

EVENTS: Final = Path("events")
_LOCAL_TEMPLATE: Final = BUILD / "local.yaml"
_FUNCTION: Final = "AWS::Serverless::Function"
_API: Final = "AWS::Serverless::Api"


class ContainerError(Exception):
    """The functions cannot be run in a container; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class BuiltFunction:
    """A function of the template.

    Attributes:
        name: logical id in the template, such as `PaytrumCreateClient`.
        package: folder of its module: a contract, or `authorizer`.
        operation: its module.
    """

    name: str
    package: str
    operation: str

    def example(self) -> Json:
        """The event that `events/` has for it.

        Raises:
            ContainerError: there is none.
        """
        path = EVENTS / self.package / f"{self.operation}.json"
        try:
            event: Json = json.loads(path.read_text("utf-8"))
        except FileNotFoundError as error:
            raise ContainerError(f"{self.name} has no event: {path} is missing.") from error
        return event


def built_functions() -> list[BuiltFunction]:
    """Every function of the built template, in its order.

    Raises:
        ContainerError: nothing has been built.
    """
    return [
        BuiltFunction(name, *resource["Properties"]["Handler"].split(".")[:2])
        for name, resource in _built_template()["Resources"].items()
        if resource["Type"] == _FUNCTION
    ]


def write_local_template(
    resources: Mapping[str, str],
    endpoint: str,
    more: Mapping[str, str] | None = None,
    contract: str | None = None,
) -> Path:
    """Write a copy of the built template whose functions work on a local stack.

    `sam local` sets only variables that a function declares, and knows no resource of the stack.

    Args:
        resources: what `Ref` gives for each resource of the stack, by its logical id.
        endpoint: of the stack, as a container reaches it.
        more: further environment variables of every function.
        contract: the only one to keep: `sam local start-api` gives one API's stage variables to
            all. None keeps them all.
    """
    template = _built_template()
    if contract is not None:
        kept = {
            name: part for name, part in template["Resources"].items() if _serves(part, contract)
        }
        template["Resources"] = kept
        template.pop("Outputs", None)
    for resource in template["Resources"].values():
        if resource["Type"] == _FUNCTION:
            environment = resource["Properties"].setdefault("Environment", {})
            variables = environment.setdefault("Variables", {})
            for name, value in variables.items():
                if isinstance(value, dict) and value.get("Ref") in resources:
                    variables[name] = resources[value["Ref"]]
            variables |= {"AWS_ENDPOINT_URL": endpoint, **(more or {})}
        elif resource["Type"] == _API:
            for authorizer in resource["Properties"]["Auth"]["Authorizers"].values():
                # SAM looks for the function itself where AWS calls its alias.
                function = authorizer["FunctionArn"]["Ref"].removesuffix(".Alias")
                authorizer["FunctionArn"] = {"Fn::GetAtt": [function, "Arn"]}
    _LOCAL_TEMPLATE.write_text(yaml.safe_dump(template, sort_keys=False), "utf-8")
    return _LOCAL_TEMPLATE


def _serves(resource: Json, contract: str) -> bool:
    """Whether serving a contract needs a resource: its API and functions, authorizer, layer."""
    match resource["Type"]:
        case "AWS::Serverless::Api":
            return bool(resource["Properties"]["Variables"]["contract"] == contract)
        case "AWS::Serverless::Function":
            package = resource["Properties"]["Handler"].partition(".")[0]
            return package in {CONTRACTS[Contract(contract)].package, "authorizer"}
        case kind:
            return bool(kind == "AWS::Serverless::LayerVersion")


def _built_template() -> Json:
    path = BUILD / "template.yaml"
    try:
        template: Json = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ContainerError(f"Nothing is built: {path} is missing.") from error
    return template
