"""The queue of deliveries: which endpoint is to be told of which event, in SQS FIFO.

A message names an endpoint and an event and holds nothing of either, so that what was erased, or
disabled, is not sent from here. Messages of one group come one after the other: a group is an
endpoint and a client, so that an endpoint is told of a client's events in their order.

Sources: "Exactly-once processing in Amazon SQS" and "FIFO queue delivery logic in Amazon SQS",
Amazon SQS Developer Guide.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from registry.domain.errors import Unavailable
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.domain.webhook import Cause
from registry.store.beside import service_client
from registry.store.dynamodb import send
from registry.store.http.client import SQS

# Source: "SendMessageBatch", Amazon SQS API Reference.
_MOST_IN_A_CALL = 10
# SQS keeps a message from being received for twelve hours at most, counted from when it was
# received. Longer waits are made of several.
LONGEST_WAIT_SECONDS = 11 * 3600
# The message has been received again, or deleted, since its receipt.
# Source: "ChangeMessageVisibility", Amazon SQS API Reference.
_NOT_IN_FLIGHT = frozenset(
    {
        "MessageNotInflight",
        "ReceiptHandleIsInvalid",
        "InvalidParameterValue",
        "InvalidParameterValueException",
    },
)


class Errand(StrEnum):
    """What the function that delivers is to do.

    `TELL` an endpoint of an event, `TEST` it, `PROBE` one that did nothing but fail, or read on in
    the feed (`READ_ON`) for one that missed events.
    """

    TELL = "tell"
    TEST = "test"
    PROBE = "probe"
    READ_ON = "read_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An errand of the function that delivers.

    Attributes:
        errand: what is to be done.
        tenant, endpoint_id: for whom.
        event_id: the event to tell of; of a test a UUID; otherwise empty.
        client_id: the client that the event is about; empty where there is none.
        cause: why the endpoint is told.
        counter: tells apart messages that are otherwise equal. SQS drops a message that is equal to
            one of the last five minutes.
        group: the group it is sent to; None for that of the endpoint and the client.
    """

    errand: Errand = Errand.TELL
    tenant: Tenant
    endpoint_id: str
    event_id: str = ""
    client_id: str = ""
    cause: Cause = Cause.CHANGE
    counter: str = ""
    group: str | None = None

    @property
    def group_id(self) -> str:
        """The group within which messages come one after the other."""
        return f"{self.endpoint_id}#{self.group or self.client_id or self.errand}"

    @property
    def deduplication_id(self) -> str:
        """Equal for messages of which one is enough."""
        parts = [self.errand, self.endpoint_id, self.event_id, self.cause, self.counter]
        return hashlib.sha256("#".join(parts).encode()).hexdigest()

    @property
    def body(self) -> str:
        """The text of the message."""
        return json.dumps(
            {
                "errand": self.errand,
                "workspace": self.tenant.workspace_id,
                "mode": self.tenant.mode,
                "endpoint": self.endpoint_id,
                "event": self.event_id,
                "client": self.client_id,
                "cause": self.cause,
                "counter": self.counter,
                "group": self.group,
            }
        )


@dataclass(frozen=True, slots=True)
class Received:
    """How a message was received.

    Attributes:
        receipt: the handle with which it can be postponed.
        sent_at: when it was put into the queue.
    """

    receipt: str
    sent_at: datetime


def read_message(body: str) -> Message:
    """The message of a text, as `Message.body` makes it."""
    content: Mapping[str, Any] = json.loads(body)
    return Message(
        errand=Errand(content["errand"]),
        tenant=Tenant(content["workspace"], content["mode"]),
        endpoint_id=content["endpoint"],
        event_id=content["event"],
        client_id=content["client"],
        cause=Cause(content["cause"]),
        counter=content["counter"],
        group=content["group"],
    )


class WebhookQueue:
    """The queue of all tenants' deliveries."""

    def __init__(self, client: Any, url: str) -> None:  # noqa: ANN401 - of botocore or our own
        """Keep the connection to SQS and the URL of the queue."""
        self._client = client
        self._url = url

    def put(self, messages: Sequence[Message]) -> None:
        """Put messages into the queue, each group's in their order. One call for some ten.

        Raises:
            Unavailable: some may not have been put; they can be put again.
        """
        for call in _calls(messages):
            entries = [
                {
                    "Id": str(number),
                    "MessageBody": message.body,
                    "MessageGroupId": message.group_id,
                    "MessageDeduplicationId": message.deduplication_id,
                }
                for number, message in enumerate(call)
            ]
            response = send(self._client.send_message_batch, QueueUrl=self._url, Entries=entries)
            if response.get("Failed"):
                raise Unavailable

    def postpone(self, receipt: str, seconds: float) -> None:
        """Let a received message come again after so many seconds, `LONGEST_WAIT_SECONDS` at most.

        Those behind it in its group wait as well.

        Args:
            receipt: the handle with which it was received.
            seconds: 0 for at once.
        """
        send(
            self._client.change_message_visibility,
            QueueUrl=self._url,
            ReceiptHandle=receipt,
            VisibilityTimeout=max(0, min(LONGEST_WAIT_SECONDS, round(seconds))),
        )

    def hurry(self, receipt: str) -> None:
        """Let a message that was postponed come now, unless it has come by itself."""
        try:
            self.postpone(receipt, 0)
        except Exception as error:
            response: Mapping[str, Any] = getattr(error, "response", {})
            if response.get("Error", {}).get("Code", "").rpartition(".")[2] not in _NOT_IN_FLIGHT:
                raise


@cache
def webhook_queue() -> WebhookQueue:
    """The queue of this process, which its environment names."""
    return WebhookQueue(service_client(SQS), os.environ["WEBHOOK_QUEUE_URL"])


def _calls(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """The messages in groups for a call each, with at most one of each group of the queue.

    SQS may take some messages of a call and refuse others. So a message is sent when the one before
    it in its group is in the queue.
    """
    call: list[Message] = []
    groups: set[str] = set()
    for message in messages:
        if len(call) == _MOST_IN_A_CALL or message.group_id in groups:
            yield call
            call, groups = [], set()
        call.append(message)
        groups.add(message.group_id)
    if call:
        yield call
