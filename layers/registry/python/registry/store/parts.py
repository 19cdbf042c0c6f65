"""Texts that may be larger than an item: compressed, and cut into parts of an item's size.

DynamoDB's items end at 400 KB. An event holds a record before and after a change, and a parked
stream record both its images, so that neither is sure to fit into one item.
"""

import zlib
from collections.abc import Iterable

# Leaves room for the other attributes of an item.
PART_BYTES = 350_000


def split(text: str) -> list[bytes]:
    """The parts of a compressed text; at least one."""
    packed = zlib.compress(text.encode())
    return [packed[start : start + PART_BYTES] for start in range(0, len(packed), PART_BYTES)]


def joined(parts: Iterable[bytes]) -> str:
    """The text of parts in their order: the inverse of `split`."""
    return zlib.decompress(b"".join(parts)).decode()
