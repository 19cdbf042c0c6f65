"""Everything that a tenant has, in the order of its clients' ids: what an export reads.

Clients, users, payment methods and evidence lie apart in the tenant's partition, each kind in the
order of its client. They are read side by side, one query each, so that neither the calls nor the
memory grow with a client.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from registry.domain.change import Change, author_of
from registry.domain.client import Client
from registry.domain.ledger import Evidence
from registry.domain.payment_method import PaymentMethod
from registry.domain.tenant import Tenant
from registry.domain.user import User
from registry.domain.whole import Whole
from registry.store import items
from registry.store.clients import ClientStore
from registry.store.dynamodb import query
from registry.store.listing import between
from registry.store.payment_methods import PaymentMethodStore, read_payment_method
from registry.store.transaction import put_new, transact
from registry.store.users import UserStore, read_user

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

Part = TypeVar("Part", User, PaymentMethod, Evidence)
# The character after the one that separates a client's id from what follows in a key.
_AFTER = "$"


class WholeStore:
    """All that the tenants have."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Clients table."""
        self._client = client
        self._table = table
        self._clients = ClientStore(client, table, "")
        self._users = UserStore(client, table, "")
        self._methods = PaymentMethodStore(client, table)

    def clients(self, tenant: Tenant, after: str = "") -> Iterator[Client]:
        """The clients behind an id, in the order of ids; a page when the iterator reaches it."""
        for item in self._items(tenant, "CLIENT", after):
            if items.is_live(item):
                yield items.read_client(item)

    def wholes(self, tenant: Tenant, after: str = "") -> Iterator[Whole]:
        """The clients behind an id with all that belongs to them, in the order of ids."""
        users = _Beside(self._items(tenant, "USER", after), read_user)
        methods = _Beside(self._items(tenant, "PAYMENT_METHOD", after), read_payment_method)
        evidence = _Beside(self._items(tenant, "CONSENT", after), items.read_evidence)
        for client in self.clients(tenant, after):
            yield Whole(client, users.of(client.id), methods.of(client.id), evidence.of(client.id))

    def of(self, tenant: Tenant, client: Client) -> Whole:
        """A client with all that belongs to it. Three calls."""
        evidence = self._items(tenant, f"CONSENT#{client.id}", "")
        return Whole(
            client,
            tuple(self._users.of(tenant, client.id)),
            tuple(sorted(self._methods.of(tenant, client.id), key=lambda method: method.id)),
            tuple(map(items.read_evidence, evidence)),
        )

    def put(self, tenant: Tenant, whole: Whole, there: Whole | None) -> None:
        """Write what there is of a client that was exported elsewhere, and is not here yet.

        The client comes first, with its claim; what belongs to it may only be written to a client.
        One call for each item.

        Args:
            tenant: whose client it becomes.
            whole: the client.
            there: what an earlier run wrote; None for nothing.

        Raises:
            RaceLost: another client has the id.
            ValueTaken: another client has claimed the external id.
        """
        if there is None:
            self._clients.create(tenant, Change(whole.client))
            there = Whole(whole.client)
        for entry in whole.evidence:
            if entry not in there.evidence:
                item = items.evidence_item(tenant, entry)
                transact(self._client, [put_new(self._table, item)])
        for user in whole.users:
            if user not in there.users:
                self._users.move_in(tenant, None, user)
        for method in whole.payment_methods:
            if method not in there.payment_methods:
                self._methods.move_in(tenant, method, author_of(whole.client), new=True)

    def _items(self, tenant: Tenant, kind: str, after: str) -> Iterator[items.Item]:
        """The items of a kind whose client's id is greater."""
        low = f"{kind}#{after}{_AFTER}" if after else f"{kind}#"
        in_range, values = between("sk", low, f"{kind}{_AFTER}")
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": f"pk = :partition AND {in_range}",
            "ExpressionAttributeValues": {":partition": {"S": items.partition(tenant)}, **values},
            "ConsistentRead": True,
        }
        return query(self._client, request)


class _Beside(Generic[Part]):
    """What belongs to clients, taken client by client in the order of their ids."""

    def __init__(
        self,
        found: "Iterator[items.Item]",
        read: "Callable[[Mapping[str, Value]], Part]",
    ) -> None:
        self._read: Iterator[Part] = map(read, found)
        self._next: Part | None = next(self._read, None)

    def of(self, client_id: str) -> tuple[Part, ...]:
        """The ones of a client; those of clients before it are of none that is live."""
        mine: list[Part] = []
        while self._next is not None and self._next.client_id <= client_id:
            if self._next.client_id == client_id:
                mine.append(self._next)
            self._next = next(self._read, None)
        return tuple(mine)
