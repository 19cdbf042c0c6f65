"""What a document says in words: the room `prose` of each contract and resource."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from registry.gateway.operation import Operation
from tools.generate.declarations import declared_in

Json = dict[str, Any]


def describe_fields(model: type, properties: dict[str, Json]) -> None:
    """Put description and example with each property of a model that has none of its own.

    Args:
        model: a wire model. Its fields are described in its package, or, where that is the package
            of a resource, in the contract's.
        properties: their schemas, under the names on the wire.
    """
    for name, schema in properties.items():
        names = [*(f"{ancestor.__name__}.{name}" for ancestor in model.__mro__), name]
        _describe(schema, _said(_package(model), "FIELDS", names))


def path_parameter(operation: Operation, name: str) -> Json:
    """Description and example of a path parameter, as keywords of its schema."""
    schema: Json = {}
    segments = operation.path.split("/")
    collection = segments[segments.index(f"{{{name}}}") - 1]
    names = [f"{collection}.{{{name}}}", f"{{{name}}}"]
    _describe(schema, _said(declared_in(operation), "FIELDS", names))
    return schema


def operation_description(operation: Operation) -> str:
    """What a caller should know of an operation; empty where nobody has written it."""
    return str(_said(declared_in(operation), "OPERATIONS", [operation.name]) or "")


def tag(operation: Operation) -> tuple[str, str]:
    """The name and the description of the group that an operation belongs to.

    A resource without groups of its own is one, described by the first line of its package.
    """
    package = declared_in(operation)
    tags = _said_of(package, "TAGS")
    named = [segment for segment in operation.path.split("/") if segment in tags]
    if named:
        return named[-1], tags[named[-1]]
    documented = (import_module(package).__doc__ or "").partition("\n")[0]
    return package.rpartition(".")[2].replace("_", "-"), documented


def _describe(schema: Json, said: tuple[str, object] | None) -> None:
    if said is None:
        return
    description, example = said
    schema.setdefault("description", description)
    if example is not None:
        schema.setdefault("examples", [example])


def _package(model: type) -> str:
    """The package of a model's module: of its contract, or of one of its resources."""
    return model.__module__.rpartition(".")[0]


def _said(package: str, room: str, names: list[str]) -> Any:  # noqa: ANN401 - what the room holds
    """What a package says under the first of some names, or else the package above it."""
    for each in (package, package.rpartition(".")[0]):
        said = _said_of(each, room)
        for name in names:
            if name in said:
                return said[name]
    return None


def _said_of(package: str, room: str) -> Any:  # noqa: ANN401 - as above
    """A mapping of the package's `prose`, empty where there is none."""
    return getattr(_prose(package), room, {})


@cache
def _prose(package: str) -> ModuleType | None:
    name = f"{package}.prose"
    return import_module(name) if find_spec(name) is not None else None
