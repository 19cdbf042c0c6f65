"""Instants as callers write them: all of RFC 3339, and the shorter spellings of ISO 8601."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_RFC_3339 = re.compile(
    rf"{_DATE}[Tt]([0-9]{{2}}):([0-9]{{2}}):([0-9]{{2}})(?:\.([0-9]+))?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_ISO_8601 = re.compile(
    rf"{_DATE}[Tt]([0-9]{{2}}):([0-9]{{2}})(?::([0-9]{{2}})(?:[.,]([0-9]+))?)?"
    r"([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_DATE_ALONE = re.compile(_DATE)

_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
# After so many years the calendar repeats to the day of the week. RFC 3339 has a year 0, which
# `datetime` does not.
_CYCLE_YEARS = 400
_CYCLE = timedelta(days=146_097)
_ANY_DAY = date(2000, 1, 2)
_LEAP_SECOND = 60
_MINUTES_OF_AN_HOUR = 60
_HOURS_OF_A_DAY = 24


def read_rfc_3339(text: str) -> datetime:
    """The instant of an RFC 3339 `date-time`, UTC, cut to microseconds.

    A leap second becomes the second before it. An instant outside the years 1 to 9999, to which an
    offset can lead, becomes the nearest instant within them.

    Raises:
        ValueError: the text is not such a time, or it has a leap second elsewhere than at the end
            of a day in UTC.
    """
    return _instant(_RFC_3339.fullmatch(text), text)


def read_iso_8601(text: str, of_a_date: time) -> datetime:
    """The instant of an ISO 8601 time or date, in UTC where the text has no offset.

    Every RFC 3339 time is one, see `read_rfc_3339`. Seconds, and the minutes of an offset, may be
    left out, and a comma may begin the fraction.

    Args:
        text: the time, or a date alone.
        of_a_date: the time of day, in UTC, for a date alone.

    Raises:
        ValueError: the text is not such a time or date.
    """
    if day := _DATE_ALONE.fullmatch(text):
        return _clamped(_numbers(day), of_a_date, timedelta())
    return _instant(_ISO_8601.fullmatch(text), text)


def _instant(match: re.Match[str] | None, text: str) -> datetime:
    """The instant of a match, whose groups are year to second, fraction and offset.

    Raises:
        ValueError: there is no match, or a number in it is out of its range.
    """
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = _numbers(match)
    fraction, offset = match[7] or "", _offset(match[8])
    leap = second == _LEAP_SECOND
    if leap and not _ends_a_day(time(hour, minute), offset):
        raise ValueError(text)
    at = time(hour, minute, second - leap, int(fraction[:6].ljust(6, "0")))
    return _clamped((year, month, day), at, offset)


def _numbers(match: re.Match[str]) -> tuple[int, ...]:
    """Year to second, as far as the pattern has them; 0 for seconds that are left out."""
    return tuple(int(digits or 0) for digits in match.groups()[:6])


def _ends_a_day(at: time, offset: timedelta) -> bool:
    """Whether a minute is the last of a day in UTC, the only minute with a leap second."""
    utc = datetime.combine(_ANY_DAY, at) - offset
    return (utc.hour, utc.minute) == (23, 59)


def _offset(text: str | None) -> timedelta:
    """The offset of `Z`, `+hh`, `+hhmm` or `+hh:mm`, or zero for None.

    Raises:
        ValueError: it has 24 hours or more, or 60 minutes or more.
    """
    if text is None or text in {"Z", "z"}:
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[3:].removeprefix(":") or 0)
    if hours >= _HOURS_OF_A_DAY or minutes >= _MINUTES_OF_AN_HOUR:
        raise ValueError(text)
    size = timedelta(hours=hours, minutes=minutes)
    return -size if text[0] == "-" else size


def _clamped(day: tuple[int, ...], at: time, offset: timedelta) -> datetime:
    """The instant of a local time, or the nearest instant that `datetime` can hold."""
    year, month, day_of_month = day
    early = year < _CYCLE_YEARS
    local = date(year + _CYCLE_YEARS * early, month, day_of_month)
    try:
        return datetime.combine(local, at, UTC) - offset - _CYCLE * early
    except OverflowError:
        return _FIRST if early else _LAST


def _moment(text: object) -> object:
    """The instant of an RFC 3339 time with an offset; any value other than text unchanged.

    Raises:
        PydanticCustomError: kind `instant`.
    """
    if not isinstance(text, str):
        return text
    try:
        return read_rfc_3339(text)
    except ValueError as error:
        raise PydanticCustomError("instant", "must be an RFC 3339 time") from error


Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=datetime)]
