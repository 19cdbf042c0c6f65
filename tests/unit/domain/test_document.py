"""JSON in exactly the caller's spelling."""

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.domain.document import DocumentError, Number, canonical, parse, render, type_name
from tests.growth import LINEAR, growth

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
def test_a_rendered_value_is_parsed_to_the_same(document: object) -> None:
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
        "\ufeff",
        "\ufeff\ufeff{}",
        "{}\ufeff",
        "[" * 101 + "]" * 101,
        "[" * 100_000,
        '{"a":' * 50_000,
        "1e99999999999999999999",
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(text: str) -> None:
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


@given(documents)
def test_a_byte_order_mark_before_the_text_is_skipped(document: object) -> None:
    assert render(parse("\ufeff" + render(document))) == render(document)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a value is expected at line 1, column 1"),
        ("[1,\n  x]", "a value is expected at line 2, column 3"),
        ("\ufeff[x]", "a value is expected at line 1, column 2"),
        ("{'a': 1}", "a name in quotation marks is expected at line 1, column 2"),
        ('{"a" 1}', "a colon is expected at line 1, column 6"),
        ('{"a": 1 "b": 2}', "a comma or the end of the object or array is expected"),
        ("{} {}", "nothing may follow the value at line 1, column 4"),
        ('["a', "a string without an end begins at line 1, column 2"),
        ('"a\tb"', "a control character in a string has to be escaped at line 1, column 3"),
        ('"\\x"', "no such escape exists in JSON at line 1, column 2"),
        ('"\\u12"', "\\u has to be followed by four hexadecimal digits at line 1"),
        ("\ufeff\ufeff{}", "a character is not expected at line 1, column 1"),
        ("[NaN]", "NaN is not JSON"),
        ('{"a": 1, "a": 2}', 'the name "a" stands twice in one object'),
        ('"\\ud800"', "a lone surrogate is not a character"),
        ("[" * 101 + "]" * 101, "nested deeper than 100 levels"),
        ("[" * 100_000, "nested deeper than 100 levels"),
        ("1e99999999999999999999", "a number is out of all bounds"),
    ],
)
def test_the_message_says_what_is_wrong_and_where(text: str, reason: str) -> None:
    with pytest.raises(DocumentError, match=f"^{re.escape(reason)}"):
        parse(text)


def test_a_name_is_repeated_up_to_100_characters() -> None:
    name = json.dumps("\udfff" + "é" * 300)

    with pytest.raises(DocumentError) as raised:
        parse(f'{{{name}: 1, "b": 2, {name}: 3}}')

    assert str(raised.value) == f'the name "?{"é" * 99}…" stands twice in one object'


REASONS = re.compile(
    r"((a value|a name in quotation marks|a colon|a comma or the end of the object or array) is "
    r"expected|nothing may follow the value|a string without an end begins|a control character in "
    r"a string has to be escaped|\\u has to be followed by four hexadecimal digits|no such escape "
    r"exists in JSON|no comma may stand before the end of an object or array|a character is not "
    r"expected) at line [0-9]+, column [0-9]+|(NaN|-?Infinity) is not JSON|the name \".*\" stands "
    r"twice in one object|a lone surrogate is not a character|nested deeper than 100 levels|a "
    r"number is out of all bounds",
    re.DOTALL,
)


@given(
    documents.map(render),
    st.integers(0, 200),
    st.integers(0, 3),
    st.text(max_size=3) | st.text('{}[],:"\\u0123eE+-.\ufeff\n\t', max_size=4),
)
@example('{"a":1}', 6, 0, ",")
@example("[1]", 2, 0, ",")
def test_every_message_is_in_words_of_json(text: str, at: int, cut: int, put: str) -> None:
    spoilt = text[:at] + put + text[at + cut :]
    try:
        parse(spoilt)
    except DocumentError as error:
        assert REASONS.fullmatch(str(error))  # noqa: PT017 - a change may leave good JSON


def read_and_written(text: str) -> None:
    try:
        value = parse(text)
    except DocumentError:
        return
    render(value)
    canonical(value)


@pytest.mark.parametrize(
    "text",
    [
        lambda size: "{" + ",".join(f'"{n}":1' for n in range(size)) + ',"a":1,"a":1}',
        lambda size: "{" + ",".join(f'"{n}":1' for n in range(size)) + "}",
        lambda size: "{" + ",".join(f'"{n}":1' for n in [*range(size), *range(size)]) + "}",
        lambda size: "1" * size,
        lambda size: "0." + "0" * size + "1",
        lambda size: "1" + "0" * size + "e-" + str(size),
        lambda size: "[" + "1e999999999999999999," * size + "1]",
        lambda size: '"' + "\\u00e9" * size + '"',
        lambda size: "[" * 99 + '"' + "a" * size + '"' + "]" * 99,
        lambda size: "[" * size,
        lambda size: '"' + "a" * size,
        lambda size: "\n" * size + "x",
    ],
)
def test_the_cost_grows_with_the_text(text: Callable[[int], str]) -> None:
    assert growth(read_and_written, text, 1000) < LINEAR


@given(numbers, st.integers(-(10**17), 10**17))
def test_no_number_is_written_out(digits: str, exponent: int) -> None:
    number = parse(f"{digits.partition('e')[0].partition('E')[0]}e{exponent}")

    assert len(canonical(number)) < len(digits) + 30
