"""What a write means that keeps losing to other transactions."""

import time
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from registry.domain.errors import IdempotencyInFlight, RaceLost, RegistryError, ValueTaken
from registry.domain.idempotency import RecordedResponse
from registry.store.items import Item
from registry.store.transaction import Step, commit

CONFLICT, NONE = {"Code": "TransactionConflict"}, {"Code": "None"}


class Contested:
    """A DynamoDB whose other callers keep a transaction open on some of the items."""

    def __init__(self, *reasons: dict[str, str], times: int = 99) -> None:
        self.reasons = list(reasons)
        self.left = times
        self.calls = 0

    def transact_write_items(self, **_: object) -> None:
        self.calls += 1
        if self.left:
            self.left -= 1
            response: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "ResponseMetadata": {"HTTPStatusCode": 400},
                "CancellationReasons": self.reasons,
            }
            raise ClientError(response, "TransactWriteItems")


def refuse(_: Item) -> RecordedResponse | None:
    raise AssertionError("no condition failed")


STEPS = [
    Step({}, refuse, contested=IdempotencyInFlight),
    Step({}, refuse),
    Step({}, refuse, contested=lambda: ValueTaken("external_id")),
]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries do not wait."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ((CONFLICT, NONE, NONE), IdempotencyInFlight),
        ((NONE, CONFLICT, NONE), RaceLost),
        ((NONE, NONE, CONFLICT), ValueTaken),
        ((CONFLICT, NONE, CONFLICT), IdempotencyInFlight),
    ],
)
def test_the_first_step_that_was_contested_says_what_it_means(
    reasons: tuple[dict[str, str], ...], expected: type[RegistryError]
) -> None:
    dynamodb = Contested(*reasons)

    with pytest.raises(expected):
        commit(cast("Any", dynamodb), STEPS)

    assert dynamodb.calls == 4


def test_a_conflict_that_ends_is_forgotten() -> None:
    dynamodb = Contested(NONE, NONE, CONFLICT, times=3)

    assert commit(cast("Any", dynamodb), STEPS) is None
