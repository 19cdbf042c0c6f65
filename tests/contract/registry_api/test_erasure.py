"""`/v1/erasures`: nothing of a person is left, however often the erasure is cut off."""

import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import rfc8785

from ops.move.meaning import meaning_of
from registry.domain.client import Channel
from registry.domain.identifiers import created_at, new_id, now
from registry.domain.keys import Purpose
from registry.domain.ledger import Evidence, Source, hash_of_contact_point
from registry.domain.moving import VendorClient
from registry.domain.whole import Whole
from registry.domain.workspace import Contract
from registry.gateway import telemetry
from registry.projections import erase as erase_projection
from registry.projections import stream as stream_projection
from registry.projections.erase import erase_function
from registry.services.clearing import NotFollowed
from registry.services.moving import Moving
from registry.services.moving_records import MovingRecords
from registry.store import items
from registry.store.clients import client_store
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import dynamodb_client
from registry.store.leavings_of_events import EventValues
from registry.store.ledgers import LedgerStore
from registry.store.links import LinkStore
from registry.store.sources import source_store
from registry.store.whole import WholeStore
from tests.contract.registry_api.conftest import Registry
from tests.erasures import (
    CHANGES,
    CREATES,
    DOORS,
    SEEDED,
    TENANT,
    Person,
    carry_out,
    clearing,
    door,
    erase,
    everything,
    follow,
    queued,
    restore,
    scan,
    seed,
    send,
    workspace,
)
from tests.moves import settings
from tests.stream import Stream

ERASURES = "/v1/erasures"
Json = dict[str, Any]


@pytest.fixture
def person(registry: Registry, webhooks: None, stream: Stream) -> Person:
    """Somebody in every table, and in the queue."""
    return seed(stream)


def test_every_seeded_value_is_somewhere_before_the_erasure(person: Person) -> None:
    found = {value for _, value in scan().found}

    assert found == set(SEEDED) - {"Ticket about Q"}


