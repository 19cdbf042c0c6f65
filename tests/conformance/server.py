"""A DynamoDB on loopback that does to requests what the test says, byte by byte.

It holds one item and takes every write. What it carried out is counted, a transaction that comes
again with its `ClientRequestToken` once.
"""

import json
import socket
import socketserver
import ssl
import threading
from binascii import crc32
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType
from typing import Any, Final

ITEM: Final = {"pk": {"S": "clé"}, "data": {"B": "AAEC"}, "count": {"N": "12.50"}}
RESULTS: Final[Mapping[str, dict[str, Any]]] = {
    "GetItem": {"Item": ITEM},
    "PutItem": {},
    "TransactWriteItems": {},
}
_SIGNATURES_WITHIN: Final = timedelta(minutes=5)


@dataclass(slots=True)
class Exchange:
    """One request, and what is done about it.

    Attributes:
        operation: of the API, such as `PutItem`.
        headers: of the request, by their names in lower case.
        body: of the request.
        socket: of the connection.
    """

    operation: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    socket: socket.socket
    _server: "Server"

    @property
    def result(self) -> bytes:
        """The result that DynamoDB would send."""
        return json.dumps(RESULTS[self.operation]).encode()

    def carry_out(self) -> None:
        """Do what is asked."""
        if self.operation != "GetItem":
            writes = self._server.carried_out
            writes.append(self.body.get("ClientRequestToken", f"write {len(writes)}"))

    def respond(
        self,
        body: bytes,
        status: int = 200,
        *,
        length: int | None = None,
        checksum: int | None = None,
        framing: str | None = None,
        clock: datetime | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Send a response; what a part is not given for, it has as DynamoDB has it."""
        lines = {
            "Date": format_datetime(clock or datetime.now(UTC), usegmt=True),
            "Content-Type": "application/x-amz-json-1.0",
            "x-amz-crc32": str(crc32(body) if checksum is None else checksum),
            **headers,
        }
        head = f"HTTP/1.1 {status} Status\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        if framing is None:
            framing = f"Content-Length: {len(body) if length is None else length}\r\n"
        self.socket.sendall(f"{head}{framing}\r\n".encode() + body)


Fault = Callable[[Exchange], bool]
"""Does something about a request; whether the connection stays open."""


@dataclass(slots=True)
class Server:
    """The server while it runs.

    Attributes:
        requests: the operations of the requests it has read, in order.
        carried_out: the writes; a transaction by its token.
        connections: how many it has accepted.
    """

    requests: list[str] = field(default_factory=list)
    carried_out: list[str] = field(default_factory=list)
    connections: int = 0
    _open: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _fault: Fault | None = None
    _disturbed: range = range(0)

    def disturb(self, fault: Fault, requests: range = range(1_000_000)) -> None:
        """Meet requests with a fault; they are counted from here, beginning with 0."""
        self.requests.clear()
        self.carried_out.clear()
        self._fault, self._disturbed = fault, requests

    def began(self) -> None:
        """Count a connection."""
        with self._changed:
            self.connections += 1
            self._open += 1

    def ended(self) -> None:
        """Count it as closed."""
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def wait_for_ends(self) -> None:
        """Wait until no connection is open."""
        with self._changed:
            self._changed.wait_for(lambda: self._open == 0)

    def handle(self, exchange: Exchange) -> bool:
        """Do what the test says about a request; whether the connection stays open."""
        number = len(self.requests)
        self.requests.append(exchange.operation)
        if self._fault and number in self._disturbed:
            return self._fault(exchange)
        return answered(exchange)


@contextmanager
def running(context: ssl.SSLContext | None = None) -> Iterator[tuple[Server, int]]:
    """The server on a free port, with TLS where there is a context for it."""
    server = Server()
    accepted: list[socket.socket] = []

    class Handler(socketserver.BaseRequestHandler):
        """Serves one connection."""

        def handle(self) -> None:
            serve(self.request, server)

    class Listener(socketserver.ThreadingTCPServer):
        """Accepts connections."""

        def get_request(self) -> tuple[socket.socket, Any]:
            opened, address = super().get_request()
            server.began()
            if context:
                opened = context.wrap_socket(opened, server_side=True)
            accepted.append(opened)
            return opened, address

        def shutdown_request(self, request: Any) -> None:
            """Close at once: the end of a connection with TLS is not negotiated."""
            self.close_request(request)
            server.ended()

    with Listener(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server, listener.server_address[1]
        listener.shutdown()
        thread.join()
        # A client may have forgotten one; its thread would wait for requests for ever.
        for opened in accepted:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)


def serve(opened: socket.socket, server: Server) -> None:
    """Serve the requests of one connection until either side closes it."""
    with opened.makefile("rb") as stream:
        while stream.readline() == b"POST / HTTP/1.1\r\n":
            headers: dict[str, str] = {}
            while (line := stream.readline().decode("latin-1").strip()) != "":
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            body = json.loads(stream.read(int(headers["content-length"])))
            operation = headers["x-amz-target"].partition(".")[2]
            if not server.handle(Exchange(operation, headers, body, opened, server)):
                return


def answered(exchange: Exchange) -> bool:
    """Carry it out and say so."""
    exchange.carry_out()
    exchange.respond(exchange.result)
    return True


def dropped_before(_: Exchange) -> bool:
    """Close the connection without a word, and do nothing."""
    return False


def dropped_after(exchange: Exchange) -> bool:
    """Carry it out and close the connection without a word."""
    exchange.carry_out()
    return False


def half(exchange: Exchange) -> bool:
    """Carry it out and close the connection in the middle of the response."""
    exchange.carry_out()
    body = exchange.result
    exchange.respond(body[: len(body) // 2], length=len(body), checksum=crc32(body))
    return False


def half_a_head(exchange: Exchange) -> bool:
    """Carry it out and close the connection in the middle of the headers."""
    exchange.carry_out()
    exchange.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
    return False


def garbled(exchange: Exchange) -> bool:
    """Carry it out and respond with JSON that is not what the checksum is of."""
    exchange.carry_out()
    body = exchange.result
    exchange.respond(body.replace(b"12.50", b"12.51") + b" ", checksum=crc32(body))
    return True


def short(exchange: Exchange) -> bool:
    """Carry it out and state a length that is too small."""
    exchange.carry_out()
    body = exchange.result
    exchange.respond(body, length=len(body) - 1)
    return True


def long(exchange: Exchange) -> bool:
    """Carry it out and state a length that is too large, then close the connection."""
    exchange.carry_out()
    body = exchange.result
    exchange.respond(body, length=len(body) + 1)
    return False


def chunked(exchange: Exchange) -> bool:
    """Carry it out and respond in chunks."""
    exchange.carry_out()
    body = exchange.result
    pieces = [body[:5], body[5:], b""] if body[5:] else [body, b""]
    chunks = b"".join(b"%X\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    exchange.respond(chunks, checksum=crc32(body), framing="Transfer-Encoding: chunked\r\n")
    return True


def unending(exchange: Exchange) -> bool:
    """Carry it out and respond with a body that ends with the connection."""
    exchange.carry_out()
    exchange.respond(exchange.result, framing="Connection: close\r\n")
    return False


def silent(exchange: Exchange) -> bool:
    """Carry it out, say nothing, and wait until the other side gives up."""
    exchange.carry_out()
    return bool(exchange.socket.recv(1))


def nonsense(exchange: Exchange) -> bool:
    """Carry it out and respond in another protocol."""
    exchange.carry_out()
    exchange.socket.sendall(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    return False


def says(status: int, body: bytes, **headers: str) -> Fault:
    """A response that does nothing."""

    def respond(exchange: Exchange) -> bool:
        exchange.respond(body, status, headers=headers)
        return True

    return respond


def refuses(name: str, status: int = 400, **more: Any) -> Fault:
    """An error of DynamoDB."""
    error = {"__type": f"com.amazonaws.dynamodb.v20120810#{name}", "message": "why", **more}
    return says(status, json.dumps(error).encode())


def with_another_clock(ahead: timedelta) -> Fault:
    """Take signatures within five minutes of a clock that is ahead, or behind."""

    def check(exchange: Exchange) -> bool:
        clock = datetime.now(UTC) + ahead
        signed = datetime.strptime(exchange.headers["x-amz-date"], "%Y%m%dT%H%M%S%z")
        if abs(clock - signed) <= _SIGNATURES_WITHIN:
            return answered(exchange)
        error = {"__type": "InvalidSignatureException", "message": "Signature expired"}
        exchange.respond(json.dumps(error).encode(), 400, clock=clock)
        return True

    return check
