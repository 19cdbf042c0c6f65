"""The names of errors that a program can tell apart, as enumerations of the document."""

import json
from collections.abc import Sequence
from typing import Any, Final, get_type_hints

from registry.gateway.operation import Operation
from tools.openapi.responses import instance

Json = dict[str, Any]

_REFERENCE: Final = "#/components/schemas/"
# `code` in the vendors' contracts, `type` in the registry's own; `error` is that of OAuth.
_NAMES: Final = {"code": "ErrorCode", "type": "ErrorCode", "error": "OAuthErrorCode"}


def name_codes(operations: Sequence[Operation], components: dict[str, Json]) -> None:
    """Make enumerations of the properties by which a contract tells its errors apart.

    Their values are those of every error that the contract has a code for, as it renders them.
    """
    speakers = {id(operation.dialect): operation for operation in operations}
    for operation in speakers.values():
        spoken = operation.dialect
        bodies = [
            json.loads(spoken.render(instance(kind, operation)).body) for kind in spoken.errors
        ]
        properties = components[get_type_hints(spoken.envelope)["return"].__name__]["properties"]
        if "$ref" in properties.get("error", {}):
            bodies = [body["error"] for body in bodies]
            detail = properties["error"]["$ref"].removeprefix(_REFERENCE)
            properties = components[detail]["properties"]
        for name in properties.keys() & _NAMES.keys():
            if properties[name].get("type") == "string":
                described = properties[name]["description"]
                components[_NAMES[name]] = {
                    "description": described,
                    "enum": sorted({body[name] for body in bodies}),
                    "type": "string",
                }
                reference = f"{_REFERENCE}{_NAMES[name]}"
                properties[name] = {
                    "$ref": reference,
                    "description": described,
                    "examples": properties[name]["examples"],
                }
