"""Requests to a vendor's API, until it answers.

A vendor may be slow, away, over its limits, or talk nonsense for a while: the request is sent again
after a pause, until patience runs out. What it refuses is not sent again.
"""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Protocol, TypeVar
from urllib.parse import quote, urlsplit

import httpx

from ops.move.documents import NotJson, parse, place
from ops.move.pace import Pace
from ops.move.timing import Timing
from ops.move.vendor import CredentialsRefused, PatienceExhausted, VendorError

PATIENCE_SECONDS = 600.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_REFUSALS = {
    HTTPStatus.UNAUTHORIZED: "it does not know them",
    HTTPStatus.PAYMENT_REQUIRED: "its plan or subscription does not include the API",
    HTTPStatus.FORBIDDEN: "they do not cover this, or the plan does not include the API",
}
# Statuses below 500 that say to try again.
_LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
# Ids that would name the list, or what is above it (RFC 3986, section 5.2.4).
_OTHER_PATHS = {".", ".."}
_HEADERS = {"Accept": "application/json", "User-Agent": "client-registry-move"}

Read = TypeVar("Read")


class UrlError(ValueError):
    """The base URL cannot be used; the message is a sentence for the operator."""


class BadAnswer(Exception):
    """The body of a successful answer is not what the vendor's API promises."""


class Rejected(VendorError):
    """The vendor refuses the request itself, with a status below 500.

    Attributes:
        status: the HTTP status.
    """

    def __init__(self, method: str, path: str, status: int) -> None:
        super().__init__(f"The vendor answers {method} {path} with {status}.")
        self.status = status


class Authorisation(Protocol):
    """How requests say for whom they are."""

    def headers(self) -> Mapping[str, str]:
        """The headers of a request."""

    def renew(self) -> bool:
        """Whether a request that was answered 401 is worth another try, with new headers."""


@dataclass(frozen=True, slots=True)
class Header:
    """A credential that is sent as it is, in one header."""

    name: str
    value: str = field(repr=False)

    def headers(self) -> Mapping[str, str]:
        """The header."""
        return {self.name: self.value}

    def renew(self) -> bool:
        """No: it stays what it is."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a connection waits, in seconds.

    Attributes:
        connect: for a connection.
        silence: for the next bytes of an answer.
        answer: for a whole answer.
        patience: for a good answer to one request, all its repetitions together.
    """

    connect: float = 10.0
    silence: float = 30.0
    answer: float = 120.0
    patience: float = PATIENCE_SECONDS


def _ignore(_: str) -> None:
    """Say nothing."""


