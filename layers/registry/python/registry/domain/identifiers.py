"""Ids and instants.

Ids are UUIDv7 (RFC 9562, section 5.7): creation order is key order, and the moment of creation, to
the millisecond, is the first 48 bits. A created-between filter is therefore a range of ids.
"""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
# The end of the year 9999, the last that RFC 3339 can write; UUIDv7 would reach a little further.
LAST_INSTANT = datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)
_LAST_MILLISECOND = (LAST_INSTANT - _EPOCH) // _MILLISECOND
# The bits of a UUIDv7 that are neither time nor version nor variant.
_RANDOM_BITS = 74
# Of one id after another, the bits by which the random part grows.
_STEP_BITS = 32


def now() -> datetime:
    """The present instant, UTC, cut to milliseconds: the precision of every stored instant."""
    present = datetime.now(UTC)
    return present.replace(microsecond=present.microsecond // 1000 * 1000)


def new_id(at: datetime | None = None) -> str:
    """A new UUIDv7, in lower-case text, whose time part is `at` (default: now)."""
    milliseconds = _milliseconds(at if at is not None else now())
    return _uuid7(milliseconds, secrets.randbits(_RANDOM_BITS))


def derived_id(at: datetime, digest: bytes) -> str:
    """The UUIDv7 whose time part is `at` and whose other bits are the first ones of a digest.

    Equal instants and digests make equal ids. Source: RFC 9562, section 5.7, leaves the other bits
    to the implementation.
    """
    random = int.from_bytes(digest) >> (8 * len(digest) - _RANDOM_BITS)
    return _uuid7(_milliseconds(at), random)


def ascending_ids(at: datetime) -> Iterator[str]:
    """New UUIDv7s whose time part is `at`, each greater than the one before it.

    The random part counts up in random steps, from a start whose first bit is clear, so that it
    does not overflow: some 10^12 ids can be taken. Source: RFC 9562, section 6.2, method 2
    ("Monotonic Random").
    """
    milliseconds, random = _milliseconds(at), secrets.randbits(_RANDOM_BITS - 1)
    while True:
        yield _uuid7(milliseconds, random)
        random += 1 + secrets.randbits(_STEP_BITS)


def is_id(text: str) -> bool:
    """Whether a text is an id that this registry could have issued: a UUIDv7 in canonical form."""
    try:
        parsed = UUID(text)
    except ValueError:
        return False
    return parsed.version == 7 and str(parsed) == text  # noqa: PLR2004 - the 7 of UUIDv7


def id_range(start: datetime | None, end: datetime | None) -> tuple[str, str]:
    """The lowest and the highest id created in `[start, end]`, both inclusive; None is no bound.

    Stored instants are whole milliseconds. A start between two milliseconds therefore begins with
    the later one, and an end between two stops with the earlier one.
    """
    low, high = _millisecond_range(start, end)
    return str(UUID(int=low << 80)), str(UUID(int=high << 80 | (1 << 80) - 1))


def instant_range(start: datetime | None, end: datetime | None) -> tuple[str, str]:
    """The texts of the first and the last millisecond in `[start, end]`, as `id_range` has them."""
    low, high = _millisecond_range(start, end)
    return instant(_EPOCH + low * _MILLISECOND), instant(_EPOCH + high * _MILLISECOND)


def created_at(identifier: str) -> datetime:
    """The instant in the time part of a UUIDv7."""
    return _EPOCH + (UUID(identifier).int >> 80) * _MILLISECOND


# One request writes its own instant some ten times.
@lru_cache(maxsize=8)
def instant(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`, which sorts as text as it does in time."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse_instant(text: str) -> datetime:
    """The inverse of `instant`.

    Raises:
        ValueError: the text is not an instant with an offset.
    """
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError(text)
    try:
        return parsed.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def _uuid7(milliseconds: int, random: int) -> str:
    number = (
        milliseconds << 80
        | 0x7 << 76
        | (random >> 62) << 64
        | 0b10 << 62
        | random & ((1 << 62) - 1)
    )
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _millisecond_range(start: datetime | None, end: datetime | None) -> tuple[int, int]:
    """The first and the last millisecond since 1970 in a range, within the years of RFC 3339."""
    low = -(-(start - _EPOCH) // _MILLISECOND) if start is not None else 0
    high = _milliseconds(end) if end is not None else _LAST_MILLISECOND
    return min(max(low, 0), _LAST_MILLISECOND), min(max(high, 0), _LAST_MILLISECOND)


def _milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (at - _EPOCH) // _MILLISECOND
