"""Opaque cursors: a place in one list, as text that a caller hands back unchanged.

A cursor gives no access, since whose records a request reaches is decided by its credential alone.
Its digest is keyed with the workspace's cursor key, so that nobody else can make one. It recognises
a cursor that was altered, or issued to another workspace, or for other filters or another order,
where reading on would quietly skip or repeat records.
"""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import field

from registry.domain import document
from registry.domain.errors import FieldError, Invalid
from registry.domain.immutable import dataclass
from registry.gateway.operation import Operation
from registry.gateway.principal import Principal

# Room for a sort key of 900 bytes, an id, and a word or two; no longer text was ever issued.
_MAX_LENGTH = 1300
_DIGEST_BYTES = 16
# Between the parts of a place; control characters such as this are refused in every text kept.
_UNIT = "\x1f"


@dataclass(frozen=True, slots=True)
class Cursors:
    """The cursors of one list.

    Attributes:
        binding: what else a cursor's digest covers, so that it counts in this list only.
        key: what the digest is keyed with.
    """

    binding: str
    key: bytes = field(repr=False)

    def issue(self, *place: str) -> str:
        """The cursor of a place, which is one or more texts: URL-safe, without padding."""
        text = _UNIT.join(place).encode()
        return base64.urlsafe_b64encode(self._digest(text) + text).rstrip(b"=").decode()

    def read(self, cursor: str, parameter: str = "cursor") -> tuple[str, ...]:
        """The place of a cursor that was issued for this list.

        Raises:
            Invalid: kind `cursor` of the parameter; it was not.
        """
        try:
            place = claimed_place(cursor)
        except ValueError:
            place = ()
        # Issuing it again also refuses other spellings of the same bytes.
        if not place or not hmac.compare_digest(self.issue(*place).encode(), cursor.encode()):
            raise Invalid(parameters=(FieldError((parameter,), "cursor"),))
        return place

    def _digest(self, place: bytes) -> bytes:
        covered = self.binding.encode() + b"\n" + place
        return hmac.digest(self.key, covered, "sha256")[:_DIGEST_BYTES]


def claimed_place(cursor: str) -> tuple[str, ...]:
    """The place a cursor names, whichever list it belongs to; its digest is not looked at.

    Raises:
        ValueError: the text is no cursor of any list.
    """
    if len(cursor) > _MAX_LENGTH:
        raise ValueError(cursor)
    content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    if len(content) < _DIGEST_BYTES:
        raise ValueError(cursor)
    return tuple(content[_DIGEST_BYTES:].decode().split(_UNIT))


def cursors(caller: Principal, operation: Operation, filters: Mapping[str, str | None]) -> Cursors:
    """The cursors of a list: of a tenant, an operation, an order and a set of filters.

    Args:
        caller: whose records are listed, and whose workspace's key the digests have.
        operation: the endpoint that lists them.
        filters: what decides which records are listed, and in what order, in one spelling for each
            meaning; what is left out equals None. The size of a page does not belong here.
    """
    chosen = {name: value for name, value in filters.items() if value is not None}
    whose = [caller.workspace_id, caller.mode, caller.contract, operation.name]
    return Cursors(document.canonical([*whose, chosen]), caller.cursor_key)
