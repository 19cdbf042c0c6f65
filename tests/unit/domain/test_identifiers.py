"""Ids and instants."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.identifiers import (
    ascending_ids,
    created_at,
    id_range,
    instant,
    instant_range,
    is_id,
    new_id,
    now,
    parse_instant,
)

zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=zones)  # noqa: DTZ001 - hypothesis adds the zone
millis = moments.map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))


@given(millis)
def test_an_id_knows_when_it_was_made(at: datetime) -> None:
    made = new_id(at)

    assert is_id(made)
    assert created_at(made) == at


@given(millis, millis)
def test_ids_sort_as_their_moments_do(one: datetime, other: datetime) -> None:
    if one != other:
        assert (new_id(one) < new_id(other)) == (one < other)


@given(moments, moments, millis)
def test_a_range_holds_what_was_made_within_it(
    start: datetime,
    end: datetime,
    at: datetime,
) -> None:
    low, high = id_range(start, end)
    first, last = instant_range(start, end)

    assert (low <= new_id(at) <= high) == (start <= at <= end)
    assert (first <= instant(at) <= last) == (start <= at <= end)


@given(millis)
def test_no_bounds_hold_everything(at: datetime) -> None:
    low, high = id_range(None, None)

    assert low <= new_id(at) <= high


@given(millis)
def test_an_instant_is_read_back(at: datetime) -> None:
    assert parse_instant(instant(at)) == at
    assert len(instant(at)) == len("2026-06-09T17:04:21.000Z")


def test_now_has_milliseconds_only() -> None:
    assert now().microsecond % 1000 == 0
    assert now().tzinfo is UTC


def test_ids_of_one_moment_differ() -> None:
    at = now()

    assert len({new_id(at) for _ in range(1000)}) == 1000


@given(millis, st.integers(2, 100))
def test_ids_of_one_change_ascend_and_are_of_its_moment(at: datetime, count: int) -> None:
    ids = list(islice(ascending_ids(at), count))

    assert ids == sorted(set(ids))
    assert all(is_id(made) and created_at(made) == at for made in ids)


def test_two_changes_of_one_moment_share_no_id() -> None:
    at = now()

    assert len({made for _ in range(100) for made in islice(ascending_ids(at), 10)}) == 1000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "66f1a2b3c4d5e6f7a8b9c0d1",
        "497f6eca-6276-4993-bfeb-53cbbbba6f08",
        "0192F0C1-2F3A-7CC0-9D2E-6A4B8F0E1D2C",
        "0192f0c12f3a7cc09d2e6a4b8f0e1d2c",
        "{0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c}",
        "urn:uuid:0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c",
        "0192f0c1-2f3a-7cc0-1d2e-6a4b8f0e1d2c",
        "../0192f0c1",
    ],
)
def test_a_text_that_the_registry_never_issued_is_no_id(text: str) -> None:
    assert not is_id(text)


@pytest.mark.parametrize("text", ["2026-06-09T17:04:21", "0001-01-01T00:00:00+14:00", "x", ""])
def test_a_text_without_an_offset_or_beyond_all_years_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_instant(text)
