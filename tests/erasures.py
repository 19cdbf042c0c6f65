"""A person in every table and in the queue, and what is left of them.

What is seeded is looked for byte by byte.
"""

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from registry.contracts.alternative_payments.operations import OPERATIONS as PAYMENTS
from registry.contracts.athenty.operations import OPERATIONS as ATHENTY
from registry.contracts.hoursmith.operations import OPERATIONS as HOURSMITH
from registry.contracts.paytrum.operations import OPERATIONS as PAYTRUM
from registry.contracts.registry_api.operations import OPERATIONS as REGISTRY
from registry.domain.change import Author
from registry.domain.client import Client
from registry.domain.identifiers import new_id, now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.domain.webhook import Attempt, DeliveryState, delivery_after
from registry.domain.workspace import Contract, Plan, Workspace, new_workspace
from registry.projections.erase import erase_function
from registry.projections.index import Index
from registry.projections.stream import ClientChange
from registry.services.clearing import Clearing
from registry.services.leavings import Tables, all_leavings
from registry.services.packing import Packing
from registry.services.payment_methods import PaymentMethods
from registry.store import items
from registry.store.beside import service_client
from registry.store.clients import ClientStore, client_store
from registry.store.credentials import CredentialStore
from registry.store.deliveries import delivery_store
from registry.store.dynamodb import dynamodb_client
from registry.store.erasures import ErasureStore
from registry.store.events import EventStore
from registry.store.http.client import SQS
from registry.store.indexed import IndexedStore
from registry.store.links import link_store
from registry.store.parked import parked_store
from registry.store.payment_methods import payment_method_store
from registry.store.rows import client_rows
from registry.store.sources import Source, source_store
from registry.store.views import view_store
from tests.contract_client import ContractClient, Reply, Unhurried, caller
from tests.dynamodb import write_batch
from tests.stream import Stream
from tests.template import create_table
from tests.webhooks import attempt_at

TENANT = Tenant(caller("registry")["workspaceId"], "live")
TABLES = ("clients", "idempotency", "links", "events", "views", "credentials")
DOORS: Mapping[Contract, tuple[tuple[Any, ...], str]] = {
    Contract.PAYTRUM: (PAYTRUM, "/v1/clients"),
    Contract.ATHENTY: (ATHENTY, "/v2/api/clients"),
    Contract.HOURSMITH: (HOURSMITH, "/api/v1/clients"),
    Contract.ALTERNATIVE_PAYMENTS: (PAYMENTS, "/customers"),
    Contract.REGISTRY: (REGISTRY, "/v1/clients"),
}
# Every one of them is personal, and no one of them a part of what stays.
SEEDED = (
    "Quillfeather",
    "quillfeather.test",
    "+14155550147",
    "(415) 555-0147",
    "Zephyrine",
    "Wobblethorpe Lane",
    "12-9876543",
    "crm-quill-77",
    "vendor-quill-1",
    "vendor-quill-2",
    "pm_quill_token",
    "Pays in doubloons",
    "Ticket about Q",
    "no mailbox",
    "Quillfeather-Holder",
)
_LONG = "Pays in doubloons. " * 250
Items = dict[str, dict[str, Any]]


def workspace() -> Workspace:
    """The workspace of the callers, with the consent key that their authorizer hands out."""
    made = new_workspace("Acme Holding", Plan.ENTERPRISE, at=now())
    key = bytes.fromhex(caller("registry")["consentKey"])
    return replace(made, id=TENANT.workspace_id, moved_consent_key=key)


def everything() -> Items:
    """Every item of every table, by table and key."""
    found: Items = {}
    for table in TABLES:
        for item in _scanned(table):
            place = item["pk"]["S"] + "\n" + item.get("sk", {"S": ""})["S"]
            found[f"{table}\n{place}"] = item
    return found


