"""The observations of a run, beside those that were expected."""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

_ERROR = 400


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation, and a measurement beside it, such as how long it took."""

    what: str
    measured: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check.

    Attributes:
        subject: what was checked, such as `paytrum: create`.
        expected: the observation that the contracts and the documentation of AWS promise, in words.
        seen: the observation.
        measured: a measurement without an expectation, such as how long it took.
    """

    subject: str
    expected: str
    seen: str
    measured: str = ""

    @property
    def differs(self) -> bool:
        """Whether the observation is not the expected one."""
        return self.seen != self.expected


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A check that this deployment does not permit, and why."""

    subject: str
    reason: str


@dataclass(slots=True)
class Findings:
    """Every check of a run, in its order."""

    made: list[Finding] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)

    def expect(self, subject: str, expected: str, look: Callable[[], str | Seen]) -> None:
        """Make a check and record its observation.

        A request without a response, and a response of an unexpected shape, are recorded as well,
        so that the rest of the run goes on.
        """
        try:
            seen: str | Seen = look()
        except httpx.HTTPError as error:
            seen = f"no answer: {type(error).__name__}"
        except (KeyError, TypeError, ValueError) as error:
            seen = f"unreadable: {type(error).__name__} {error}"
        if isinstance(seen, str):
            seen = Seen(seen)
        self.made.append(Finding(subject, expected, seen.what, seen.measured))

    def leave_out(self, subject: str, reason: str) -> None:
        """Record a check that this deployment does not permit."""
        self.unchecked.append(Unchecked(subject, reason))

    @property
    def differing(self) -> list[Finding]:
        """The findings that are not as expected."""
        return [finding for finding in self.made if finding.differs]


def in_words(response: httpx.Response) -> str:
    """A response in words: its status, and of an error the contract's code, `404 not_found`.

    Error bodies are `{"error": {"code": …}}` (Paytrum, Hoursmith) or `{"code": …}`; of problem
    details the code is the end of `type` (Registry). An error in any
    other shape was not made for this contract, and its text is quoted.
    """
    if response.status_code < _ERROR:
        return str(response.status_code)
    try:
        body = response.json()
        error = body.get("error") or body
        code = error["code"] if "code" in error else error["type"].rpartition(":")[2]
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{response.status_code} in no contract's shape: {response.text[:80]}"
    return f"{response.status_code} {code}"
