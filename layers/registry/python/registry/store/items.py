"""The DynamoDB items of records, and the only place where their keys are built.

The partition is workspace and mode, so that no key of one tenant can reach another's record. See
`docs/data-model.md`, table "Clients", for the indexes these attributes serve.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from registry.domain.change import Evidence, Withdrawal
from registry.domain.client import Channel, Client, MemberType
from registry.domain.email_address import email_key
from registry.domain.folding import folded
from registry.domain.identifiers import created_at, instant, parse_instant
from registry.domain.tenant import Tenant
from registry.store.attributes import attributes_of

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value

Item = dict[str, "Value"]

CLIENT = "CLIENT#"
# Between the text of a sort key and the id that makes it unique: lower than all stored characters.
SEPARATOR = "\x01"
# Between the texts of the search index; control characters are refused in every text it holds.
_UNIT = "\x1f"
# DynamoDB's sort keys end at 1,024 bytes; the id and its separator take 37 of them.
_MAX_NAME_BYTES = 900
# DynamoDB's items end at 400 KB; the rest is for the sizes that `_size` only estimates.
_MAX_ITEM_BYTES = 400 * 1024 - 4 * 1024
# DynamoDB's partition keys end at 2,048 bytes; a longer value is stored as its digest.
_MAX_VALUE_BYTES = 1_024

# The id is in the key, and an id tells when its client was created.
_ATTRIBUTES = attributes_of(Client, in_key=frozenset({"id", "created_at"}))
# The texts of the search index, in their order in `search_text`; `name` is the display name.
_SEARCHED = (
    "name",
    "first_name",
    "last_name",
    "company",
    "email",
    "external_id",
    "contact_name",
    "legal_name",
)


def partition(tenant: Tenant) -> str:
    """The partition that holds all items of a tenant, and no others."""
    return f"{tenant.workspace_id}#{tenant.mode}"


def status_partition(tenant: Tenant, *, archived: bool) -> str:
    """The partition of the indexes that list a tenant's active, or its archived, clients."""
    return f"{partition(tenant)}#{'archived' if archived else 'active'}"


def client_key(tenant: Tenant, client_id: str) -> Item:
    """The primary key of a client."""
    return {"pk": {"S": partition(tenant)}, "sk": {"S": CLIENT + client_id}}


def external_id_key(tenant: Tenant, external_id: str) -> Item:
    """The primary key of the claim on an external id."""
    return {"pk": {"S": partition(tenant)}, "sk": {"S": f"EXTERNAL_ID#{external_id}"}}


def external_id_partition(tenant: Tenant, external_id: str) -> str:
    """The partition of the index that finds a tenant's clients by their external id."""
    value = external_id
    if len(value.encode()) > _MAX_VALUE_BYTES:
        value = f"SHA-256 {hashlib.sha256(value.encode()).hexdigest()}"
    return f"{partition(tenant)}#{value}"


def user_key(tenant: Tenant, client_id: str, user_id: str) -> Item:
    """The primary key of a user of a client."""
    return {"pk": {"S": partition(tenant)}, "sk": {"S": f"USER#{client_id}#{user_id}"}}


def user_email_key(tenant: Tenant, client_id: str, email: str) -> Item:
    """The primary key of a user's claim, within a client, on an e-mail address in any spelling."""
    digest = hashlib.sha256(email_key(email).encode()).hexdigest()
    return {"pk": {"S": partition(tenant)}, "sk": {"S": f"USER_EMAIL#{client_id}#{digest}"}}


def user_count_key(tenant: Tenant, client_id: str) -> Item:
    """Where the users of a client are counted."""
    return {"pk": {"S": partition(tenant)}, "sk": {"S": f"USER_COUNT#{client_id}"}}


def payment_method_key(tenant: Tenant, client_id: str, payment_method_id: str) -> Item:
    """The primary key of a payment method of a client."""
    sk = f"PAYMENT_METHOD#{client_id}#{payment_method_id}"
    return {"pk": {"S": partition(tenant)}, "sk": {"S": sk}}


def client_id_of(item: Mapping[str, "Value"]) -> str:
    """The id in the key of a client's item."""
    return item["sk"]["S"].removeprefix(CLIENT)


def name_key(client: Client) -> str:
    """The sort key that orders clients by folded display name, and then by id."""
    return sort_text(folded(client.display_name or "")) + SEPARATOR + client.id


def sort_text(text: str) -> str:
    """The beginning of a folded text, as long as a sort key has room for."""
    return text.encode()[:_MAX_NAME_BYTES].decode(errors="ignore")


def updated_key(client: Client) -> str:
    """The sort key that orders clients by their last change, and then by id."""
    return instant(client.updated_at) + SEPARATOR + client.id


def is_live(item: Mapping[str, "Value"]) -> bool:
    """Whether the item of a client is one that callers may see and change.

    A client that was absorbed by another one, or erased, keeps its key and has none of the
    attributes that indexes are made of.
    """
    return "status_pk" in item


# The same as a condition on a write.
LIVE = "attribute_exists(status_pk)"


