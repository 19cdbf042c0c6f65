"""Web addresses of clients, typed with or without a scheme and kept as URLs.

A URL is read as a browser reads it (the URL Standard of WHATWG, which pydantic's `Url` implements),
without the repairs that a browser makes: the host has to be valid as typed. A valid host is an IPv6
address in brackets, an IPv4 address of four decimal numbers, or a name whose labels have letters of
any script, digits, and inner hyphens (RFC 1123, IDNA). Underscores are accepted in all labels but
the last, because such names are in use. The last label is not a number. A point may end a name.
"""

import re

from pydantic_core import PydanticCustomError, Url

MAX_WEBSITE = 2048

# Each part excludes the character that begins the next, so that a match never has to go back.
_URL = re.compile(
    r"(?P<scheme>[Hh][Tt][Tt][Pp][Ss]?://)?(?P<authority>[^\s\\/?#]+)(?:[/?#][^\s\\]*)?"
)
_AUTHORITY = re.compile(
    r"(?:(?P<user>[^@]*)@)?(?P<host>\[[^\[\]@]*\]|[^\[\]@:%]+)(?::(?P<port>[0-9]*))?"
)
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LAST_LABEL = re.compile(r"(?!-)(?![0-9]+\Z)[a-z0-9-]{1,63}(?<!-)")
# The last label of a text without a scheme, so that `N.A.` and `12.50` are not web addresses.
_TOP_LEVEL_DOMAIN = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_MAX_HOST = 253


def website(text: str) -> str:
    """An http or https URL as typed; a bare domain gets `https://` before it.

    A bare domain is a name of two labels or more whose last label could be a top-level domain. A
    port, a path, a query or a fragment may follow it. A user, an IP address, and a name of one
    label are accepted only after a scheme.

    Raises:
        PydanticCustomError: kind `website`, or `string_too_long` past 2,048 characters.
    """
    if len(text) > MAX_WEBSITE:
        raise _too_long()
    parts = _URL.fullmatch(text)
    if parts is None:
        raise _no_website()
    bare = parts["scheme"] is None
    url = f"https://{text}" if bare else text
    if not _has_host(url, parts["authority"], bare=bare):
        raise _no_website()
    if len(url) > MAX_WEBSITE:
        raise _too_long()
    return url


def _has_host(url: str, authority: str, *, bare: bool) -> bool:
    """Whether a URL has a valid host, also as its authority was typed; bare is without a scheme."""
    typed = _AUTHORITY.fullmatch(authority)
    if typed is None or (bare and (typed["user"] is not None or typed["port"] == "")):
        return False
    try:
        host = Url(url).host or ""
    except ValueError:
        return False
    if host.startswith("["):
        return not bare
    if _IPV4.fullmatch(host):
        # A browser turns `12.50` and `1.2` into addresses, too; as typed they are none.
        return not bare and typed["host"] == host
    return _is_name(host, bare=bare)


def _is_name(host: str, *, bare: bool) -> bool:
    """Whether a host, in lower case and A-labels, is a name of DNS."""
    name = host.removesuffix(".")
    *labels, last = name.split(".")
    if len(name) > _MAX_HOST or not all(map(_LABEL.fullmatch, labels)):
        return False
    if bare:
        return bool(labels) and _TOP_LEVEL_DOMAIN.fullmatch(last) is not None
    return _LAST_LABEL.fullmatch(last) is not None


def _no_website() -> PydanticCustomError:
    return PydanticCustomError("website", "must be an http or https URL")


def _too_long() -> PydanticCustomError:
    return PydanticCustomError(
        "string_too_long",
        "must have at most {max_length} characters",
        {"max_length": MAX_WEBSITE},
    )
