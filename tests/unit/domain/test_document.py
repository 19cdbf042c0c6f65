"""JSON as it was sent."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.document import DocumentError, Number, canonical, parse, render, type_name

numbers = st.from_regex(
    r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,5})?",
    fullmatch=True,
).filter(str.isascii)
texts = st.text(st.characters(codec="utf-8"))
scalars = st.none() | st.booleans() | texts | numbers.map(Number)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(documents)
def test_what_is_rendered_is_parsed_to_the_same(document: object) -> None:
    assert render(parse(render(document))) == render(document)


@given(numbers)
def test_a_number_keeps_its_text(text: str) -> None:
    assert render(parse(text)) == text


@given(documents)
def test_the_standard_parser_reads_the_same(document: object) -> None:
    text = render(document)

    assert json.loads(text, parse_int=Number, parse_float=Number) == document


@given(st.dictionaries(texts, scalars, min_size=2, max_size=5))
def test_the_order_of_keys_survives_and_does_not_count(members: dict[str, object]) -> None:
    turned = dict(reversed(members.items()))

    assert list(parse(render(turned))) == list(turned)  # type: ignore[call-overload]
    assert canonical(turned) == canonical(members)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "1.0"), ("100", "1e2"), ("0.10", "1E-1"), ("-0", "0"), ("0e5", "0"), ("1.50", "15e-1")],
)
def test_equal_numbers_are_the_same_request(one: str, other: str) -> None:
    assert canonical(parse(one)) == canonical(parse(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "10"), ("1", "-1"), ("1", '"1"'), ("1", "true"), ("[1,2]", "[2,1]"), ("null", "{}")],
)
def test_different_values_are_different_requests(one: str, other: str) -> None:
    assert canonical(parse(one)) != canonical(parse(other))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "nul",
        "NaN",
        "[Infinity]",
        "-Infinity",
        "01",
        '{"a":1,"a":1}',
        '{"b":{"a":1,"a":2}}',
        '"\\ud800"',
        '{"\\udfff":1}',
        '"\x00"',
        "\ufeff{}",
        "[" * 101 + "]" * 101,
        "[" * 100_000,
        '{"a":' * 50_000,
        "1e99999999999999999999",
    ],
)
def test_what_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        parse(text)


def test_a_hundred_levels_are_fine() -> None:
    text = "[" * 100 + "]" * 100

    assert render(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{}", "object"),
        ("[]", "array"),
        ('""', "string"),
        ("1", "number"),
        ("1.5", "number"),
        ("true", "boolean"),
        ("null", "null"),
    ],
)
def test_types_have_the_names_json_gives_them(text: str, name: str) -> None:
    assert type_name(parse(text)) == name
