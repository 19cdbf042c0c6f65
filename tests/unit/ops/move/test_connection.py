"""Where secrets may be sent, and answers that never end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.move import connection as module
from ops.move.connection import Connection, Header, Limits, UrlError, checked_url, object_answer
from ops.move.documents import NotJson, parse
from ops.move.pace import Pace, Window
from ops.move.timing import Timing
from ops.move.vendor import CredentialsRefused, OAuthClient, PatienceExhausted, Token, VendorError
from tests.virtual import Clock

HEADER = Header("X-Api-Key", "secret")


@contextmanager
def connected(
    transport: httpx.BaseTransport, timing: Timing, limits: Limits | None = None
) -> Iterator[Connection]:
    """A connection over a transport in this process, for answers that no server here can give."""
    made = Connection(
        "https://vendor.invalid",
        Pace((Window(1000, 1.0),), timing),
        timing=timing,
        limits=limits or Limits(),
    )
    made._http = httpx.Client(  # noqa: SLF001 - the network, which the tests do not have
        base_url="https://vendor.invalid", transport=transport, timeout=None
    )
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize(
    "url",
    [
        "https://paytrum.com/api",
        "https://api.example.com:8443/base/",
        "http://127.0.0.1:4566/paytrum",
        "http://127.9.9.9",
        "HTTP://localhost:4566/paytrum",
        "http://[::1]:80",
    ],
)
def test_secrets_are_sent_over_https_and_on_this_machine(url: str) -> None:
    assert checked_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://paytrum.com/api",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "ftp://paytrum.com",
        "paytrum.com/api",
        "https://",
        "https://me:pw@paytrum.com",
        "https://paytrum.com/api?key=pw",
        "https://paytrum.com/api#top",
        "https://paytrum.com:port",
        "",
    ],
)
def test_secrets_are_sent_nowhere_else(url: str) -> None:
    with pytest.raises(UrlError) as refused:
        checked_url(url)

    assert "pw" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "two words", "line\n", "café", "tab\t"])
def test_a_token_that_no_header_can_carry_is_refused(text: str) -> None:
    with pytest.raises(CredentialsRefused):
        Token(text)


def test_secrets_are_not_printed() -> None:
    shown = repr([Token("hush"), OAuthClient("id", "hush"), Header("X-Api-Key", "hush")])

    assert "hush" not in shown


def test_an_answer_that_comes_byte_by_byte_is_given_up(timing: Timing, clock: Clock) -> None:
    class Trickle(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                clock.sleep(1)
                yield b" "

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Trickle())

    limits = Limits(answer=120, patience=300)
    with (
        connected(httpx.MockTransport(answer), timing, limits) as vendor,
        pytest.raises(PatienceExhausted, match="does not answer in time"),
    ):
        vendor.get("/", object_answer, HEADER)

    assert clock.now <= 300 + 120


def test_an_answer_without_end_is_an_error(timing: Timing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ANSWER_BYTES", 10_000)

    class Flood(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b" " * 1000

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Flood())

    with (
        connected(httpx.MockTransport(answer), timing) as vendor,
        pytest.raises(VendorError, match="answers with more than"),
    ):
        vendor.get("/", object_answer, HEADER)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30),
        ({"Retry-After": "Fri, 27 Nov 2026 20:00:30 GMT"}, 30),
        ({"Retry-After": "Fri, 27 Nov 2026 19:00:00 GMT"}, 0),
        ({"Retry-After": "soon"}, 0.75),
        ({"Retry-After": "-5"}, 0.75),
        ({}, 0.75),
    ],
)
@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_a_request_is_sent_again_when_the_vendor_says(
    status: int, headers: dict[str, str], seconds: float, timing: Timing, clock: Clock
) -> None:
    answers = [httpx.Response(status, headers=headers), httpx.Response(200, json={})]

    with connected(httpx.MockTransport(lambda _: answers.pop(0)), timing) as vendor:
        vendor.get("/", object_answer, HEADER)

    assert clock.now == seconds


def test_a_time_beyond_patience_is_not_waited_for(timing: Timing, clock: Clock) -> None:
    answer = httpx.Response(429, headers={"Retry-After": "86400"})

    with (
        connected(httpx.MockTransport(lambda _: answer), timing) as vendor,
        pytest.raises(PatienceExhausted, match="asks to wait 86400 s"),
    ):
        vendor.get("/", object_answer, HEADER)

    assert clock.now == 0


def test_pauses_grow_to_a_minute_and_end_with_patience(timing: Timing) -> None:
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        timing.sleep(seconds)

    slept = Timing(clock=timing.clock, now=timing.now, sleep=sleep, chance=timing.chance)
    with (
        connected(httpx.MockTransport(lambda _: httpx.Response(500)), slept) as vendor,
        pytest.raises(PatienceExhausted),
    ):
        vendor.get("/", object_answer, HEADER)

    assert pauses[:7] == [0.75, 1.5, 3, 6, 12, 24, 45]
    assert set(pauses[6:]) == {45}
    assert 540 < sum(pauses) <= 600


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, VendorError),
        (400, VendorError),
        (401, CredentialsRefused),
        (402, CredentialsRefused),
        (403, CredentialsRefused),
        (404, VendorError),
        (422, VendorError),
    ],
)
def test_what_no_repetition_changes_is_not_sent_again(
    status: int, error: type[Exception], timing: Timing
) -> None:
    answers = [httpx.Response(status, json={"message": "key ak_live_hush"})]

    with (
        connected(httpx.MockTransport(lambda _: answers.pop()), timing) as vendor,
        pytest.raises(error, match=str(status)) as raised,
    ):
        vendor.get("/path", object_answer, HEADER)

    assert "hush" not in str(raised.value)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.binary(max_size=40))
def test_any_bytes_are_json_or_are_not(content: bytes) -> None:
    try:
        parse(content)
    except NotJson:
        return


@pytest.mark.parametrize(
    "content", [b"", b"NaN", b"[1,]", b"[" * 100_000, b"1e99999999999999999999"]
)
def test_what_is_no_json_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(NotJson):
        parse(content)
