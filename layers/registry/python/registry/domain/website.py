"""Web addresses of clients: what people type, as a URL."""

import re

from pydantic_core import PydanticCustomError, Url

MAX_WEBSITE = 2048

_URL = re.compile(r"https?://[^\s\\]+", re.IGNORECASE)
# A host with a point in it, perhaps a port, then a path, a query or a fragment.
_BARE_DOMAIN = re.compile(r"[^\s\\/?#@:]+\.[^\s\\/?#@:]+(?::[0-9]+)?(?:[/?#][^\s\\]*)?")


def website(text: str) -> str:
    """An http or https URL as typed; a bare domain becomes one with `https://` before it.

    Raises:
        PydanticCustomError: kind `website`, or `string_too_long` past 2,048 characters.
    """
    url = f"https://{text}" if _BARE_DOMAIN.fullmatch(text) else text
    if not _URL.fullmatch(url):
        raise PydanticCustomError("website", "must be an http or https URL")
    if len(url) > MAX_WEBSITE:
        raise PydanticCustomError(
            "string_too_long",
            "must have at most {max_length} characters",
            {"max_length": MAX_WEBSITE},
        )
    try:
        Url(url)
    except ValueError as error:
        raise PydanticCustomError("website", "must be an http or https URL") from error
    return url
