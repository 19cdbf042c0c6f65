"""The types of the room `prose`, in which a contract says what its fields and operations mean.

The OpenAPI documents are written from it, and no function imports it: pydantic takes as long to
read the `description` of a field as to read the field itself
(`docs/decisions/0058-prose-is-a-room-of-its-own.md`).
"""

from collections.abc import Mapping

FieldProse = Mapping[str, tuple[str, object]]
"""Of each field or parameter a description and an example, under its name on the wire.

The name may have its model before it, as in `ListClients.limit`, where two fields share a name and
not a meaning. A path parameter stands in braces, and may have the segment before it: `users.{id}`.
The example is None for a field that is an object or a list of objects, whose own fields have
examples.
"""

OperationProse = Mapping[str, str]
"""Of each operation, by its name, what a caller should know before calling it."""

TagProse = Mapping[str, str]
"""Of each group of operations a description.

The name of a group is a segment of the path of each operation in it; the last such segment counts.
"""
