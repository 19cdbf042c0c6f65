"""Texts that are accepted as a website."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError, Url

from registry.domain import website as module
from registry.domain.website import MAX_WEBSITE, website
from tests.growth import LINEAR, growth

LETTERS = "abcdefghijklmnopqrstuvwxyz"
ends = st.sampled_from(LETTERS + "0123456789")
labels = st.builds(
    lambda first, middle, last: first + middle + last,
    st.sampled_from(LETTERS),
    st.text(LETTERS + "0123456789-", max_size=20).filter(lambda text: not text.startswith("-")),
    ends,
)
idn_labels = st.sampled_from(["bücher", "faß", "пример", "例え", "BÜCHER"])
tlds = st.sampled_from(["com", "de", "museum", "рф", "xn--p1ai", "COM"])
hosts = st.builds(
    lambda parts, tld, dot: ".".join([*parts, tld]) + dot,
    st.lists(labels | idn_labels, min_size=1, max_size=3),
    tlds,
    st.sampled_from(["", "."]),
)
ports = st.just("") | st.integers(0, 65535).map(lambda port: f":{port}")
rests = st.sampled_from(["", "/", "/a/b.html", "?x=1", "#top", "/a?b=c@d#e", "/?q=a:b", "//"])


def refused(text: str) -> bool:
    try:
        website(text)
    except PydanticCustomError as error:
        assert error.type == "website"  # noqa: PT017 - whether it is refused is the question
        return True
    return False


@given(hosts, ports, rests)
def test_a_bare_domain_becomes_a_url(host: str, port: str, rest: str) -> None:
    assert website(host + port + rest) == f"https://{host}{port}{rest}"


@given(st.sampled_from(["http", "https", "HTTP", "Https"]), hosts | labels, ports, rests)
def test_a_url_is_kept_as_typed(scheme: str, host: str, port: str, rest: str) -> None:
    url = f"{scheme}://{host}{port}{rest}"

    assert website(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://1.2.3.4",
        "http://255.255.255.255:8080/x",
        "https://[::1]",
        "https://[2001:db8::7]:443/x",
        "https://user:pass@acme.com",
        "https://my_site.acme.com",
        "https://localhost",
        "https://acme.com:",
        "https://i\u2764.ws",
        "https://" + "a" * 63 + ".com",
    ],
)
def test_a_url_that_a_browser_opens_is_a_website(url: str) -> None:
    assert website(url) == url


@pytest.mark.parametrize(
    "text",
    [
        "https:///path",
        "https://",
        "https://.",
        "https://..",
        "https://-",
        "https://_",
        "https://a..b",
        "https://.acme.com",
        "https://acme.com..",
        "https://-acme.com",
        "https://acme-.com",
        "https://acme.-com",
        "https://acme.c_m",
        "https://acme.123",
        "https://12.50",
        "https://1",
        "https://0x7f.1",
        "https://256.1.1.1",
        "https://01.2.3.4",
        "https://1.2.3.4.",
        "https://\uff11.2.3.4",
        "https://[::1",
        "https://::1",
        "https://[1.2.3.4]",
        "https://[::1%25eth0]",
        "https://acme.com:65536",
        "https://acme.com:8a",
        "https://acme.com:-1",
        "https://a@b@acme.com",
        "https://ac%6de.com",
        "https://a'b.com",
        "https://acme.com/a b",
        "https://acme.com/a\u00a0b",
        "https://acme.com\\x",
        "https://" + "a" * 64 + ".com",
        "https://" + "a." * 127 + "com",
        "https:acme.com",
        "https:/acme.com",
        "http\u017f://acme.com",
        "//acme.com",
        "N.A.",
        "n.a",
        "n/a",
        "e.g.",
        "12.50",
        "1.2.3.4",
        "1.800.555.2671",
        "[::1]",
        "acme",
        "acme.",
        ".com",
        "a..com",
        "-.com",
        "acme.com:",
        "acme.com:x",
        "ada@acme.com",
        "",
        ".",
        "-",
        "/",
        "?",
        "#",
        ":",
        "@",
        " ",
    ],
)
def test_a_text_without_a_host_is_no_website(text: str) -> None:
    assert refused(text)


@given(st.text(max_size=40) | st.text("htps:/.@[]-_%?#12aü", max_size=40))
def test_whatever_is_taken_is_a_url_with_a_host(text: str) -> None:
    if not refused(text):
        url = website(text)
        assert url.endswith(text)
        assert Url(url).scheme in {"http", "https"}
        assert all((Url(url).host or "").removesuffix(".").split("."))


@given(hosts, st.integers(65536, 10**9))
def test_a_port_has_sixteen_bits(host: str, port: int) -> None:
    assert refused(f"https://{host}:{port}")
    assert refused(f"{host}:{port}")


@pytest.mark.parametrize("start", ["https://acme.com/", "acme.com/"])
def test_a_url_may_have_2048_characters(start: str) -> None:
    longest = start + "a" * (MAX_WEBSITE - len("https://acme.com/"))

    assert len(website(longest)) == MAX_WEBSITE
    with pytest.raises(PydanticCustomError) as raised:
        website(longest + "a")
    assert raised.value.type == "string_too_long"


@pytest.mark.parametrize(
    "text",
    [
        lambda size: "a." * size + " ",
        lambda size: "https://" + "a." * size + "\\",
        lambda size: "a." * size + ":",
        lambda size: "a." * size + "/" * size + " ",
        lambda size: "a@" * size,
        lambda size: "[" * size,
        lambda size: "https://" + "-" * size,
    ],
)
def test_the_cost_grows_with_the_text(
    text: Callable[[int], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_WEBSITE", 10**9)

    assert growth(refused, text, 2000) < LINEAR
