"""The OpenAPI document of a contract."""

import json
import re
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from registry.domain.workspace import CONTRACTS, Contract
from registry.gateway.operation import IdempotencyKey, Operation
from registry.gateway.precondition import IF_MATCH_HEADER
from registry.gateway.request import IDEMPOTENCY_HEADER
from tools.generate.declarations import operations
from tools.openapi import prose, security
from tools.openapi.codes import name_codes
from tools.openapi.published import published
from tools.openapi.responses import errors, success
from tools.openapi.schemas import Schemas

Json = dict[str, Any]

_LOCAL: Final = "http://localhost:4566"
_RULES: Final = """\
Text is trimmed at its ends before it is looked at; its length is counted in code points. Control \
characters other than newline and tab are refused. A query \
parameter that an operation does not know is refused. A body is at most 256 KiB of JSON in UTF-8 \
and names no key twice in an object."""
_KEY: Final = {
    "name": IDEMPOTENCY_HEADER,
    "in": "header",
    "description": "The first 2xx response to a key is recorded for 24 hours and replayed. "
    "Quoted and bare spellings are one key.",
    "schema": {
        "type": "string",
        "pattern": "^[!-~]([ -~]{0,253}[!-~])?$",
        "examples": ["01JXA7Q4W0V5"],
    },
}
_IF_MATCH = {
    "name": IF_MATCH_HEADER,
    "in": "header",
    "required": False,
    "description": "Versions of the record, as `ETag` has them, or `*` for any. With another "
    "version nothing is done.",
    "schema": {
        "type": "string",
        "pattern": r'^(\*|"[0-9]+"(, ?"[0-9]+")*)$',
        "examples": ['"3"'],
    },
}
_FORM: Final = "application/x-www-form-urlencoded"


def rendered(contract: Contract) -> str:
    """The document as it is committed: JSON, indented, in the order of the declarations."""
    return json.dumps(document(contract), ensure_ascii=False, indent=2) + "\n"


def document(contract: Contract) -> Json:
    """The document of a contract, for people and for generators of clients."""
    return published(exact_document(contract))


def exact_document(contract: Contract) -> Json:
    """The document with all that the contract accepts, blank text for a number included.

    Tests call the contract by it. `document` says the same of what a caller should send.
    """
    schemas = Schemas()
    about = import_module(f"registry.contracts.{CONTRACTS[contract].package}").__doc__
    paths: dict[str, Json] = {}
    for operation in operations(contract):
        item = paths.setdefault(operation.path, {})
        item[operation.method.lower()] = _operation(operation, schemas)
    name_codes(operations(contract), schemas.components)
    page = Path(CONTRACTS[contract].docs_page).stem
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Client Registry: {CONTRACTS[contract].title} contract",
            "version": version("client-registry"),
            "description": f"{about}\n\n{_RULES}",
            "contact": {"name": "The maintainers of Client Registry"},
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        },
        "externalDocs": {
            "description": "The contract's page, on the local stack.",
            "url": f"{_LOCAL}/docs/guides/{page}.html",
        },
        "servers": _servers(contract),
        "tags": [
            {"name": name, "description": description}
            for name, description in sorted(dict(map(prose.tag, operations(contract))).items())
        ],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "securitySchemes": security.schemes(contract, operations(contract)),
        },
    }


def _servers(contract: Contract) -> list[Json]:
    """The server objects: the local stack's address plain, for generators that take the first."""
    local = f"{_LOCAL}/{CONTRACTS[contract].base_path}"
    described = "Where the contract is served: an output of the stack names it."
    return [
        {"url": local, "description": "The local stack of `make run`."},
        {
            "url": "{base_url}",
            "description": "A stack of your own.",
            "variables": {"base_url": {"default": local, "description": described}},
        },
    ]


def operation_id(operation: Operation) -> str:
    """The id of an operation in the document: `createClient`."""
    return to_camel(operation.name)


def _operation(operation: Operation, schemas: Schemas) -> Json:
    """The operation object of an operation."""
    described: Json = {
        "operationId": operation_id(operation),
        "summary": operation.summary,
        "description": prose.operation_description(operation),
        "tags": [prose.tag(operation)[0]],
        "security": security.requirements(operation),
    }
    parameters = _parameters(operation, schemas)
    if parameters:
        described["parameters"] = parameters
    if operation.body is not None:
        described["requestBody"] = _request_body(operation, operation.body, schemas)
    described["responses"] = {
        **{
            str(status): success(operation, schemas, _links(operation))
            for status in sorted((operation.status, *operation.other_statuses))
        },
        **errors(operation, schemas),
    }
    return described


def _parameters(operation: Operation, schemas: Schemas) -> list[Json]:
    """The parameter objects of path, query and headers, with the examples' values."""
    path = [
        _path_parameter(name, prose.path_parameter(operation, name))
        for name in _path_parameters(operation)
    ]
    query = schemas.parameters(operation.query)
    for parameter in query:
        examples = {
            f"example{number}": {
                "summary": example.title,
                "value": _typed(example.query[parameter["name"]], parameter["schema"]),
            }
            for number, example in enumerate(operation.examples, 1)
            if parameter["name"] in example.query
        }
        if examples:
            parameter["examples"] = examples
    key = {**_KEY, "required": operation.idempotency_key is IdempotencyKey.REQUIRED}
    headers = [] if operation.idempotency_key is IdempotencyKey.IGNORED else [key]
    if operation.if_match:
        headers.append(_IF_MATCH)
    return [*path, *query, *headers]


def _path_parameter(name: str, said: Json) -> Json:
    """The parameter object of a path parameter, with what its contract says of it."""
    description = {"description": said.pop("description")} if said else {}
    schema = {"type": "string", **said}
    return {"name": name, "in": "path", "required": True, **description, "schema": schema}


def _typed(text: str, schema: Json) -> object:
    """The value of a query parameter in its type."""
    return int(text) if schema.get("type") == "integer" else text


def _request_body(operation: Operation, body: type[BaseModel], schemas: Schemas) -> Json:
    """The request body object, with the examples of the contract's page."""
    content: Json = {"schema": schemas.request(body)}
    examples = {
        f"example{number}": {"summary": example.title, "value": example.body}
        for number, example in enumerate(operation.examples, 1)
        if example.body is not None
    }
    if examples:
        content["examples"] = examples
    types = ("application/json", _FORM) if operation.form else ("application/json",)
    return {"required": True, "content": dict.fromkeys(types, content)}


def _links(operation: Operation) -> Json:
    """The links from a creation to the operations on the record it created."""
    pointer = _id_pointer(operation.response_model)
    if operation.status != 201 or pointer is None:  # noqa: PLR2004 - 201 Created
        return {}
    return {
        operation_id(other): {
            "operationId": operation_id(other),
            "parameters": {name: f"$response.body#{pointer}"},
        }
        for other in operations(operation.dialect.contract)
        for name in _path_parameters(other)
        if other.path.startswith(f"{operation.path}/{{{name}}}")
        and len(_path_parameters(other)) == 1
    }


def _path_parameters(operation: Operation) -> list[str]:
    return re.findall(r"{(\w+)}", operation.path)


def _id_pointer(model: type[BaseModel]) -> str | None:
    """The JSON pointer to the id in a response: `/id`, or within an envelope."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if name == "id":
            return "/id"
        if isinstance(kind, type) and issubclass(kind, BaseModel) and "id" in kind.model_fields:
            return f"/{field.alias or name}/id"
    return None
