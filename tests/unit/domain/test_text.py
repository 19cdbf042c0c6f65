"""The JSON Schema of a text agrees with its checks."""

from typing import Annotated, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from registry.domain.places import RegionCode
from registry.domain.text import Blank, Plain, limited

OPTIONAL: TypeAdapter[Any] = TypeAdapter(Annotated[Annotated[str, limited(5), Plain] | None, Blank])
FILLED: TypeAdapter[Any] = TypeAdapter(Annotated[str, limited(5, at_least=1), Plain])
REGION: TypeAdapter[Any] = TypeAdapter(
    Annotated[Annotated[str, limited(5), RegionCode] | None, Blank],
)

values = st.one_of(
    st.none(),
    st.integers(),
    st.text(max_size=7),
    st.text("ab \n\t\x00\x0b\x7f\x85", max_size=7),
)


@pytest.mark.parametrize("text", [OPTIONAL, FILLED, REGION], ids=["optional", "filled", "region"])
@given(value=values)
@example(value="")
@example(value=" \n")
@example(value="a\x00")
@example(value="\x7f")
@example(value="NY")
@example(value="abcdef")
def test_schema_and_checks_agree(text: TypeAdapter[Any], value: object) -> None:
    schema = text.json_schema()
    # White space at the ends is trimmed before anything is checked, so only trimmed text agrees.
    trimmed = value.strip() if isinstance(value, str) else value

    allowed = Draft202012Validator(schema).is_valid(trimmed)

    assert allowed == accepts(text, trimmed)


def test_blank_text_is_allowed_untrimmed() -> None:
    assert Draft202012Validator(REGION.json_schema()).is_valid(" \n")
    assert accepts(REGION, " \n")


def accepts(text: TypeAdapter[Any], value: object) -> bool:
    try:
        text.validate_python(value)
    except ValidationError:
        return False
    return True
