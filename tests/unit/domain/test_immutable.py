"""Data classes behave as those of the standard library, but for what mypy checks."""

import dataclasses
import pkgutil
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import registry
from registry.domain.immutable import dataclass, replace


@dataclass(frozen=True, slots=True)
class Ours:
    """A class of ours."""

    name: str
    secret: bytes = dataclasses.field(repr=False)
    tags: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    """The same by the standard library."""

    name: str
    secret: bytes = dataclasses.field(repr=False)
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """A class with a single field."""

    only: int


@dataclass(frozen=True, slots=True)
class Nothing:
    """A class without fields."""


@dataclass(slots=True)
class Open:
    """A class whose objects change."""

    count: int = 0


values = st.tuples(
    st.sampled_from(["a", "b"]), st.sampled_from([b"x", b"y"]), st.sampled_from([(), ("t",)])
)


@given(values, values)
def test_objects_are_equal_and_have_a_hash_by_their_fields(one: Any, other: Any) -> None:
    assert (Ours(*one) == Ours(*other)) == (Theirs(*one) == Theirs(*other))
    assert (Ours(*one) != Ours(*other)) == (Theirs(*one) != Theirs(*other))
    assert (hash(Ours(*one)) == hash(Ours(*other))) == (one == other)
    assert len({Ours(*one), Ours(*one)}) == 1


@given(values)
def test_an_object_shows_its_fields_but_for_secrets(fields: Any) -> None:
    assert repr(Ours(*fields)) == repr(Theirs(*fields)).replace("Theirs", "Ours")
    assert "secret" not in repr(Ours(*fields))


@pytest.mark.parametrize("other", [Theirs("a", b"x"), One(only=1), ("a", b"x", ()), None])
def test_objects_of_two_classes_are_never_equal(other: object) -> None:
    assert Ours("a", b"x") != other
    assert other != Ours("a", b"x")


@given(values, st.fixed_dictionaries({}, optional={"name": st.text(), "tags": st.just(("z",))}))
def test_a_changed_copy_is_that_of_the_standard_library(fields: Any, changes: Any) -> None:
    old = Ours(*fields)

    changed = replace(old, **changes)

    assert changed == dataclasses.replace(old, **changes)
    assert old == Ours(*fields)


def test_classes_may_have_one_field_or_none() -> None:
    assert replace(One(only=1), only=2) == One(only=2)
    assert repr(One(only=1)) == "One(only=1)"
    assert Nothing() == replace(Nothing())
    assert len({Nothing(), Nothing()}) == 1


def test_a_field_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        replace(One(only=1), other=2)  # type: ignore[call-arg]


def test_an_object_that_changes_has_no_hash() -> None:
    changed = Open()
    changed.count += 1

    assert changed == Open(1)
    with pytest.raises(TypeError):
        hash(changed)


def test_mypy_refuses_to_change_a_frozen_object() -> None:
    # mypy reports an `ignore` that ignores nothing, so `make check` fails if it lets this pass.
    one = One(only=1)
    one.only = 2  # type: ignore[misc]


def test_all_data_classes_have_slots() -> None:
    names = [name for _, name, _ in pkgutil.walk_packages(registry.__path__, "registry.")]
    classes = {
        each
        for name in names
        for each in vars(import_module(name)).values()
        if isinstance(each, type) and "__dataclass_fields__" in vars(each)
    }
    ours = {each for each in classes if each.__module__.startswith("registry.")}

    assert len(ours) > 100
    assert [each for each in ours if "__slots__" not in vars(each)] == []
