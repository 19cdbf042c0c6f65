"""The views of clients in DynamoDB: packs, their directory, and the overlay.

Whoever changes packs or the directory does so in a turn. Turns are counted, and the writes of a
turn that is over are refused, so that a process that was slow cannot undo what another has done
since. See `docs/data-model.md`, "Views".
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from registry.domain.errors import RaceLost, Unavailable
from registry.domain.identifiers import instant, now, parse_instant
from registry.domain.immutable import dataclass, replace
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.batch import read_all
from registry.store.directory import Directory, Entry, Pack, pack_directory, read_packs
from registry.store.dynamodb import WriteRefused, dynamodb_client, query, send, table_name
from registry.store.listing import between
from registry.store.packs import (
    Fact,
    Kind,
    PackedFacts,
    Row,
    Texts,
    counts_of,
    pack_facts,
    pack_texts,
    read_texts,
)
from registry.store.parallel import side_by_side
from registry.store.transaction import Write, delete, delete_if, race_lost, require, transact

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

# Sort keys in a tenant's partition. A list reads from the directory to the end, in one query; the
# function `index` reads the two directories.
_NEXT, _DIRECTORY, _ENTRY, _END, _RETIRED, _TURN = "A", "D", "E#", "F", "R", "T"
_FACTS, _TEXTS = _KINDS = "FACTS", "TEXTS"
# What one BatchGetItem asks for: packs have 300 KB at most, and a response 16 MB.
_PACKS_PER_CALL = 25
_SNAPSHOTS = 4
# A transaction of 100 writes, less the directory, its end and the condition on the turn.
ENTRIES_PER_FLIP = 97
# The longest text or facts of a pack, compressed; leaves room in an item of 400 KB.
MOST_BYTES = 300_000
# A build that was killed may have written packs beyond those that it has written down: the clients
# of one pack in pieces, of which the largest clients make some hundred.
_BEYOND = 200
_UNIT = "\x1f"
_NONE = "-"


class Moved(Unavailable):
    """A pack is no longer where a directory that was read earlier has it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A directory with its overlay.

    Attributes:
        entries: one for each client that changed since its pack was written, in the order of ids.
    """

    directory: Directory
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Build:
    """A generation that is being made, and is not read yet.

    Attributes:
        directory: its packs so far.
        after: the id after which it goes on; empty at the beginning.
        at: when it last got on.
    """

    directory: Directory
    after: str
    at: datetime


class ViewStore:
    """The views of all tenants."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Views table."""
        self._client = client
        self._table = table

    def snapshot(self, tenant: Tenant, *, consistent: bool = False) -> Snapshot | None:
        """The directory and the overlay; None for a tenant without packs.

        One call for each megabyte, which is some 3,000 entries; more where the directory changes
        at the same time.
        """
        found: list[items.Item] = []
        for _ in range(_SNAPSHOTS):
            found = list(self._query(tenant, _DIRECTORY, _END, consistent=consistent))
            if not found or found[0]["sk"]["S"] != _DIRECTORY:
                return None
            if found[-1]["sk"]["S"] == _END and found[-1]["flip_count"] == found[0]["flip_count"]:
                break
        entries = (item for item in found if item["sk"]["S"].startswith(_ENTRY))
        return Snapshot(_read_directory(found[0]), tuple(map(_read_entry, entries)))

    def directories(self, tenant: Tenant) -> tuple[Build | None, Directory | None]:
        """The generation that is being made and the present directory, read consistently."""
        found = {
            item["sk"]["S"]: item
            for item in self._query(tenant, _NEXT, _DIRECTORY, consistent=True)
        }
        build = _read_build(found[_NEXT]) if _NEXT in found else None
        return build, _read_directory(found[_DIRECTORY]) if _DIRECTORY in found else None

    def facts(
        self, tenant: Tenant, directory: Directory, packs: Iterable[Pack]
    ) -> dict[int, PackedFacts]:
        """The facts of packs, by their numbers. One call for every 25 packs, side by side.

        Raises:
            Moved: a pack has been written anew since the directory was read.
        """
        found = self._packed(tenant, directory, packs, _FACTS)
        return {number: PackedFacts(data) for number, data in found.items()}

    def texts(
        self, tenant: Tenant, directory: Directory, packs: Iterable[Pack]
    ) -> dict[int, bytes]:
        """The packed texts of packs, by their numbers: as `facts`."""
        return self._packed(tenant, directory, packs, _TEXTS)

    def rows(self, tenant: Tenant, directory: Directory, pack: Pack) -> list[Row]:
        """All rows of a pack.

        Raises:
            Moved: as `facts`.
        """
        facts = self.facts(tenant, directory, [pack])[pack.number]
        texts = read_texts(self.texts(tenant, directory, [pack])[pack.number])
        return [Row(fact, text) for fact, (_, text) in zip(facts, texts, strict=True)]

    def put_entry(self, tenant: Tenant, entry: Entry, *, again: bool = False) -> bool:
        """Write an overlay entry, unless there is one of the same client that is newer.

        An entry of the same version is replaced where it has another base. One call.

        Args:
            tenant: the tenant of the client.
            entry: the entry.
            again: replace one of the same version whatever it holds.

        Returns:
            Whether it was written.
        """
        same = "" if again else " AND based_on <> :base"
        condition = (
            f"attribute_not_exists(version) OR version < :version OR (version = :version{same})"
        )
        values: items.Item = {":version": {"N": str(entry.fact.version)}}
        if not again:
            values[":base"] = {"S": entry.base}
        try:
            send(
                self._client.put_item,
                TableName=self._table,
                Item=_entry_item(tenant, entry),
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
        except WriteRefused:
            return False
        return True

    def remove_entry(self, tenant: Tenant, entry: Entry) -> None:
        """Delete an overlay entry, unless it has changed. One call."""
        try:
            send(
                self._client.delete_item,
                TableName=self._table,
                Key=_key(tenant, _ENTRY + entry.fact.id),
                ConditionExpression="version = :version AND based_on = :base",
                ExpressionAttributeValues={
                    ":version": {"N": str(entry.fact.version)},
                    ":base": {"S": entry.base},
                },
            )
        except WriteRefused:
            return

    def begin_turn(self, tenant: Tenant, seconds: int) -> int | None:
        """Take the next turn at changing packs; None while another one has it. One call.

        Args:
            tenant: whose packs.
            seconds: after this time others may take a turn, and this one is over.
        """
        at = now()
        try:
            response = send(
                self._client.update_item,
                TableName=self._table,
                Key=_key(tenant, _TURN),
                UpdateExpression="SET held_until = :until ADD turn :one",
                ConditionExpression="attribute_not_exists(held_until) OR held_until < :now",
                ExpressionAttributeValues={
                    ":until": {"S": instant(at + timedelta(seconds=seconds))},
                    ":now": {"S": instant(at)},
                    ":one": {"N": "1"},
                },
                ReturnValues="UPDATED_NEW",
            )
        except WriteRefused:
            return None
        return int(response["Attributes"]["turn"]["N"])

    def hold_turn(self, tenant: Tenant, turn: int, seconds: int) -> None:
        """Keep a turn for so many seconds more; 0 ends it.

        Raises:
            RaceLost: it is over.
        """
        until = instant(now() + timedelta(seconds=seconds)) if seconds else ""
        try:
            send(
                self._client.update_item,
                TableName=self._table,
                Key=_key(tenant, _TURN),
                UpdateExpression="SET held_until = :until",
                ConditionExpression="turn = :turn",
                ExpressionAttributeValues={":until": {"S": until}, ":turn": {"N": str(turn)}},
            )
        except WriteRefused as refused:
            raise RaceLost from refused

    def write_pack(self, tenant: Tenant, generation: int, pack: Pack, rows: Sequence[Row]) -> Pack:
        """Write the items of a pack to its slot, where no directory shows them yet. Two calls.

        Returns:
            The pack with the counts of the rows.

        Raises:
            RaceLost: a later turn has written there.
        """
        facts = [row.fact for row in rows]
        for kind, data in ((_FACTS, pack_facts(facts)), (_TEXTS, pack_texts(rows))):
            item: items.Item = {
                **_pack_key(tenant, generation, pack, kind),
                "turn": {"N": str(pack.turn)},
                "data": {"B": data},
            }
            try:
                send(
                    self._client.put_item,
                    TableName=self._table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(turn) OR turn <= :turn",
                    ExpressionAttributeValues={":turn": {"N": str(pack.turn)}},
                )
            except WriteRefused as refused:
                raise RaceLost from refused
        counted = sum(fact.request_count != 0 for fact in facts if fact.kind is not Kind.GONE)
        return Pack(pack.number, pack.first, pack.turn, pack.slot, tuple(counts_of(facts)), counted)

    def flip(self, tenant: Tenant, turn: int, directory: Directory, taken: Sequence[Entry]) -> None:
        """Show another directory, without the overlay entries that its packs have taken in.

        One transaction of at most `ENTRIES_PER_FLIP` entries.

        Raises:
            RaceLost: the turn is over, or an entry has changed; nothing was done.
        """
        end: items.Item = _key(tenant, _END) | {"flip_count": {"N": str(directory.flips)}}
        writes = [
            self._in_turn(tenant, turn),
            self._put(_directory_item(tenant, directory)),
            self._put(end),
            *(
                delete_if(
                    self._table,
                    _key(tenant, _ENTRY + entry.fact.id),
                    "version = :version AND based_on = :base",
                    {
                        ":version": {"N": str(entry.fact.version)},
                        ":base": {"S": entry.base},
                    },
                )
                for entry in taken
            ),
        ]
        transact(self._client, writes)

    def put_build(self, tenant: Tenant, turn: int, build: Build) -> None:
        """Write down how far a new generation is.

        Raises:
            RaceLost: the turn is over.
        """
        item = _directory_item(tenant, build.directory) | {
            **_key(tenant, _NEXT),
            "resume_after": {"S": build.after},
            "renewed_at": {"S": instant(build.at)},
        }
        transact(self._client, [self._in_turn(tenant, turn), self._put(item)])

    def finish_build(
        self, tenant: Tenant, turn: int, directory: Directory, old: Directory | None
    ) -> None:
        """Have lists read the new generation from now on; `remove_retired` removes the old one.

        Raises:
            RaceLost: the turn is over.
        """
        end: items.Item = _key(tenant, _END) | {"flip_count": {"N": str(directory.flips)}}
        writes = [
            self._in_turn(tenant, turn),
            self._put(_directory_item(tenant, directory)),
            self._put(end),
            delete(self._table, _key(tenant, _NEXT)),
        ]
        if old is not None:
            writes.append(self._put(_retired(tenant, old.generation, old.next_number)))
        transact(self._client, writes)

    def drop_build(self, tenant: Tenant, turn: int, build: Build) -> None:
        """Forget a generation that nobody goes on with; `remove_retired` removes it.

        Raises:
            RaceLost: the turn is over.
        """
        begun = build.directory
        writes = [
            self._in_turn(tenant, turn),
            delete(self._table, _key(tenant, _NEXT)),
            self._put(_retired(tenant, begun.generation, begun.next_number + _BEYOND)),
        ]
        transact(self._client, writes)

    def remove_retired(self, tenant: Tenant) -> None:
        """Delete the packs of a generation that no directory has any more, if there is one.

        A run that was cut off is gone on with by the next one.
        """
        key = _key(tenant, _RETIRED)
        found = send(self._client.get_item, TableName=self._table, Key=key, ConsistentRead=True)
        if "Item" not in found:
            return
        generation = int(found["Item"]["generation_number"]["N"])
        packs = (
            Pack(number, "", 0, slot, (), 0)
            for number in range(int(found["Item"]["next_number"]["N"]))
            for slot in (0, 1)
        )
        keys = [_pack_key(tenant, generation, pack, kind) for pack in packs for kind in _KINDS]
        side_by_side(
            partial(send, self._client.delete_item, TableName=self._table, Key=each)
            for each in keys
        )
        send(self._client.delete_item, TableName=self._table, Key=key)

    def remove_idle(self, tenant: Tenant, turn: int, directory: Directory) -> None:
        """Delete what packs were before they were last written: the slots not in use.

        Two calls for each pack, side by side.

        Raises:
            RaceLost: a later turn has written there.
        """
        side_by_side(
            partial(self._remove_written, _pack_key(tenant, directory.generation, idle, kind), turn)
            for idle in (replace(pack, slot=1 - pack.slot) for pack in directory.packs)
            for kind in _KINDS
        )

    def _remove_written(self, key: items.Item, turn: int) -> None:
        """Delete an item of a pack that this turn or an earlier one has written.

        Raises:
            RaceLost: a later turn has.
        """
        try:
            send(
                self._client.delete_item,
                TableName=self._table,
                Key=key,
                ConditionExpression="attribute_not_exists(turn) OR turn <= :turn",
                ExpressionAttributeValues={":turn": {"N": str(turn)}},
            )
        except WriteRefused as refused:
            raise RaceLost from refused

    def _packed(
        self, tenant: Tenant, directory: Directory, packs: Iterable[Pack], kind: str
    ) -> dict[int, bytes]:
        """The data of packs by their numbers."""
        wanted = list(packs)
        groups = [
            wanted[first : first + _PACKS_PER_CALL]
            for first in range(0, len(wanted), _PACKS_PER_CALL)
        ]
        read = partial(self._group, tenant, directory.generation, kind)
        found: dict[int, bytes] = {}
        for group in side_by_side(partial(read, group) for group in groups):
            found |= group
        return found

    def _group(
        self, tenant: Tenant, generation: int, kind: str, packs: Sequence[Pack]
    ) -> dict[int, bytes]:
        """The data of some packs: where a replica is behind, read again consistently."""
        found: dict[int, bytes] = {}
        for consistent in (False, True):
            behind = [pack for pack in packs if pack.number not in found]
            if not behind:
                return found
            keys = [_pack_key(tenant, generation, pack, kind) for pack in behind]
            read = read_all(self._client, self._table, keys, consistent=consistent)
            by_key = {item["pk"]["S"]: item for item in read}
            for pack, key in zip(behind, keys, strict=True):
                item = by_key.get(key["pk"]["S"])
                if item is not None and item["turn"]["N"] == str(pack.turn):
                    found[pack.number] = bytes(item["data"]["B"])
        if len(found) < len(packs):
            raise Moved
        return found

    def _query(
        self, tenant: Tenant, first: str, last: str, *, consistent: bool
    ) -> "Iterator[items.Item]":
        in_range, values = between("sk", first, last)
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": f"pk = :tenant AND {in_range}",
            "ExpressionAttributeValues": {":tenant": {"S": _partition(tenant)}, **values},
            "ConsistentRead": consistent,
        }
        return query(self._client, request)

    def _in_turn(self, tenant: Tenant, turn: int) -> Write:
        """The condition that a turn is not over."""
        return require(
            self._table, _key(tenant, _TURN), "turn = :turn", {":turn": {"N": str(turn)}}
        )

    def _put(self, item: items.Item) -> Write:
        """A write over whatever is there: the condition on the turn is the transaction's."""
        return Write({"Put": {"TableName": self._table, "Item": item}}, race_lost)


