"""Connections are kept while they can be trusted, and no wait passes the deadline.

What goes wrong on a connection is in `tests/conformance`, for both clients alike. These tests speak
to a server on 127.0.0.1, since sockets are what they are about.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from registry.domain import deadline
from registry.store.http.connection import Connections, Request, Timeouts
from registry.store.http.endpoint import endpoint_of
from registry.store.http.errors import NoResponse
from tests.conformance import server as dynamodb
from tests.conformance.server import Server

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PATIENT = Timeouts(3600, 3600)
GET = Request({"host": "x", "x-amz-target": "DynamoDB_20120810.GetItem"}, b"{}")


class Clock:
    """Seconds since 1970, as the test says."""

    def __init__(self) -> None:
        self.now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def connections(
    clock: Clock | None = None, timeouts: Timeouts = PATIENT
) -> Iterator[tuple[Server, Connections]]:
    with dynamodb.running() as (server, port):
        endpoint = endpoint_of(f"http://127.0.0.1:{port}")
        made = Connections(endpoint, timeouts, clock=clock or Clock())
        try:
            yield server, made
        finally:
            made.close()


@pytest.mark.parametrize(
    ("idle_seconds", "opened"), [(0, 1), (60, 1), (61, 2), (86_400, 2), (-1, 2)]
)
def test_a_connection_that_was_idle_for_long_is_not_trusted(
    idle_seconds: float, opened: int
) -> None:
    clock = Clock()
    with connections(clock) as (server, made):
        made.send(GET)
        clock.now += idle_seconds
        made.send(GET)

        assert server.connections == opened


def test_the_connection_used_last_is_used_first_and_none_is_lost() -> None:
    with connections() as (server, made):
        senders = [threading.Thread(target=made.send, args=(GET,)) for _ in range(8)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        opened = server.connections
        for _ in range(8):
            made.send(GET)

        assert len(server.requests) == 16
        assert server.connections == opened <= 8


def test_a_response_that_closes_the_connection_is_the_last_on_it() -> None:
    def closing(exchange: dynamodb.Exchange) -> bool:
        exchange.respond(exchange.result, headers={"Connection": "Close"})
        return True

    with connections() as (server, made):
        server.disturb(closing)
        made.send(GET)
        made.send(GET)

        assert server.connections == 2


@pytest.mark.parametrize("seconds_left", [0, -1])
def test_past_the_deadline_nothing_is_sent(seconds_left: float) -> None:
    with (
        connections() as (server, made),
        deadline.within(lambda: seconds_left),
        pytest.raises(NoResponse),
    ):
        made.send(GET)

    assert server.requests == []


def test_a_deadline_ends_a_wait_that_the_timeout_would_allow() -> None:
    with connections() as (server, made):
        server.disturb(dynamodb.silent)
        with deadline.within(lambda: 0.05), pytest.raises(NoResponse):
            made.send(GET)

        assert server.requests == ["GetItem"]


def test_a_response_that_comes_in_drops_ends_with_the_deadline() -> None:
    """Each drop comes within the timeout; the sum of them must not pass the deadline."""
    left = iter([9.0, 9.0, 9.0, 0.0])

    def dripping(exchange: dynamodb.Exchange) -> bool:
        exchange.socket.sendall(b"HTTP/1.1 200 OK\r\n")
        return dynamodb.silent(exchange)

    with connections() as (server, made):
        server.disturb(dripping)
        with deadline.within(lambda: next(left)), pytest.raises(NoResponse):
            made.send(GET)

    assert list(left) == []


def test_a_peer_that_does_not_accept_is_given_up_on() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        endpoint = endpoint_of(f"http://127.0.0.1:{port}")
        with socket.create_connection(("127.0.0.1", port)):
            made = Connections(endpoint, Timeouts(connect=0.05, read=0.05))
            with pytest.raises(NoResponse):
                made.send(GET)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1_0\r\n\r\n0123456789",
        b"HTTP/1.1 2\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/2 200\r\nContent-Length: 2\r\n\r\n{}",
        b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000,
    ],
)
def test_what_is_no_response_is_none(head: bytes) -> None:
    def respond(exchange: dynamodb.Exchange) -> bool:
        exchange.socket.sendall(head)
        return False

    with connections() as (server, made):
        server.disturb(respond)
        with pytest.raises(NoResponse):
            made.send(GET)
