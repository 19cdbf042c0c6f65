"""Where webhooks may be sent: to a name over https at port 443, so that nothing inside is reached.

What the name stands for is checked at every attempt, see `registry.projections.posting`. The local
stack also takes this machine's own address over http, for receivers under development.
"""

import os
import re
from urllib.parse import SplitResult, urlsplit

MAX_URL = 2_048

_HTTPS_PORT = 443
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# Printable ASCII but what RFC 3986 has in no URL: an internationalised name comes in its A-label.
_CHARACTERS = re.compile(r"[!#-;=?-\[\]_a-z~]+")
# At least two labels, of which the last is no number: addresses are no names.
# Source: RFC 1123, section 2.1.
_NAME = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9-]{2,63}\.?"
)


def check_url(url: str, *, loopback: bool) -> str | None:
    """What is wrong with a URL for webhooks, by a stable name; None where nothing is.

    Args:
        url: the URL.
        loopback: whether this machine's own address is allowed, at any port and over http.
    """
    if len(url) > MAX_URL:
        return "string_too_long"
    try:
        parts = urlsplit(url) if _CHARACTERS.fullmatch(url) else None
        if parts is None or _is_odd(parts):
            return "url"
        if loopback and is_loopback(parts.hostname or ""):
            return None if parts.scheme in {"http", "https"} else "url"
        at_443 = parts.port in {None, _HTTPS_PORT}
    except ValueError:
        return "url"
    if parts.scheme != "https" or not at_443:
        return "https_only"
    return None if _NAME.fullmatch(parts.hostname or "") else "host_name"


def loopback_allowed() -> bool:
    """Whether this deployment sends webhooks to the machine itself; only the local stack does."""
    return os.environ.get("WEBHOOK_LOOPBACK") == "allowed"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    return host in _LOOPBACK


def _is_odd(parts: SplitResult) -> bool:
    """Whether a URL lacks a host, or has what no request to a receiver needs.

    Raises:
        ValueError: its port is none.
    """
    return not parts.hostname or "@" in parts.netloc or bool(parts.fragment) or parts.port == 0
