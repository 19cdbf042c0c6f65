"""Clients in DynamoDB: exactly-once writes, and reads by key.

Every write is one call. With an idempotency key it is one `TransactWriteItems` that holds the
record, its consent evidence, its claims and the recorded response, so that a crash at any moment
neither duplicates nor loses a client. See `docs/data-model.md`, table
"Access patterns".
"""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from heapq import nlargest, nsmallest
from itertools import islice
from typing import TYPE_CHECKING, cast

from registry.domain.change import Change
from registry.domain.client import Client, MemberType
from registry.domain.errors import (
    IdempotencyInFlight,
    NotFound,
    RaceLost,
    RegistryError,
)
from registry.domain.idempotency import Idempotency, RecordedResponse
from registry.domain.identifiers import is_id
from registry.domain.tenant import Tenant
from registry.store import items, listing
from registry.store.batch import batch_get, read_all
from registry.store.dynamodb import dynamodb_client, pages, query, send, table_name
from registry.store.idempotency import lookup, record, record_key
from registry.store.transaction import (
    Write,
    claim,
    delete,
    put_beside,
    put_new,
    put_over,
    require,
    set_if,
    transact,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        KeysAndAttributesTypeDef,
        QueryInputTypeDef,
    )

# How many redirects are followed, one after the other.
_HOPS = 8
# The most items that one call of a list by name asks for.
_BY_NAME = 1_000


