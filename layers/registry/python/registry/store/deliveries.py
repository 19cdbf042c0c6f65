"""Deliveries to webhook endpoints in the Events table, kept for 30 days.

What has become of an event is found by its client, so that erasing a client finds it; the attempts
of an endpoint are found by the endpoint, in the order of their instants. See `docs/data-model.md`,
"Webhooks".
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from registry.domain.errors import Conflict, NotFound
from registry.domain.event import EventType
from registry.domain.identifiers import instant, parse_instant
from registry.domain.tenant import Tenant
from registry.domain.webhook import KEPT, Attempt, Delivery, DeliveryState
from registry.store import items
from registry.store.attributes import attributes_of
from registry.store.batch import batch_write, read_all
from registry.store.dynamodb import (
    Outcome,
    WriteRefused,
    dynamodb_client,
    query,
    send,
    table_name,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef, WriteRequestTypeDef

_DELIVERY = attributes_of(Delivery, in_key=frozenset({"client_id", "endpoint_id", "event_id"}))
_ATTEMPT = attributes_of(Attempt, in_key=frozenset({"endpoint_id", "event_id", "at"}))
# What ids of events are made of; one of a payment method has its vendor's id in it.
_EVENT_ID = re.compile(r"[^#\x00-\x20]{1,400}")


class DeliveryStore:
    """The deliveries of all tenants."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Events table."""
        self._client = client
        self._table = table

    def get(
        self,
        tenant: Tenant,
        endpoint_id: str,
        client_id: str,
        event_id: str,
    ) -> Delivery | None:
        """What has become of an event for an endpoint; None before the first attempt. One call."""
        found = send(
            self._client.get_item,
            TableName=self._table,
            Key=_key(tenant, endpoint_id, client_id, event_id),
            ConsistentRead=True,
        )
        return _delivery(found["Item"]) if "Item" in found else None

    def get_many(
        self,
        tenant: Tenant,
        endpoint_id: str,
        events: Sequence[tuple[str, str]],
    ) -> dict[str, Delivery]:
        """What has become of events, by their ids. One call for 100.

        Args:
            tenant: the tenant of the endpoint.
            endpoint_id: the endpoint.
            events: for each event the id of its client and its own.
        """
        keys = [
            _key(tenant, endpoint_id, client_id, event_id)
            for client_id, event_id in dict.fromkeys(events)
        ]
        read = map(_delivery, read_all(self._client, self._table, keys))
        return {each.event_id: each for each in read}

    def attempted(self, tenant: Tenant, delivery: Delivery, attempt: Attempt) -> None:
        """Write an attempt, and what has become of its event. Two calls.

        The attempt is written first: where the second call fails, the attempt is made again.
        """
        ttl: items.Item = {"ttl": {"N": str(int((attempt.at + KEPT).timestamp()))}}
        listed = _attempt_key(tenant, attempt) | _ATTEMPT.write(attempt) | ttl
        send(self._client.put_item, TableName=self._table, Item=listed)
        key = _key(tenant, delivery.endpoint_id, delivery.client_id, delivery.event_id)
        item = key | _DELIVERY.write(delivery) | ttl
        send(self._client.put_item, TableName=self._table, Item=item)

    def attempts(
        self,
        tenant: Tenant,
        endpoint_id: str,
        *,
        before: str | None = None,
        at_once: int = 100,
    ) -> Iterator[tuple[str, Attempt]]:
        """The attempts of an endpoint with their places, newest first; one call for `at_once`.

        Args:
            tenant: the tenant of the endpoint.
            endpoint_id: the endpoint.
            before: a place; only attempts before it.
            at_once: how many a call reads.
        """
        condition = "pk = :endpoint"
        values: items.Item = {":endpoint": {"S": _endpoint_partition(tenant, endpoint_id)}}
        if before is not None:
            condition += " AND sk < :before"
            values[":before"] = {"S": before}
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": False,
            "ConsistentRead": True,
            "Limit": at_once,
        }
        for item in query(self._client, request):
            yield item["sk"]["S"], _attempt(endpoint_id, item)

    def skip(self, tenant: Tenant, delivery: Delivery) -> None:
        """Write that an event that waits is not to be attempted any more. One call.

        Raises:
            Conflict: it does not wait any more.
        """
        self._while_waiting(
            tenant,
            delivery,
            "SET #state = :state REMOVE next_attempt_at",
            {":state": {"S": DeliveryState.SKIPPED}},
        )

    def make_due(self, tenant: Tenant, delivery: Delivery, at: datetime) -> None:
        """Write that the next attempt of an event that waits is due. One call.

        Raises:
            Conflict: it does not wait any more.
        """
        self._while_waiting(
            tenant,
            delivery,
            "SET #state = :waiting, next_attempt_at = :at",
            {":at": {"S": instant(at)}},
        )

    def wait_with(self, tenant: Tenant, delivery: Delivery, receipt: str) -> None:
        """Write the receipt of the message that waits for an event. One call.

        Args:
            tenant: the tenant of the endpoint.
            delivery: what has become of the event.
            receipt: the handle with which the message was received last; earlier ones are void.

        Raises:
            Conflict: the event does not wait any more, or for another instant.
        """
        at = delivery.next_attempt_at
        self._while_waiting(
            tenant,
            delivery,
            "SET receipt = :receipt",
            {":receipt": {"S": receipt}, ":at": {"S": instant(at) if at is not None else ""}},
            condition="#state = :waiting AND next_attempt_at = :at",
        )

    def erasable(self, tenant: Tenant, client_id: str) -> Iterator[Delivery]:
        """What has become of the events of a client, but for the event of its erasure.

        That one is delivered when the client is erased, and stays for its time. One call for each
        megabyte, read consistently.
        """
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :client",
            "ExpressionAttributeValues": {":client": {"S": _client_partition(tenant, client_id)}},
            "ConsistentRead": True,
        }
        for delivery in map(_delivery, query(self._client, request)):
            if delivery.type != EventType.ERASED:
                yield delivery

    def erase(self, tenant: Tenant, client_id: str) -> None:
        """Delete what is `erasable` of a client, and every attempt at it. One call for 25 items.

        What leads to the attempts goes last, so that a run that was cut off can be repeated.
        """
        deliveries = list(self.erasable(tenant, client_id))
        attempts = [
            _listed_key(tenant, each.endpoint_id, at, each.event_id)
            for each in deliveries
            for at in each.attempted
        ]
        own = [_key(tenant, each.endpoint_id, client_id, each.event_id) for each in deliveries]
        for keys in (attempts, own):
            requests: list[WriteRequestTypeDef] = [{"DeleteRequest": {"Key": key}} for key in keys]
            batch_write(self._client, self._table, requests)

    def _while_waiting(
        self,
        tenant: Tenant,
        delivery: Delivery,
        expression: str,
        values: items.Item,
        condition: str = "#state = :waiting",
    ) -> None:
        """Change a delivery on condition that it waits.

        Raises:
            Conflict: it does not.
        """
        try:
            send(
                self._client.update_item,
                TableName=self._table,
                Key=_key(tenant, delivery.endpoint_id, delivery.client_id, delivery.event_id),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={":waiting": {"S": DeliveryState.WAITING}, **values},
            )
        except WriteRefused as refused:
            (result,) = refused.results
            if result.outcome is not Outcome.CONDITION_FAILED:
                raise
            raise Conflict("The event does not wait for another attempt.") from refused


