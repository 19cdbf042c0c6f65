"""`If-Match`: the versions that a record may have for a request to change it.

Source: RFC 9110, sections 8.8.3 and 13.1.1.
"""

import re
from collections.abc import Sequence

from registry.domain.immutable import dataclass

IF_MATCH_HEADER = "If-Match"

# What a tag may not hold, which takes much less time to compile than all that it may.
_TAG = r'(?:W/)?"[^\x00-\x20"\x7f]*"'
_TAGS = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")


@dataclass(frozen=True, slots=True)
class Precondition:
    """The versions that a caller accepts.

    Attributes:
        tags: entity tags as they are written; None for any version.
    """

    tags: frozenset[str] | None

    def holds(self, version: int) -> bool:
        """Whether a record with this version is one of them; a weak tag is never equal to one."""
        return self.tags is None or entity_tag(version) in self.tags


def entity_tag(version: int) -> str:
    """The entity tag of a version of a record, as `ETag` has it."""
    return f'"{version}"'


def read_precondition(values: Sequence[str]) -> Precondition:
    """The precondition in an `If-Match` header, whose lines are one list.

    Raises:
        ValueError: it is neither `*` nor a list of entity tags.
    """
    text = ",".join(values)
    if text.strip(" \t") == "*":
        return Precondition(None)
    if not _TAGS.fullmatch(text):
        raise ValueError(text)
    return Precondition(frozenset(re.findall(_TAG, text)))
