"""The users of clients in DynamoDB, as items beside the client's.

A user's e-mail address is claimed for it within its client, and the user is counted, in the
transaction that creates it. The count is an item of its own: on the client's it would be written
over by a change of the client, and written once more into each of the client's indexes.
"""

import os
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from registry.domain.client import Client
from registry.domain.email_address import email_key
from registry.domain.errors import (
    Conflict,
    IdempotencyInFlight,
    NotFound,
    RaceLost,
    ValueTaken,
)
from registry.domain.idempotency import RecordedResponse
from registry.domain.identifiers import is_id
from registry.domain.immutable import dataclass, replace
from registry.domain.tenant import Tenant
from registry.domain.user import MAX_USERS, User
from registry.store import items, listing
from registry.store.attributes import attributes_of
from registry.store.clients import ClientStore
from registry.store.dynamodb import WriteRefused, dynamodb_client, query, send, table_name
from registry.store.idempotency import record
from registry.store.transaction import (
    Write,
    claim,
    count_down,
    count_up,
    delete_existing,
    put_if,
    put_new,
    race_lost,
    require,
    transact,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        QueryInputTypeDef,
    )

# How often a user of a client that absorbed others is tried again after a lost race.
_ATTEMPTS = 4

_ATTRIBUTES = attributes_of(User, in_key=frozenset({"id", "client_id"}))


@dataclass(frozen=True, slots=True)
class UserPage:
    """Users, newest first, and whether more follow in the direction of reading."""

    users: tuple[User, ...]
    more: bool