def client_item(tenant: Tenant, client: Client) -> Item:
    """The item of a client, with the attributes its indexes are made of. None takes no room."""
    item: Item = {
        **client_key(tenant, client.id),
        **_ATTRIBUTES.write(client),
        "status_pk": {"S": status_partition(tenant, archived=client.archived)},
        "name_key": {"S": name_key(client)},
        "updated_key": {"S": updated_key(client)},
        "search_pk": {"S": partition(tenant)},
        "search_text": {"S": _search_text(client)},
        "search_facets": {"S": _search_facets(client)},
    }
    if client.external_id is not None:
        item["external_id_pk"] = {"S": external_id_partition(tenant, client.external_id)}
    return item


def is_storable(item: Item) -> bool:
    """Whether an item is within DynamoDB's limit of 400 KB, with some room to spare.

    Source: "Constraints in Amazon DynamoDB", Amazon DynamoDB Developer Guide: the size of an item
    is that of the names and values of its attributes.
    """
    return sum(len(name.encode()) + _size(value) for name, value in item.items()) <= _MAX_ITEM_BYTES


def _size(value: Any) -> int:  # noqa: ANN401 - an attribute's value, of any type
    """The bytes that an attribute's value takes, at most."""
    match value:
        case str():
            return len(value.encode())
        case bytes():
            return len(value)
        case dict():
            return sum(len(name) + _size(inner) + 3 for name, inner in value.items())
        case list():
            return sum(map(_size, value)) + 3 * len(value)
    return 1


def read_client(item: Mapping[str, "Value"]) -> Client:
    """The client of an item: the inverse of `client_item`."""
    client_id = client_id_of(item)
    fields = _ATTRIBUTES.read(item)
    fields["id"], fields["created_at"] = client_id, created_at(client_id)
    return Client(**fields)


def evidence_item(tenant: Tenant, evidence: Evidence) -> Item:
    """The item of one grant or withdrawal of consent, beside its client."""
    item: Item = {
        "pk": {"S": partition(tenant)},
        "sk": {"S": f"CONSENT#{evidence.client_id}#{evidence.id}"},
        "channel": {"S": evidence.channel},
        "contact_point": {"S": evidence.contact_point},
        "granted": {"BOOL": evidence.granted},
        "source": {"S": evidence.source},
        "at": {"S": instant(evidence.at)},
    }
    if evidence.credential_id is not None:
        item["credential_id"] = {"S": evidence.credential_id}
    if evidence.withdrawal is not None:
        item["withdrawal"] = {"S": evidence.withdrawal}
    return item


def read_evidence(item: Mapping[str, "Value"]) -> Evidence:
    """The grant or withdrawal of an item: the inverse of `evidence_item`."""
    _, client_id, evidence_id = item["sk"]["S"].split("#")
    return Evidence(
        id=evidence_id,
        client_id=client_id,
        channel=Channel(item["channel"]["S"]),
        contact_point=item["contact_point"]["S"],
        granted=item["granted"]["BOOL"],
        source=item["source"]["S"],
        withdrawal=Withdrawal(item["withdrawal"]["S"]) if "withdrawal" in item else None,
        at=parse_instant(item["at"]["S"]),
        credential_id=item["credential_id"]["S"] if "credential_id" in item else None,
    )


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """The texts and facets of a client in the search index, by which lists filter and order.

    Attributes:
        name and the other texts: as `folded` folds them; the empty string where there is none.
            `name` is the display name.
        external_id: as written, because a filter compares it exactly.
        member_type: the shown one, see `Client.shown_member_type`.
    """

    id: str
    name: str
    first_name: str
    last_name: str
    company: str
    email: str
    external_id: str
    contact_name: str
    legal_name: str
    archived: bool
    member_type: MemberType
    request_count: int
    updated_at: datetime

    @property
    def created_at(self) -> datetime:
        """When the client was created."""
        return created_at(self.id)


def read_search_entry(item: Mapping[str, "Value"]) -> SearchEntry:
    """The entry of an item of the search index: the inverse of its two attributes."""
    archived, member_type, request_count, updated_at = item["search_facets"]["S"].split("|")
    texts: dict[str, Any] = dict(zip(_SEARCHED, item["search_text"]["S"].split(_UNIT), strict=True))
    return SearchEntry(
        id=client_id_of(item),
        **texts,
        archived=archived == "1",
        member_type=MemberType(member_type),
        request_count=int(request_count),
        updated_at=parse_instant(updated_at),
    )


def _search_text(client: Client) -> str:
    """The searched texts in the order of `_SEARCHED`, folded but for the external id."""
    texts = {"name": client.display_name} | {name: getattr(client, name) for name in _SEARCHED[1:]}
    searched = {name: folded(text or "") for name, text in texts.items()}
    return _UNIT.join((searched | {"external_id": client.external_id or ""}).values())


def _search_facets(client: Client) -> str:
    """Archived, member type, request count and last change, in one attribute to save room."""
    archived = "1" if client.archived else "0"
    updated_at = instant(client.updated_at)
    return f"{archived}|{client.shown_member_type}|{client.request_count}|{updated_at}"
