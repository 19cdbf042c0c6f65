"""The function on the queue of deliveries takes batches as SQS FIFO wants them taken."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from registry.domain.tenant import Tenant
from registry.domain.webhook import Rendered
from registry.projections.errands import queue_function
from registry.store.webhook_queue import Message, Received

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")


def record(number: int) -> dict[str, Any]:
    """A message as Lambda hands it over."""
    message = Message(tenant=TENANT, endpoint_id="e", event_id=f"c.{number}", client_id="c")
    return {
        "messageId": str(number),
        "receiptHandle": f"receipt {number}",
        "body": message.body,
        "attributes": {"SentTimestamp": "1781024661500"},
    }


@pytest.mark.parametrize(
    ("postponed", "done", "left"),
    [(set(), [1, 2, 3], []), ({1}, [1], ["1", "2", "3"]), ({2}, [1, 2], ["2", "3"])],
)
def test_what_follows_a_postponed_message_is_left_untouched(
    postponed: set[int],
    done: list[int],
    left: list[str],
) -> None:
    seen: list[tuple[str, Received]] = []

    def do(message: Message, received: Received) -> bool:
        seen.append((message.event_id, received))
        return int(message.event_id.removeprefix("c.")) not in postponed

    function = queue_function(lambda: cast("Any", do))
    failed = function({"Records": [record(number) for number in (1, 2, 3)]}, None)

    sent_at = datetime(2026, 6, 9, 17, 4, 21, 500_000, tzinfo=UTC)
    assert seen == [(f"c.{number}", Received(f"receipt {number}", sent_at)) for number in done]
    assert failed == {"batchItemFailures": [{"itemIdentifier": each} for each in left]}


def test_a_request_is_not_shown_by_its_name_in_a_log() -> None:
    request = Rendered({"Authorization": "Bearer secret"}, '{"email": "ar@acme.com"}')

    assert "secret" not in repr(request)
    assert "acme" not in repr(request)
