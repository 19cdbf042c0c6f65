"""Alternative Payments' rules beyond single fields: the limits of a change to a record."""

from collections.abc import Iterator, Mapping

from registry.domain.client import Client
from registry.domain.errors import FieldError
from registry.domain.places import country
from registry.domain.text import trimmed

_SET_AT_CREATION = ("email", "external_id")


def check(raw: Mapping[str, object], client: Client) -> Iterator[FieldError]:
    """The errors of a body that changes a client; a value that the client already has is none."""
    for name in _SET_AT_CREATION:
        if name in raw and trimmed(raw[name]) != getattr(client, name):
            yield FieldError((name,), "fixed")
    new = trimmed(raw.get("country"))
    present = client.country.typed if client.country else None
    if isinstance(new, str) and new != present and country(new).code is None:
        yield FieldError(("country",), "country")
