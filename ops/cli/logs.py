"""The log lines of a stack, from CloudWatch Logs or from the local stack's."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from ops.cli.deployment import Deployment
from ops.cli.operator import OperatorError
from registry.domain.workspace import CONTRACTS

GROUPS: Final = (*(str(contract) for contract in CONTRACTS), "authorizer", "projections", "access")
"""A log group for each contract and three more, without the name of the stack."""

_POLL_SECONDS: Final = 2.0
# A line arrives some seconds after the instant that it bears, so the last ones are read again.
_LATE_MILLISECONDS: Final = 30_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log.

    Attributes:
        at: milliseconds since 1970.
        group: name of the log group, without that of the stack.
        text: what was logged; JSON, but for what the runtime writes.
    """

    at: int
    group: str
    text: str


class Logs:
    """The log groups of a stack."""

    def __init__(self, deployment: Deployment, groups: list[str], pattern: str) -> None:
        """Choose groups, and a filter pattern of CloudWatch Logs; empty for every line."""
        self._client: Any = deployment.client("logs")
        self._stack = deployment.stack
        self._groups = groups
        self._pattern = pattern

    def since(self, at: int) -> list[Line]:
        """The lines from an instant on, oldest first.

        Args:
            at: milliseconds since 1970.
        """
        return [line for _, line in self._found(at)]

    def follow(self, at: int, sleep: Callable[[float], None] = time.sleep) -> Iterator[Line]:
        """The lines from an instant on, and then those that are added, without end."""
        seen: dict[str, int] = {}
        while True:
            found = [(key, line) for key, line in self._found(at) if key not in seen]
            yield from (line for _, line in found)
            seen |= {key: line.at for key, line in found}
            at = max([at, *(line.at - _LATE_MILLISECONDS for _, line in found)])
            seen = {key: written for key, written in seen.items() if written >= at}
            sleep(_POLL_SECONDS)

    def _found(self, at: int) -> list[tuple[str, Line]]:
        """The lines from an instant on, with the ids by which they are told apart."""
        found = [entry for group in self._groups for entry in self._of(group, at)]
        return sorted(found, key=lambda entry: entry[1].at)

    def _of(self, group: str, at: int) -> Iterator[tuple[str, Line]]:
        """The lines of one group.

        Raises:
            OperatorError: the stack has no such group.
        """
        request: dict[str, Any] = {"logGroupName": f"/{self._stack}/{group}", "startTime": at}
        if self._pattern:
            request["filterPattern"] = self._pattern
        try:
            for page in self._client.get_paginator("filter_log_events").paginate(**request):
                for event in page["events"]:
                    line = Line(event["timestamp"], group, event["message"].rstrip("\n"))
                    # An emulator gives its lines no ids.
                    name = event.get("eventId") or f"{event['logStreamName']} {line.at} {line.text}"
                    yield f"{group} {name}", line
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            raise OperatorError(f"The stack {self._stack} has no log group {group}.") from error
