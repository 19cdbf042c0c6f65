"""A POST to an address that a workspace has named, which may be anybody's.

The name is resolved once for each attempt. Where one of its addresses is not global, nothing is
sent: a name can stand for an address inside. The connection is made to an address that was checked,
with the name in TLS and in `Host`, so that no second look-up can lead elsewhere. Redirects are not
followed. Of the response the head is read, and no more.
"""

import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from urllib.parse import SplitResult, urlsplit

from registry.domain.identifiers import now
from registry.domain.immutable import dataclass
from registry.gateway.webhook_url import is_loopback

_PORTS = {"http": 80, "https": 443}
_MOST_BYTES = 65_536
_SENT_BYTES = 16_384
# A wait with more digits than this is as good as any that is too long.
_RETRY_DIGITS, _LONG_SECONDS = 9, 10**9


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request.

    Attributes:
        status: the HTTP status; None where no whole head of a response came.
        error: a word for what went wrong where there is no status.
        retry_after: how long the receiver asks to be left alone; None where it does not.
    """

    status: int | None = None
    error: str | None = None
    retry_after: timedelta | None = None

    @property
    def accepted(self) -> bool:
        """Whether the receiver has taken the request."""
        return self.status is not None and self.status // 100 == 2  # noqa: PLR2004 - 2xx


Resolve = Callable[[str, int], list[str]]
Connect = Callable[[str, int, float], socket.socket]
Post = Callable[[str, Mapping[str, str], bytes, timedelta], Answer]


def resolved(host: str, port: int) -> list[str]:
    """The addresses that a name stands for.

    The name is looked up as it is, without the domains that a machine may try behind it: they could
    lead elsewhere, and take longer than an attempt may.

    Raises:
        OSError: it stands for none.
    """
    name = host if is_loopback(host) or host.endswith(".") else f"{host}."
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def connected(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to an address.

    Raises:
        OSError: there is none within these seconds.
    """
    return socket.create_connection((address, port), timeout=seconds)


class Poster:
    """Sends requests to addresses that workspaces have named.

    Args:
        loopback: whether this machine's own address may be reached.
        resolve: finds the addresses of a name.
        connect: connects to an address.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        *,
        loopback: bool,
        resolve: Resolve = resolved,
        connect: Connect = connected,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loopback = loopback
        self._resolve = resolve
        self._connect = connect
        self._clock = clock
        self._tls = ssl.create_default_context()

    def __call__(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        timeout: timedelta,
    ) -> Answer:
        """The answer to a POST; whatever goes wrong is one, too.

        Args:
            url: where to; one that `check_url` takes.
            headers: beside those of HTTP itself.
            body: JSON.
            timeout: for all of it, from the look-up of the name to the head of the response.
        """
        end = self._clock() + timeout.total_seconds()
        try:
            return self._post(urlsplit(url), headers, body, end)
        except _Refused as refused:
            return Answer(error=str(refused))
        except (OSError, HTTPException, ValueError) as error:
            return Answer(error=next(word for kind, word in _WORDS if isinstance(error, kind)))

    def _post(
        self,
        url: SplitResult,
        headers: Mapping[str, str],
        body: bytes,
        end: float,
    ) -> Answer:
        host = url.hostname or ""
        port = url.port or _PORTS[url.scheme]
        with closing(self._connection(self._addresses(host, port), port, end)) as plain:
            plain.settimeout(self._left(end))
            secure = url.scheme == "https"
            connection = self._tls.wrap_socket(plain, server_hostname=host) if secure else plain
            with closing(connection):
                self._send(connection, _request(url, headers, body), end)
                return self._answer(connection, end)

    def _addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a name, of which any may be connected to.

        Raises:
            _Refused: one of them is not global.
            OSError: the name stands for none.
        """
        addresses = self._resolve(host, port)
        if not addresses:
            raise socket.gaierror
        if not (self._loopback and is_loopback(host)) and not all(map(_is_global, addresses)):
            raise _Refused("address_not_global")
        return addresses

    def _connection(self, addresses: list[str], port: int, end: float) -> socket.socket:
        """A connection to the first of the addresses that takes one.

        Raises:
            OSError: none does in time.
        """
        failure = OSError()
        for address in addresses:
            try:
                return self._connect(address, port, self._left(end))
            except OSError as error:
                failure = error
        raise failure

    def _send(self, connection: socket.socket, request: bytes, end: float) -> None:
        """Send all of a request, which a receiver may take slowly.

        Raises:
            OSError: it cannot be sent in time.
        """
        left = memoryview(request)
        while left:
            connection.settimeout(self._left(end))
            left = left[connection.send(left[:_SENT_BYTES]) :]

    def _answer(self, connection: socket.socket, end: float) -> Answer:
        """The answer in the head of the response.

        Raises:
            OSError: it does not come in time.
            HTTPException: what comes is no HTTP.
        """
        stream = _Bounded(connection, lambda: self._left(end))
        # It asks the connection for a file and for nothing else.
        response = HTTPResponse(stream, method="POST")  # type: ignore[arg-type]
        response.begin()
        return Answer(response.status, retry_after=_retry_after(response.getheader("Retry-After")))

    def _left(self, end: float) -> float:
        """The seconds left.

        Raises:
            TimeoutError: there are none.
        """
        left = end - self._clock()
        if left <= 0:
            raise TimeoutError
        return left