@cache
def view_store() -> ViewStore:
    """The store of this process, over the table its environment names."""
    return ViewStore(dynamodb_client(), table_name("VIEWS_TABLE"))


def _partition(tenant: Tenant) -> str:
    return f"{items.partition(tenant)}#VIEW"


def _key(tenant: Tenant, sk: str) -> items.Item:
    return {"pk": {"S": _partition(tenant)}, "sk": {"S": sk}}


def _pack_key(tenant: Tenant, generation: int, pack: Pack, kind: str) -> items.Item:
    place = f"{items.partition(tenant)}#PACK#{generation}#{pack.number}#{pack.slot}"
    return {"pk": {"S": place}, "sk": {"S": kind}}


def _retired(tenant: Tenant, generation: int, next_number: int) -> items.Item:
    """The item that says which generation is not in use any more."""
    return {
        **_key(tenant, _RETIRED),
        "generation_number": {"N": str(generation)},
        "next_number": {"N": str(next_number)},
    }


def _directory_item(tenant: Tenant, directory: Directory) -> items.Item:
    return {
        **_key(tenant, _DIRECTORY),
        "generation_number": {"N": str(directory.generation)},
        "flip_count": {"N": str(directory.flips)},
        "next_number": {"N": str(directory.next_number)},
        "packs": {"B": pack_directory(directory.packs)},
    }


