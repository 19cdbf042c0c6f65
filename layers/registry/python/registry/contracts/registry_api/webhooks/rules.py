"""What is checked of a webhook beyond single fields: the address, which depends on the stack."""

from collections.abc import Iterator, Mapping

from registry.domain.errors import FieldError
from registry.gateway.webhook_url import check_url, loopback_allowed


def check(raw: Mapping[str, object]) -> Iterator[FieldError]:
    """What is wrong with the address in a body."""
    url = raw.get("url")
    if isinstance(url, str):
        kind = check_url(url.strip(), loopback=loopback_allowed())
        # What is wrong with any text the field's own rules say.
        if kind is not None and kind != "string_too_long":
            yield FieldError(("url",), kind)