# What went wrong, by the class of the error; the first that fits.
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "timeout"),
    (ssl.SSLError, "tls"),
    (socket.gaierror, "name_not_found"),
    (OSError, "connection"),
    (UnicodeError, "name_not_found"),
    (Exception, "no_http"),
)


class _Refused(Exception):
    """Nothing is sent to this address; the message is the word for it."""


class _Bounded(io.RawIOBase):
    """What comes over a connection, until the time is over, and not too much of it."""

    def __init__(self, connection: socket.socket, left: Callable[[], float]) -> None:
        super().__init__()
        self._connection = connection
        self._left = left
        self._bytes = 0

    def makefile(self, _mode: str) -> io.BufferedReader:
        """The file that `HTTPResponse` reads."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """What has come.

        Raises:
            HTTPException: the head of the response is larger than any is.
        """
        self._connection.settimeout(self._left())
        count = self._connection.recv_into(buffer)
        self._bytes += count
        if self._bytes > _MOST_BYTES:
            raise HTTPException("the head of the response does not end")
        return count


def _request(url: SplitResult, headers: Mapping[str, str], body: bytes) -> bytes:
    """The bytes of a request."""
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    lines = {
        "Host": url.netloc,
        "User-Agent": "client-registry",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {target} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


def _is_global(address: str) -> bool:
    """Whether an address is one of the public internet.

    An IPv6 address that stands for an IPv4 address, mapped or translated, is as global as that one.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if parsed.is_multicast:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return parsed.is_global
    if parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped.is_global
    if parsed in _NAT64:
        return ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF).is_global
    if parsed.sixtofour is not None or parsed.teredo is not None:
        return False
    return parsed.is_global and parsed in _GLOBAL_UNICAST


# What IANA gives out of IPv6. Outside it are forms in which an IPv4 address can be hidden.
# Source: "Internet Protocol Version 6 Address Space", IANA; RFC 4291, section 2.4.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Source: RFC 6052, section 2.1.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _retry_after(value: str | None) -> timedelta | None:
    """The wait that a `Retry-After` asks for: seconds, or a date. Source: RFC 9110, 10.2.3."""
    if value is None:
        return None
    if value.isascii() and value.strip().isdigit():
        digits = value.strip()
        return timedelta(seconds=int(digits) if len(digits) <= _RETRY_DIGITS else _LONG_SECONDS)
    with suppress(ValueError, TypeError, OverflowError):
        at: datetime = parsedate_to_datetime(value)
        return at - now() if at.tzinfo is not None else None
    return None
