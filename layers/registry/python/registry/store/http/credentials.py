"""Credentials of a function: from its environment, or from an address that its environment names.

Lambda sets the first for most functions. For a function with SnapStart it sets the second, since
the credentials in a snapshot would have expired when a copy of it starts. Source: "Lambda SnapStart
and credentials", "Container credential provider", AWS SDKs and Tools Reference Guide.
"""

import json
import math
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from registry.domain.immutable import dataclass
from registry.store.http.connection import Connections, Request, Timeouts, Transport
from registry.store.http.endpoint import Endpoint, endpoint_of
from registry.store.http.errors import MissingCredentials, NoResponse

_ADDRESS = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN, _TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
# Where credentials may come from without TLS, beside the loopback addresses: the link-local
# addresses of ECS and EKS. Anybody could answer under another.
_LOCAL_HOSTS = frozenset({"localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"})
_LOOPBACK = 127
# New credentials are asked for while the old ones are still good for a while, so that a failure to
# get them fails no request. botocore's refresh begins as early.
_REFRESH_SECONDS = 15 * 60
_NEXT_TRY_SECONDS = 60
_TIMEOUTS = Timeouts(connect=0.5, read=2)
_OK = 200


@dataclass(frozen=True, slots=True)
class Credentials:
    """What requests are signed with.

    Attributes:
        access_key: its id, part of every request.
        secret_key: never sent.
        token: the session token that goes with temporary credentials.
        expires_at: seconds since 1970.
    """

    access_key: str
    secret_key: str
    token: str | None = None
    expires_at: float = math.inf


def credentials_from(environment: Mapping[str, str] = os.environ) -> Callable[[], Credentials]:
    """A function that gives the credentials to sign with now.

    Raises:
        ValueError: the environment names an address that credentials may not come from.
    """
    if _ADDRESS in environment and "AWS_ACCESS_KEY_ID" not in environment:
        endpoint = endpoint_of(environment[_ADDRESS])
        if not _may_give_credentials(endpoint):
            raise ValueError(f"credentials may not come from {endpoint.host} without TLS")
        return RefreshedCredentials(environment, endpoint, Connections(endpoint, _TIMEOUTS)).now
    # Lambda gives a process its credentials once.
    return cache(lambda: _given(environment))


def _given(environment: Mapping[str, str]) -> Credentials:
    """The credentials in the environment itself.

    Raises:
        MissingCredentials: there are none.
    """
    try:
        return Credentials(
            environment["AWS_ACCESS_KEY_ID"],
            environment["AWS_SECRET_ACCESS_KEY"],
            environment.get("AWS_SESSION_TOKEN"),
        )
    except KeyError as error:
        raise MissingCredentials from error


def _may_give_credentials(endpoint: Endpoint) -> bool:
    if endpoint.secure or endpoint.host in _LOCAL_HOSTS:
        return True
    try:
        return socket.inet_pton(socket.AF_INET, endpoint.host)[0] == _LOOPBACK
    except OSError:
        return False


class RefreshedCredentials:
    """Credentials from an address, asked for again before they expire.

    Args:
        environment: has the token that the address wants, if any; read at each request for
            credentials, since Lambda sets it anew for each copy of a snapshot.
        endpoint: the address.
        transport: carries the requests there.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        endpoint: Endpoint,
        transport: Transport,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._environment = environment
        self._endpoint = endpoint
        self._transport = transport
        self._clock = clock
        self._held: Credentials | None = None
        self._next_try = 0.0
        self._lock = threading.Lock()

    def now(self) -> Credentials:
        """Credentials that have not expired.

        Raises:
            NoResponse: there are none, and the address gives none.
        """
        with self._lock:
            at = self._clock()
            held = self._held
            if held and held.expires_at - at > _REFRESH_SECONDS:
                return held
            usable = held if held and held.expires_at > at else None
            if usable and at < self._next_try:
                return usable
            try:
                self._held = self._ask()
            except NoResponse:
                if usable is None:
                    raise
                self._next_try = at + _NEXT_TRY_SECONDS
                return usable
            return self._held

    def _ask(self) -> Credentials:
        """Credentials as the address gives them.

        Raises:
            NoResponse: it gives none.
        """
        headers = {"host": self._endpoint.authority, "accept": "application/json"}
        if token := self._token():
            headers["authorization"] = token
        response = self._transport.send(Request(headers, b"", "GET", self._endpoint.path))
        if response.status != _OK:
            raise NoResponse(f"the address of credentials responded with {response.status}")
        try:
            given = json.loads(response.body)
            return Credentials(
                given["AccessKeyId"],
                given["SecretAccessKey"],
                given["Token"],
                datetime.fromisoformat(given["Expiration"]).timestamp(),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise NoResponse("the address of credentials responded with something else") from error

    def _token(self) -> str | None:
        """The value of the `Authorization` header that the address wants.

        Raises:
            ValueError: it cannot be the value of a header.
        """
        if path := self._environment.get(_TOKEN_FILE):
            token: str | None = Path(path).read_text("utf-8")
        else:
            token = self._environment.get(_TOKEN)
        if token and ("\r" in token or "\n" in token):
            raise ValueError(f"{_TOKEN} has a line break")
        return token
