"""HTTP/1.1 over connections that are kept alive between requests, and between invocations.

`http.client` would parse the headers of responses as those of e-mails: it loads the package for
them, the most expensive import of a cold start without botocore, and takes longer for a response's
headers than signing and encoding a request does. DynamoDB's responses need little of HTTP. They
state their length; one that ends with its connection cannot be told from one that was cut off, so
it is no response.
"""

import os
import select
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from registry.domain import deadline
from registry.store.http.endpoint import Endpoint
from registry.store.http.errors import Closed, NoResponse

_END_OF_LINE = b"\r\n"
_END_OF_HEAD = 2 * _END_OF_LINE
_MOST_HEAD_BYTES = 65_536
_STATUS_DIGITS = 3
_RECEIVED_BYTES = 262_144
# Lambda freezes a function between invocations, and copies it from a snapshot. What the peer did
# meanwhile may never arrive: a request would wait for its response in vain. A new connection costs
# milliseconds, so one that has been idle for longer than this is not trusted.
_IDLE_SECONDS = 60


class Request(NamedTuple):
    """A request; the headers have their names in lower case and leave out `content-length`."""

    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"
    path: str = "/"


class Response(NamedTuple):
    """A whole response; the headers have their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Timeouts(NamedTuple):
    """The seconds that connecting may take, with TLS, and that the next bytes may take to come."""

    connect: float
    read: float


class Transport(Protocol):
    """Carries requests to one endpoint."""

    def send(self, request: Request) -> Response:
        """The response to a request.

        Raises:
            NoResponse: there is none, or only a part of one.
        """

    def close(self) -> None:
        """Close what is open; the next request opens it again."""


class Connections:
    """Connections to an endpoint, kept for the next request; several threads may send at once.

    Certificates are checked against those that the system trusts, or those in `AWS_CA_BUNDLE`.

    Args:
        endpoint: where requests go.
        timeouts: how long each wait may last.
        seconds_left: until the deadline, past which no wait lasts.
        clock: seconds since 1970, also when the process was frozen in between.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        timeouts: Timeouts,
        seconds_left: Callable[[], float] = deadline.left,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._endpoint = endpoint
        self._timeouts = timeouts
        self._seconds_left = seconds_left
        self._clock = clock
        self._kept: list[tuple[_Connection, float]] = []
        # Reading the certificates takes tens of milliseconds: once, while the function starts.
        self._context = (
            ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
            if endpoint.secure
            else None
        )

    def send(self, request: Request) -> Response:
        """The response to a request.

        A kept connection can be closed by the peer at any moment. Where it turns out to be before
        the first byte of the response, the request is sent once more at once, on a new connection.
        Nearly always the first one was never read. Where it was carried out after all, the request
        is carried out twice, as every request may be that `dynamodb.send` sends again after a lost
        response: a transaction has its token, and a conditional put recognises its own item.

        Raises:
            NoResponse: there is none, or only a part of one.
        """
        kept = self._take()
        if kept is not None:
            try:
                return self._exchange(kept, request)
            except Closed:
                pass
        return self._exchange(self._open(), request)

    def close(self) -> None:
        """Close the connections that are kept."""
        while self._kept:
            self._kept.pop()[0].close()

    def _take(self) -> "_Connection | None":
        """The connection used last, if it can still be trusted; those that cannot are closed."""
        while self._kept:
            connection, since = self._kept.pop()
            if 0 <= self._clock() - since <= _IDLE_SECONDS and connection.is_silent():
                return connection
            connection.close()
        return None

    def _exchange(self, connection: "_Connection", request: Request) -> Response:
        try:
            response = connection.exchange(request)
        except BaseException:
            connection.close()
            raise
        if connection.stays_open:
            self._kept.append((connection, self._clock()))
        else:
            connection.close()
        return response

    def _open(self) -> "_Connection":
        """A new connection.

        Raises:
            NoResponse: nobody accepts one, or the peer cannot prove its name.
        """
        until = time.monotonic() + min(self._timeouts.connect, self._seconds_left())
        try:
            opened = self._connect(until)
        except OSError as error:
            raise NoResponse("no connection") from error
        try:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            opened.settimeout(_positive(until - time.monotonic()))
            if self._context:
                opened = self._context.wrap_socket(opened, server_hostname=self._endpoint.host)
        except BaseException as error:
            opened.close()
            if isinstance(error, OSError):
                raise NoResponse("no connection with TLS") from error
            raise
        return _Connection(opened, self._wait_seconds)

    def _connect(self, until: float) -> socket.socket:
        """A connection to the first address that accepts one.

        The system looks the name up with timeouts of its own, which nobody can shorten.

        Raises:
            OSError: none does in time.
        """
        failed: OSError = TimeoutError("no time to connect")
        endpoint = self._endpoint
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, address in found:
            opened = socket.socket(family, kind, protocol)
            try:
                opened.settimeout(_positive(until - time.monotonic()))
                opened.connect(address)
            except BaseException as error:
                opened.close()
                if not isinstance(error, OSError):
                    raise
                failed = error
            else:
                return opened
        raise failed

    def _wait_seconds(self) -> float:
        return min(self._timeouts.read, self._seconds_left())


