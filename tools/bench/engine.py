"""A DynamoDB in memory, at the other end of every TLS connection that a contestant opens.

It stands in the contestant's own process, in place of the encrypted socket, and counts the
processor time that it takes itself, so that the bench can leave that out. So neither the network
nor the encryption is in the figures: they cost every contestant the same for every call.

It knows as much of DynamoDB as the contestants use: a put on condition that its key is free, and
updates that set attributes. It does not read conditions: all of them are met by an item that is not
there, and by no other.
"""

import io
import json
import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

Json = dict[str, Any]

_KEY_ATTRIBUTES: Final = ("pk", "sk", "id")
_ASSIGNMENT: Final = re.compile(r"(#?\w+) = (:\w+)")
_HEADER: Final = re.compile(rb"\r\n(content-length|x-amz-target): *([^\r]*)", re.IGNORECASE)
_END_OF_HEAD: Final = b"\r\n\r\n"
_ERROR: Final = "com.amazonaws.dynamodb.v20120810#"
_OK, _BAD_REQUEST = "200 OK", "400 Bad Request"


class Engine:
    """The tables.

    Attributes:
        calls: how many requests were answered.
        seconds: processor time that was spent here.
    """

    def __init__(self) -> None:
        """Begin without any item."""
        self.calls = 0
        self.seconds = 0.0
        self._items: dict[tuple[str, ...], Json] = {}

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Count the time of what is done meanwhile as the engine's."""
        start = time.process_time()
        yield
        self.seconds += time.process_time() - start

    def respond(self, operation: str, request: Json) -> tuple[str, Json]:
        """The status and the body for a request."""
        self.calls += 1
        match operation:
            case "PutItem":
                return self._put(request)
            case "TransactWriteItems":
                return self._transact(request)
            case "UpdateItem":
                return self._update(request)
            case "GetItem":
                item = self._items.get(_place(request["TableName"], request["Key"]))
                return _OK, {} if item is None else {"Item": item}
        raise NotImplementedError(operation)

    def _put(self, put: Json) -> tuple[str, Json]:
        place = _place(put["TableName"], put["Item"])
        if "ConditionExpression" in put and place in self._items:
            return _refused("ConditionalCheckFailedException", **_asked(put, self._items[place]))
        self._items[place] = put["Item"]
        return _OK, {}

    def _transact(self, request: Json) -> tuple[str, Json]:
        puts = [write["Put"] for write in request["TransactItems"]]
        found = [self._items.get(_place(put["TableName"], put["Item"])) for put in puts]
        if not any(found):
            for put in puts:
                self._put(put)
            return _OK, {}
        reasons = [
            {"Code": "None"}
            if item is None
            else {"Code": "ConditionalCheckFailed"} | _asked(put, item)
            for put, item in zip(puts, found, strict=True)
        ]
        return _refused("TransactionCanceledException", CancellationReasons=reasons)

    def _update(self, request: Json) -> tuple[str, Json]:
        item = self._items.setdefault(_place(request["TableName"], request["Key"]), request["Key"])
        names = request.get("ExpressionAttributeNames", {})
        for name, value in _ASSIGNMENT.findall(request["UpdateExpression"]):
            item[names.get(name, name)] = request["ExpressionAttributeValues"][value]
        return _OK, {}


class Connection:
    """A socket after its TLS handshake, at whose other end the engine is.

    All that it does not have itself is the plain socket's, which is open and stays silent, so that
    a client that looks whether its peer has gone finds it there.
    """

    def __init__(self, plain: socket.socket, engine: Engine) -> None:
        """Connect the engine in place of whoever accepted the connection."""
        self._plain = plain
        self._engine = engine
        self._sent = bytearray()
        self._answer = io.BytesIO()

    def __getattr__(self, name: str) -> object:
        return getattr(self._plain, name)

    def sendall(self, data: bytes) -> None:
        """Take a part of a request, and answer it once it is whole."""
        with self._engine.measured():
            self._sent += data
            head, end, body = bytes(self._sent).partition(_END_OF_HEAD)
            headers = {name.lower(): value for name, value in _HEADER.findall(head)}
            if end and len(body) == int(headers[b"content-length"]):
                self._sent.clear()
                operation = headers[b"x-amz-target"].decode().partition(".")[2]
                self._answer = io.BytesIO(_http(*self._engine.respond(operation, json.loads(body))))

    def send(self, data: bytes) -> int:
        """As `sendall`."""
        self.sendall(data)
        return len(data)

    def recv(self, size: int, _flags: int = 0) -> bytes:
        """The next part of the answer."""
        return self._answer.read(size)

    def recv_into(self, buffer: bytearray, size: int = 0, _flags: int = 0) -> int:
        """As `recv`, into a buffer."""
        view = memoryview(buffer)
        return self._answer.readinto(view[:size] if size else view)

    def makefile(self, *_: object, **__: object) -> io.BytesIO:
        """The answer, as a file."""
        return self._answer

    def getpeercert(self, *_: object) -> Json:
        """What a certificate of this machine says."""
        return {"subjectAltName": (("IP Address", "127.0.0.1"),)}


def install() -> Engine:
    """Put an engine at the other end of all TLS connections of this process from now on."""
    engine = Engine()

    def wrapped(_context: ssl.SSLContext, plain: socket.socket, **_: object) -> Connection:
        return Connection(plain, engine)

    ssl.SSLContext.wrap_socket = wrapped  # type: ignore[method-assign,assignment]
    return engine


def _http(status: str, answer: Json) -> bytes:
    """A response as DynamoDB sends it, with its checksum."""
    body = json.dumps(answer).encode()
    head = (
        f"HTTP/1.1 {status}\r\ncontent-type: application/x-amz-json-1.0\r\n"
        f"content-length: {len(body)}\r\nx-amzn-requestid: BENCH\r\n"
        f"x-amz-crc32: {zlib.crc32(body)}\r\n\r\n"
    )
    return head.encode() + body


def _place(table: str, item: Json) -> tuple[str, ...]:
    """A table and the primary key of an item in it."""
    return (table, *(item[name]["S"] for name in _KEY_ATTRIBUTES if name in item))


def _asked(put: Json, item: Json) -> Json:
    """The item that failed a condition, where the request asks for it."""
    return {"Item": item} if put.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" else {}


def _refused(kind: str, **facts: object) -> tuple[str, Json]:
    return _BAD_REQUEST, {"__type": _ERROR + kind, "message": kind, **facts}
