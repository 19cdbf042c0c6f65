"""Data classes that take little to make: the classes when a function loads, objects in a request.

The decorator of the standard library writes and compiles six methods for each class, which for the
forty classes of an endpoint is a tenth of a cold start. Here it writes `__init__` alone, and all
classes share the other methods. And where a class is frozen, every field of a new object is set
through `object.__setattr__`, which takes some fifteen times as long as an assignment: a create
makes twenty objects with two hundred fields, which was a twelfth of its processor time. mypy takes
the decorator here for the standard library's, and so refuses every assignment to a field of a
frozen class; nothing refuses it again at run time.

See `docs/decisions/0066-data-classes-are-frozen-by-the-type-checker.md`.
"""

import dataclasses
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - exported
    from dataclasses import replace as replace  # noqa: PLC0414 - exported
else:

    def dataclass(*, frozen: bool = False, **options: bool) -> Callable[[type], type]:
        """As `dataclasses.dataclass`, for classes with slots; a frozen one has hashes."""

        def decorate(kind: type) -> type:
            kind.__eq__, kind.__repr__ = _is_equal, _shown
            kind.__hash__ = _hash if frozen else None
            return dataclasses.dataclass(eq=False, repr=False, **options)(kind)

        return decorate

    def replace(old: object, /, **changes: object) -> object:
        """As `dataclasses.replace`, for classes with slots whose objects are no more than fields.

        That one asks each field for its kind every time, and takes twice as long.

        Raises:
            AttributeError: there is no such field.
        """
        new = object.__new__(type(old))
        names, read = _fields(type(old))
        for name, value in zip(names, read(old), strict=True):
            setattr(new, name, value)
        for name, value in changes.items():
            setattr(new, name, value)
        return new


# An object here is one of any data class.
def _is_equal(one: Any, other: object) -> bool:  # noqa: ANN401
    """Whether two objects are of one class, and have equal fields."""
    return _values(one) == _values(other) if type(one) is type(other) else NotImplemented


def _hash(of: Any) -> int:  # noqa: ANN401
    """The hash of the fields."""
    return hash(_values(of))


def _shown(of: Any) -> str:  # noqa: ANN401
    """The call that would make an equal object, without the fields that are not to be shown."""
    names = (field.name for field in dataclasses.fields(of) if field.repr)
    fields = ", ".join(f"{name}={getattr(of, name)!r}" for name in names)
    return f"{of.__class__.__qualname__}({fields})"


def _values(of: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """The values of the fields."""
    _, read = _fields(of.__class__)
    return read(of)


@cache
def _fields(kind: Any) -> tuple[tuple[str, ...], Callable[[object], tuple[Any, ...]]]:  # noqa: ANN401
    """The names of the fields of a class, and what reads all of them from an object."""
    names = tuple(field.name for field in dataclasses.fields(kind))
    if len(names) > 1:
        return names, attrgetter(*names)
    return names, lambda of: tuple(getattr(of, name) for name in names)
