"""The DynamoDB items of records, and the only place where their keys are built.

The partition is workspace and mode, so that no key of one tenant can reach another's record. See
`docs/data-model.md`, table "Clients", for the indexes these attributes serve.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from registry.domain.client import Channel, Client, MemberType
from registry.domain.email_address import email_key
from registry.domain.folding import folded
from registry.domain.identifiers import created_at, instant, parse_instant
from registry.domain.ledger import Evidence, Source, Withdrawal
from registry.domain.tenant import Tenant
from registry.store.attributes import attributes_of

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value

Item = dict[str, "Value"]

CLIENT = "CLIENT#"
PAYMENT_METHOD = "PAYMENT_METHOD#"
# Between the text of a sort key and the id that makes it unique: lower than all stored characters.
SEPARATOR = "\x01"
# Between the texts of the search index; control characters are refused in every text it holds.
_UNIT = "\x1f"
# DynamoDB's sort keys end at 1,024 bytes; the id and its separator take 37 of them.
_MAX_NAME_BYTES = 900
# DynamoDB's items end at 400 KB; the rest is for the sizes that `_size` only estimates.
_MAX_ITEM_BYTES = 400 * 1024 - 4 * 1024
# No contract takes a longer text. The time to fold combining marks grows with the square of their
# number.
_MAX_INDEXED = 1_000
_SPACES = dict.fromkeys(range(0x20), " ")
# DynamoDB's partition keys end at 2,048 bytes; a longer value is stored as its digest.
_MAX_VALUE_BYTES = 1_024

# The id is in the key, and an id tells when its client was created.
_ATTRIBUTES = attributes_of(Client, in_key=frozenset({"id", "created_at"}))
_OPTIONAL_OF_EVIDENCE = (
    "credential_id",
    "withdrawal",
    "contact_point",
    "contact_point_hash",
    "previous_hash",
    "hash",
)
# The texts of the search index, in their order in `search_text`.
_SEARCHED = attrgetter(
    "display_name",
    "first_name",
    "last_name",
    "company",
    "email",
    "external_id",
    "contact_name",
    "legal_name",
)
_EXTERNAL_ID = 5


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
    sk = f"{PAYMENT_METHOD}{client_id}#{payment_method_id}"
    return {"pk": {"S": partition(tenant)}, "sk": {"S": sk}}


def client_id_of(item: Mapping[str, "Value"]) -> str:
    """The id in the key of a client's item."""
    return item["sk"]["S"].removeprefix(CLIENT)


def name_key(client: Client) -> str:
    """The sort key that orders clients by folded display name, and then by id."""
    return sort_text(folded(_indexed(client.display_name or ""))) + SEPARATOR + client.id


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
# The attribute of a redirect that says which client absorbed it, and the condition that it has it.
ABSORBED_INTO = "absorbed_into"
REDIRECT = f"attribute_exists({ABSORBED_INTO})"
# That a client is live or a redirect, so that what belongs to it may be written.
KNOWN = f"({LIVE} OR {REDIRECT})"


def client_item(tenant: Tenant, client: Client) -> Item:
    """The item of a client, with the attributes its indexes are made of. None takes no room.

    A client that is not live has none of them but the one by which a redirect is found, as the
    survivor is by what an absorbed client had.
    """
    item: Item = {**client_key(tenant, client.id), **_ATTRIBUTES.write(client)}
    if client.live:
        item |= _indexes(tenant, client)
    if client.external_id is not None and (client.live or client.absorbed_into is not None):
        item["external_id_pk"] = {"S": external_id_partition(tenant, client.external_id)}
    return item


def _indexes(tenant: Tenant, client: Client) -> Item:
    """The attributes that indexes of clients are made of."""
    return {
        "status_pk": {"S": status_partition(tenant, archived=client.archived)},
        "name_key": {"S": name_key(client)},
        "updated_key": {"S": updated_key(client)},
        "search_pk": {"S": partition(tenant)},
        "search_text": {"S": _search_text(client)},
        "search_facets": {"S": _search_facets(client)},
    }


def is_storable(item: Item) -> bool:
    """Whether an item is within DynamoDB's limit of 400 KB, with some room to spare.

    Source: "Constraints in Amazon DynamoDB", Amazon DynamoDB Developer Guide: the size of an item
    is that of the names and values of its attributes.
    """
    return sum(len(name.encode()) + _size(value) for name, value in item.items()) <= _MAX_ITEM_BYTES


def _size(value: object) -> int:
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
        "sk": {"S": evidence_prefix(evidence.client_id) + evidence.id},
        "channel": {"S": evidence.channel},
        "granted": {"BOOL": evidence.granted},
        "source": {"S": evidence.source},
        "at": {"S": instant(evidence.at)},
    }
    for name in _OPTIONAL_OF_EVIDENCE:
        if (text := getattr(evidence, name)) is not None:
            item[name] = {"S": text}
    return item


