"""Addresses that are accepted without the library are those that the library accepts."""

import re

import email_validator
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from registry.domain.text import MAX_EMAIL, email, is_usual_email

atext = "abcXYZ059!#$%&'*+/=?^_`{|}~-"
atoms = st.text(atext, min_size=1, max_size=70)
locals_ = st.lists(atoms, min_size=1, max_size=3).map(".".join)
labels = st.text("abcxyzXN019-", min_size=1, max_size=70)
domains = st.lists(labels, min_size=1, max_size=5).map(".".join)
addresses = st.builds("{}@{}".format, locals_, domains)
# One character of an address is another one, or stands twice, or is left out.
disturbed = st.builds(
    lambda text, place, put: text[: place % len(text)] + put + text[place % len(text) + 1 :],
    st.emails() | addresses,
    st.integers(0),
    st.text(max_size=2) | st.sampled_from(["@", ".", "-", "--", " ", '"', "\n", "ä", "．", "İ"]),
)


def library_accepts(text: str) -> bool:
    try:
        email_validator.validate_email(text, check_deliverability=False, test_environment=True)
    except email_validator.EmailNotValidError:
        return False
    return True


def accepts(text: str) -> bool:
    try:
        return email(text) == text
    except PydanticCustomError:
        return False


@given(st.emails() | addresses | disturbed | st.text())
@example("a@b.co\n")
@example("a@b.c")
@example("a@xn--bcher-kva.de")
@example("a@ab--c.de")
@example("a@b.123")
@example("a@-b.de")
@example("a@b..de")
@example(".a@b.de")
@example("a..b@c.de")
@example("a" * 65 + "@b.de")
@example("a@" + "b" * 64 + ".de")
@example("a@b." + "c" * 64)
@example("a@" + "b." * 120 + "de")
def test_every_text_is_judged_as_the_library_judges_it(text: str) -> None:
    assert accepts(text) == (len(text) <= MAX_EMAIL and library_accepts(text))


@pytest.mark.parametrize("name", email_validator.SPECIAL_USE_DOMAIN_NAMES)
@pytest.mark.parametrize("before", ["a@", "a@b.", "a@b.c."])
def test_names_for_special_use_are_always_left_to_the_library(name: str, before: str) -> None:
    for text in (before + name, before + name.upper()):
        assert not is_usual_email(text)
        assert accepts(text) == library_accepts(text)


@pytest.mark.parametrize(
    "text",
    [
        "ar@acme.com",
        "Jane.Doe+invoices@mail.Example-Company.co.uk",
        "o'neil@a1.de",
        "x@y.museum",
    ],
)
def test_usual_addresses_need_no_library(text: str) -> None:
    assert is_usual_email(text)


@given(st.from_regex(re.compile(r"[a-z]{1,9}@(?:[a-z0-9]{1,9}\.){1,3}[a-z]{2,9}"), fullmatch=True))
def test_addresses_of_letters_are_usual_unless_their_name_is_special(text: str) -> None:
    last = text.rpartition(".")[2]

    assert is_usual_email(text) or last in {"alt", "arpa", "example", "local", "onion", "test"} | {
        "internal",
        "invalid",
        "localhost",
    }