def test_nothing_of_a_person_is_left_in_any_table_nor_in_the_queue_nor_in_any_log(
    registry: Registry,
    webhooks: None,
    stream: Stream,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    for logger in (telemetry, erase_projection, stream_projection):
        logger._logger.cache_clear()  # noqa: SLF001 - it is made for one level
    person = seed(stream, anew=True)
    job = erase(person)
    follow(stream, person)
    carry_out(person)

    log = "".join(capfd.readouterr())
    done = registry.send("GET", f"{ERASURES}/{job['id']}", status=200).json
    looked, messages = scan(), queued()
    print(  # noqa: T201 - the figure that the issue asks for
        f"scan: {looked.items} items and messages, {looked.size} bytes, "
        f"{len(log.encode())} bytes of logs: {len(looked.found)} found"
    )
    print(json.dumps(done["receipt"], indent=2))  # noqa: T201
    assert looked.found == []
    assert [value for value in SEEDED if value.lower() in log.lower()] == []
    assert looked.items > 40
    assert log.count('"_aws"') > 20
    assert '"erasure_id"' in log
    assert [message for message in messages if person.id in message] != []
    assert (done["state"], done["reason"]) == ("done", None)


def test_what_still_names_an_erased_client_is_what_the_page_on_privacy_says(
    stream: Stream, person: Person
) -> None:
    stays = {
        "clients CLIENT",
        "clients CONSENT",
        "events",
        "events FEED",
        "events METHOD",
        "idempotency",
        "links MERGE",
        "links MERGES_OF",
    }
    goes = {
        "clients EXTERNAL_ID",
        "clients PAYMENT_METHOD",
        "clients USER",
        "clients USER_COUNT",
        "clients USER_EMAIL",
        "events ATTEMPTS",
        "events DELIVERIES",
        "events PARKED",
        "links VENDOR",
        "links VERDICTS",
        "views KEY",
        "views PAIRS",
    }
    assert _kinds_that_name(person) == stays | goes
    erase(person)
    follow(stream, person)
    carry_out(person)

    assert _kinds_that_name(person) == stays | {"links ERASURE", "views INDEXED"}


def _kinds_that_name(person: Person) -> set[str]:
    """The kinds of items, after their tables, that hold the id of a client of the person."""
    places = {place for value in person.ids for place, _ in scan((value,)).found}
    return {_kind(place) for place in places if not place.startswith("queue")}


def _kind(place: str) -> str:
    table, *key = place.split()
    words = [word for part in key for word in part.split("#") if re.fullmatch("[A-Z_]+", word)]
    return " ".join((table, *words[:1]))


def _receipt(registry: Registry, job: Json) -> list[tuple[str, int, int]]:
    """What a job says it has removed; its digest has to be right."""
    done = registry.send("GET", f"{ERASURES}/{job['id']}", status=200).json
    assert done["state"] == "done"
    receipt = dict(done["receipt"])
    digest = receipt.pop("digest")
    assert digest == hashlib.sha256(rfc8785.dumps(receipt)).hexdigest()
    return [(each["store"], each["deleted"], each["redacted"]) for each in receipt["stores"]]


def test_a_preview_is_the_receipt_as_it_will_be_and_does_nothing(
    registry: Registry, stream: Stream, person: Person
) -> None:
    before = everything()
    body = {"client": person.absorbed, "reason": "Ticket about Q"}

    preview = registry.send("POST", f"{ERASURES}?preview=true", body, status=200).json

    assert everything() == before
    assert (preview["client"], preview["absorbed"]) == (person.id, [person.absorbed])
    expected = [(each["store"], each["deleted"], each["redacted"]) for each in preview["stores"]]
    job = erase(person)
    follow(stream, person)
    carry_out(person)
    assert _receipt(registry, job) == expected


def test_an_erased_client_is_404_through_every_door_and_verb_at_once(
    registry: Registry, person: Person
) -> None:
    erase(person)

    for contract, (operations, _) in DOORS.items():
        for operation in operations:
            if "{id}" not in operation.path or operation.path.split("/")[-2] == "merges":
                continue
            if not operation.path.startswith(DOORS[contract][1]):
                continue
            body: Any = None
            if operation.body is not None:
                user = operation.name == "create_user"
                body = {"email": "x@y.test"} if user else CHANGES[contract]
            for asked in (*person.ids, "vendor-quill-1"):
                target = operation.path.replace("{id}", asked).replace("{payment_method_id}", asked)
                reply = door(contract).send(operation.method, target, body)
                assert reply.status == 404, (operation.name, reply.text)


def test_no_list_and_no_look_up_shows_an_erased_client(
    registry: Registry, stream: Stream, person: Person
) -> None:
    erase(person)
    follow(stream, person)

    for contract, (_, path) in DOORS.items():
        listed = door(contract).send("GET", path)
        assert listed.status == 200
        assert not [each for each in person.ids if each in listed.text]
        assert "uillfeather" not in listed.text
    for query in ("email=new@quillfeather.test", "tax_id=12-9876543", "external_id=crm-quill-77"):
        assert registry.data(f"{DOORS[Contract.REGISTRY][1]}?{query}") == []
    assert registry.data("/v1/merges") != []


def test_the_history_in_the_feed_has_no_values_and_ends_with_the_erasure(
    registry: Registry, stream: Stream, person: Person
) -> None:
    erase(person)
    follow(stream, person)
    carry_out(person)

    events = [each for each in registry.data("/v1/events") if each["subject"] in person.ids]

    methods = [each["data"] for each in events if each["type"] == "payment_method.added"]
    changed = [each["data"]["changed"] for each in events if "changed" in each["data"]]
    assert changed == [{}] * (len(events) - 1)
    assert [{name for name in each if each[name] is not None} for each in methods] == [
        {"id", "type", "created_at"}
    ]
    assert [each["type"] for each in events[-2:]] == ["client.erased"] * 2
    assert registry.send("GET", "/v1/merges", status=200).json["data"] == []


def test_a_retry_of_a_recorded_request_neither_replays_the_person_nor_makes_them_again(
    stream: Stream, person: Person
) -> None:
    erase(person)
    follow(stream, person)
    carry_out(person)
    before = everything()

    for contract in (Contract.REGISTRY, Contract.ALTERNATIVE_PAYMENTS):
        reply = send(contract, "POST", "", CREATES[contract], "create")
        assert reply.status == 409, reply.text
        assert "erased" in reply.text
    other = send(Contract.REGISTRY, "POST", "", {"name": "Somebody else"}, "create")

    assert other.status == 422
    assert everything() == before


def test_the_chain_of_evidence_holds_without_addresses_and_proves_one_that_is_given(
    stream: Stream, person: Person
) -> None:
    erase(person)
    follow(stream, person)
    carry_out(person)

    key = workspace().key(Purpose.CONSENT)
    ledger = LedgerStore(dynamodb_client(), "clients").of(TENANT, person.id)

    assert (len(ledger.entries), ledger.erased) == (3, True)
    assert ledger.first_break(key) is None
    assert {entry.contact_point for entry in ledger.entries} == {None}
    given = hash_of_contact_point(key, Channel.EMAIL, "ZQ@quillfeather.test")
    assert given in {entry.contact_point_hash for entry in ledger.entries}


def test_evidence_of_before_the_chain_gets_a_keyed_hash_in_place_of_its_address(
    stream: Stream, person: Person
) -> None:
    entry = Evidence(
        id=new_id(created_at(person.id) - timedelta(seconds=1)),
        client_id=person.id,
        channel=Channel.EMAIL,
        contact_point="old@quillfeather.test",
        granted=True,
        source=Source.IMPORTED,
        withdrawal=None,
        at=now(),
        credential_id=None,
    )
    dynamodb_client().put_item(TableName="clients", Item=items.evidence_item(TENANT, entry))
    erase(person)
    follow(stream, person)
    carry_out(person)

    ledger = LedgerStore(dynamodb_client(), "clients").of(TENANT, person.id)
    (kept,) = [each for each in ledger.entries if each.id == entry.id]

    key = workspace().key(Purpose.CONSENT)
    hashed = hash_of_contact_point(key, Channel.EMAIL, "old@quillfeather.test")
    assert (kept.contact_point, kept.contact_point_hash, kept.hash) == (None, hashed, None)
    assert ledger.first_break(key) is None


def test_a_second_request_is_answered_with_the_job_that_exists(
    registry: Registry, stream: Stream, person: Person
) -> None:
    job = erase(person)

    for asked in person.ids:
        body = {"client": asked, "reason": "again"}
        assert registry.send("POST", ERASURES, body, status=200).json == job
    follow(stream, person)
    carry_out(person)
    done = registry.send("GET", f"{ERASURES}/{job['id']}", status=200).json
    body = {"client": person.id, "reason": "again"}
    assert registry.send("POST", ERASURES, body, status=200).json == done


def test_a_request_under_a_key_is_replayed_to_the_byte_and_without_the_reason_once_it_is_done(
    registry: Registry, stream: Stream, person: Person
) -> None:
    body = {"client": person.id, "reason": "Ticket about Q"}
    key = {"Idempotency-Key": "erase"}
    first = registry.send("POST", ERASURES, body, key, status=202)

    running = registry.send("POST", ERASURES, body, key, status=202)
    follow(stream, person)
    carry_out(person)
    done = registry.send("POST", ERASURES, body, key, status=202)

    assert first.json["reason"] == "Ticket about Q"
    assert running.text == first.text
    assert done.json == first.json | {"reason": None}
    assert running.headers["Idempotent-Replayed"] == "true"
    other = {**body, "reason": "Another"}
    registry.send("POST", ERASURES, other, key, status=422)


@pytest.mark.parametrize(
    ("tag", "status"), [('"1"', 412), ('W/"9"', 412), ("x", 400), ("*", 202), (None, 202)]
)
def test_the_version_that_a_caller_requires_decides(
    registry: Registry, tag: str | None, status: int
) -> None:
    client = registry.create(name="Acme")
    registry.patch(client["id"], name="Bolt")
    headers = {} if tag is None else {"If-Match": tag}
    body = {"client": client["id"], "reason": "r"}

    reply = registry.send("POST", ERASURES, body, headers, status=status)
    found = registry.send("GET", f"/v1/clients/{client['id']}")

    assert found.status == (404 if status == 202 else 200), reply.text


def test_bad_bodies_and_unknown_clients_are_named(registry: Registry) -> None:
    client = registry.create(name="Acme")["id"]

    assert registry.refused("POST", ERASURES, {}) == {"client": "missing", "reason": "missing"}
    long = {"client": client, "reason": "r" * 501, "more": 1}
    assert registry.refused("POST", ERASURES, long) == {
        "reason": "string_too_long",
        "more": "extra_forbidden",
    }
    for unknown in (new_id(), "x"):
        registry.send("POST", ERASURES, {"client": unknown, "reason": "r"}, status=404)
        registry.send(
            "POST", f"{ERASURES}?preview=true", {"client": unknown, "reason": "r"}, status=404
        )
        registry.send("GET", f"{ERASURES}/{unknown}", status=404)
    registry.send("POST", f"{ERASURES}?preview=yes", {"client": client, "reason": "r"}, status=400)


def test_only_a_key_with_the_right_scope_may_erase_or_look(registry: Registry) -> None:
    client = registry.create(name="Acme")["id"]
    body = {"client": client, "reason": "r"}
    for scopes in ("clients:write clients:read matches:write", "events:read"):
        other = Registry(registry.client.as_caller(scopes=scopes))
        other.send("POST", ERASURES, body, status=403)
        other.send("POST", f"{ERASURES}?preview=true", body, status=403)
        other.send("GET", f"{ERASURES}/{client}", status=403)
    tenant = Registry(registry.client.as_caller(mode="test"))
    tenant.send("POST", ERASURES, body, status=404)
    alone = Registry(registry.client.as_caller(scopes="privacy:write"))
    job = alone.send("POST", ERASURES, body, status=202).json
    tenant.send("GET", f"{ERASURES}/{job['id']}", status=404)


def test_a_merge_with_an_erased_client_cannot_be_undone_and_is_not_shown(
    registry: Registry, stream: Stream, person: Person
) -> None:
    merges = registry.data("/v1/merges")
    erase(person)
    for made in merges:
        registry.send("POST", f"/v1/merges/{made['id']}/undo", status=409)
    follow(stream, person)
    carry_out(person)

    for made in merges:
        registry.send("POST", f"/v1/merges/{made['id']}/undo", status=409)
        registry.send("GET", f"/v1/merges/{made['id']}", status=404)


def test_nothing_is_removed_before_events_and_views_have_followed(
    registry: Registry, stream: Stream, person: Person
) -> None:
    job = erase(person)
    before = everything()
    carry_out(person)
    assert everything() == before

    stream.catch_up()
    marks = [each for each in everything() if "#INDEXED#" in each]
    restore({place: item for place, item in everything().items() if place not in marks})
    before = everything()
    with pytest.raises(NotFollowed):
        carry_out(person)

    assert everything() == before
    assert registry.send("GET", f"{ERASURES}/{job['id']}").json["state"] == "running"


def test_a_job_that_fails_says_so_and_is_done_by_the_next_look(
    registry: Registry, stream: Stream, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = erase(person)
    follow(stream, person)
    with monkeypatch.context() as broken:
        broken.setattr(EventValues, "clear", lambda *_: 1 / 0)
        carry_out(person)
    assert registry.send("GET", f"{ERASURES}/{job['id']}").json["state"] == "failed"

    erase_function(clearing)({}, None)

    assert registry.send("GET", f"{ERASURES}/{job['id']}").json["state"] == "done"
    assert scan().found == []


@pytest.mark.parametrize("correction", [timedelta(0), timedelta(days=400)])
def test_a_later_move_brings_nobody_back_and_says_so(
    stream: Stream, person: Person, correction: timedelta
) -> None:
    erase(person)
    follow(stream, person)
    carry_out(person)
    before = everything()
    dynamodb, workspaces = dynamodb_client(), CredentialStore(dynamodb_client(), "credentials")
    key = workspaces.workspace(TENANT.workspace_id).key(Purpose.ID)
    moving = Moving(
        replace(settings(Contract.PAYTRUM), tenant=TENANT, key=key),
        meaning_of(Contract.PAYTRUM, "US"),
        client_store(),
        LinkStore(dynamodb, "links"),
        source_store(),
    )
    row = VendorClient(
        vendor_id="vendor-quill-1",
        created_at=created_at(person.id) - correction,
        fields={"name": "Quillfeather"},
    )
    with ThreadPoolExecutor(1) as threads:
        (moved,) = moving.write(moving.plan([row]), threads, lambda: None)

    assert (moved.outcome, moved.client_id) == ("refused", None)
    assert [(each.field, each.code) for each in moved.errors] == [("id", "erased")]
    assert everything() == before


def test_an_exported_record_brings_nobody_back_either(stream: Stream, person: Person) -> None:
    client = client_store().get(TENANT, person.id)
    erase(person)
    follow(stream, person)
    carry_out(person)
    before = everything()
    dynamodb = dynamodb_client()
    wholes = WholeStore(dynamodb, "clients", "links")
    moving = MovingRecords(TENANT, client_store(), LinkStore(dynamodb, "links"), wholes)

    with ThreadPoolExecutor(1) as threads:
        (moved,) = moving.write(moving.plan([Whole(client)]), threads, lambda: None)

    assert (moved.outcome, [each.code for each in moved.errors]) == ("refused", ["erased"])
    assert everything() == before