def evidence_prefix(client_id: str) -> str:
    """How the sort keys of a client's evidence begin; an entry's id follows."""
    return f"CONSENT#{client_id}#"


def read_evidence(item: Mapping[str, "Value"]) -> Evidence:
    """The entry of an item: the inverse of `evidence_item`."""
    _, client_id, entry_id = item["sk"]["S"].split("#")
    texts = {name: item[name]["S"] if name in item else None for name in _OPTIONAL_OF_EVIDENCE}
    withdrawal = texts.pop("withdrawal")
    return Evidence(
        id=entry_id,
        client_id=client_id,
        channel=Channel(item["channel"]["S"]),
        granted=item["granted"]["BOOL"],
        source=Source(item["source"]["S"]),
        withdrawal=None if withdrawal is None else Withdrawal(withdrawal),
        at=parse_instant(item["at"]["S"]),
        **texts,
    )


class SearchEntry:
    """The texts and facets of a client in the search index, by which lists filter and order.

    They are read when they are asked for: a list goes through the entries of a whole workspace, and
    needs no more of most of them than a filter.

    The texts are as `folded` folds them; the empty string where there is none. `name` is the
    display name. `external_id` is as written, because a filter compares it exactly.
    """

    __slots__ = ("_facets", "_item", "_texts", "id")

    def __init__(self, item: Mapping[str, "Value"]) -> None:
        """Keep an item of the index."""
        self.id = client_id_of(item)
        self._item = item
        self._texts: list[str] | None = None
        self._facets: list[str] | None = None

    @property
    def created_at(self) -> datetime:
        """When the client was created."""
        return created_at(self.id)

    @property
    def archived(self) -> bool:
        """Whether the client is archived."""
        return self._facet(0) == "1"

    @property
    def member_type(self) -> MemberType:
        """The shown one, see `Client.shown_member_type`."""
        return MemberType(self._facet(1))

    @property
    def request_count(self) -> int:
        """The client's own."""
        return int(self._facet(2))

    @property
    def updated_at(self) -> datetime:
        """The instant of the client's last change."""
        return parse_instant(self._facet(3))

    @property
    def name(self) -> str:
        """The display name."""
        return self._text(0)

    @property
    def first_name(self) -> str:
        """The first name."""
        return self._text(1)

    @property
    def last_name(self) -> str:
        """The last name."""
        return self._text(2)

    @property
    def company(self) -> str:
        """The company."""
        return self._text(3)

    @property
    def email(self) -> str:
        """The e-mail address."""
        return self._text(4)

    @property
    def external_id(self) -> str:
        """The external id, as written."""
        return self._text(5)

    @property
    def contact_name(self) -> str:
        """The contact's name."""
        return self._text(6)

    @property
    def legal_name(self) -> str:
        """The legal name."""
        return self._text(7)

    def _text(self, index: int) -> str:
        if self._texts is None:
            self._texts = self._item["search_text"]["S"].split(_UNIT)
        return self._texts[index]

    def _facet(self, index: int) -> str:
        if self._facets is None:
            self._facets = self._item["search_facets"]["S"].split("|")
        return self._facets[index]


def search_entry(client: Client) -> SearchEntry:
    """The entry of a client, as the search index has it."""
    return SearchEntry(
        {
            "sk": {"S": CLIENT + client.id},
            "search_text": {"S": _search_text(client)},
            "search_facets": {"S": _search_facets(client)},
        }
    )


def facet(member_type: MemberType) -> str:
    """The part of `search_facets` that says which member type a client is shown with."""
    return f"|{member_type}|"


def _search_text(client: Client) -> str:
    """The searched texts in the order of `_SEARCHED`, folded but for the external id."""
    texts = [_indexed(text) if text else "" for text in _SEARCHED(client)]
    # No character folds together with the one between the texts.
    searched = folded(_UNIT.join(texts))
    if texts[_EXTERNAL_ID]:
        each = searched.split(_UNIT)
        each[_EXTERNAL_ID] = texts[_EXTERNAL_ID]
        searched = _UNIT.join(each)
    return searched


def _indexed(text: str) -> str:
    """The part of a text that indexes hold: its beginning, with spaces for control characters.

    Contracts refuse longer texts and control characters. A client that moved in may have them, and
    indexes separate texts with control characters.
    """
    beginning = text[:_MAX_INDEXED]
    return beginning if beginning.isprintable() else beginning.translate(_SPACES)


def _search_facets(client: Client) -> str:
    """Archived, member type, request count and last change, in one attribute to save room."""
    archived = "1" if client.archived else "0"
    updated_at = instant(client.updated_at)
    return f"{archived}|{client.shown_member_type}|{client.request_count}|{updated_at}"
