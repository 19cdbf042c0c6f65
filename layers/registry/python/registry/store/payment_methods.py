"""The payment methods of clients in DynamoDB, as items beside the client's.

The client says which one is its default, so every change of them is written in one transaction with
the client: see `services/payment_methods.py`.
"""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from registry.domain.change import Author, unpacked
from registry.domain.client import Client
from registry.domain.errors import NotFound
from registry.domain.identifiers import instant, parse_instant
from registry.domain.payment_method import PaymentMethod
from registry.domain.tenant import Tenant
from registry.domain.vendor_id import is_vendor_id
from registry.store import items
from registry.store.attributes import attributes_of
from registry.store.dynamodb import dynamodb_client, query, send, table_name
from registry.store.transaction import (
    Write,
    delete_existing,
    put_if,
    put_new,
    require,
    transact,
    update_existing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        QueryInputTypeDef,
    )

_ATTRIBUTES = attributes_of(PaymentMethod, in_key=frozenset({"id", "client_id"}))
# Who wrote the item last, as `Author.packed` says it, and when. The change stream shows it.
_CHANGED_BY, _CHANGED_AT = "changed_by", "changed_at"


class PaymentMethodStore:
    """The payment methods of all tenants' clients."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Clients table."""
        self._client = client
        self._table = table

    def of_all(self, tenant: Tenant, client: Client) -> list[PaymentMethod]:
        """Those of a client and of the ones it absorbed, newest first. A call for each client."""
        methods = [
            method
            for client_id in (client.id, *client.absorbed)
            for method in self.of(tenant, client_id)
        ]
        return sorted(methods, key=_newest_first, reverse=True)

    def find(self, tenant: Tenant, client: Client, payment_method_id: str) -> PaymentMethod:
        """One payment method of a client, or of one that it absorbed. A call for each at most.

        Raises:
            NotFound: none of them has such a payment method.
        """
        for client_id in (client.id, *client.absorbed):
            try:
                return self.get(tenant, client_id, payment_method_id)
            except NotFound:
                continue
        raise NotFound

    def of(self, tenant: Tenant, client_id: str) -> list[PaymentMethod]:
        """The payment methods that are kept with one client, newest first. One call."""
        prefix = items.payment_method_key(tenant, client_id, "")["sk"]
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :partition AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":partition": {"S": items.partition(tenant)},
                ":prefix": prefix,
            },
            "ConsistentRead": True,
        }
        methods = [read_payment_method(item) for item in query(self._client, request)]
        return sorted(methods, key=_newest_first, reverse=True)

    def get(self, tenant: Tenant, client_id: str, payment_method_id: str) -> PaymentMethod:
        """One payment method of a client. One call; none for a text that can be no id.

        Raises:
            NotFound: the client has no such payment method.
        """
        if not is_vendor_id(payment_method_id):
            raise NotFound
        found = send(
            self._client.get_item,
            TableName=self._table,
            Key=items.payment_method_key(tenant, client_id, payment_method_id),
            ConsistentRead=True,
        )
        if "Item" not in found:
            raise NotFound
        return read_payment_method(found["Item"])

    def move_in(
        self,
        tenant: Tenant,
        method: PaymentMethod,
        author: Author,
        *,
        new: bool,
    ) -> None:
        """Write a payment method of a vendor's over the one that was moved in before. One call.

        Raises:
            NotFound: there is no such client.
            RaceLost: the method is there although it is new, or is not there although it is not.
        """
        item = _item(tenant, method, author)
        client = items.client_key(tenant, method.client_id)
        writes = [
            require(self._table, client, items.KNOWN, on_condition_failed=_missing),
            put_new(self._table, item)
            if new
            else put_if(self._table, item, "attribute_exists(pk)"),
        ]
        transact(self._client, writes)

    def move_out(self, tenant: Tenant, method: PaymentMethod, author: Author) -> None:
        """Delete a payment method that its vendor does not have any more. Two calls."""
        try:
            self.leave(tenant, method.client_id, method.id, author)
        except NotFound:
            return
        key = items.payment_method_key(tenant, method.client_id, method.id)
        send(self._client.delete_item, TableName=self._table, Key=key)

    def leave(self, tenant: Tenant, client_id: str, payment_method_id: str, author: Author) -> None:
        """Write down who is about to delete a payment method. One call.

        The change stream shows a deleted item as it was last, and nothing of the deletion.

        Raises:
            NotFound: the client has no such payment method.
        """
        key = items.payment_method_key(tenant, client_id, payment_method_id)
        changed = _changed(author)
        values: items.Item = {":by": changed[_CHANGED_BY], ":at": changed[_CHANGED_AT]}
        stamp = f"SET {_CHANGED_BY} = :by, {_CHANGED_AT} = :at"
        transact(self._client, [update_existing(self._table, key, stamp, values, _missing)])

    def put(self, tenant: Tenant, method: PaymentMethod, author: Author) -> Write:
        """A write of a new payment method, to be carried out with its client's."""
        return put_new(self._table, _item(tenant, method, author))

    def require(self, tenant: Tenant, client_id: str, payment_method_id: str) -> Write:
        """A condition that the client has the payment method; `NotFound` when it has not."""
        key = items.payment_method_key(tenant, client_id, payment_method_id)
        return require(self._table, key, "attribute_exists(pk)", on_condition_failed=_missing)

    def delete(self, tenant: Tenant, client_id: str, payment_method_id: str) -> Write:
        """A deletion of a payment method; `NotFound` when the client has no such one."""
        key = items.payment_method_key(tenant, client_id, payment_method_id)
        return delete_existing(self._table, key, _missing)


@cache
def payment_method_store() -> PaymentMethodStore:
    """The store of this process, over the table its environment names."""
    return PaymentMethodStore(dynamodb_client(), table_name("CLIENTS_TABLE"))


def _item(tenant: Tenant, method: PaymentMethod, author: Author) -> items.Item:
    key = items.payment_method_key(tenant, method.client_id, method.id)
    return key | _ATTRIBUTES.write(method) | _changed(author)


def read_payment_method(item: "Mapping[str, AttributeValueTypeDef]") -> PaymentMethod:
    """The payment method of an item."""
    _, client_id, payment_method_id = item["sk"]["S"].split("#", 2)
    return PaymentMethod(id=payment_method_id, client_id=client_id, **_ATTRIBUTES.read(item))


def author_of_item(item: "Mapping[str, AttributeValueTypeDef]", at: datetime) -> Author:
    """Who wrote an item last; nobody and `at` for one of before authors were kept."""
    if _CHANGED_BY not in item:
        return unpacked(None, at)
    return unpacked(item[_CHANGED_BY]["S"], parse_instant(item[_CHANGED_AT]["S"]))


def _changed(author: Author) -> items.Item:
    return {_CHANGED_BY: {"S": author.packed()}, _CHANGED_AT: {"S": instant(author.at)}}


def _newest_first(method: PaymentMethod) -> tuple[datetime, str]:
    """Where a method is in a list that is read backwards."""
    return method.created_at, method.id


def _missing(_: items.Item) -> None:
    raise NotFound
