"""Webhook endpoints in DynamoDB: their settings, and how they have fared.

The endpoints of a tenant are in one partition, so that one consistent query tells which of them an
event is queued for: an endpoint that was just made, or opened, counts from then on. See
`docs/data-model.md`, "Webhooks".
"""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from registry.domain.errors import Conflict, IdempotencyInFlight, NotFound, RaceLost
from registry.domain.idempotency import RecordedResponse
from registry.domain.identifiers import instant, is_id
from registry.domain.tenant import Tenant
from registry.domain.webhook import MAX_ENDPOINTS, Endpoint
from registry.store import items
from registry.store.attributes import attributes_of
from registry.store.dynamodb import (
    Outcome,
    WriteRefused,
    dynamodb_client,
    query,
    send,
    table_name,
)
from registry.store.idempotency import record
from registry.store.transaction import (
    OnConditionFailed,
    Write,
    count_down,
    count_up,
    delete,
    delete_existing,
    put_new,
    race_lost,
    require,
    transact,
)
from registry.store.webhook_claims import Claim, claimed

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef, UpdateTypeDef

_ENDPOINT, _OPEN, _COUNT = "ENDPOINT#", "OPEN#", "COUNT"
_ATTRIBUTES = attributes_of(Endpoint, in_key=frozenset({"id"}))
# Of the endpoints of all tenants that did nothing but fail; there are few.
_OPEN_LISTING = "WEBHOOK_OPEN"


