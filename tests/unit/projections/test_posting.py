"""A POST to a receiver that does what receivers do, and to addresses that must not be reached.

The receivers are on loopback. Time is virtual where a receiver takes too long: the clock moves on
with every look at it, and no test waits.
"""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.utils import format_datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.identifiers import now
from registry.gateway.webhook_url import check_url
from registry.projections.posting import Answer, Poster
from tests.conformance.certificate import certificate

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

BODY = b'{"type": "webhook.test"}'
LONG = timedelta(hours=1)


@contextmanager
def receiving(answer: Callable[[socket.socket, bytes], None]) -> Iterator[tuple[int, list[bytes]]]:
    """A receiver for one request: its port, and the requests it has read whole."""
    listener = socket.create_server(("127.0.0.1", 0))
    requests: list[bytes] = []

    def serve() -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            read = b""
            while not read.endswith(BODY) and (part := connection.recv(65_536)):
                read += part
            requests.append(read)
            answer(connection, read)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1], requests
    finally:
        listener.close()
        thread.join()


def saying(text: str) -> Callable[[socket.socket, bytes], None]:
    """A receiver that says this and hangs up."""
    return lambda connection, _: connection.sendall(text.encode())


def post(port: int, poster: Poster | None = None, path: str = "/hooks?a=b") -> Answer:
    """The answer of a receiver on loopback."""
    poster = poster or Poster(loopback=True)
    return poster(f"http://127.0.0.1:{port}{path}", {"webhook-id": "an-id"}, BODY, LONG)


@pytest.mark.parametrize(
    ("says", "answered"),
    [
        ("HTTP/1.1 200 OK\r\n\r\n", Answer(200)),
        ("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", Answer(204)),
        # It lies about its length: the head is all that counts.
        ("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nshort", Answer(200)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nmuch longer", Answer(200)),
        ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", Answer(200)),
        ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n", Answer(302)),
        ("HTTP/1.1 410 Gone\r\n\r\n", Answer(410)),
        (
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 120\r\n\r\n",
            Answer(429, retry_after=timedelta(seconds=120)),
        ),
        ("HTTP/1.1 503 Unavailable\r\nRetry-After: soon\r\n\r\n", Answer(503)),
        (f"HTTP/1.1 503 Unavailable\r\nRetry-After: {'9' * 30}\r\n\r\n", None),
        ("", Answer(error="connection")),
        ("220 mail.example ESMTP\r\n", Answer(error="no_http")),
        ("HTTP/1.1 200 OK\r\n" + "a: b\r\n" * 20_000, Answer(error="no_http")),
    ],
)
def test_a_receiver_is_understood_by_the_head_of_its_response(
    says: str,
    answered: Answer | None,
) -> None:
    with receiving(saying(says)) as (port, _):
        answer = post(port)

    if answered is None:
        assert answer.retry_after is not None
        assert answer.retry_after > timedelta(days=1)
    else:
        assert answer == answered


def test_only_2xx_is_taken() -> None:
    assert [status for status in range(100, 600) if Answer(status).accepted] == [*range(200, 300)]


def test_a_receiver_gets_the_request_as_it_was_rendered() -> None:
    with receiving(saying("HTTP/1.1 200 OK\r\n\r\n")) as (port, requests):
        post(port)

    (request,) = requests
    head, _, body = request.partition(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")
    assert first == "POST /hooks?a=b HTTP/1.1"
    assert body == BODY
    assert {"webhook-id: an-id", f"Host: 127.0.0.1:{port}"} <= set(headers)
    assert json.loads(body)


def test_a_receiver_may_ask_for_a_date() -> None:
    date = format_datetime(now() + timedelta(hours=2), usegmt=True)
    with receiving(saying(f"HTTP/1.1 503 No\r\nRetry-After: {date}\r\n\r\n")) as (port, _):
        answer = post(port)

    assert answer.retry_after is not None
    assert timedelta(hours=1, minutes=59) < answer.retry_after <= timedelta(hours=2)


@pytest.mark.parametrize("said", ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\na: b\r\n"])
def test_a_receiver_that_does_not_finish_runs_into_the_time_limit(said: str) -> None:
    done = threading.Event()

    def hang(connection: socket.socket, _: bytes) -> None:
        # Who asks may have given up before all of it is said.
        with suppress(OSError):
            for _line in range(20):
                connection.sendall(said.encode())
        done.wait()

    ticks = count()
    poster = Poster(loopback=True, clock=lambda: next(ticks) / 100)
    with receiving(hang) as (port, _):
        answer = poster(f"http://127.0.0.1:{port}/", {}, BODY, timedelta(seconds=0.0601))
        done.set()

    assert answer == Answer(error="timeout")


def test_nobody_at_the_address_is_a_connection_that_fails() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    assert post(port) == Answer(error="connection")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - is refused
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
    ],
)
@pytest.mark.parametrize("beside", [[], ["93.184.216.34"]])
def test_nothing_is_sent_where_a_name_stands_for_an_address_that_is_not_global(
    address: str,
    beside: list[str],
) -> None:
    def connect(*_: object) -> socket.socket:
        raise AssertionError

    poster = Poster(loopback=True, resolve=lambda *_: [*beside, address], connect=connect)

    answer = poster("https://hooks.acme.com/", {}, BODY, LONG)

    assert answer == Answer(error="address_not_global")


def test_a_name_is_resolved_once_and_its_address_is_connected_to() -> None:
    asked: list[object] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["93.184.216.34", "2606:2800:220:1::1"]

    def connect(address: str, port: int, _: float) -> socket.socket:
        asked.append((address, port))
        raise ConnectionRefusedError

    poster = Poster(loopback=False, resolve=resolve, connect=connect)

    assert poster("https://hooks.acme.com/", {}, BODY, LONG) == Answer(error="connection")
    assert asked == [
        ("hooks.acme.com", 443),
        ("93.184.216.34", 443),
        ("2606:2800:220:1::1", 443),
    ]


@pytest.mark.parametrize(("name", "taken"), [("hooks.acme.com", True), ("acme.com", False)])
def test_the_certificate_has_to_be_of_the_name(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    taken: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    shown = certificate(tmp_path, name)
    monkeypatch.setenv("SSL_CERT_FILE", str(shown.file))
    context = shown.context()
    names: list[object] = []

    def note(_: ssl.SSLObject, asked: str, __: ssl.SSLContext) -> None:
        names.append(asked)

    context.sni_callback = note
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        plain, _ = listener.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        except OSError:
            return

    thread = threading.Thread(target=serve)
    thread.start()
    poster = Poster(
        loopback=False,
        resolve=lambda *_: ["93.184.216.34"],
        connect=lambda *_: socket.create_connection(listener.getsockname()),
    )
    answer = poster("https://hooks.acme.com/", {}, BODY, LONG)
    thread.join()
    listener.close()

    assert answer == (Answer(200) if taken else Answer(error="tls"))
    assert names == ["hooks.acme.com"]


@given(st.text(max_size=60) | st.from_regex(r"https?://[ -~]{0,40}", fullmatch=True))
def test_an_address_that_is_taken_is_a_name_over_https(url: str) -> None:
    if check_url(url, loopback=False) is None:
        assert url.lower().startswith("https://")
        assert "@" not in url.split("/")[2]
        assert not url.split("/")[2].replace(".", "").replace(":443", "").isdigit()