class Connection:
    """The API of one vendor at one base URL."""

    def __init__(
        self,
        base_url: str,
        pace: Pace,
        *,
        timing: Timing,
        limits: Limits,
        on_wait: Callable[[str], None] = _ignore,
    ) -> None:
        """Open nothing yet.

        Args:
            base_url: what the paths of the API come after, see `checked_url`.
            pace: the vendor's limits.
            timing: time and chance.
            limits: how long to wait.
            on_wait: is told, in a sentence, whenever a request has to be sent again.

        Raises:
            UrlError: the base URL cannot be used.
        """
        url = checked_url(base_url)
        self._pace = pace
        self._timing = timing
        self._limits = limits
        self._on_wait = on_wait
        self._http = httpx.Client(
            base_url=url,
            headers=_HEADERS,
            follow_redirects=False,
            timeout=httpx.Timeout(limits.silence, connect=limits.connect),
            # A proxy would carry secrets off this machine in the clear.
            trust_env=urlsplit(url).scheme != "http",
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(
        self,
        path: str,
        read: Callable[[object], Read],
        authorisation: Authorisation,
        query: Mapping[str, str] | None = None,
    ) -> Read:
        """What `read` makes of the JSON value of a successful answer.

        An answer of which `read` raises `BadAnswer` counts as none.

        Raises:
            Rejected: the vendor refuses the request.
            CredentialsRefused: it refuses the credentials.
            PatienceExhausted: it did not answer for too long.
        """

        def request() -> httpx.Request:
            return self._http.build_request(
                "GET", path, params=dict(query or {}), headers=dict(authorisation.headers())
            )

        return self._until_answered(request, read, authorisation.renew)

    def fetch(
        self,
        path: str,
        identifier: str,
        read: Callable[[object], Read],
        authorisation: Authorisation,
    ) -> Read | None:
        """As `get`, for the object with an id below a path; None where there is none such."""
        if identifier in _OTHER_PATHS or place(identifier) is None:
            return None
        try:
            return self.get(f"{path}/{quote(identifier, safe='')}", read, authorisation)
        except Rejected as error:
            if error.status in _GONE:
                return None
            raise

    def post_form(
        self,
        path: str,
        form: Mapping[str, str],
        basic: tuple[str, str],
        read: Callable[[object], Read],
    ) -> Read:
        """As `get`, for a form that is posted with HTTP Basic authentication."""
        authentication = httpx.BasicAuth(*basic)

        def request() -> httpx.Request:
            built = self._http.build_request("POST", path, data=dict(form))
            return next(authentication.auth_flow(built))

        return self._until_answered(request, read, lambda: False)

    def _until_answered(
        self,
        request: Callable[[], httpx.Request],
        read: Callable[[object], Read],
        renew: Callable[[], bool],
    ) -> Read:
        """Send a request until it is answered; `renew` is asked once."""
        began, attempt, renewed = self._timing.clock(), 0, False
        while True:
            sent = request()
            try:
                response, content = self._send(sent)
            except (httpx.TransportError, httpx.DecodingError) as error:
                reason, pause = _in_words(error), None
            else:
                status = response.status_code
                if response.is_success:
                    try:
                        return read(parse(content))
                    except (BadAnswer, NotJson) as error:
                        reason, pause = f"its answer is {error}", None
                elif status == HTTPStatus.UNAUTHORIZED and not renewed and renew():
                    renewed = True
                    continue
                else:
                    _raise_if_refused(sent, status)
                    reason, pause = f"it answers {status}", self._retry_after(response)
            self._pause(began, attempt, reason, pause)
            attempt += 1

    def _send(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        """One attempt: the response, and its body without content coding."""
        self._pace.wait()
        began, content = self._timing.clock(), bytearray()
        try:
            response = self._http.send(request, stream=True)
            try:
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > MAX_ANSWER_BYTES:
                        size = MAX_ANSWER_BYTES // 1024**2
                        raise VendorError(f"The vendor answers with more than {size} MiB.")
                    if self._timing.clock() - began > self._limits.answer:
                        raise httpx.ReadTimeout("the answer does not end", request=request)
            finally:
                response.close()
        finally:
            self._pace.answered()
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            self._pace.slow_down()
        return response, bytes(content)

    def _pause(self, began: float, attempt: int, reason: str, pause: float | None) -> None:
        """Wait before the next attempt.

        Args:
            began: when the first attempt began.
            attempt: how many attempts came before the last one.
            reason: what came of the last attempt.
            pause: how many seconds the vendor asks for; None where it does not say.

        Raises:
            PatienceExhausted: the next attempt would come too late.
        """
        if pause is None:
            longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(attempt, 10))
            pause = longest * (1 + self._timing.chance()) / 2
        waited = self._timing.clock() - began
        if waited + pause > self._limits.patience:
            sentence = f"The vendor does not answer: {reason}"
            asks = f", and it asks to wait {pause:.0f} s" if waited + 1 < pause else ""
            raise PatienceExhausted(f"{sentence}{asks}.")
        self._on_wait(f"{reason[0].upper()}{reason[1:]}; the next try is in {pause:.0f} s.")
        self._timing.sleep(pause)

    def _retry_after(self, response: httpx.Response) -> float | None:
        """The seconds in `Retry-After`, which has them or a date (RFC 9110, section 10.2.3)."""
        text = response.headers.get("Retry-After", "").strip()
        if text.isascii() and text.isdigit():
            return float(text[:9])
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        return max(0.0, (at - self._timing.now()).total_seconds())


def checked_url(text: str) -> str:
    """A base URL that secrets may be sent to: https, or http on this machine.

    Raises:
        UrlError: it is another one, or has parts that a base URL has no use for. The message does
            not repeat it, since those parts may be secrets.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise UrlError("The URL cannot be read.") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise UrlError("The URL must begin with https:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise UrlError("The URL must not contain a user or a password.")
    if parts.query or parts.fragment:
        raise UrlError("The URL must not have a query or a fragment.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise UrlError("The URL must be https; without it only this machine is called.")
    return text.rstrip("/")


def object_answer(value: object) -> object:
    """A JSON object as it is.

    Raises:
        BadAnswer: it is another value.
    """
    if not isinstance(value, dict):
        raise BadAnswer("no JSON object")
    return value


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _raise_if_refused(request: httpx.Request, status: int) -> None:
    """Raise what a status means that no repetition changes.

    Raises:
        CredentialsRefused, Rejected, VendorError: as the status says.
    """
    if status in _REFUSALS:
        raise CredentialsRefused(
            f"The vendor refuses the credentials with {status}: {_REFUSALS[HTTPStatus(status)]}."
        )
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise VendorError(
            f"The vendor sends {request.url.path} elsewhere ({status}), and redirects are not "
            "followed. Check the URL."
        )
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _LATER:
        raise Rejected(request.method, request.url.path, status)


def _in_words(error: httpx.RequestError) -> str:
    """What went wrong with a request."""
    if isinstance(error, httpx.TimeoutException):
        return "it does not answer in time"
    if isinstance(error, httpx.ConnectError):
        return f"it cannot be reached ({error})"
    return "it breaks off its answer"
