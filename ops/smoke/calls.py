"""Requests of a caller, and waiting for changes that AWS makes in its own time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from ops.smoke.findings import Seen

_TOO_MANY = 429
_ATTEMPTS = 60
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Caller:
    """A contract with one credential."""

    http: httpx.Client
    headers: dict[str, str]

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        """Send a request with the credential, again while the usage plan says to wait.

        Args:
            method: of the request.
            path: below the contract's base URL.
            **options: as httpx takes them; `headers` are added to the credential's.
        """
        response = self.once(method, path, **options)
        for _ in range(_ATTEMPTS):
            if response.status_code != _TOO_MANY:
                break
            time.sleep(float(response.headers["Retry-After"]))
            response = self.once(method, path, **options)
        return response

    def once(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        """Send a request with the credential, whatever the response."""
        headers = {**self.headers, **options.pop("headers", {})}
        return self.http.request(method, path, headers=headers, **options)


def wait_for(
    wanted: str,
    look: Callable[[], str],
    *,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Seen:
    """Repeat a check until it makes an observation, or the time is over.

    Args:
        wanted: the observation.
        look: makes the check; returns its observation.
        seconds: how long to repeat it; it is made once in any case.
        clock: seconds since some moment.
        sleep: waits for so many seconds.

    Returns:
        The last observation, with the seconds until then and the observations before it.
    """
    began = clock()
    before: list[str] = []
    seen, waited = look(), 0.0
    while seen != wanted and waited < seconds:
        if seen not in before:
            before.append(seen)
        sleep(_PAUSE_SECONDS)
        seen, waited = look(), clock() - began
    on_the_way = [each for each in before if each != seen]
    way = f"; before that {', '.join(on_the_way)}" if on_the_way else ""
    return Seen(seen, f"after {waited:.0f} s{way}")
