"""What a run saw, beside what was expected."""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

_ERROR = 400


@dataclass(frozen=True, slots=True)
class Seen:
    """What was there, and what was measured on the way, such as how long it took."""

    what: str
    measured: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        subject: what, such as `paytrum: create`.
        expected: what the contracts and the documentation of AWS promise, in words.
        seen: the same of what was there.
        measured: what has no expectation, such as how long it took.
    """

    subject: str
    expected: str
    seen: str
    measured: str = ""

    @property
    def differs(self) -> bool:
        """Whether something else was there than expected."""
        return self.seen != self.expected


@dataclass(frozen=True, slots=True)
class Unchecked:
    """One thing that this deployment cannot show, and why."""

    subject: str
    reason: str


@dataclass(slots=True)
class Findings:
    """Everything a run looked at, in its order."""

    made: list[Finding] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)

    def expect(self, subject: str, expected: str, look: Callable[[], str | Seen]) -> None:
        """Look at something, and note what was there.

        A request that has no answer, and an answer without what every such answer has, is a finding
        as well: the rest of the run goes on.
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
        """Note what this deployment cannot show."""
        self.unchecked.append(Unchecked(subject, reason))

    @property
    def differing(self) -> list[Finding]:
        """Those that were not as expected."""
        return [finding for finding in self.made if finding.differs]


def answer(response: httpx.Response) -> str:
    """An answer in words: its status, and of an error the contract's code, `404 not_found`.

    Error bodies are `{"error": {"code": …}}` (Paytrum, Hoursmith) or `{"code": …}`; an error in any
    other shape was not made for this contract, and its text is quoted.
    """
    if response.status_code < _ERROR:
        return str(response.status_code)
    try:
        body = response.json()
        code = (body.get("error") or body)["code"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{response.status_code} in no contract's shape: {response.text[:80]}"
    return f"{response.status_code} {code}"