def _scanned(table: str) -> Iterator[dict[str, Any]]:
    """The items of a table. Both clients have the call, and only one has paginators."""
    start: dict[str, Any] = {}
    while True:
        page = dynamodb_client().scan(TableName=table, ConsistentRead=True, **start)
        yield from map(dict, page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def restore(before: Items) -> None:
    """Make the tables what they were."""
    present = everything()
    by_table: dict[str, list[Any]] = {}
    for place, item in present.items():
        if place not in before:
            key = {name: item[name] for name in ("pk", "sk") if name in item}
            by_table.setdefault(place.partition("\n")[0], []).append(
                {"DeleteRequest": {"Key": key}}
            )
    for place, item in before.items():
        if present.get(place) != item:
            by_table.setdefault(place.partition("\n")[0], []).append({"PutRequest": {"Item": item}})
    for table, requests in by_table.items():
        for first in range(0, len(requests), 25):
            write_batch(table, requests[first : first + 25])


@dataclass
class Scan:
    """What was looked at, and where something was found.

    Attributes:
        found: the places with a seeded value, each with the value.
        items, size: how much was looked at, in items and bytes, as stored and decompressed.
    """

    found: list[tuple[str, str]] = field(default_factory=list)
    items: int = 0
    size: int = 0


def scan(values: tuple[str, ...] = SEEDED, content: Items | None = None) -> Scan:
    """Look for values in every byte of every table and of the queue, in any case.

    Args:
        values: the values.
        content: the items to look at; None for those that there are. Packed ones are unpacked.
    """
    found = everything() if content is None else content
    bodies = {f"queue\n{number}": body for number, body in enumerate(queued())}
    result = Scan()
    for place, item in {**found, **(bodies if content is None else {})}.items():
        result.items += 1
        held = b"\n".join(_bytes(item)).lower()
        result.size += len(held)
        result.found += [
            (place.replace("\n", " "), value) for value in values if value.lower().encode() in held
        ]
    return result


def queued() -> list[str]:
    """The bodies of all messages in the queue of webhooks, which has them again afterwards."""
    client, url = service_client(SQS), os.environ["WEBHOOK_QUEUE_URL"]
    bodies: list[str] = []
    while True:
        received = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        if not received:
            break
        for message in received:
            bodies.append(message["Body"])
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    _queue(bodies)
    return bodies


def _queue(bodies: list[str]) -> None:
    client, url = service_client(SQS), os.environ["WEBHOOK_QUEUE_URL"]
    for body in bodies:
        client.send_message(
            QueueUrl=url,
            MessageBody=body,
            MessageGroupId="seeded",
            MessageDeduplicationId=new_id(),
        )


def _bytes(value: object) -> Iterator[bytes]:
    match value:
        case str():
            yield value.encode()
        case bytes():
            yield value
            try:
                yield zlib.decompress(value)
            except zlib.error:
                return
        case Mapping():
            for name, each in value.items():
                yield name.encode()
                yield from _bytes(each)
        case list():
            for each in value:
                yield from _bytes(each)


@dataclass
class Person:
    """Somebody whom all five doors know, with another one beside, who stays.

    Attributes:
        id: of the client.
        absorbed: of the client that was merged into it.
        parted: of a client that was merged into it and came back, and that it was merged into and
            came back from; it is not erased.
    """

    id: str
    absorbed: str
    parted: str

    @property
    def ids(self) -> tuple[str, ...]:
        """The clients that are erased."""
        return self.id, self.absorbed


def door(contract: Contract) -> ContractClient:
    """A caller of a contract that may do everything."""
    return ContractClient(DOORS[contract][0], caller(contract, role="owner"))


def send(contract: Contract, method: str, suffix: str, body: object, key: str = "") -> Reply:
    """The response to a request of a contract's clients; with a key that is not empty, under it."""
    headers = {"Idempotency-Key": key} if key else None
    return door(contract).send(method, DOORS[contract][1] + suffix, body, headers)


CREATES: Mapping[Contract, Mapping[str, object]] = {
    Contract.PAYTRUM: {"name": "Zephyrine Quillfeather", "email": "zq@quillfeather.test"},
    Contract.ATHENTY: {"memberType": "business", "businessName": "Quillfeather"},
    Contract.HOURSMITH: {"name": "Quillfeather"},
    Contract.ALTERNATIVE_PAYMENTS: {"name": "Quillfeather", "external_id": "crm-quill-77"},
    Contract.REGISTRY: {
        "name": "Quillfeather Ltd",
        "first_name": "Zephyrine",
        "last_name": "Quillfeather",
        "email": "zq@quillfeather.test",
        "phone": "(415) 555-0147",
        "ein": "12-9876543",
        "address": {"line1": "1 Wobblethorpe Lane"},
        "consents": {"email": True, "sms": True},
    },
}
CHANGES: Mapping[Contract, Mapping[str, object]] = {
    Contract.PAYTRUM: {"name": "Quillfeather of Paytrum"},
    Contract.ATHENTY: {"businessName": "Quillfeather of Athenty"},
    Contract.HOURSMITH: {"notes": "Pays in doubloons"},
    Contract.ALTERNATIVE_PAYMENTS: {"legal_name": "Quillfeather Legal"},
    Contract.REGISTRY: {"notes": _LONG[:5_000], "email": "new@quillfeather.test"},
}


@dataclass(frozen=True)
class _Seeded:
    """The seeded tables and queue, and what the stream has seen of them."""

    person: Person
    content: Items
    messages: list[str]
    images: dict[str, Any]


# Made once for all tests of a process, unless one of them looks at how it is made.
_SEEDED: list[_Seeded] = []


def seed(stream: Stream, *, anew: bool = False) -> Person:
    """Put a person into every table and the queue, with everything that a client leaves behind."""
    create_table(dynamodb_client(), "CredentialsTable", "credentials")
    if anew or not _SEEDED:
        person = _seed(stream)
        _SEEDED[:] = [_Seeded(person, everything(), queued(), dict(stream.images))]
        return person
    (seeded,) = _SEEDED
    restore(seeded.content)
    _queue(seeded.messages)
    stream.images = dict(seeded.images)
    return seeded.person


def _seed(stream: Stream) -> Person:
    CredentialStore(dynamodb_client(), "credentials").create_workspace(workspace())
    packing = Packing(view_store(), client_rows(), most_clients=4, overlay_least=0)
    endpoint = _endpoint()
    for number in range(6):
        send(Contract.REGISTRY, "POST", "", {"name": f"Beside {number}"})
    made = send(Contract.REGISTRY, "POST", "", CREATES[Contract.REGISTRY], "create").json["id"]
    body = CREATES[Contract.ALTERNATIVE_PAYMENTS]
    absorbed = send(Contract.ALTERNATIVE_PAYMENTS, "POST", "", body, "create").json["id"]
    parted = send(Contract.REGISTRY, "POST", "", {"name": "Bystander"}).json["id"]
    stream.catch_up()
    packing.build(TENANT)
    for contract, change in CHANGES.items():
        reply = send(contract, "PATCH", f"/{made}", change, f"change {contract}")
        assert reply.status == 200, (contract, reply.text)
        stream.catch_up()
    for owner in (made, absorbed):
        user = {"email": f"{owner[-4:]}@quillfeather.test", "first_name": "Zephyrine"}
        suffix = f"/{owner}/users"
        reply = send(Contract.ALTERNATIVE_PAYMENTS, "POST", suffix, user, f"user {owner}")
        assert reply.status == 201, reply.text
    card = PaymentMethod(
        id=new_id(),
        client_id=made,
        type=PaymentMethodType.CARD,
        token="pm_quill_token",
        holder_name="Z Quillfeather-Holder",
    )
    PaymentMethods(client_store(), payment_method_store()).attach(
        TENANT, card, Author("example", now()), default=True
    )
    _move_in(made, Contract.PAYTRUM, "vendor-quill-1")
    _move_in(absorbed, Contract.HOURSMITH, "vendor-quill-2")
    _undo(_merge(made, parted))
    stream.catch_up()
    taken = _merge(parted, made)
    stream.catch_up()
    own = send(Contract.REGISTRY, "PATCH", f"/{parted}", {"notes": "Of its own"}, "in between")
    assert own.status == 200, own.text
    stream.catch_up()
    _undo(taken)
    stream.catch_up()
    _merge(made, absorbed)
    stream.catch_up()
    _park(client_store().get(TENANT, made))
    _deliver(made, endpoint)
    packing.tidy(TENANT)
    return Person(made, absorbed, parted)


def _move_in(client_id: str, contract: Contract, vendor_id: str) -> None:
    """Link a client with a vendor's id, and keep what was moved in."""
    link_store().link(TENANT, contract, vendor_id, client_id)
    facts = {"name": "Quillfeather", "notes": _LONG}
    source = Source(client_id=client_id, version=1, job="j", outcome="created", facts=facts)
    source_store().put(TENANT, contract, vendor_id, source)
    before = client_store().get(TENANT, client_id)
    after = replace(
        before,
        ids={contract.value: vendor_id},
        version=before.version + 1,
        updated_at=before.updated_at + timedelta(milliseconds=1),
    )
    dynamodb_client().put_item(TableName="clients", Item=items.client_item(TENANT, after))


def _merge(survivor: str, absorbed: str) -> str:
    """Merge two clients; the id of the merge."""
    pair = {"survivor": survivor, "absorbed": absorbed}
    headers = {"Idempotency-Key": f"merge {absorbed}"}
    made = door(Contract.REGISTRY).send("POST", "/v1/merges", pair, headers)
    assert made.status == 201, made.text
    merge_id: str = made.json["id"]
    return merge_id


def _undo(merge_id: str) -> None:
    undone = door(Contract.REGISTRY).send("POST", f"/v1/merges/{merge_id}/undo")
    assert undone.status == 200, undone.text


def _park(client: Client) -> None:
    """Park a change of the client, as a projection does that cannot take it."""
    image = items.client_item(TENANT, client)
    keys = items.client_key(TENANT, client.id)
    record = {"eventName": "MODIFY", "dynamodb": {"Keys": keys, "NewImage": image}}
    for projection in ("project", "index"):
        parked_store().park(projection, "1", record, ValueError())


def _endpoint() -> str:
    """The id of a webhook that is told of everything."""
    body = {"url": "https://hooks.acme.com/", "types": ["*"]}
    made = door(Contract.REGISTRY).send("POST", "/v1/webhooks", body)
    assert made.status == 201, made.text
    endpoint_id: str = made.json["id"]
    return endpoint_id


def _deliver(client_id: str, endpoint_id: str) -> None:
    """An attempt to tell an endpoint of an event, refused with a text, and a resend under a key."""
    attempt = attempted(client_id, endpoint_id, 1, "client.created")
    delivery_store().attempted(TENANT, delivery_after(None, attempt, "receipt"), attempt)
    target = f"/v1/webhooks/{endpoint_id}/deliveries/{attempt.event_id}/retry"
    again = door(Contract.REGISTRY).send("POST", target, None, {"Idempotency-Key": "resend"})
    assert again.status == 202, again.text


def attempted(client_id: str, endpoint_id: str, version: int, kind: str) -> Attempt:
    """An attempt to tell an endpoint of the event of a version, which was refused with a text."""
    return attempt_at(
        endpoint_id,
        f"{client_id}.{version}",
        type=kind,
        state=DeliveryState.FAILED,
        status=550,
        error="no mailbox Quillfeather",
        next_attempt_at=None,
    )


def erase(person: Person) -> dict[str, Any]:
    """Ask for the erasure of a person; the job."""
    body = {"client": person.id, "reason": "Ticket about Q"}
    reply = door(Contract.REGISTRY).send("POST", "/v1/erasures", body)
    assert reply.status == 202, reply.text
    job: dict[str, Any] = reply.json
    return job


def follow(stream: Stream, person: Person) -> None:
    """Let events and views follow the tombstones."""
    found = client_store().in_any_state(TENANT, person.ids, consistent=True)
    packing = Packing(view_store(), client_rows(), most_clients=4, overlay_least=100)
    index = Index(packing, client_store(), tidy_every=None, count_every=None)  # type: ignore[arg-type]
    index([ClientChange(TENANT, None, tombstone, live=False) for tombstone in found])
    stream.catch_up()


def carry_out(person: Person) -> None:
    """Bring the events of the tombstones to the function, as the stream of Events does."""
    records = []
    for client in client_store().in_any_state(TENANT, person.ids, consistent=True):
        image = {
            "pk": {"S": f"{TENANT.workspace_id}#{TENANT.mode}#{client.id}"},
            "type": {"S": "client.erased"},
            "changed": {"S": "{}"},
        }
        records.append({"eventName": "INSERT", "dynamodb": {"NewImage": image}})
    function = erase_function(clearing)
    function(json.loads(json.dumps({"Records": records})), Unhurried())


def clearing() -> Clearing:
    """What carries erasures out, over the tables of the tests; nothing waits."""
    return clearing_over(dynamodb_client())


def clearing_over(client: Any) -> Clearing:
    """What carries erasures out, over the tables that a client of DynamoDB has; nothing waits."""

    def pass_time(_: float) -> None:
        """Let the turn of a process that was killed end."""
        client.update_item(
            TableName="views",
            Key={"pk": {"S": f"{TENANT.workspace_id}#{TENANT.mode}#VIEW"}, "sk": {"S": "T"}},
            UpdateExpression="SET held_until = :past",
            ExpressionAttributeValues={":past": {"S": ""}},
        )

    names = ("clients", "idempotency", "links", "events", "views")
    return Clearing(
        erasures=ErasureStore(client, "clients", "links"),
        clients=ClientStore(client, "clients", "idempotency"),
        events=EventStore(client, "events"),
        indexed=IndexedStore(client, "views"),
        workspaces=CredentialStore(client, "credentials"),
        leavings=all_leavings(client, Tables(**{name: name for name in names}), wait=pass_time),
        backups_kept=timedelta(days=35),
        wait=lambda _: None,
    )
