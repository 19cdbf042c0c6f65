"""A DynamoDB in memory behind TLS, which works in the bench's own process.

The contestants run in processes of their own, so the engine's work is in nobody's processor time.
It knows as much of DynamoDB as the contestants use: a put on condition that its key is free, and
updates that set attributes. It does not read conditions: every one of the contestants is met by an
item that is not there, and by no other.
"""

import json
import re
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from tools.bench.certificate import Certificate

Json = dict[str, Any]

_KEY_ATTRIBUTES: Final = ("pk", "sk", "id")
_ASSIGNMENT: Final = re.compile(r"(#?\w+) = (:\w+)")
_ERROR: Final = "com.amazonaws.dynamodb.v20120810#"


class Engine(ThreadingHTTPServer):
    """The server.

    Attributes:
        calls: how many requests it has answered.
    """

    daemon_threads = True

    def __init__(self, certificate: Certificate) -> None:
        """Listen on a free port of this machine."""
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.chain)
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )
        self.calls = 0
        self._items: dict[tuple[str, ...], Json] = {}

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"https://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a contestant that has ended with its connection open."""

    def clear(self) -> None:
        """Forget all items."""
        self._items.clear()

    def respond(self, operation: str, request: Json) -> tuple[int, Json]:
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
                return HTTPStatus.OK, {} if item is None else {"Item": item}
        raise NotImplementedError(operation)

    def _put(self, put: Json) -> tuple[int, Json]:
        place = _place(put["TableName"], put["Item"])
        if "ConditionExpression" in put and place in self._items:
            return _refused("ConditionalCheckFailedException", Item=self._items[place])
        self._items[place] = put["Item"]
        return HTTPStatus.OK, {}

    def _transact(self, request: Json) -> tuple[int, Json]:
        puts = [write["Put"] for write in request["TransactItems"]]
        found = [self._items.get(_place(put["TableName"], put["Item"])) for put in puts]
        if not any(found):
            for put in puts:
                self._put(put)
            return HTTPStatus.OK, {}
        reasons = [
            {"Code": "None"} if item is None else {"Code": "ConditionalCheckFailed", "Item": item}
            for item in found
        ]
        return _refused("TransactionCanceledException", CancellationReasons=reasons)

    def _update(self, request: Json) -> tuple[int, Json]:
        item = self._items.setdefault(_place(request["TableName"], request["Key"]), request["Key"])
        names = request.get("ExpressionAttributeNames", {})
        for name, value in _ASSIGNMENT.findall(request["UpdateExpression"]):
            item[names.get(name, name)] = request["ExpressionAttributeValues"][value]
        return HTTPStatus.OK, {}


@contextmanager
def running(certificate: Certificate) -> Iterator[Engine]:
    """A running engine, which is stopped at the end."""
    with Engine(certificate) as engine:
        threading.Thread(target=engine.serve_forever, daemon=True).start()
        yield engine
        engine.shutdown()


def _place(table: str, item: Json) -> tuple[str, ...]:
    """A table and the primary key of an item in it."""
    return (table, *(item[name]["S"] for name in _KEY_ATTRIBUTES if name in item))


def _refused(kind: str, **facts: object) -> tuple[int, Json]:
    return HTTPStatus.BAD_REQUEST, {"__type": _ERROR + kind, "message": kind, **facts}


class _Handler(BaseHTTPRequestHandler):
    """One connection, which stays open."""

    protocol_version = "HTTP/1.1"
    # One packet for head and body: a client would else wait for an acknowledgement in between.
    wbufsize = -1
    server: Engine

    def do_POST(self) -> None:
        """Answer one request of DynamoDB's JSON protocol, with the checksum that it sends."""
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        status, answer = self.server.respond(operation, request)
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", "BENCH")
        self.send_header("x-amz-crc32", str(zlib.crc32(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
        """Write no line for each request."""
