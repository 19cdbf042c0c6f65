"""What a request costs: the DynamoDB calls it makes and the items they read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from registry.store.dynamodb import dynamodb_client


@dataclass
class Calls:
    """The calls made while counting.

    Attributes:
        names: of the DynamoDB operations, in order.
        read: how many items queries looked at.
    """

    names: list[str] = field(default_factory=list)
    read: int = 0

    def _count(self, model: Any, parsed: dict[str, Any], **_: object) -> None:
        """Handle botocore's event after a call."""
        self.names.append(model.name)
        self.read += parsed.get("ScannedCount", 0)


@contextmanager
def counted() -> Iterator[Calls]:
    """Count the calls of this process's DynamoDB client."""
    calls = Calls()
    events = dynamodb_client().meta.events
    events.register("after-call.dynamodb", calls._count)  # noqa: SLF001 - its own
    try:
        yield calls
    finally:
        events.unregister("after-call.dynamodb", calls._count)  # noqa: SLF001
