"""Texts in parts: nothing is lost, and no part is larger than an item."""

import random

from hypothesis import given
from hypothesis import strategies as st

from registry.store.parts import joined, split


@given(st.text(st.characters(codec="utf-8")))
def test_a_text_is_what_its_parts_are_joined_to(text: str) -> None:
    parts = split(text)

    assert parts
    assert joined(parts) == text


def test_a_text_that_cannot_be_compressed_is_cut_into_parts_of_an_items_size() -> None:
    shuffled = random.Random(1)  # noqa: S311 - no secret
    text = "".join(chr(shuffled.randrange(0x4E00, 0x9FFF)) for _ in range(300_000))

    parts = split(text)

    assert len(parts) > 1
    assert max(map(len, parts)) < 400_000
    assert joined(parts) == text
