"""The errors and responses that follow from DynamoDB's refusals of a transaction."""

import time
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from registry.domain.errors import (
    IdempotencyInFlight,
    RaceLost,
    RegistryError,
    Throttled,
    ValueTaken,
)
from registry.domain.idempotency import RecordedResponse
from registry.store.items import Item
from registry.store.transaction import Write, claim, put_new, put_over, transact

Reason = dict[str, Any]
CONFLICT: Reason = {"Code": "TransactionConflict"}
NONE: Reason = {"Code": "None"}
FAILED: Reason = {"Code": "ConditionalCheckFailed"}
THROTTLED: Reason = {"Code": "ThrottlingError"}
OURS: Item = {"pk": {"S": "a"}, "version": {"N": "2"}}
THEIRS: Item = {"pk": {"S": "a"}, "version": {"N": "3"}}


class Refusing:
    """A DynamoDB that refuses the first transactions for the given reasons, then accepts."""

    def __init__(self, *refusals: tuple[Reason, ...]) -> None:
        self.refusals = list(refusals)
        self.calls = 0

    def transact_write_items(self, **_: object) -> None:
        self.calls += 1
        if self.refusals:
            raise refusal("TransactionCanceledException", CancellationReasons=self.refusals.pop(0))

    def put_item(self, **_: object) -> None:
        self.calls += 1
        if self.refusals:
            ((reason,), *self.refusals) = self.refusals
            raise refusal("ConditionalCheckFailedException", **reason)


def refusal(code: str, **more: object) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": 400},
        **more,
    }
    return ClientError(response, "TransactWriteItems")


def refuse(_: Item) -> RecordedResponse | None:
    raise AssertionError("no condition of this write failed")


def taken(_: Item) -> RecordedResponse | None:
    raise ValueTaken("external_id")


RECORD = Write({}, refuse, on_conflict=IdempotencyInFlight)
CLIENT = Write({}, refuse)
CLAIM = Write({}, taken)
WRITES = (RECORD, CLIENT, CLAIM)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries do not wait."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ((CONFLICT, NONE, NONE), IdempotencyInFlight),
        ((NONE, CONFLICT, NONE), RaceLost),
        ((NONE, NONE, CONFLICT), RaceLost),
        ((CONFLICT, NONE, CONFLICT), IdempotencyInFlight),
        ((CONFLICT, NONE, FAILED), IdempotencyInFlight),
        ((THROTTLED, NONE, FAILED), Throttled),
        ((NONE, THROTTLED, CONFLICT), Throttled),
    ],
)
def test_the_first_write_to_blame_decides_when_it_lasts(
    reasons: tuple[Reason, ...], expected: type[RegistryError]
) -> None:
    dynamodb = Refusing(*[reasons] * 4)

    with pytest.raises(expected):
        transact(cast("Any", dynamodb), WRITES)

    assert dynamodb.calls == 4


@pytest.mark.parametrize("reasons", [(NONE, NONE, FAILED), (NONE, FAILED)])
def test_a_failed_condition_decides_at_once(reasons: tuple[Reason, ...]) -> None:
    dynamodb = Refusing(reasons)

    with pytest.raises(ValueTaken):
        transact(cast("Any", dynamodb), [CLIENT] * (len(reasons) - 1) + [CLAIM])

    assert dynamodb.calls == 1


@pytest.mark.parametrize(
    "reasons",
    [(CONFLICT, NONE, NONE), (CONFLICT, NONE, FAILED), (NONE, THROTTLED, NONE)],
)
def test_a_conflict_or_throttling_that_ends_is_forgotten(reasons: tuple[Reason, ...]) -> None:
    assert transact(cast("Any", Refusing(*[reasons] * 3)), WRITES) is None


OVER = put_over("t", OURS, 1, "attribute_exists(status_pk)")


@pytest.mark.parametrize("write", [put_new("t", OURS), OVER])
def test_a_put_that_finds_its_own_item_has_succeeded(write: Write) -> None:
    """Its response was lost, and the SDK retried it."""
    assert transact(cast("Any", Refusing(({"Item": OURS},))), [write]) is None


@pytest.mark.parametrize("write", [put_new("t", OURS), OVER])
@pytest.mark.parametrize("found", [{"Item": THEIRS}, {}])
def test_a_put_that_finds_another_item_has_lost_the_race(write: Write, found: Reason) -> None:
    with pytest.raises(RaceLost):
        transact(cast("Any", Refusing((found,))), [write])


def test_a_claim_that_finds_itself_has_succeeded() -> None:
    with pytest.raises(ValueTaken):
        transact(cast("Any", Refusing(({"Item": THEIRS},))), [claim("t", OURS, "external_id")])

    assert (
        transact(cast("Any", Refusing(({"Item": OURS},))), [claim("t", OURS, "external_id")])
        is None
    )