class _Connection:
    """One connection, for one request at a time.

    Attributes:
        stays_open: whether the peer keeps it open after the last response.
    """

    def __init__(self, opened: socket.socket, wait_seconds: Callable[[], float]) -> None:
        self.stays_open = False
        self._socket = opened
        self._wait_seconds = wait_seconds
        self._poll = select.poll()
        self._poll.register(opened, select.POLLIN)

    def is_silent(self) -> bool:
        """Whether nothing has come in: neither the end of the connection nor a stray response."""
        return not self._poll.poll(0)

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def exchange(self, request: Request) -> Response:
        """Send a request and read its response.

        Raises:
            Closed: the peer closed the connection before the first byte of the response.
            NoResponse: the response is not whole, came too late, or is none of HTTP/1.1.
        """
        received = bytearray()
        try:
            self._socket.settimeout(_positive(self._wait_seconds()))
            self._socket.sendall(_text(request))
            end = self._find(_END_OF_HEAD, received, 0)
            status, headers, self.stays_open = _parse(received[:end].decode("latin-1"))
            start = end + len(_END_OF_HEAD)
            if headers.get("transfer-encoding") == "chunked":
                body = self._chunks(received, start)
            else:
                length = _size(headers.get("content-length", ""), 10)
                self._fill(received, start + length)
                body = received[start : start + length]
        except (ConnectionError, EOFError, ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
            if received:
                raise NoResponse("the response was cut off") from error
            raise Closed("the connection was closed") from error
        except OSError as error:
            raise NoResponse("the response did not come in time") from error
        return Response(status, headers, bytes(body))

    def _chunks(self, received: bytearray, at: int) -> bytearray:
        """A body in chunks; DynamoDB sends none, and whoever stands before it may.

        Source: RFC 9112, 7.1.
        """
        body = bytearray()
        while True:
            end = self._find(_END_OF_LINE, received, at)
            size = _size(received[at:end].decode("latin-1").partition(";")[0].strip(), 16)
            start = end + len(_END_OF_LINE)
            at = start + size + len(_END_OF_LINE)
            self._fill(received, at)
            if size == 0:
                return body
            body += received[start : start + size]

    def _find(self, end: bytes, received: bytearray, start: int) -> int:
        """Where something ends, once that has come.

        Raises:
            NoResponse: it is longer than anything in a response but the body.
        """
        while (found := received.find(end, start)) < 0:
            if len(received) - start > _MOST_HEAD_BYTES:
                raise NoResponse("the head of the response has no end")
            self._receive(received)
        return found

    def _fill(self, received: bytearray, length: int) -> None:
        """Read on until this many bytes of the response have come."""
        while len(received) < length:
            self._receive(received)

    def _receive(self, received: bytearray) -> None:
        """Read what comes next.

        Raises:
            EOFError: nothing more comes.
            OSError: nothing came in time, or the connection failed.
        """
        self._socket.settimeout(_positive(self._wait_seconds()))
        piece = self._socket.recv(_RECEIVED_BYTES)
        if not piece:
            raise EOFError
        received += piece


def _positive(seconds: float) -> float:
    """The seconds; zero would mean a socket that does not wait at all.

    Raises:
        TimeoutError: none are left.
    """
    if seconds <= 0:
        raise TimeoutError
    return seconds


def _text(request: Request) -> bytes:
    """A request as it is sent."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in request.headers.items()])
    length = len(request.body)
    head = f"{request.method} {request.path} HTTP/1.1\r\n{lines}content-length: {length}\r\n\r\n"
    return head.encode("latin-1") + request.body


def _parse(head: str) -> tuple[int, dict[str, str], bool]:
    """Status and headers of a response, and whether the connection stays open after it.

    Raises:
        NoResponse: it is none of HTTP/1.
    """
    first, *lines = head.split("\r\n")
    version, _, rest = first.partition(" ")
    status = rest.partition(" ")[0]
    if not version.startswith("HTTP/1.") or len(status) != _STATUS_DIGITS or not status.isdecimal():
        raise NoResponse("a response in another protocol")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    stays_open = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    return int(status), headers, stays_open


def _size(text: str, base: int) -> int:
    """A number of bytes as a response states it.

    Raises:
        NoResponse: it states none.
    """
    if not text.isalnum():
        raise NoResponse("a response of unknown length")
    try:
        return int(text, base)
    except ValueError as error:
        raise NoResponse("a response of unknown length") from error
