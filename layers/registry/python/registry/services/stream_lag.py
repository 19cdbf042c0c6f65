"""How far the function `project` is behind the writes of this process.

A sample of what was written is remembered, and looked for among the events. That takes DynamoDB
alone, on whichever deployment.
"""

import time
from collections import deque
from collections.abc import Callable

from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.store.events import EventStore

BEHIND_SECONDS = 60.0
_SAMPLED_EVERY_SECONDS = 2.0
_MOST_SAMPLES = 60


@dataclass(frozen=True, slots=True)
class _Sample:
    """A version of a client, and when it was written."""

    at: float
    client_id: str
    version: int


class StreamLag:
    """The lag behind the writes of one tenant."""

    def __init__(
        self,
        events: EventStore,
        tenant: Tenant,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remember nothing yet.

        Args:
            events: where `project` writes.
            tenant: whose clients are written.
            clock: seconds since some moment.
        """
        self._events = events
        self._tenant = tenant
        self._clock = clock
        self._samples: deque[_Sample] = deque()

    def wrote(self, client_id: str, version: int) -> None:
        """Note a write; one every few seconds is remembered."""
        at = self._clock()
        newest = self._samples[-1].at if self._samples else at - _SAMPLED_EVERY_SECONDS
        if len(self._samples) < _MOST_SAMPLES and at - newest >= _SAMPLED_EVERY_SECONDS:
            self._samples.append(_Sample(at, client_id, version))

    def is_behind(self) -> bool:
        """Whether `project` is more than a minute behind. No call until that could be so.

        Events of different clients come in any order, and one that was parked never comes. So the
        youngest sample with an event settles all before it.
        """
        overdue = [each for each in self._samples if self._clock() - each.at > BEHIND_SECONDS]
        for sample in reversed(overdue):
            if self._events.has(self._tenant, sample.client_id, sample.version):
                while self._samples and self._samples[0].at <= sample.at:
                    self._samples.popleft()
                return False
        return bool(overdue)
