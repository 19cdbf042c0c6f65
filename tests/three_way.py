"""The rule of a later move as the design states it, on plain values."""

from collections.abc import Iterable
from typing import Any

from registry.domain.three_way import OnConflict


def the_rule(
    names: Iterable[str],
    base: dict[str, Any],
    theirs: dict[str, Any],
    ours: dict[str, Any],
    choice: OnConflict | None,
) -> list[str]:
    """Carry a run out on `ours` and `base`; the names of the conflicts.

    The vendor's changes come in, ours stay, both to the same value is no conflict, and both to
    different ones is one that a choice decides.
    """
    conflicts = []
    for name in names:
        both = theirs[name] != base[name] and ours[name] != base[name]
        if both and theirs[name] != ours[name] and choice is None:
            conflicts.append(name)
        elif theirs[name] != base[name] or ours[name] == theirs[name]:
            if not both or choice is OnConflict.THEIRS:
                ours[name] = theirs[name]
            base[name] = theirs[name]
    return conflicts