class UserStore:
    """The users of all tenants' clients."""

    def __init__(self, client: "DynamoDBClient", clients: str, idempotency: str) -> None:
        """Keep the connection and the names of the tables."""
        self._client = client
        self._clients = clients
        self._idempotency = idempotency
        self._clients_store = ClientStore(client, clients, idempotency)

    def create(
        self,
        tenant: Tenant,
        user: User,
        response: RecordedResponse | None = None,
    ) -> RecordedResponse | None:
        """Write a new user of an active client. One call, or two or three after a merge.

        Users of absorbed clients are the survivor's, and keep their claims where they are. So no
        one of theirs may have the e-mail address either, and no client may be absorbed meanwhile.

        Returns:
            None when it was written; the response recorded earlier when the idempotency key had
            been used for the same request, and nothing was written.

        Raises:
            NotFound: there is no such client.
            Conflict: the client is archived, or has `MAX_USERS` users.
            ValueTaken: another user of the client has the e-mail address.
            IdempotencyMismatch: the key had been used for another request.
            IdempotencyInFlight: a request with the key is being carried out.
            RaceLost: another writer was first at every attempt.
        """
        if not is_id(user.client_id):
            raise NotFound
        alone = self._is_active_alone(tenant, user.client_id)
        try:
            return self._create(tenant, user, alone, response)
        except _Related as related:
            client = related.client
        for attempt in range(_ATTEMPTS):
            if attempt or client.absorbed_into is not None:
                client = self._clients_store.get(tenant, client.id)
            if client.archived:
                _missing_or_archived(items.client_item(tenant, client))
            beside = [self._has_version(tenant, client), *self._unclaimed(tenant, user, client)]
            try:
                return self._create(tenant, replace(user, client_id=client.id), beside, response)
            except RaceLost:
                continue
        raise RaceLost

    def _create(
        self,
        tenant: Tenant,
        user: User,
        conditions: Sequence[Write],
        response: RecordedResponse | None,
    ) -> RecordedResponse | None:
        """Write a new user on these conditions, see `create`."""
        writes = [*record(self._idempotency, response, IdempotencyInFlight), *conditions]
        if user.email is not None:
            writes.append(self._claim(tenant, user, user.email))
        writes.append(put_new(self._clients, _item(tenant, user)))
        count = items.user_count_key(tenant, user.client_id)
        writes.append(count_up(self._clients, count, MAX_USERS, _too_many))
        return transact(self._client, writes)

    def of(self, tenant: Tenant, client_id: str) -> list[User]:
        """All users of a client, oldest first. One call for every 2,000."""
        prefix = items.user_key(tenant, client_id, "")["sk"]
        request: QueryInputTypeDef = {
            "TableName": self._clients,
            "KeyConditionExpression": "pk = :partition AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":partition": {"S": items.partition(tenant)},
                ":prefix": prefix,
            },
            "ConsistentRead": True,
        }
        return [read_user(item) for item in query(self._client, request)]

    def move_in(self, tenant: Tenant, before: User | None, user: User) -> bool:
        """Write a user of a vendor's, of an archived client too. One call, two for a taken e-mail.

        Args:
            tenant: the tenant of the client.
            before: the user as it was moved in before; None for a new one.
            user: the user.

        Returns:
            Whether no other user of the client has the e-mail address; else it is not claimed.

        Raises:
            NotFound: there is no such client.
            Conflict: it has `MAX_USERS` users.
            RaceLost: another writer was first at every attempt.
        """
        old = before.email if before is not None else None
        claims: list[Write] = []
        if user.email is not None and (old is None or email_key(old) != email_key(user.email)):
            claims.append(self._claim(tenant, user, user.email))
        writes = [self._client_is_known(tenant, user.client_id)]
        if before is None:
            count = items.user_count_key(tenant, user.client_id)
            writes.append(put_new(self._clients, _item(tenant, user)))
            writes.append(count_up(self._clients, count, MAX_USERS, _too_many))
        else:
            writes.append(put_if(self._clients, _item(tenant, user), "attribute_exists(pk)"))
        try:
            transact(self._client, [*writes, *claims])
        except ValueTaken:
            transact(self._client, writes)
            return False
        if before is not None and old is not None and (claims or user.email is None):
            self._release(tenant, before, old)
        return True

    def move_out(self, tenant: Tenant, user: User) -> None:
        """Delete a user whom its vendor does not have any more. One call, two with an e-mail."""
        if user.email is not None:
            self._release(tenant, user, user.email)
        count = items.user_count_key(tenant, user.client_id)
        key = items.user_key(tenant, user.client_id, user.id)
        writes = [delete_existing(self._clients, key, race_lost), count_down(self._clients, count)]
        transact(self._client, writes)

    def _release(self, tenant: Tenant, user: User, email: str) -> None:
        """Delete a user's claim on an e-mail address, where it is the user's own."""
        key = items.user_email_key(tenant, user.client_id, email)
        try:
            send(
                self._client.delete_item,
                TableName=self._clients,
                Key=key,
                ConditionExpression="attribute_not_exists(pk) OR user_id = :user",
                ExpressionAttributeValues={":user": {"S": user.id}},
            )
        except WriteRefused:
            return

    def page(
        self,
        tenant: Tenant,
        client_ids: Sequence[str],
        limit: int,
        start: str | None = None,
        *,
        backwards: bool = False,
    ) -> UserPage:
        """A page of a client's users. One call, and one more for each client that it absorbed.

        Args:
            tenant: the tenant of the client.
            client_ids: the client, which is there, and those that it absorbed.
            limit: the largest number of users.
            start: id of the user after whom the page begins.
            backwards: the page that ends just before `start`, instead of the one after it.
        """
        found: list[User] = []
        for client_id in client_ids:
            found += self._beyond(tenant, client_id, limit + 1, start, backwards=backwards)
        found.sort(key=lambda user: user.id, reverse=not backwards)
        users = found[:limit]
        return UserPage(tuple(reversed(users) if backwards else users), more=len(found) > limit)

    def _beyond(
        self, tenant: Tenant, client_id: str, limit: int, start: str | None, *, backwards: bool
    ) -> list[User]:
        """The first users of one client beyond a place, in the direction of reading."""
        low, high = listing.ids_beyond(start, (None, None), older=not backwards)
        ends = (items.user_key(tenant, client_id, user_id)["sk"]["S"] for user_id in (low, high))
        in_range, values = listing.between("sk", *ends)
        request: QueryInputTypeDef = {
            "TableName": self._clients,
            "KeyConditionExpression": f"pk = :partition AND {in_range}",
            "ExpressionAttributeValues": {":partition": {"S": items.partition(tenant)}, **values},
            "ScanIndexForward": backwards,
            "Limit": limit,
            "ConsistentRead": True,
        }
        return [read_user(item) for item in send(self._client.query, **request)["Items"]]

    def _is_active_alone(self, tenant: Tenant, client_id: str) -> list[Write]:
        """A condition that the client exists, is not archived, and has absorbed no other one."""
        alone = f"{items.LIVE} AND attribute_not_exists(archived_at)"
        return [
            require(
                self._clients,
                items.client_key(tenant, client_id),
                f"{alone} AND attribute_not_exists(absorbed)",
                on_condition_failed=_why_not,
            )
        ]

    def _has_version(self, tenant: Tenant, client: Client) -> Write:
        """A condition that the client is still as it was read."""
        return require(
            self._clients,
            items.client_key(tenant, client.id),
            f"version = :version AND {items.LIVE}",
            {":version": {"N": str(client.version)}},
        )

    def _unclaimed(self, tenant: Tenant, user: User, client: Client) -> list[Write]:
        """Conditions that no user of an absorbed client has the e-mail address."""
        if user.email is None:
            return []
        return [
            require(
                self._clients,
                items.user_email_key(tenant, absorbed, user.email),
                "attribute_not_exists(pk)",
                on_condition_failed=_taken,
            )
            for absorbed in client.absorbed
        ]

    def _client_is_known(self, tenant: Tenant, client_id: str) -> Write:
        """A condition that the client exists, archived or not, absorbed or not."""
        key = items.client_key(tenant, client_id)
        return require(self._clients, key, items.KNOWN, on_condition_failed=_missing_or_archived)

    def _claim(self, tenant: Tenant, user: User, email: str) -> Write:
        """A write that claims the e-mail address for the user among the client's users."""
        key = items.user_email_key(tenant, user.client_id, email)
        return claim(self._clients, key | {"user_id": {"S": user.id}}, "email")


