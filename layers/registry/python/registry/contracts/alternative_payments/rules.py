"""Alternative Payments' rules beyond single fields: what a change may not make of the record."""

from collections.abc import Iterator, Mapping

from registry.domain.client import Client
from registry.domain.errors import FieldError
from registry.domain.places import country
from registry.domain.text import trimmed

_SET_AT_CREATION = ("email", "external_id")


def check(raw: Mapping[str, object], client: Client) -> Iterator[FieldError]:
    """What is wrong with a body that changes a client; a value it already has is no change."""
    for name in _SET_AT_CREATION:
        if name in raw and trimmed(raw[name]) != getattr(client, name):
            yield FieldError((name,), "fixed")
    named = trimmed(raw.get("country"))
    kept = client.country.typed if client.country else None
    if isinstance(named, str) and named != kept and country(named).code is None:
        yield FieldError(("country",), "country")
