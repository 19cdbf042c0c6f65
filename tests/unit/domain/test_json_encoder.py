"""The encoder writes what `json.dumps` does."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.json_encoder import encoder

texts = st.text(st.characters())
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(params=["in C", "without it"], autouse=True)
def implementation(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The encoder of CPython, and what other Pythons have in its place."""
    if request.param != "in C":
        monkeypatch.setattr("json.encoder.c_make_encoder", None)


@pytest.mark.parametrize("ensure_ascii", [True, False])
@pytest.mark.parametrize("sort_keys", [True, False])
def test_a_value_has_the_text_of_the_standard_library(
    *, ensure_ascii: bool, sort_keys: bool
) -> None:
    encode = encoder(ensure_ascii=ensure_ascii, sort_keys=sort_keys)

    @given(values)
    def has_it(value: Any) -> None:
        assert encode(value) == json.dumps(
            value, ensure_ascii=ensure_ascii, sort_keys=sort_keys, separators=(",", ":")
        )

    has_it()


def test_what_json_does_not_have_is_encoded_as_something_else_or_refused() -> None:
    assert encoder(default=str)([Decimal("1.50"), b"x"]) == """["1.50","b'x'"]"""
    with pytest.raises(TypeError, match="Decimal"):
        encoder()({"a": Decimal(1)})


def test_a_value_in_itself_is_an_error() -> None:
    value: list[Any] = []
    value.append(value)

    with pytest.raises(RecursionError):
        encoder()(value)
