"""A function on the stream: good records go on, bad ones are parked, faults of AWS are raised."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from registry.domain.change import Author, create, update
from registry.domain.client import Client
from registry.domain.errors import Throttled, Unavailable
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.projections.stream import (
    ClientChange,
    PaymentMethodChange,
    of_clients,
    read_change,
    stream_function,
)
from registry.store import items
from registry.store.dynamodb import dynamodb_client
from registry.store.parked import ParkedStore
from registry.store.payment_methods import PaymentMethodStore

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)


@pytest.fixture
def parked(tables: None) -> ParkedStore:
    return ParkedStore(dynamodb_client(), "events")


class Projected:
    """A projection that keeps the names it was given, and refuses some."""

    def __init__(self, refused: str = "", error: Exception | None = None) -> None:
        self.refused = refused
        self.error = error or ValueError()
        self.names: list[str] = []

    def __call__(self, changes: Sequence[ClientChange]) -> None:
        """Take the changes, or none of them."""
        names = [change.after.name or "" for change in changes]
        if self.refused in names:
            raise self.error
        self.names += names


def client(name: str) -> Client:
    return create(Author("c", AT), name=name).client


def stream_record(after: Client, before: Client | None = None, number: int = 1) -> dict[str, Any]:
    """A record of the stream, as Lambda gets it."""
    images = {
        "Keys": items.client_key(TENANT, after.id),
        "SequenceNumber": str(number),
        "NewImage": items.client_item(TENANT, after),
    }
    if before is not None:
        images["OldImage"] = items.client_item(TENANT, before)
    return {"eventName": "INSERT" if before is None else "MODIFY", "dynamodb": images}


def run(projected: Projected, parked: ParkedStore, *records: dict[str, Any]) -> None:
    stream_function("project", lambda: of_clients(projected), lambda: parked)(
        {"Records": records}, None
    )


def test_a_projection_gets_every_change_in_order(parked: ParkedStore) -> None:
    projected = Projected()
    first = client("a")
    second = update(first, Author("c", AT), name="b").client

    run(projected, parked, stream_record(first), stream_record(second, first, 2))

    assert projected.names == ["a", "b"]
    assert list(parked.all("project")) == []


def test_records_that_show_no_new_version_of_a_client_are_passed_over(parked: ParkedStore) -> None:
    projected = Projected()
    same = stream_record(client("a"))
    same["dynamodb"]["OldImage"] = same["dynamodb"]["NewImage"]
    removed = stream_record(client("b")) | {"eventName": "REMOVE"}
    user = stream_record(client("c"))
    user["dynamodb"]["Keys"] = {"pk": {"S": "w#live"}, "sk": {"S": "USER#1#2"}}

    run(projected, parked, same, removed, user)

    assert projected.names == []
    assert list(parked.all("project")) == []


@pytest.mark.parametrize("broken", ["NewImage", "Keys"])
def test_a_record_that_cannot_be_read_is_parked_and_the_rest_goes_on(
    broken: str, parked: ParkedStore
) -> None:
    projected = Projected()
    bad = stream_record(client("bad"), number=2)
    bad["dynamodb"][broken] = {"pk": {"S": "w"}, "sk": {"S": "x"}}

    run(projected, parked, stream_record(client("a")), bad, stream_record(client("b"), number=3))

    assert projected.names == ["a", "b"]
    (found,) = parked.all("project")
    assert found.record == bad
    assert found.key.endswith("2")


def test_a_change_that_is_refused_is_parked_and_the_rest_goes_on(
    parked: ParkedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    projected = Projected(refused="bad")
    names = ("a", "bad", "b")

    run(
        projected,
        parked,
        *(stream_record(client(name), number=number) for number, name in enumerate(names)),
    )

    assert projected.names == ["a", "b"]
    (found,) = parked.all("project")
    assert found.error == "ValueError"
    printed = capsys.readouterr().out
    assert '"ParkedRecords":[1.0]' in printed.replace(" ", "")
    assert "bad" not in printed


@pytest.mark.parametrize(
    "fault",
    [
        Unavailable(),
        Throttled(),
        ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutItem"),
        ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "PutItem"),
    ],
)
def test_a_fault_of_aws_or_of_the_deployment_is_raised_and_nothing_is_parked(
    fault: Exception, parked: ParkedStore
) -> None:
    projected = Projected(refused="a", error=fault)

    with pytest.raises(type(fault)):
        run(projected, parked, stream_record(client("a")))

    assert list(parked.all("project")) == []


def test_an_item_that_dynamodb_refuses_is_parked(parked: ParkedStore) -> None:
    too_large = ClientError({"Error": {"Code": "ValidationException"}}, "PutItem")
    projected = Projected(refused="a", error=too_large)

    run(projected, parked, stream_record(client("a")), stream_record(client("b"), number=2))

    assert projected.names == ["b"]
    assert len(list(parked.all("project"))) == 1


def method_record(*images: str, signed: bool = True) -> dict[str, Any]:
    """A record of a payment method that was written by an operator, with these images."""
    method = PaymentMethod(
        id="pm_1",
        client_id="019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
        type=PaymentMethodType.CARD,
        token="secret",
        last4="4242",
        attached_at=AT,
    )
    author = Author(None, AT, operator="ann")
    item = PaymentMethodStore(cast("Any", None), "clients").put(TENANT, method, author)
    written: dict[str, Any] = dict(item.request["Put"]["Item"])
    if not signed:
        del written["changed_by"], written["changed_at"]
    keys = {"pk": written["pk"], "sk": written["sk"]}
    return {
        "eventName": "REMOVE" if images == ("OldImage",) else "MODIFY",
        "dynamodb": {
            "Keys": keys,
            "ApproximateCreationDateTime": 1781024661.0,
            **dict.fromkeys(images, written),
        },
    }


@pytest.mark.parametrize(("image", "removed"), [("NewImage", False), ("OldImage", True)])
def test_a_payment_method_is_attached_or_removed_by_somebody(image: str, removed: bool) -> None:  # noqa: FBT001 - a case
    change = read_change(method_record(image))

    assert isinstance(change, PaymentMethodChange)
    assert (change.tenant, change.removed) == (TENANT, removed)
    assert (change.author.operator, change.author.at) == ("ann", AT)
    assert (change.method.last4, change.method.token) == ("4242", None)


def test_one_that_was_written_before_authors_were_kept_has_the_instant_of_the_record() -> None:
    change = read_change(method_record("OldImage", signed=False))

    assert isinstance(change, PaymentMethodChange)
    assert (change.author.operator, change.author.at) == (None, AT)


def test_a_payment_method_that_changes_is_passed_over() -> None:
    assert read_change(method_record("OldImage", "NewImage")) is None
