"""The payment methods of clients in DynamoDB: items of their own beside the client.

Which one is the default stands in the client, so every change of them is one transaction with it.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from registry.domain.change import Author, Change, changed
from registry.domain.client import Client
from registry.domain.errors import NotFound, RaceLost
from registry.domain.identifiers import is_id
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.clients import ClientStore, client_store
from registry.store.dynamodb import dynamodb_client, table_name, translate_errors
from registry.store.transaction import Step, lost, put

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        ConditionCheckTypeDef,
        DeleteTypeDef,
    )

    from registry.domain.idempotency import RecordedResponse

_TEXTS = ("type", "token", "brand", "bank_name", "last4", "holder_name")
_NUMBERS = ("exp_month", "exp_year")
_ATTEMPTS = 5


class PaymentMethodStore:
    """The payment methods of all tenants' clients."""

    def __init__(self, client: "DynamoDBClient", table: str, clients: ClientStore) -> None:
        """Keep the connection, the name of the Clients table, and the store of clients in it."""
        self._client = client
        self._table = table
        self._clients = clients

    def of(self, tenant: Tenant, client_id: str) -> list[PaymentMethod]:
        """The payment methods of an existing client, newest first. One call."""
        prefix = items.payment_method_key(tenant, client_id, "")["sk"]
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :partition AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={
                ":partition": {"S": items.partition(tenant)},
                ":prefix": prefix,
            },
            ScanIndexForward=False,
            ConsistentRead=True,
        )
        with translate_errors():
            return [_payment_method(item) for page in pages for item in page["Items"]]

    def get(self, tenant: Tenant, client_id: str, payment_method_id: str) -> PaymentMethod:
        """One payment method of a client. One call; none for a text that is no id.

        Raises:
            NotFound: the client has no such payment method.
        """
        if not is_id(payment_method_id):
            raise NotFound
        with translate_errors():
            found = self._client.get_item(
                TableName=self._table,
                Key=items.payment_method_key(tenant, client_id, payment_method_id),
                ConsistentRead=True,
            )
        if "Item" not in found:
            raise NotFound
        return _payment_method(found["Item"])

    def attach(
        self,
        tenant: Tenant,
        method: PaymentMethod,
        author: Author,
        *,
        default: bool,
    ) -> Client:
        """Keep a new payment method, as the client's default if asked; the client afterwards.

        Raises:
            NotFound: there is no such client.
            RaceLost: somebody else was faster every time.
        """
        item = _item(tenant, method)
        condition = "attribute_not_exists(pk)"
        step = put(
            {"TableName": self._table, "Item": item, "ConditionExpression": condition},
            lost,
        )

        def decide(client: Client) -> Change:
            if not default:
                return Change(client)
            return changed(client, author, default_payment_method_id=method.id)

        return self._change(tenant, method.client_id, decide, step)

    def set_default(
        self,
        tenant: Tenant,
        client_id: str,
        payment_method_id: str,
        author: Author,
    ) -> Client:
        """Make a payment method the client's default; the client afterwards.

        Raises:
            NotFound: there is no such client, or it has no such payment method.
            RaceLost: somebody else was faster every time.
        """
        check: ConditionCheckTypeDef = {
            "TableName": self._table,
            "Key": items.payment_method_key(tenant, client_id, payment_method_id),
            "ConditionExpression": "attribute_exists(pk)",
        }

        def decide(client: Client) -> Change:
            return changed(client, author, default_payment_method_id=payment_method_id)

        return self._change(tenant, client_id, decide, Step({"ConditionCheck": check}, _missing))

    def detach(
        self,
        tenant: Tenant,
        client_id: str,
        payment_method_id: str,
        author: Author,
    ) -> Client:
        """Forget a payment method; where it was the default, there is none. The client afterwards.

        Raises:
            NotFound: there is no such client, or it has no such payment method.
            RaceLost: somebody else was faster every time.
        """
        delete: DeleteTypeDef = {
            "TableName": self._table,
            "Key": items.payment_method_key(tenant, client_id, payment_method_id),
            "ConditionExpression": "attribute_exists(pk)",
        }

        def decide(client: Client) -> Change:
            if client.default_payment_method_id != payment_method_id:
                return Change(client)
            return changed(client, author, default_payment_method_id=None)

        return self._change(tenant, client_id, decide, Step({"Delete": delete}, _missing))

    def _change(
        self,
        tenant: Tenant,
        client_id: str,
        decide: Callable[[Client], Change],
        step: Step,
    ) -> Client:
        for _ in range(_ATTEMPTS):
            before = self._clients.get(tenant, client_id)
            change = decide(before)
            try:
                self._clients.replace(tenant, before, change, beside=[step])
            except RaceLost:
                continue
            return change.client
        raise RaceLost


@cache
def payment_method_store() -> PaymentMethodStore:
    """The store of this process, over the table its environment names."""
    return PaymentMethodStore(dynamodb_client(), table_name("CLIENTS_TABLE"), client_store())


def _item(tenant: Tenant, method: PaymentMethod) -> items.Item:
    texts = {name: getattr(method, name) for name in _TEXTS}
    numbers = {name: getattr(method, name) for name in _NUMBERS}
    return (
        items.payment_method_key(tenant, method.client_id, method.id)
        | {name: {"S": text} for name, text in texts.items() if text is not None}
        | {name: {"N": str(number)} for name, number in numbers.items() if number is not None}
    )


def _payment_method(item: "Mapping[str, AttributeValueTypeDef]") -> PaymentMethod:
    _, client_id, payment_method_id = item["sk"]["S"].split("#")
    kept: dict[str, Any] = {name: item[name]["S"] for name in _TEXTS if name in item}
    kept |= {name: int(item[name]["N"]) for name in _NUMBERS if name in item}
    kept["type"] = PaymentMethodType(kept["type"])
    return PaymentMethod(id=payment_method_id, client_id=client_id, **kept)


def _missing(_: items.Item) -> "RecordedResponse | None":
    raise NotFound