@cache
def user_store() -> UserStore:
    """The store of this process, over the tables its environment names."""
    return UserStore(
        dynamodb_client(),
        table_name("CLIENTS_TABLE"),
        os.environ.get("IDEMPOTENCY_TABLE", ""),
    )


def _item(tenant: Tenant, user: User) -> items.Item:
    return items.user_key(tenant, user.client_id, user.id) | _ATTRIBUTES.write(user)


def read_user(item: "Mapping[str, AttributeValueTypeDef]") -> User:
    """The user of an item."""
    _, client_id, user_id = item["sk"]["S"].split("#")
    return User(id=user_id, client_id=client_id, **_ATTRIBUTES.read(item))


class _Related(Exception):
    """The client absorbed others, or was absorbed, so that its users are those of several."""

    def __init__(self, client: Client) -> None:
        super().__init__(client.id)
        self.client = client


def _why_not(client: items.Item) -> RecordedResponse | None:
    """Report why a client cannot have a new user without more; empty where there is no client."""
    if items.ABSORBED_INTO in client or (items.is_live(client) and "absorbed" in client):
        raise _Related(items.read_client(client))
    return _missing_or_archived(client)


def _missing_or_archived(client: items.Item) -> RecordedResponse | None:
    """Report why a client cannot have a new user; the item is empty where there is no client."""
    if not items.is_live(client):
        raise NotFound
    raise Conflict("It is archived; restore it first.")


def _taken(_: items.Item) -> RecordedResponse | None:
    raise ValueTaken("email")


def _too_many(_: items.Item) -> RecordedResponse | None:
    raise Conflict(f"It has {MAX_USERS} users; more are not kept.")
