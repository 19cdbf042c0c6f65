"""The permissions of an operation's function, from the operation's declaration.

Most are for DynamoDB. The actions are those that the store uses for each access. They are named
here and in the store, and nowhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from registry.gateway.operation import Access, IdempotencyKey, Operation
from registry.store.credential_items import ISSUED_KEYS, credential_key, token_key


class Table(Enum):
    """A table of the template, by the environment variable that tells a function its name."""

    CLIENTS = "CLIENTS_TABLE"
    CREDENTIALS = "CREDENTIALS_TABLE"
    IDEMPOTENCY = "IDEMPOTENCY_TABLE"
    LINKS = "LINKS_TABLE"
    EVENTS = "EVENTS_TABLE"
    VIEWS = "VIEWS_TABLE"

    @property
    def logical_id(self) -> str:
        """Its name in the template, such as `ClientsTable`."""
        return f"{self.name.capitalize()}Table"


@dataclass(frozen=True, slots=True)
class Permission:
    """One DynamoDB action on a table, or on an index of it.

    Attributes:
        leading_key: what a partition key has to look like, `*` for any text; empty for any key.
    """

    action: str
    table: Table
    index: str = ""
    leading_key: str = ""

    @property
    def resource(self) -> str:
        """The ARN it is for, as the template writes it."""
        if self.index:
            return f"!Sub ${{{self.table.logical_id}.Arn}}/index/{self.index}"
        return f"!GetAtt {self.table.logical_id}.Arn"


@dataclass(frozen=True, slots=True)
class Statement:
    """An IAM statement that allows the same actions on every one of its resources."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    leading_key: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """What an operation does beside DynamoDB, on one resource.

    Attributes:
        actions: such as `sqs:SendMessage`.
        logical_id: the resource's name in the template.
        variable: the environment variable that tells a function of it.
    """

    actions: tuple[str, ...]
    logical_id: str
    variable: str


def _on_clients(*actions: str) -> tuple[Permission, ...]:
    """The permission of an action on the Clients table."""
    return tuple(Permission(action, Table.CLIENTS) for action in actions)


def _on_links(*actions: str) -> tuple[Permission, ...]:
    """The permission of an action on the Links table."""
    return tuple(Permission(action, Table.LINKS) for action in actions)


def _query(index: str) -> Permission:
    """The permission to query an index of the Clients table."""
    return Permission("Query", Table.CLIENTS, index)


# A merge and its undo read both clients with what belongs to them, and write both and the merge.
_MERGING: Final = (
    *_on_clients("BatchGetItem", "Query", "PutItem", "UpdateItem"),
    Permission("BatchGetItem", Table.LINKS),
    Permission("PutItem", Table.LINKS),
)

_OF_ACCESS: Final[dict[Access, tuple[Permission, ...]]] = {
    Access.CREATE_CLIENT: _on_clients("PutItem"),
    Access.READ_CLIENT: _on_clients("GetItem"),
    Access.CHANGE_CLIENT: _on_clients("GetItem", "PutItem"),
    Access.RELEASE_EXTERNAL_ID: _on_clients("DeleteItem"),
    Access.FIND_LINK: (Permission("GetItem", Table.LINKS),),
    Access.LIST_CLIENTS: _on_clients("Query"),
    Access.LIST_BY_STATUS: (_query("Status"),),
    Access.LIST_BY_NAME: (_query("Name"),),
    Access.LIST_BY_UPDATE: (_query("Updated"),),
    Access.SEARCH_CLIENTS: (*_on_clients("BatchGetItem"), _query("Search")),
    Access.FIND_BY_EXTERNAL_ID: (*_on_clients("BatchGetItem"), _query("ExternalId")),
    Access.READ_VIEWS: (
        Permission("Query", Table.VIEWS),
        Permission("BatchGetItem", Table.VIEWS),
    ),
    Access.LOOK_UP_CLIENTS: (
        *_on_clients("BatchGetItem"),
        _query("ExternalId"),
        Permission("Query", Table.VIEWS),
        Permission("GetItem", Table.LINKS),
    ),
    Access.ERASE_CLIENT: (
        *_on_clients("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query"),
        *(Permission(action, Table.LINKS) for action in ("BatchGetItem", "GetItem", "Query")),
        Permission("PutItem", Table.LINKS),
        Permission("Query", Table.LINKS, "Listing"),
        Permission("Query", Table.EVENTS),
        Permission("BatchGetItem", Table.VIEWS),
        Permission("Query", Table.VIEWS),
        Permission("GetItem", Table.IDEMPOTENCY),
        Permission("Query", Table.IDEMPOTENCY, "Client"),
    ),
    Access.READ_ERASURE: (Permission("GetItem", Table.LINKS),),
    Access.LIST_EVIDENCE: _on_clients("Query"),
    Access.LIST_EVENTS: (Permission("Query", Table.EVENTS),),
    Access.READ_FEED: (
        Permission("Query", Table.EVENTS),
        Permission("BatchGetItem", Table.EVENTS),
    ),
    # The claim on an external id that the merge replaces is deleted.
    Access.MERGE_CLIENTS: (*_MERGING, *_on_clients("DeleteItem")),
    Access.UNDO_MERGE: _MERGING,
    Access.READ_MERGE: (Permission("Query", Table.LINKS),),
    Access.LIST_MERGES: (
        Permission("Query", Table.LINKS, "Listing"),
        Permission("BatchGetItem", Table.LINKS),
    ),
    Access.LIST_CLIENT_PAIRS: (Permission("Query", Table.VIEWS),),
    Access.LIST_PAIRS: (Permission("Query", Table.VIEWS, "Listing"),),
    Access.JUDGE_PAIR: (
        Permission("GetItem", Table.VIEWS),
        Permission("PutItem", Table.VIEWS),
        Permission("PutItem", Table.LINKS),
    ),
    Access.CREATE_USER: _on_clients("ConditionCheckItem", "PutItem", "UpdateItem"),
    Access.LIST_USERS: _on_clients("Query"),
    Access.READ_PAYMENT_METHOD: _on_clients("GetItem"),
    Access.LIST_PAYMENT_METHODS: _on_clients("Query"),
    Access.CREATE_WEBHOOK: _on_links("PutItem", "UpdateItem"),
    Access.READ_WEBHOOK: _on_links("GetItem"),
    Access.LIST_WEBHOOKS: _on_links("Query"),
    Access.CHANGE_WEBHOOK: _on_links("GetItem", "UpdateItem"),
    Access.DELETE_WEBHOOK: _on_links("GetItem", "DeleteItem", "UpdateItem"),
    Access.SEAL_SECRET: (),
    Access.QUEUE_DELIVERIES: (),
    Access.LIST_DELIVERIES: (
        Permission("Query", Table.EVENTS),
        Permission("BatchGetItem", Table.EVENTS),
    ),
    Access.HURRY_DELIVERY: (
        Permission("GetItem", Table.EVENTS),
        Permission("UpdateItem", Table.EVENTS),
    ),
    Access.ISSUE_TOKEN: (
        Permission("GetItem", Table.CREDENTIALS, leading_key=credential_key("*")),
        Permission("UpdateItem", Table.CREDENTIALS, leading_key=ISSUED_KEYS),
        Permission("PutItem", Table.CREDENTIALS, leading_key=token_key("*")),
    ),
}


# A change reads the client and the response recorded under its key in one call.
_READ_WITH_RECORD: Final = frozenset(
    {Access.CHANGE_CLIENT, Access.MERGE_CLIENTS, Access.UNDO_MERGE}
)
# The variable holds what a reference to the resource returns: of a queue its URL, of a key its id.
_KEY: Final = "WebhookKey", "WEBHOOK_KEY"
_QUEUE: Final = "WebhookQueue", "WEBHOOK_QUEUE_URL"
_BESIDE_DYNAMODB: Final[dict[Access, Use]] = {
    Access.SEAL_SECRET: Use(("kms:Encrypt",), *_KEY),
    Access.QUEUE_DELIVERIES: Use(("sqs:SendMessage",), *_QUEUE),
    Access.HURRY_DELIVERY: Use(("sqs:ChangeMessageVisibility",), *_QUEUE),
}


def uses(operation: Operation) -> list[Use]:
    """What an operation's function does beside DynamoDB, once for each resource."""
    actions: dict[tuple[str, str], list[str]] = {}
    for access, use in _BESIDE_DYNAMODB.items():
        if access in operation.access:
            actions.setdefault((use.logical_id, use.variable), []).extend(use.actions)
    return [Use(tuple(sorted(allowed)), *resource) for resource, allowed in actions.items()]


