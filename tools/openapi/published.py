"""A document for callers and for generators of clients, from the one with all that is accepted.

A contract accepts more than a caller should send: blank text for a field of any type, or an object
where text is meant. Published as a choice of types it would let a typed client send
`usageType: "comercial"`, and would give other clients a class for each such field. So a document
publishes the type to send, and tells of the rest in the field's description
(`docs/decisions/0059-a-document-publishes-the-type-to-send.md`).
"""

import copy
from collections.abc import Iterator
from typing import Any, Final

from registry.domain.text import BLANK_SCHEMA, TEXT_PATTERNS
from tools.openapi.enumerations import named_enumerations

Json = dict[str, Any]

_REFERENCE: Final = "#/components/schemas/"
_NULL: Final[Json] = {"type": "null"}
_CLEARS: Final = "Null or blank text clears it."
_LEFT_OUT: Final = "Null or blank text is the same as leaving it out."
_NO_VALUE: Final = "Null or blank text is no value."
_BLANK_PARAMETER: Final = "Blank text is the same as leaving it out."
_BOOLEANS: Final = ["true", "false"]


def published(exact: Json) -> Json:
    """The document to publish; the one it is made from stays as it is."""
    document = copy.deepcopy(exact)
    schemas = document["components"]["schemas"]
    creating, changing = _reached(document, "post"), _reached(document, "patch")
    for name in creating | changing:
        sentence = _LEFT_OUT if name not in changing else _NO_VALUE
        schemas[name] = _body(schemas[name], sentence if name in creating else _CLEARS)
    for schema in schemas.values():
        _order(schema)
    for operation in _operations(document):
        for parameter in operation.get("parameters", ()):
            _publish_parameter(parameter)
        _publish_form(operation)
    named_enumerations(document)
    return document


def _reached(document: Json, method: str) -> set[str]:
    """The names of the schemas that bodies of a method are made of."""
    found: set[str] = set()
    waiting: list[Any] = [
        item[method]["requestBody"]
        for item in document["paths"].values()
        if "requestBody" in item.get(method, {})
    ]
    while waiting:
        for name in _references(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(document["components"]["schemas"][name])
    return found


def _references(part: object) -> Iterator[str]:
    """The names of the schemas that a part of the document refers to."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].removeprefix(_REFERENCE)
        for key, value in part.items():
            if key not in {"examples", "example"}:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _operations(document: Json) -> Iterator[Json]:
    for item in document["paths"].values():
        yield from item.values()


def _body(schema: Json, of_blank: str) -> Json:
    """A body's schema with the types to send; a field that may be null says what null does."""
    if "properties" not in schema:
        return schema
    properties = {
        name: _field(declared, of_blank) for name, declared in schema["properties"].items()
    }
    return {**schema, "properties": properties}


def _field(schema: Json, of_blank: str) -> Json:
    """A field's schema. Openapi-typescript would make a field with a default a required one."""
    simple = _simple({key: value for key, value in schema.items() if key != "default"})
    if _takes_null(simple):
        simple["description"] = f"{simple.get('description', '')} {of_blank}".strip()
    return simple


def _publish_parameter(parameter: Json) -> None:
    """Change a parameter to the type to send; null cannot be written in a query."""
    exact = parameter["schema"]
    simple = _without_null(_simple(exact))
    if simple.get("enum") == _BOOLEANS:
        simple = {**simple, "type": "boolean"}
        del simple["enum"]
        simple["examples"] = [True]
        if "default" in simple:
            simple["default"] = simple["default"] == "true"
        for example in parameter.get("examples", {}).values():
            example["value"] = example["value"] == "true"
    if BLANK_SCHEMA in exact.get("anyOf", ()) or _takes_null(exact):
        parameter["description"] = f"{parameter.get('description', '')} {_BLANK_PARAMETER}".strip()
    parameter["schema"] = simple


def _publish_form(operation: Json) -> None:
    """Publish the form of a body that may be JSON, too: a generated client would send it twice."""
    content = operation.get("requestBody", {}).get("content", {})
    if len(content) > 1:
        del content["application/json"]
        operation["description"] += " The body may be JSON with the same keys, too."


def _simple(schema: Json) -> Json:
    """The type to send: no pattern that only keeps control characters out, no blank text beside."""
    said = {key: value for key, value in schema.items() if key != "anyOf"}
    if said.get("pattern") in TEXT_PATTERNS:
        del said["pattern"]
    if "anyOf" not in schema:
        return said
    choices = [_simple(each) for each in schema["anyOf"] if each != BLANK_SCHEMA]
    nullable = BLANK_SCHEMA in schema["anyOf"] or any(map(_takes_null, choices))
    choices = [_without_null(each) for each in choices if each != _NULL]
    if any(each.get("type") == "string" for each in choices):
        # An object beside text is how the value is shown, of which the text counts.
        choices = [each for each in choices if each.get("type") != "object"]
    if len(choices) > 1 or (nullable and not _is_plain(choices[0])):
        return {"anyOf": [*choices, *([_NULL] if nullable else [])], **said}
    (only,) = choices
    return {**only, "type": [only["type"], "null"], **said} if nullable else {**only, **said}


def _is_plain(schema: Json) -> bool:
    """Whether a schema is of one type, beside which null can be named."""
    return isinstance(schema.get("type"), str) and "enum" not in schema


def _takes_null(schema: Json) -> bool:
    kind = schema.get("type")
    return (
        kind == "null"
        or (isinstance(kind, list) and "null" in kind)
        or _NULL in schema.get("anyOf", ())
    )


def _without_null(schema: Json) -> Json:
    """The schema without null, as one type where one is left."""
    if isinstance(schema.get("type"), list):
        (kind,) = (each for each in schema["type"] if each != "null")
        return {**schema, "type": kind}
    choices = [each for each in schema.get("anyOf", ()) if each != _NULL]
    if len(choices) == 1:
        return {**choices[0], **{key: value for key, value in schema.items() if key != "anyOf"}}
    return {**schema, "anyOf": choices} if choices else schema


def _order(schema: Json) -> None:
    """Put the required properties first, each group in the order of its declaration."""
    if "properties" in schema:
        required = schema.get("required", ())
        schema["properties"] = dict(
            sorted(schema["properties"].items(), key=lambda item: item[0] not in required)
        )
