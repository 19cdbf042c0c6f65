"""What the fake vendors have in common: a server that answers, throttles and misbehaves."""

import base64
import json
import math
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Event, Lock, Thread
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from registry.domain.workspace import Contract

_ORDER = count()


class Row(dict[str, Any]):
    """An object of a vendor.

    Attributes:
        order: its place in the order of creation, a column that the vendor does not show.
    """

    def __init__(self, *members: Any, **more: Any) -> None:
        """Take the next place."""
        super().__init__(*members, **more)
        self.order = next(_ORDER)


class Mischief(Enum):
    """What a server does in place of an answer."""

    HANG = auto()
    RESET = auto()
    HALF = auto()
    GARBAGE = auto()
    NONSENSE = auto()
    ERROR = auto()
    AWAY = auto()
    THROTTLED = auto()
    THROTTLED_UNTIL = auto()
    REFUSED = auto()
    ELSEWHERE = auto()


@dataclass(frozen=True)
class Asked:
    """A request: the path's segments decoded, the query's parameters, headers in lower case."""

    method: str
    path: tuple[str, ...]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def basic(self) -> tuple[str, str] | None:
        """The user and password of HTTP Basic."""
        kind, _, text = self.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        user, _, password = base64.b64decode(text).decode().partition(":")
        return user, password


@dataclass(frozen=True)
class Answer:
    """A response with a JSON value, or with bytes as they are."""

    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The body, ASCII: a lone surrogate is escaped, as a careless vendor escapes it."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class FakeVendor:
    """A vendor's API on this machine, while it is used as a context manager.

    Attributes:
        rows: the vendor's objects; new ones are appended.
        mischief: what it does in place of its next answers.
        between: called after every page of a list.
        asked: the requests so far, as texts.
        throttled: how many requests it refused because they came too fast.
    """

    contract: Contract
    # Below the host: what a contract's base URL stands in place of.
    base = ""
    # The most requests in any so many seconds.
    windows: tuple[tuple[int, float], ...] = ()

    def __init__(
        self, rows: Iterable[Row] = (), *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Keep the rows; nothing listens yet."""
        self.rows = list(rows)
        self.mischief: deque[Mischief] = deque()
        self.between: Callable[[], None] = lambda: None
        self.asked: list[str] = []
        self.throttled = 0
        self.clock = clock
        self._lock = Lock()
        self._sent: deque[float] = deque(maxlen=5_000)
        self._ended = Event()

    def __enter__(self) -> Self:
        """Listen on a free port."""
        return self.listen()

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def listen(self, port: int = 0) -> Self:
        """Listen on a port of this machine."""
        self._server = _Server(port, self)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    @property
    def url(self) -> str:
        """The base URL."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}{self.base}"

    def answer(self, asked: Asked) -> Answer:
        """The answer to a request."""
        raise NotImplementedError

    def error(self, status: int, code: str) -> Answer:
        """An error in the vendor's shape."""
        raise NotImplementedError

    def by_id(self, identifier: str) -> Row | None:
        """The row with an id."""
        return next((row for row in self.rows if row.get("id") == identifier), None)

    def respond(self, asked: Asked) -> Answer | Mischief:
        """What becomes of a request."""
        with self._lock:
            self.asked.append(f"{asked.method} /{'/'.join(asked.path)} {asked.query}")
            if self.mischief:
                return self._misbehaving(self.mischief.popleft())
            wait = self._wait()
            if wait > 0:
                self.throttled += 1
                return self._throttled(str(math.ceil(wait)))
            return self.answer(asked)

    def hang(self) -> None:
        """Answer nothing for as long as the server runs."""
        self._ended.wait()

    def _misbehaving(self, mischief: Mischief) -> Answer | Mischief:
        """What a mischief answers; the mischief itself where it is no answer."""
        match mischief:
            case Mischief.GARBAGE | Mischief.NONSENSE | Mischief.AWAY | Mischief.ELSEWHERE:
                return _ANSWERS[mischief]
            case Mischief.ERROR | Mischief.REFUSED:
                return self.error(500 if mischief is Mischief.ERROR else 401, "no")
            case Mischief.THROTTLED | Mischief.THROTTLED_UNTIL:
                return self._throttled(_RETRY_AFTER[mischief])
        return mischief

    def _throttled(self, retry_after: str) -> Answer:
        error = self.error(429, "rate_limited")
        return Answer(429, error.body, {**error.headers, "Retry-After": retry_after})

    def _wait(self) -> float:
        """Seconds until one more request is within the limits; it counts where that is now."""
        now = self.clock()
        waits = [
            self._sent[-most] + seconds - now
            for most, seconds in self.windows
            if len(self._sent) >= most
        ]
        wait = max(waits, default=0.0)
        if wait <= 0:
            self._sent.append(now)
        return wait


_ANSWERS = {
    Mischief.GARBAGE: Answer(200, b'{"data": ['),
    Mischief.NONSENSE: Answer(200, []),
    Mischief.AWAY: Answer(503, b"<html>Service Unavailable</html>", {"Retry-After": "7"}),
    Mischief.ELSEWHERE: Answer(302, {}, {"Location": "http://192.0.2.1/"}),
}
_RETRY_AFTER = {
    Mischief.THROTTLED: "3",
    Mischief.THROTTLED_UNTIL: "Fri, 27 Nov 2026 20:00:09 GMT",
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, vendor: FakeVendor) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.vendor = vendor

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a caller that gave up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Else a response waits for the acknowledgement of its headers.
    wbufsize = -1

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def _answer(self) -> None:
        vendor: FakeVendor = self.server.vendor  # type: ignore[attr-defined]
        answered = vendor.respond(self._asked(vendor.base))
        if isinstance(answered, Answer):
            self._send(answered.status, answered.headers, answered.content())
            return
        match answered:
            case Mischief.HANG:
                vendor.hang()
            case Mischief.HALF:
                self._send(200, {}, b'{"data": [], "more"', missing=40)
            case Mischief.RESET:
                # Closing without lingering sends a reset.
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                for each in (self.rfile, self.wfile, self.connection):
                    each.close()
        self.close_connection = True

    def _asked(self, base: str) -> Asked:
        target = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        return Asked(
            method=self.command,
            path=tuple(map(unquote, target.path.removeprefix(base).strip("/").split("/"))),
            query=dict(parse_qsl(target.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )

    def _send(
        self, status: int, headers: Mapping[str, str], content: bytes, *, missing: int = 0
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) + missing))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()


def cursor(row: Row, of: str) -> str:
    """An opaque text for the place of a row in a list of a kind."""
    return base64.urlsafe_b64encode(f"{of}|{row.order}".encode()).decode()


def place(text: str, of: str) -> int | None:
    """The place that a cursor stands for; None where it is no cursor of such a list."""
    try:
        kind, _, order = base64.urlsafe_b64decode(text).decode().partition("|")
    except ValueError:
        return None
    return int(order) if kind == of and order.isdigit() else None


def whole(query: Mapping[str, str], name: str, default: int, most: int) -> int | None:
    """A number in a query, from 1 to the most there may be; None where it is none such."""
    text = query.get(name, str(default))
    return int(text) if text.isdigit() and 1 <= int(text) <= most else None
