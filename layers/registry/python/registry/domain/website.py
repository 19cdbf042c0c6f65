"""Web addresses of clients: what people type, as a URL.

A URL is taken as a browser takes it (the URL Standard of WHATWG, which pydantic's `Url` carries
out), less what a browser only repairs: its host has to be a host as it is typed. That is an IPv6
address in brackets, an IPv4 address of four decimal numbers, or a name whose labels have letters
of any script, digits, and hyphens within (RFC 1123, IDNA). Names with an underscore are in use, so
one is taken in all labels but the last. The last label is no number. A point may end a name.
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
# Where no scheme says that a text is a URL: `N.A.` and `12.50` are none.
_TOP_LEVEL_DOMAIN = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_MAX_HOST = 253


def website(text: str) -> str:
    """An http or https URL as typed; a bare domain becomes one with `https://` before it.

    A bare domain is a name of two labels or more that ends in a top-level domain's letters, perhaps
    with a port, a path, a query or a fragment. A user, an address in numbers, and a name of one
    label are taken in a URL only.

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
        # A browser reads an address into `12.50` and `1.2`, too.
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