def permissions(operation: Operation) -> frozenset[Permission]:
    """Every permission that an operation's function needs in DynamoDB."""
    return frozenset(_permissions(operation))


def tables(operation: Operation) -> list[Table]:
    """The tables an operation's function has to know the names of, in the order of `Table`."""
    used = {permission.table for permission in permissions(operation)}
    return [table for table in Table if table in used]


def statements(operation: Operation) -> list[Statement]:
    """The statements of an operation's role, tables before indexes.

    Each resource is in one, unless actions on it are allowed for different keys.
    """
    actions: dict[tuple[str, str], list[str]] = {}
    for permission in sorted(permissions(operation), key=lambda each: (each.index, each.action)):
        place = permission.resource, permission.leading_key
        actions.setdefault(place, []).append(f"dynamodb:{permission.action}")
    resources: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for (resource, leading_key), allowed in actions.items():
        resources.setdefault((tuple(allowed), leading_key), []).append(resource)
    return [
        Statement(allowed, tuple(sorted(group, key=_tables_first)), leading_key)
        for (allowed, leading_key), group in sorted(
            resources.items(),
            key=lambda item: min(_tables_first(resource) for resource in item[1]),
        )
    ]


def _permissions(operation: Operation) -> Iterator[Permission]:
    """The permissions in the order of the declaration, some of them more than once."""
    for access in operation.access:
        yield from _OF_ACCESS[access]
    if operation.idempotency_key is not IdempotencyKey.IGNORED:
        yield Permission("PutItem", Table.IDEMPOTENCY)
        if not _READ_WITH_RECORD.isdisjoint(operation.access):
            yield Permission("BatchGetItem", Table.CLIENTS)
            yield Permission("BatchGetItem", Table.IDEMPOTENCY)


def _tables_first(resource: str) -> tuple[bool, str]:
    """The order of resources in a statement."""
    return "/index/" in resource, resource
