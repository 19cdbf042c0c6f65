"""The text of a response is that of its model, whoever writes it."""

from enum import StrEnum
from typing import Any, Literal

from hypothesis import given
from hypothesis import strategies as st

from registry.contracts.athenty.operations import GET_CLIENT as ATHENTY
from registry.contracts.paytrum.operations import LIST_CLIENTS as PAYTRUM
from registry.domain.document import Number, render
from registry.gateway.response import json_text, may_hold_numbers
from registry.gateway.wire import ResponseModel


class Kind(StrEnum):
    """Values that are texts."""

    ONE = "one"


class Inner(ResponseModel):
    """A nested object."""

    some_text: str | None


class Plain(ResponseModel):
    """Each kind of field that has no number of a caller."""

    object: Literal["plain"] = "plain"
    kind: Kind = Kind.ONE
    text: str | None
    flag: bool
    count: int
    inner: Inner
    many: list[Inner | None]
    named: dict[str, str]


class Free(ResponseModel):
    """What a caller wrote, somewhere inside."""

    deep: list[dict[str, Any]]


texts = st.text(st.characters(codec="utf-8"))
inner = st.builds(Inner, some_text=st.none() | texts)
plain = st.builds(
    Plain,
    text=st.none() | texts,
    flag=st.booleans(),
    count=st.integers(),
    inner=inner,
    many=st.lists(st.none() | inner, max_size=3),
    named=st.dictionaries(texts, texts, max_size=3),
)


@given(plain, st.booleans())
def test_both_writers_write_the_same(model: Plain, exclude_none: bool) -> None:  # noqa: FBT001
    assert not may_hold_numbers(Plain)
    assert json_text(model, exclude_none=exclude_none) == render(
        model.model_dump(by_alias=True, exclude_none=exclude_none)
    )


def test_a_callers_number_keeps_its_text() -> None:
    assert may_hold_numbers(Free)
    assert json_text(Free(deep=[{"a": Number("1.50")}])) == '{"deep":[{"a":1.50}]}'


def test_only_contracts_that_keep_json_take_the_longer_way() -> None:
    assert may_hold_numbers(ATHENTY.response_model)
    assert not may_hold_numbers(PAYTRUM.response_model)