class ClientStore:
    """The clients of all tenants, and the idempotency records beside them."""

    def __init__(self, client: "DynamoDBClient", clients: str, idempotency: str) -> None:
        """Keep the connection and the names of the tables."""
        self._client = client
        self._clients = clients
        self._idempotency = idempotency

    def create(
        self,
        tenant: Tenant,
        change: Change,
        response: RecordedResponse | None = None,
    ) -> RecordedResponse | None:
        """Write a new client. One call.

        Returns:
            None when it was written; the response recorded earlier when the idempotency key had
            been used for the same request, and nothing was written.

        Raises:
            IdempotencyMismatch: the key had been used for another request.
            IdempotencyInFlight: a request with the key is being carried out.
            ValueTaken: the external id is claimed by another client.
        """
        writes = [
            *self._record(response, on_conflict=IdempotencyInFlight),
            put_new(self._clients, items.client_item(tenant, change.client)),
            *self._claim(tenant, None, change.client),
            *self._evidence(tenant, change),
        ]
        return transact(self._client, writes)

    def replace(
        self,
        tenant: Tenant,
        before: Client,
        change: Change,
        response: RecordedResponse | None = None,
        beside: Sequence[Write] = (),
    ) -> RecordedResponse | None:
        """Write a changed client over the one it was made from. One call, none for no change.

        Args:
            tenant: the tenant of the client.
            before: the client that the change was made from.
            change: the client to write.
            response: the response to record under an idempotency key.
            beside: further writes of the same transaction. With them, a client without a change
                still has to be as it was read.

        Returns:
            As `create`.

        Raises:
            RaceLost: the client is no longer the one it was made from, or is being written.
            IdempotencyMismatch, ValueTaken: as `create`.
        """
        writes = self._record(response)
        if change.client != before:
            writes += self.writes(tenant, before, change)
        elif beside:
            writes.append(self._unchanged(tenant, before))
        writes += beside
        return transact(self._client, writes) if writes else None

    def writes(self, tenant: Tenant, before: Client, change: Change) -> list[Write]:
        """The writes of a changed client, its claims and its evidence, for a transaction.

        The client has to have the version of the one that the change was made from, and to be live
        if that one was; else `RaceLost`.
        """
        item = items.client_item(tenant, change.client)
        state = items.LIVE if before.live else items.REDIRECT
        return [
            put_over(self._clients, item, before.version, state),
            *self._claim(tenant, before, change.client),
            *self._evidence(tenant, change),
        ]

    def redirected(self, tenant: Tenant, client_id: str, into: str, instead_of: str) -> Write:
        """The write that points a redirect at another client; its version stays."""
        key = items.client_key(tenant, client_id)
        return set_if(self._clients, key, items.ABSORBED_INTO, into, instead_of)

    def get(self, tenant: Tenant, client_id: str) -> Client:
        """The client that an id stands for, read consistently.

        One call; two for the id of a client that was absorbed, which stands for the survivor; none
        for a text that is no id.

        Raises:
            NotFound: there is none in this workspace and mode.
        """
        client, _ = self.get_for_change(tenant, client_id, None)
        return client

    def get_for_change(
        self,
        tenant: Tenant,
        client_id: str,
        idempotency: Idempotency | None,
    ) -> tuple[Client, RecordedResponse | None]:
        """The client that an id stands for, and the response recorded under the idempotency key.

        Both are read consistently. One call; two for the id of a client that was absorbed, which
        stands for the survivor; none for a text that is no id.

        Raises:
            NotFound: there is no such client.
            IdempotencyMismatch: the key had been used for another request.
        """
        if not is_id(client_id):
            raise NotFound
        if idempotency is None:
            return self._survivor(tenant, self._item(tenant, client_id)), None
        key = items.client_key(tenant, client_id)
        items_of = batch_get(
            self._client,
            {
                self._clients: {"Keys": [key], "ConsistentRead": True},
                self._idempotency: {"Keys": [record_key(idempotency)], "ConsistentRead": True},
            },
        )
        found = items_of.get(self._clients) or [{}]
        client = self._survivor(tenant, found[0])
        records = items_of.get(self._idempotency)
        recorded = lookup(records[0], idempotency) if records else None
        return client, recorded

    def pair_for_change(
        self,
        tenant: Tenant,
        client_ids: tuple[str, str],
        idempotency: Idempotency | None,
    ) -> tuple[tuple[Client, Client], RecordedResponse | None]:
        """Two clients in any state, and the response recorded under the idempotency key.

        They are read consistently. One call; none where one of the texts is no id.

        Raises:
            NotFound: there is none with one of these ids, or it was erased.
            IdempotencyMismatch: the key had been used for another request.
        """
        if not all(map(is_id, client_ids)):
            raise NotFound
        keys = [items.client_key(tenant, client_id) for client_id in dict.fromkeys(client_ids)]
        asked: dict[str, KeysAndAttributesTypeDef] = {
            self._clients: {"Keys": keys, "ConsistentRead": True}
        }
        if idempotency is not None:
            record = {"Keys": [record_key(idempotency)], "ConsistentRead": True}
            asked[self._idempotency] = cast("KeysAndAttributesTypeDef", record)
        found = batch_get(self._client, asked)
        records = found.get(self._idempotency)
        recorded = lookup(records[0], idempotency) if idempotency and records else None
        clients = {each.id: each for each in map(items.read_client, found.get(self._clients, []))}
        known = [clients[client_id] for client_id in client_ids if client_id in clients]
        if len(known) < len(client_ids) or not all(map(_is_known, known)):
            raise NotFound
        one, other = known
        return (one, other), recorded

    def get_many(
        self,
        tenant: Tenant,
        client_ids: Sequence[str],
        *,
        consistent: bool = False,
    ) -> list[Client]:
        """The live clients with these ids, in this order; ids without one are left out.

        One call for every 100 ids, read consistently where that is asked for.
        """
        found = self.in_any_state(tenant, client_ids, consistent=consistent)
        return [client for client in found if client.live]

    def in_any_state(
        self,
        tenant: Tenant,
        client_ids: Sequence[str],
        *,
        consistent: bool = False,
    ) -> list[Client]:
        """The clients with these ids, in this order, also those that are not live.

        One call for every 100 ids, read consistently where that is asked for.
        """
        keys = [items.client_key(tenant, client_id) for client_id in client_ids]
        read = read_all(self._client, self._clients, keys, consistent=consistent)
        clients = {client.id: client for client in map(items.read_client, read)}
        return [clients[client_id] for client_id in client_ids if client_id in clients]

    def page(self, tenant: Tenant, page: listing.Listing) -> listing.Page:
        """A page of clients. One call; more where a filter leaves out items of a call.

        A list that is bounded by another instant than it is ordered by is read from two indexes in
        turns, a call each: in the order of the list, until the page is full, and within the other
        bounds, until they end. Of N clients the one or the other reads no more than the square root
        of N times the page.

        Raises:
            NotFound: there is no client at `start`, and `known_start` requires one.
        """
        if page.start is not None and not is_id(page.start.id):
            raise NotFound
        request = listing.query(self._clients, tenant, page)
        most = page.limit + 1 + page.known_start
        absorbed_into = None
        other = listing.other_query(self._clients, tenant, page)
        if other is None or page.known_start:
            live = filter(items.is_live, query(self._client, request))
            read = [items.read_client(item) for item in islice(live, most)]
        else:
            read = list(map(items.read_client, self._in_turns(request, other, page, most)))
        if page.known_start and page.start is not None:
            if read and read[0].id == page.start.id:
                del read[0]
            else:
                # Not in this list, but perhaps in the other one: archived or restored meanwhile. An
                # absorbed client is in no list, and its place stays one to begin from.
                item = self._item(tenant, page.start.id)
                if not item or not _is_known(items.read_client(item)):
                    raise NotFound
                absorbed_into = items.read_client(item).absorbed_into
        clients = read[: page.limit]
        return listing.Page(
            tuple(reversed(clients) if page.backwards else clients),
            more=len(read) > page.limit,
            absorbed_into=absorbed_into,
        )

    def by_name(
        self,
        tenant: Tenant,
        *,
        archived: bool,
        descending: bool,
        member_type: MemberType | None = None,
        expected: int = _BY_NAME,
    ) -> Iterator[Client]:
        """Active, or archived, clients in the order of their names.

        They are read as far as the iterator is.

        Args:
            tenant: whose clients.
            archived: which of the two.
            descending: last name first.
            member_type: only those that are shown with it; the others are read and left out.
            expected: how many clients will be taken; as many are read in one call, up to 1,000.
        """
        request: QueryInputTypeDef = {
            "TableName": self._clients,
            "IndexName": "Name",
            "KeyConditionExpression": "status_pk = :partition",
            "ExpressionAttributeValues": {
                ":partition": {"S": items.status_partition(tenant, archived=archived)},
            },
            "ScanIndexForward": not descending,
            "Limit": min(expected, _BY_NAME),
        }
        if member_type is not None:
            request["FilterExpression"] = "contains(search_facets, :member_type)"
            request["ExpressionAttributeValues"] = {
                **request["ExpressionAttributeValues"],
                ":member_type": {"S": items.facet(member_type)},
            }
            request["Limit"] = _BY_NAME
        return map(items.read_client, query(self._client, request))

    def search(
        self,
        tenant: Tenant,
        between: listing.IdRange = listing.ALL_IDS,
        *,
        oldest_first: bool = False,
    ) -> Iterator[items.SearchEntry]:
        """The entries of clients in the search index, newest first unless `oldest_first`.

        The index is read as far as the iterator is: one call for every megabyte, which is some
        3,000 clients of usual size.
        """
        low, high = between
        in_range, values = listing.between("sk", items.CLIENT + low, items.CLIENT + high)
        request: QueryInputTypeDef = {
            "TableName": self._clients,
            "IndexName": "Search",
            "KeyConditionExpression": f"search_pk = :partition AND {in_range}",
            "ExpressionAttributeValues": {":partition": {"S": items.partition(tenant)}, **values},
            # The partition, repeated in every entry, would double the time to parse a response.
            "ProjectionExpression": "sk, search_text, search_facets",
            "ScanIndexForward": oldest_first,
        }
        return map(items.SearchEntry, query(self._client, request))

    def all(self, tenant: Tenant) -> Iterator[Client]:
        """All live clients, oldest first, read consistently. One call for each megabyte of them."""
        return (client for client in self.every(tenant) if client.live)

    def every(self, tenant: Tenant) -> Iterator[Client]:
        """All clients in any state, as `all`."""
        request: QueryInputTypeDef = {
            "TableName": self._clients,
            "KeyConditionExpression": "pk = :partition AND begins_with(sk, :client)",
            "ExpressionAttributeValues": {
                ":partition": {"S": items.partition(tenant)},
                ":client": {"S": items.CLIENT},
            },
            "ConsistentRead": True,
        }
        return map(items.read_client, query(self._client, request))

    def with_external_id(
        self,
        tenant: Tenant,
        external_id: str,
        between: listing.IdRange = listing.ALL_IDS,
        *,
        oldest_first: bool = False,
        at_once: int | None = None,
    ) -> Iterator[str]:
        """The ids of the clients that have an external id, newest first unless `oldest_first`.

        The index follows the clients by milliseconds, so that one that is read here may have
        another external id by now. A call, for `at_once` ids or some 8,000, is made when the
        iterator reaches them.
        """
        low, high = between
        in_range, values = listing.between("sk", items.CLIENT + low, items.CLIENT + high)
        partition = items.external_id_partition(tenant, external_id)
        request: QueryInputTypeDef = {
            "TableName": self._clients,
            "IndexName": "ExternalId",
            "KeyConditionExpression": f"external_id_pk = :partition AND {in_range}",
            "ExpressionAttributeValues": {":partition": {"S": partition}, **values},
            "ScanIndexForward": oldest_first,
        }
        if at_once is not None:
            request["Limit"] = at_once
        return map(items.client_id_of, query(self._client, request))

    def _in_turns(
        self,
        ordered: "QueryInputTypeDef",
        bounded: "QueryInputTypeDef",
        page: listing.Listing,
        most: int,
    ) -> list[items.Item]:
        """The first items of a page from whichever of two queries has them first."""
        first: list[items.Item] = []
        within: list[items.Item] = []
        downwards = page.descending != page.backwards
        choose = nlargest if downwards else nsmallest
        in_order = pages(self._client, ordered)
        in_bounds = pages(self._client, bounded)
        while True:
            found = next(in_order)
            first += found.items
            if len(first) >= most or found.last:
                return first[:most]
            found = next(in_bounds)
            within += found.items
            within = choose(most, within, key=lambda item: listing.order_key(item, page))
            if found.last:
                return within

    def _item(self, tenant: Tenant, client_id: str) -> items.Item:
        """The item of a client in any state, read consistently; empty where there is none."""
        response = send(
            self._client.get_item,
            TableName=self._clients,
            Key=items.client_key(tenant, client_id),
            ConsistentRead=True,
        )
        return response.get("Item", {})

    def _survivor(self, tenant: Tenant, item: items.Item) -> Client:
        """The live client of an item, or the one that its client was absorbed by.

        A redirect leads to a live client. One of the two reads may come just before a merge or an
        undo, and the other one just after it, so that a redirect may lead to another one.

        Raises:
            NotFound: the item is empty, or of a client that is gone.
        """
        for _ in range(_HOPS):
            if items.is_live(item):
                return items.read_client(item)
            if items.ABSORBED_INTO not in item:
                break
            item = self._item(tenant, item[items.ABSORBED_INTO]["S"])
        raise NotFound

    def _unchanged(self, tenant: Tenant, client: Client) -> Write:
        """A condition that the client still has the version with which it was read."""
        key = items.client_key(tenant, client.id)
        values: items.Item = {":version": {"N": str(client.version)}}
        return require(self._clients, key, f"version = :version AND {items.LIVE}", values)

    def _record(
        self,
        response: RecordedResponse | None,
        on_conflict: Callable[[], RegistryError] = RaceLost,
    ) -> list[Write]:
        """The writes of an idempotency record; none for a request without a key."""
        return record(self._idempotency, response, on_conflict)

    def _claim(self, tenant: Tenant, before: Client | None, after: Client) -> list[Write]:
        """Move the claim on the external id along with the record that has it."""
        old = before.external_id if before is not None and before.claims_external_id else None
        new = after.external_id if after.claims_external_id else None
        if old == new:
            return []
        writes: list[Write] = []
        if new is not None:
            item = items.external_id_key(tenant, new) | {"client_id": {"S": after.id}}
            writes.append(claim(self._clients, item, "external_id"))
        if old is not None:
            writes.append(delete(self._clients, items.external_id_key(tenant, old)))
        return writes

    def _evidence(self, tenant: Tenant, change: Change) -> list[Write]:
        return [
            put_beside(self._clients, items.evidence_item(tenant, evidence))
            for evidence in change.evidence
        ]


def _is_known(client: Client) -> bool:
    """Whether requests can name a client: it is live, or a redirect."""
    return client.live or client.absorbed_into is not None


@cache
def client_store() -> ClientStore:
    """The store of this process, over the tables its environment names."""
    return ClientStore(
        dynamodb_client(),
        table_name("CLIENTS_TABLE"),
        os.environ.get("IDEMPOTENCY_TABLE", ""),
    )
