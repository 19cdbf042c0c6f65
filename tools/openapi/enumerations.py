"""Enumerations with names of their own, so that generators of clients name a type after them.

An enumeration within a field has no name. Generators make one up from the model and the field:
`CreateClientUsageTypeType0` beside `UpdateClientUsageTypeType0`, for the same two words.
"""

from collections.abc import Iterator
from typing import Any, Final

from pydantic.alias_generators import to_pascal

Json = dict[str, Any]

_REFERENCE: Final = "#/components/schemas/"
_SAYS: Final = ("description", "examples", "default")


def named_enumerations(document: Json) -> None:
    """Make a component of each enumeration within the document's fields and parameters.

    Its name is that of the field. Where fields of the same name differ, the name of the model or of
    the operation stands before it.
    """
    schemas = document["components"]["schemas"]
    found = list(_enumerations(document))
    by_name: dict[str, list[list[str]]] = {}
    for _, name, enumeration, _ in found:
        values = by_name.setdefault(_pascal(name), [])
        if enumeration["enum"] not in values:
            values.append(enumeration["enum"])
    for owner, name, enumeration, says in found:
        short = _pascal(name)
        taken = schemas.get(short, enumeration).get("enum") != enumeration["enum"]
        chosen = f"{_pascal(owner)}{short}" if taken or len(by_name[short]) > 1 else short
        schemas.setdefault(
            chosen,
            {
                "description": says.get("description") or f"The values of `{name}`.",
                **{key: value for key, value in enumeration.items() if key not in _SAYS},
            },
        )
        said: Json = {key: enumeration[key] for key in _SAYS if key in enumeration}
        enumeration.clear()
        enumeration.update({"$ref": f"{_REFERENCE}{chosen}", **said})
    document["components"]["schemas"] = dict(sorted(schemas.items()))


def _enumerations(document: Json) -> Iterator[tuple[str, str, Json, Json]]:
    """Each enumeration: its owner, its field, its schema, and the part that describes the field."""
    for owner, schema in list(document["components"]["schemas"].items()):
        for name, declared in schema.get("properties", {}).items():
            for enumeration in _within(declared):
                yield owner, name, enumeration, declared
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                for enumeration in _within(parameter["schema"]):
                    yield operation["operationId"], parameter["name"], enumeration, parameter


def _within(schema: Json) -> Iterator[Json]:
    """The enumerations of a field: itself, one of its choices, or what its items are."""
    if len(schema.get("enum", ())) > 1:
        yield schema
    for choice in schema.get("anyOf", ()):
        yield from _within(choice)
    for inner in ("items", "additionalProperties"):
        if isinstance(schema.get(inner), dict):
            yield from _within(schema[inner])


def _pascal(name: str) -> str:
    return to_pascal(name) if "_" in name else name[:1].upper() + name[1:]
