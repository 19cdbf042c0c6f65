"""Everything that a tenant has, in the order of its clients' ids: what an export reads.

Clients, users, payment methods and evidence lie apart in the tenant's partition, each kind in the
order of its client. They are read side by side, one query each, so that neither the calls nor the
memory grow with a client.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from registry.domain import document
from registry.domain.change import Change, author_of
from registry.domain.client import Client
from registry.domain.ledger import Evidence
from registry.domain.merging import Side
from registry.domain.pair import Judgement
from registry.domain.payment_method import PaymentMethod
from registry.domain.tenant import Tenant
from registry.domain.user import User
from registry.domain.whole import Whole
from registry.store import items
from registry.store.clients import ClientStore
from registry.store.dynamodb import query
from registry.store.listing import between
from registry.store.merges import MergeStore, merge_json, read_merge_json
from registry.store.payment_methods import PaymentMethodStore, read_payment_method
from registry.store.transaction import put_new, transact
from registry.store.users import UserStore, read_user
from registry.store.verdicts import VerdictStore, judgement_json, read_judgement_json

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

Part = TypeVar("Part", User, PaymentMethod, Evidence, Judgement)
# The character after the one that separates a client's id from what follows in a key.
_AFTER = "$"


class WholeStore:
    """All that the tenants have."""

    def __init__(self, client: "DynamoDBClient", table: str, links: str) -> None:
        """Keep the connection and the names of the Clients and Links tables."""
        self._client = client
        self._table = table
        self._clients = ClientStore(client, table, "")
        self._users = UserStore(client, table, "")
        self._methods = PaymentMethodStore(client, table)
        self._merges = MergeStore(client, links)
        self._verdicts = VerdictStore(client, links)

    def clients(self, tenant: Tenant, after: str = "") -> Iterator[Client]:
        """The clients behind an id, in the order of ids; a page when the iterator reaches it."""
        for item in self._items(tenant, "CLIENT", after):
            if items.is_live(item):
                yield items.read_client(item)

    def wholes(self, tenant: Tenant, after: str = "") -> Iterator[Whole]:
        """The clients behind an id with all that belongs to them, in the order of ids.

        Absorbed ones are among them. A call for each merge.
        """
        merges = self._merges.by_survivor(tenant)
        judgements = _Beside(self._verdicts.all(tenant, after), lambda said: said.clients[0])
        users = _Beside(map(read_user, self._items(tenant, "USER", after)), _client_id)
        methods = _Beside(
            map(read_payment_method, self._items(tenant, "PAYMENT_METHOD", after)), _client_id
        )
        evidence = _Beside(
            map(items.read_evidence, self._items(tenant, "CONSENT", after)), _client_id
        )
        for client in self._known(tenant, after):
            yield Whole(
                client,
                users.of(client.id),
                methods.of(client.id),
                evidence.of(client.id),
                self._texts(tenant, merges.get(client.id, ())),
                tuple(map(_judgement_text, judgements.of(client.id))),
            )

    def of(self, tenant: Tenant, client: Client) -> Whole:
        """A client with all that belongs to it. Five calls, and one for each merge."""
        took_part = self._merges.of_client(tenant, client.id)
        merges = [each.merge_id for each in took_part if each.side is Side.SURVIVOR]
        said = [
            judgement
            for judgement in self._verdicts.about(tenant, client.id)
            if judgement.clients[0] == client.id
        ]
        evidence = self._items(tenant, f"CONSENT#{client.id}", "")
        return Whole(
            client,
            tuple(self._users.of(tenant, client.id)),
            tuple(sorted(self._methods.of(tenant, client.id), key=lambda method: method.id)),
            tuple(map(items.read_evidence, evidence)),
            self._texts(tenant, sorted(merges)),
            tuple(map(_judgement_text, said)),
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
        self._put_decisions(tenant, whole, there)

    def _put_decisions(self, tenant: Tenant, whole: Whole, there: Whole) -> None:
        """Write the merges and judgements of a client that are not here yet."""
        for text in whole.merges:
            if text not in there.merges:
                transact(self._client, self._merges.put(tenant, read_merge_json(_parsed(text))))
        for text in whole.judgements:
            if text not in there.judgements:
                self._verdicts.put(tenant, read_judgement_json(_parsed(text)))

    def _known(self, tenant: Tenant, after: str) -> Iterator[Client]:
        """The clients behind an id that are live or absorbed, in the order of ids."""
        for item in self._items(tenant, "CLIENT", after):
            client = items.read_client(item)
            if client.live or client.absorbed_into is not None:
                yield client

    def _texts(self, tenant: Tenant, merge_ids: Iterable[str]) -> tuple[str, ...]:
        """The texts of merges."""
        return tuple(
            document.render(merge_json(self._merges.get(tenant, merge_id)))
            for merge_id in merge_ids
        )

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

    def __init__(self, found: Iterator[Part], owner: Callable[[Part], str]) -> None:
        self._read: Iterator[Part] = found
        self._owner: Callable[[Part], str] = owner
        self._next: Part | None = next(self._read, None)

    def of(self, client_id: str) -> tuple[Part, ...]:
        """The ones of a client; those of clients before it are of none that is live."""
        mine: list[Part] = []
        while self._next is not None and self._owner(self._next) <= client_id:
            if self._owner(self._next) == client_id:
                mine.append(self._next)
            self._next = next(self._read, None)
        return tuple(mine)


def _client_id(part: User | PaymentMethod | Evidence) -> str:
    return part.client_id


def taken_ids(whole: Whole) -> set[str]:
    """The contracts whose vendor's id a client took from one that it absorbed."""
    merges = (read_merge_json(_parsed(text)).merge for text in whole.merges)
    return {
        contract
        for merge in merges
        if merge.undone_at is None
        for contract in merge.client.ids.keys() - merge.survivor.ids.keys()
    }


def _judgement_text(judgement: Judgement) -> str:
    return document.render(judgement_json(judgement))


def _parsed(text: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", document.parse(text))