def _read_directory(item: items.Item) -> Directory:
    return Directory(
        generation=int(item["generation_number"]["N"]),
        flips=int(item["flip_count"]["N"]),
        next_number=int(item["next_number"]["N"]),
        packs=read_packs(bytes(item["packs"]["B"])),
    )


def _read_build(item: items.Item) -> Build:
    return Build(
        _read_directory(item), item["resume_after"]["S"], parse_instant(item["renewed_at"]["S"])
    )


def _entry_item(tenant: Tenant, entry: Entry) -> items.Item:
    fact = entry.fact
    item: items.Item = {
        **_key(tenant, _ENTRY + fact.id),
        "version": {"N": str(fact.version)},
        "facts": {"S": f"{fact.kind.value}|{fact.request_count}|{fact.changed_after}"},
        "old_kind": {"S": _NONE if entry.old is None else str(entry.old.value)},
        "based_on": {"S": entry.base},
    }
    if fact.kind is not Kind.GONE:
        item["texts"] = {"S": _UNIT.join(entry.row.texts)}
    return item


def _read_entry(item: items.Item) -> Entry:
    kind, request_count, changed_after = item["facts"]["S"].split("|")
    old = item["old_kind"]["S"]
    fact = Fact(
        item["sk"]["S"].removeprefix(_ENTRY),
        Kind(int(kind)),
        int(item["version"]["N"]),
        int(request_count),
        int(changed_after),
    )
    texts = Texts(*item["texts"]["S"].split(_UNIT)) if "texts" in item else Texts()
    return Entry(Row(fact, texts), None if old == _NONE else Kind(int(old)), item["based_on"]["S"])
