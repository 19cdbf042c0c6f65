"""Credentials come from the environment, or from an address it names, and are renewed in time."""

import json
from pathlib import Path
from typing import Any

import pytest

from registry.store.http.connection import Request, Response
from registry.store.http.credentials import (
    Credentials,
    RefreshedCredentials,
    credentials_from,
)
from registry.store.http.endpoint import endpoint_of
from registry.store.http.errors import MissingCredentials, NoResponse

ADDRESS = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
URL = "http://127.0.0.1:9001/credentials?v=1"
NOON = 1_795_780_800.0  # 2026-11-27T12:00:00Z


class Address:
    """An address that gives credentials for an hour, numbered, while it works.

    It has the time of the test as well: `at` is seconds since 1970.
    """

    def __init__(self) -> None:
        self.at = NOON
        self.requests: list[Request] = []
        self.fails: Exception | Response | None = None

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        if isinstance(self.fails, Exception):
            raise self.fails
        return self.fails or given(f"key {len(self.requests)}", "2026-11-27T13:00:00Z")

    def close(self) -> None:
        """Nothing is open."""


def given(access_key: str, expiration: str) -> Response:
    content = {
        "AccessKeyId": access_key,
        "SecretAccessKey": "secret",
        "Token": "token",
        "Expiration": expiration,
    }
    return Response(200, {}, json.dumps(content).encode())


@pytest.fixture
def address() -> Address:
    return Address()


def refreshed(address: Address, **environment: str) -> RefreshedCredentials:
    return RefreshedCredentials(environment, endpoint_of(URL), address, lambda: address.at)


def test_the_environment_has_them() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}

    assert credentials_from(environment)() == Credentials("id", "secret")
    assert credentials_from({**environment, "AWS_SESSION_TOKEN": "token"})() == Credentials(
        "id", "secret", "token"
    )


@pytest.mark.parametrize("environment", [{}, {"AWS_ACCESS_KEY_ID": "id"}])
def test_without_any_there_is_nothing_to_sign_with(environment: dict[str, str]) -> None:
    now = credentials_from(environment)

    with pytest.raises(MissingCredentials):
        now()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9001/x",
        "http://127.1.2.3/x",
        "http://localhost/x",
        "http://[::1]/x",
        "http://169.254.170.2/x",
        "http://169.254.170.23/x",
        "http://[fd00:ec2::23]/x",
        "https://credentials.example/x",
    ],
)
def test_they_may_come_from_this_machine_or_over_tls(url: str) -> None:
    assert callable(credentials_from({ADDRESS: url}))


@pytest.mark.parametrize(
    "url",
    [
        "http://credentials.example/x",
        "http://127.0.0.1.example/x",
        "http://169.254.169.254/x",
        "http://10.0.0.1/x",
        "http://128.0.0.1/x",
        "http://[fd00:ec2::24]/x",
        "http://127.0.0.1@credentials.example/x",
        "file:///etc/passwd",
    ],
)
def test_they_may_not_come_from_anywhere_else(url: str) -> None:
    with pytest.raises(ValueError, match=r"credentials may not come|not an address"):
        credentials_from({ADDRESS: url})


def test_the_address_is_asked_with_the_token(address: Address) -> None:
    found = refreshed(address, AWS_CONTAINER_AUTHORIZATION_TOKEN="bearer x").now()

    assert found == Credentials("key 1", "secret", "token", NOON + 3600)
    (request,) = address.requests
    assert (request.method, request.path, request.body) == ("GET", "/credentials?v=1", b"")
    assert request.headers["authorization"] == "bearer x"
    assert request.headers["host"] == "127.0.0.1:9001"


def test_the_token_may_be_in_a_file(address: Address, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from the file")

    refreshed(address, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(file)).now()

    assert address.requests[0].headers["authorization"] == "from the file"


def test_a_token_with_a_line_break_is_not_sent(address: Address) -> None:
    with pytest.raises(ValueError, match="line break"):
        refreshed(address, AWS_CONTAINER_AUTHORIZATION_TOKEN="a\r\nx: y").now()

    assert address.requests == []


def test_they_are_kept_until_a_quarter_of_an_hour_before_they_expire(address: Address) -> None:
    source = refreshed(address)
    first = source.now()

    address.at = NOON + 44 * 60
    assert source.now() is first
    address.at = NOON + 46 * 60
    assert source.now().access_key == "key 2"


FAILURES: list[Any] = [
    NoResponse(),
    Response(500, {}, b""),
    Response(200, {}, b"<html>"),
    Response(200, {}, b"[]"),
    Response(200, {}, b'{"AccessKeyId": "id"}'),
    given("id", "tomorrow"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_a_failure_to_renew_them_is_no_failure_before_they_expire(
    address: Address, failure: Any
) -> None:
    source = refreshed(address)
    first = source.now()
    address.fails = failure

    address.at = NOON + 46 * 60
    assert [source.now(), source.now()] == [first, first]
    assert len(address.requests) == 2  # not at every request
    address.at = NOON + 48 * 60
    assert source.now() is first
    assert len(address.requests) == 3
    address.at = NOON + 3600
    with pytest.raises(NoResponse):
        source.now()
    address.fails = None
    address.at = NOON + 59 * 60
    assert source.now().access_key == "key 5"


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_without_any_yet_a_failure_is_no_response(address: Address, failure: Any) -> None:
    address.fails = failure

    with pytest.raises(NoResponse):
        refreshed(address).now()
