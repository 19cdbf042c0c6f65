"""The three names of Athenty and the one display name of the record.

`docs/mapping.md`, "Rule 1": Athenty shows no display name and writes it from its parts. A record
that only has a display name is shown with it in one of the parts.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from registry.domain.client import Client, Fields, MemberType


@dataclass(frozen=True, slots=True)
class Names:
    """What Athenty calls a client; the attributes are the wire names, in snake case."""

    name_first: str | None = None
    name_last: str | None = None
    business_name: str | None = None

    @property
    def display(self) -> str | None:
        """The display name they make: the business's, else the person's."""
        person = " ".join(part for part in (self.name_first, self.name_last) if part)
        return self.business_name or person or None


NAMES = frozenset(asdict(Names()))


def shown_names(client: Client) -> Names:
    """The names of a record; one without parts shows its display name whole, in one of them."""
    names = Names(client.first_name, client.last_name, client.company)
    whole = client.name or client.legal_name
    if names.display is not None or whole is None:
        return names
    if client.shown_member_type is MemberType.BUSINESS:
        return Names(business_name=whole)
    return Names(name_last=whole)


def written_names(client: Client | None, written: Mapping[str, str | None]) -> Fields:
    """The record's fields after some of the names are written; none when none is.

    What is not written stays as it was shown, so a display name from another contract that was
    shown in a part becomes that part instead of getting lost.
    """
    if not written:
        return Fields()
    names = replace(shown_names(client) if client is not None else Names(), **written)
    return Fields(
        name=names.display,
        first_name=names.name_first,
        last_name=names.name_last,
        company=names.business_name,
    )
