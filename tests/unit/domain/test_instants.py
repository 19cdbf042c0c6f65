"""Instants as callers write them."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.domain.identifiers import instant_range
from registry.domain.instants import read_iso_8601, read_rfc_3339

FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)

offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59)
moments = st.datetimes()
fractions = st.text("0123456789", max_size=30).map(lambda digits: f".{digits}" if digits else "")


def offset_text(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def clamped(local: datetime, minutes: int) -> datetime:
    """What the standard library makes of it, with the ends of its calendar for what lies beyond."""
    try:
        return local.replace(tzinfo=timezone(timedelta(minutes=minutes))).astimezone(UTC)
    except OverflowError:
        return LAST if minutes < 0 else FIRST


@given(moments, offsets, fractions, st.sampled_from("Tt"))
@example(datetime(9999, 12, 31, 23, 59, 59), -14 * 60, "", "T")  # noqa: DTZ001 - its offset follows
@example(datetime(1, 1, 1), 14 * 60, "", "T")  # noqa: DTZ001 - as above
def test_a_time_is_read_with_every_offset_and_fraction(
    local: datetime,
    minutes: int,
    fraction: str,
    between: str,
) -> None:
    text = f"{local:%H:%M:%S}{fraction}{offset_text(minutes)}"
    text = f"{local.date().isoformat()}{between}{text}"
    micro = int(fraction[1:7].ljust(6, "0"))

    expected = clamped(local.replace(microsecond=micro), minutes)

    assert read_rfc_3339(text) == read_iso_8601(text, time.min) == expected
    assert read_rfc_3339(text).tzinfo is UTC


@given(moments, st.sampled_from(["Z", "z", "+00:00", "-00:00"]))
def test_utc_has_four_spellings(local: datetime, zulu: str) -> None:
    assert read_rfc_3339(local.isoformat() + zulu) == local.replace(tzinfo=UTC)


@given(st.dates(), offsets, fractions)
def test_a_leap_second_is_the_second_before(day: date, minutes: int, fraction: str) -> None:
    end = datetime.combine(day, time(23, 59), UTC)
    try:
        local = (end + timedelta(minutes=minutes)).replace(tzinfo=None)
    except OverflowError:
        return
    text = f"{local.date().isoformat()}T{local:%H:%M}"

    leap = read_rfc_3339(f"{text}:60{fraction}{offset_text(minutes)}")

    assert leap == read_rfc_3339(f"{text}:59{fraction}{offset_text(minutes)}")
    assert (leap.hour, leap.minute, leap.second) == (23, 59, 59)


# RFC 3339, section 5.8, and the leap seconds of section 5.7 and appendix D.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1985-04-12T23:20:50.52Z", datetime(1985, 4, 12, 23, 20, 50, 520000, tzinfo=UTC)),
        ("1996-12-19T16:39:57-08:00", datetime(1996, 12, 20, 0, 39, 57, tzinfo=UTC)),
        ("1990-12-31T23:59:60Z", datetime(1990, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("1990-12-31T15:59:60-08:00", datetime(1990, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("1937-01-01T12:00:27.87+00:20", datetime(1937, 1, 1, 11, 40, 27, 870000, tzinfo=UTC)),
        ("2016-12-31T23:59:60.5Z", datetime(2016, 12, 31, 23, 59, 59, 500000, tzinfo=UTC)),
        ("9999-12-31T23:59:60Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("9999-12-31T23:59:59-14:00", LAST),
        ("0001-01-01T00:00:00+14:00", FIRST),
        ("0000-02-29T00:00:00Z", FIRST),
        ("0000-12-31T23:00:00-01:00", FIRST),
        ("0000-12-31T23:00:00-02:00", datetime(1, 1, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_times_of_the_rfc_and_the_ends_of_the_calendar(text: str, expected: datetime) -> None:
    assert read_rfc_3339(text) == expected


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_clamped_instant_can_bound_a_range(text: str) -> None:
    low, high = instant_range(read_rfc_3339(text), read_rfc_3339(text))

    assert low <= high


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-06-09", datetime(2026, 6, 9, 23, 59, 59, 999999, tzinfo=UTC)),
        ("0000-06-09", FIRST),
        ("2026-06-09T10:20", datetime(2026, 6, 9, 10, 20, tzinfo=UTC)),
        ("2026-06-09T10:20:30", datetime(2026, 6, 9, 10, 20, 30, tzinfo=UTC)),
        ("2026-06-09T10:20:30,25+0200", datetime(2026, 6, 9, 8, 20, 30, 250000, tzinfo=UTC)),
        ("2026-06-09T10:20+02", datetime(2026, 6, 9, 8, 20, tzinfo=UTC)),
        ("2026-06-09t23:59:60", datetime(2026, 6, 9, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_shorter_spellings_are_read_where_they_are_offered(text: str, expected: datetime) -> None:
    assert read_iso_8601(text, time.max) == expected
    with pytest.raises(ValueError, match=r".*"):
        read_rfc_3339(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-02-30T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-06-09T24:00:00Z",
        "2026-06-09T10:60:00Z",
        "2026-06-09T10:20:61Z",
        "2026-06-09T10:20:60Z",
        "2026-06-09T23:59:60+01:00",
        "2026-06-09T10:20:30+24:00",
        "2026-06-09T10:20:30+01:60",
        "2026-06-09T10:20:30.Z",
        "2026-06-09 10:20:30Z",
        "2026-06-09T10:20:30 02:00",
        "2026-06-09T10:20:30Z\n",
        "٢٠٢٦-06-09T10:20:30Z",
        "02026-06-09T10:20:30Z",
        "-2026-06-09T10:20:30Z",
        "2026-W24-2T10:20:30Z",
        "20260609T102030Z",
    ],
)
def test_a_text_that_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_rfc_3339(text)
    with pytest.raises(ValueError, match=r".*"):
        read_iso_8601(text, time.min)


@given(st.text(max_size=40) | st.text("0123456789-:TZtz.,+", max_size=40))
def test_any_other_text_is_refused_in_the_same_way(text: str) -> None:
    for read in (read_rfc_3339, lambda each: read_iso_8601(each, time.min)):
        try:
            assert FIRST <= read(text) <= LAST
        except ValueError as error:
            assert type(error) is ValueError  # noqa: PT017 - most texts are refused, not all
