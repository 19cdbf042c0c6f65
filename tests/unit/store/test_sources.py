"""Deleting sources: all of them, and not for ever where DynamoDB leaves some unprocessed."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.domain import deadline
from registry.domain.errors import Throttled
from registry.domain.tenant import Tenant
from registry.store.sources import SourceStore

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
VENDOR_IDS = [f"v-{number}" for number in range(60)]


class Leaving:
    """A DynamoDB that deletes, but for what it leaves unprocessed of each call."""

    def __init__(self, left: Callable[[list[Any]], list[Any]]) -> None:
        self.left = left
        self.calls = 0
        self.deleted: list[str] = []

    def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> Any:  # noqa: N803 - boto's
        """Delete what is not left."""
        self.calls += 1
        ((table, requests),) = RequestItems.items()
        left = self.left(requests)
        done = [request for request in requests if request not in left]
        self.deleted += [request["DeleteRequest"]["Key"]["pk"]["S"] for request in done]
        return {"UnprocessedItems": {table: left} if left else {}}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "pause", lambda _: None)


def delete(dynamodb: Any) -> None:
    SourceStore(dynamodb, "links").delete(TENANT, "paytrum", iter(VENDOR_IDS))


def test_every_source_is_deleted_25_in_a_call() -> None:
    dynamodb = Leaving(lambda _: [])

    delete(dynamodb)

    assert dynamodb.calls == 3
    assert [pk.rpartition("#")[2] for pk in dynamodb.deleted] == VENDOR_IDS


def test_what_is_left_unprocessed_for_a_while_is_sent_again() -> None:
    dynamodb = Leaving(lambda requests: requests[: len(requests) // 4])

    delete(dynamodb)

    assert sorted(pk.rpartition("#")[2] for pk in dynamodb.deleted) == sorted(VENDOR_IDS)


def test_what_stays_unprocessed_is_not_asked_for_for_ever() -> None:
    dynamodb = Leaving(lambda requests: requests)

    with pytest.raises(Throttled):
        delete(dynamodb)

    assert dynamodb.calls < 10