def find(store: DeliveryStore, tenant: Tenant, endpoint_id: str, event_id: str) -> Delivery:
    """What has become of an event, by the event's id alone. One call.

    Raises:
        NotFound: the endpoint was never told of such an event.
    """
    if not _EVENT_ID.fullmatch(event_id):
        raise NotFound
    client_id = event_id.partition(".")[0]
    delivery = store.get(tenant, endpoint_id, client_id, event_id)
    if delivery is None:
        raise NotFound
    return delivery


@cache
def delivery_store() -> DeliveryStore:
    """The store of this process, over the table its environment names."""
    return DeliveryStore(dynamodb_client(), table_name("EVENTS_TABLE"))


def _client_partition(tenant: Tenant, client_id: str) -> str:
    return f"{items.partition(tenant)}#DELIVERIES#{client_id}"


def _endpoint_partition(tenant: Tenant, endpoint_id: str) -> str:
    return f"{items.partition(tenant)}#ATTEMPTS#{endpoint_id}"


def _key(tenant: Tenant, endpoint_id: str, client_id: str, event_id: str) -> items.Item:
    return {
        "pk": {"S": _client_partition(tenant, client_id)},
        "sk": {"S": f"{endpoint_id}#{event_id}"},
    }


def _attempt_key(tenant: Tenant, attempt: Attempt) -> items.Item:
    return _listed_key(tenant, attempt.endpoint_id, instant(attempt.at), attempt.event_id)


def _listed_key(tenant: Tenant, endpoint_id: str, at: str, event_id: str) -> items.Item:
    return {
        "pk": {"S": _endpoint_partition(tenant, endpoint_id)},
        "sk": {"S": f"{at}#{event_id}"},
    }


def _delivery(item: items.Item) -> Delivery:
    endpoint_id, _, event_id = item["sk"]["S"].partition("#")
    return Delivery(
        endpoint_id=endpoint_id,
        event_id=event_id,
        client_id=item["pk"]["S"].rpartition("#")[2],
        **_DELIVERY.read(item),
    )


def _attempt(endpoint_id: str, item: items.Item) -> Attempt:
    at, _, event_id = item["sk"]["S"].partition("#")
    fields = {"status": None, "error": None, "next_attempt_at": None, "client_id": None}
    read = _ATTEMPT.read(item)
    return Attempt(
        endpoint_id=endpoint_id, event_id=event_id, at=parse_instant(at), **{**fields, **read}
    )