class WebhookStore:
    """The webhook endpoints of all tenants."""

    def __init__(self, client: "DynamoDBClient", links: str, idempotency: str) -> None:
        """Keep the connection and the names of the tables."""
        self._client = client
        self._links = links
        self._idempotency = idempotency

    def create(
        self,
        tenant: Tenant,
        endpoint: Endpoint,
        response: RecordedResponse | None = None,
        claim: Claim | None = None,
    ) -> RecordedResponse | None:
        """Write a new endpoint, what it claims, and the response under the idempotency key.

        One call.

        Returns:
            The response recorded earlier under the key, when there is one; then nothing is written.

        Raises:
            ValueTaken: another endpoint has claimed what it claims.
            Conflict: the workspace has as many endpoints as it may have.
            IdempotencyMismatch: the key had been used for another request.
            IdempotencyInFlight: a request with the key is being carried out.
        """
        writes = [
            put_new(self._links, _key(tenant, endpoint.id) | _ATTRIBUTES.write(endpoint)),
            count_up(self._links, _count_key(tenant), MAX_ENDPOINTS, _too_many),
        ]
        if claim is not None:
            writes.insert(0, claimed(self._links, _partition(tenant), claim, endpoint.id))
        return transact(self._client, [*self._recorded(response), *writes])

    def get(self, tenant: Tenant, endpoint_id: str) -> Endpoint:
        """The endpoint with an id, read consistently. One call.

        Raises:
            NotFound: the tenant has none.
        """
        if not is_id(endpoint_id):
            raise NotFound
        found = send(
            self._client.get_item,
            TableName=self._links,
            Key=_key(tenant, endpoint_id),
            ConsistentRead=True,
        )
        if "Item" not in found:
            raise NotFound
        return _endpoint(found["Item"])

    def all(self, tenant: Tenant) -> list[Endpoint]:
        """The endpoints of a tenant, oldest first, read consistently. One call."""
        request: QueryInputTypeDef = {
            "TableName": self._links,
            "KeyConditionExpression": "pk = :tenant AND begins_with(sk, :endpoint)",
            "ExpressionAttributeValues": {
                ":tenant": {"S": _partition(tenant)},
                ":endpoint": {"S": _ENDPOINT},
            },
            "ConsistentRead": True,
        }
        return [_endpoint(item) for item in query(self._client, request)]

    def save(
        self,
        tenant: Tenant,
        endpoint: Endpoint,
        names: Collection[str],
        response: RecordedResponse | None = None,
    ) -> RecordedResponse | None:
        """Write some fields of an endpoint, and leave the others as they are by then. One call.

        Args:
            tenant: the tenant of the endpoint.
            endpoint: has the values to write.
            names: of the fields.
            response: what is recorded under the idempotency key with the write.

        Returns:
            The response recorded earlier under the key, when there is one; then nothing is written.

        Raises:
            NotFound: there is no such endpoint any more.
            IdempotencyMismatch, IdempotencyInFlight: as `create`.
        """
        values = _ATTRIBUTES.write(endpoint)
        write = self._update(
            tenant,
            endpoint.id,
            set_to={name: values[name] for name in names if name in values},
            remove=[name for name in names if name not in values],
        )
        return transact(self._client, [*self._recorded(response), write])

    def delete(self, tenant: Tenant, endpoint_id: str) -> None:
        """Delete an endpoint. One call.

        Raises:
            NotFound: there is none.
        """
        if not is_id(endpoint_id):
            raise NotFound
        writes = [
            delete_existing(self._links, _key(tenant, endpoint_id), _not_found),
            delete(self._links, _open_key(tenant, endpoint_id)),
            count_down(self._links, _count_key(tenant)),
        ]
        transact(self._client, writes)

    def failed(self, tenant: Tenant, endpoint_id: str, at: datetime) -> Endpoint:
        """Count a failed attempt; the endpoint afterwards. One call.

        Raises:
            NotFound: there is no such endpoint any more.
        """
        try:
            updated = send(
                self._client.update_item,
                TableName=self._links,
                Key=_key(tenant, endpoint_id),
                UpdateExpression=(
                    "ADD failures :one SET failing_since = if_not_exists(failing_since, :at)"
                ),
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":one": {"N": "1"}, ":at": {"S": instant(at)}},
                ReturnValues="ALL_NEW",
            )
        except WriteRefused as refused:
            raise _refusal(refused) from refused
        return _endpoint(updated["Attributes"])

    def open(self, tenant: Tenant, endpoint: Endpoint) -> None:
        """Write that nothing is queued for an endpoint any more; `unwell` finds it then. One call.

        Raises:
            RaceLost: it is open already, or disabled, or there is no such endpoint any more.
        """
        values = _ATTRIBUTES.write(endpoint)
        update = self._update(
            tenant,
            endpoint.id,
            set_to={name: values[name] for name in ("opened_at", "probe_at", "behind_from")},
            remove=("probes", "catch_up_until"),
            condition="attribute_exists(enabled) AND attribute_not_exists(opened_at)",
            on_condition_failed=race_lost,
        )
        transact(self._client, [update, self._list_unwell(tenant, endpoint.id)])

    def close(self, tenant: Tenant, endpoint: Endpoint) -> None:
        """Write how an endpoint fares that is open no more; `unwell` does not find it then.

        One call.

        Raises:
            NotFound: there is no such endpoint any more.
        """
        update = self._fares(tenant, endpoint, _FARED)
        transact(self._client, [update, delete(self._links, _open_key(tenant, endpoint.id))])

    def disable(self, tenant: Tenant, endpoint: Endpoint) -> None:
        """Write that an endpoint is disabled; `unwell` finds it until `looked_after`. One call.

        Raises:
            NotFound: there is no such endpoint any more.
        """
        update = self._fares(tenant, endpoint, (*_FARED, *_DISABLED))
        transact(self._client, [update, self._list_unwell(tenant, endpoint.id)])

    def looked_after(self, tenant: Tenant, endpoint_id: str) -> None:
        """Write that `unwell` need not find an endpoint, unless it is open. One call."""
        not_open = require(
            self._links, _key(tenant, endpoint_id), "attribute_not_exists(opened_at)"
        )
        with suppress(RaceLost):
            transact(self._client, [not_open, delete(self._links, _open_key(tenant, endpoint_id))])

    def read_on(self, tenant: Tenant, endpoint: Endpoint, place: str | None) -> None:
        """Write how far an endpoint has caught up; None for all the way. One call.

        Raises:
            RaceLost: it may have missed events from an earlier place on, or nothing is queued for
                it any more.
        """
        values: items.Item = {":before": {"S": endpoint.behind_from or ""}}
        expression = "REMOVE behind_from, catch_up_until"
        if place is not None:
            values[":place"] = {"S": place}
            expression = "SET behind_from = :place"
        update: UpdateTypeDef = {
            "TableName": self._links,
            "Key": _key(tenant, endpoint.id),
            "UpdateExpression": expression,
            "ConditionExpression": (
                "behind_from = :before AND attribute_not_exists(opened_at) AND "
                "attribute_exists(enabled)"
            ),
            "ExpressionAttributeValues": values,
        }
        transact(self._client, [Write({"Update": update}, race_lost)])

    def missed(self, tenant: Tenant, endpoint_id: str, place: str) -> bool:
        """Note that an event in the feed is not sent to an endpoint that nothing is queued for.

        What it catches up with begins with the instant of that event. One call.

        Returns:
            Whether that is noted; False where events are queued for the endpoint again by now.
        """
        try:
            send(
                self._client.update_item,
                TableName=self._links,
                Key=_key(tenant, endpoint_id),
                UpdateExpression="SET behind_from = :place",
                ConditionExpression=(
                    "(attribute_exists(opened_at) OR attribute_not_exists(enabled)) AND "
                    "(attribute_not_exists(behind_from) OR behind_from > :place) AND "
                    "attribute_exists(pk)"
                ),
                # The feed is read on behind a place, and an instant is before all its entries.
                ExpressionAttributeValues={":place": {"S": place.partition("#")[0]}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except WriteRefused as refused:
            (result,) = refused.results
            if result.outcome is not Outcome.CONDITION_FAILED:
                raise
            return not result.item or not _endpoint(result.item).queued
        return True

    def unwell(self) -> Iterator[tuple[Tenant, str]]:
        """The ids of all tenants' endpoints that are open, or were disabled a moment ago.

        They are read from an index, which follows within milliseconds.
        """
        request: QueryInputTypeDef = {
            "TableName": self._links,
            "IndexName": "Listing",
            "KeyConditionExpression": "listing_pk = :open",
            "ExpressionAttributeValues": {":open": {"S": _OPEN_LISTING}},
        }
        for item in query(self._client, request):
            workspace_id, mode, _ = item["pk"]["S"].split("#")
            yield Tenant(workspace_id, mode), item["sk"]["S"].removeprefix(_OPEN)

    def remember(self, response: RecordedResponse | None) -> RecordedResponse | None:
        """Record the response of a request that writes nothing else. One call, none without a key.

        Returns:
            The response recorded earlier under the key, when there is one.

        Raises:
            IdempotencyMismatch, IdempotencyInFlight: as `create`.
        """
        writes = self._recorded(response)
        return transact(self._client, writes) if writes else None

    def _recorded(self, response: RecordedResponse | None) -> list[Write]:
        """The write of a response under its key; none without a key."""
        return record(self._idempotency, response, IdempotencyInFlight)

    def _list_unwell(self, tenant: Tenant, endpoint_id: str) -> Write:
        """The write by which `unwell` finds an endpoint."""
        listed: items.Item = {
            **_open_key(tenant, endpoint_id),
            "listing_pk": {"S": _OPEN_LISTING},
            "listing_sk": {"S": f"{_partition(tenant)}#{endpoint_id}"},
        }
        return Write({"Put": {"TableName": self._links, "Item": listed}}, race_lost)

    def _fares(self, tenant: Tenant, endpoint: Endpoint, names: Collection[str]) -> Write:
        """An update with these fields of how an endpoint fares."""
        values = _ATTRIBUTES.write(endpoint)
        return self._update(
            tenant,
            endpoint.id,
            set_to={name: values[name] for name in names if name in values},
            remove=[name for name in names if name not in values and name != _BEHIND],
        )

    def _update(  # noqa: PLR0913 - one parameter per part of an update
        self,
        tenant: Tenant,
        endpoint_id: str,
        *,
        set_to: "Mapping[str, Value]",
        remove: Collection[str],
        condition: str = "attribute_exists(pk)",
        on_condition_failed: OnConditionFailed | None = None,
    ) -> Write:
        """An update that writes some attributes of an endpoint and deletes others.

        The place from which on the endpoint may have missed events is written where there is none:
        only `missed` and `read_on` move it.
        """
        fields = [*set_to, *remove]
        names = {f"#{number}": name for number, name in enumerate(fields)}
        place = {name: number for number, name in enumerate(fields)}
        parts = []
        if set_to:
            parts.append("SET " + ", ".join(_assignment(name, place[name]) for name in set_to))
        if remove:
            parts.append("REMOVE " + ", ".join(f"#{place[name]}" for name in remove))
        update: UpdateTypeDef = {
            "TableName": self._links,
            "Key": _key(tenant, endpoint_id),
            "UpdateExpression": " ".join(parts),
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
        }
        if set_to:
            update["ExpressionAttributeValues"] = {
                f":{place[name]}": value for name, value in set_to.items()
            }
        return Write({"Update": update}, on_condition_failed or _not_found)


_BEHIND = "behind_from"
# How an endpoint fares, and that it is disabled.
_FARED = (
    "failing_since",
    "failures",
    "opened_at",
    "probes",
    "probe_at",
    "catch_up_until",
    _BEHIND,
)
_DISABLED = ("enabled", "disabled_reason", "disabled_at")


@cache
def webhook_store() -> WebhookStore:
    """The store of this process, over the tables its environment names."""
    return WebhookStore(
        dynamodb_client(),
        table_name("LINKS_TABLE"),
        # Only endpoints that read an idempotency key have the table.
        os.environ.get("IDEMPOTENCY_TABLE", ""),
    )


def _endpoint(item: "Mapping[str, Value]") -> Endpoint:
    return Endpoint(id=item["sk"]["S"].removeprefix(_ENDPOINT), **_ATTRIBUTES.read(item))


def _assignment(name: str, number: int) -> str:
    """The part of an update that writes an attribute, by its number among those of the update."""
    if name == _BEHIND:
        return f"#{number} = if_not_exists(#{number}, :{number})"
    return f"#{number} = :{number}"


def _partition(tenant: Tenant) -> str:
    return f"{items.partition(tenant)}#WEBHOOK"


def _key(tenant: Tenant, endpoint_id: str) -> items.Item:
    return {"pk": {"S": _partition(tenant)}, "sk": {"S": _ENDPOINT + endpoint_id}}


def _open_key(tenant: Tenant, endpoint_id: str) -> items.Item:
    return {"pk": {"S": _partition(tenant)}, "sk": {"S": _OPEN + endpoint_id}}


def _count_key(tenant: Tenant) -> items.Item:
    return {"pk": {"S": _partition(tenant)}, "sk": {"S": _COUNT}}


def _too_many(_: items.Item) -> None:
    raise Conflict(f"A workspace has at most {MAX_ENDPOINTS} webhooks in a mode.")


def _not_found(_: items.Item) -> None:
    raise NotFound


def _refusal(refused: WriteRefused) -> Exception:
    """What a refused update of an endpoint means: that it is gone, or a fault."""
    (result,) = refused.results
    return NotFound() if result.outcome is Outcome.CONDITION_FAILED else refused
