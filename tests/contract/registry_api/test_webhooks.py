"""Webhooks through the registry's own contract: made, changed, tested, and told of events."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from registry.contracts.registry_api.operations import OPERATIONS
from registry.contracts.webhook_formats import format_of
from registry.domain.change import Author
from registry.domain.identifiers import now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.domain.webhook import Cause, DeliveryState, delivery_after
from registry.domain.workspace import Contract
from registry.projections.errands import deliver
from registry.projections.posting import Answer
from registry.projections.telling import Telling
from registry.services.payment_methods import PaymentMethods
from registry.store.clients import client_store
from registry.store.deliveries import delivery_store
from registry.store.events import event_store
from registry.store.payment_methods import payment_method_store
from registry.store.sealing import sealer
from registry.store.webhook_queue import webhook_queue
from registry.store.webhooks import webhook_store
from tests.contract.registry_api.conftest import Registry
from tests.contract_client import ContractClient, caller
from tests.stream import Stream, written_at
from tests.webhooks import attempt_at

pytestmark = pytest.mark.usefixtures("webhooks")

HOOKS = "/v1/webhooks"
URL = "https://hooks.acme.com/registry"
TENANT = Tenant(caller("registry")["workspaceId"], "live")
UNKNOWN = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
Json = dict[str, Any]


def made(registry: Registry, **changes: object) -> Json:
    """A new webhook, as it is shown once."""
    body = {"url": URL, "types": ["*"]} | changes
    shown: Json = registry.send("POST", HOOKS, body, status=201).json
    return shown


def received() -> list[Json]:
    """The messages in the queue, which are gone from it afterwards."""
    queue = webhook_queue()
    client, url = queue._client, queue._url  # noqa: SLF001 - to look into the queue
    found = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in found]


def test_a_webhook_is_shown_with_its_secret_once(registry: Registry) -> None:
    shown = made(registry, types=["client.created", "client.created"])

    secret = shown.pop("secret")
    assert secret.startswith("whsec_")
    assert shown["types"] == ["client.created"]
    assert (shown["url"], shown["enabled"], shown["disabled_reason"]) == (URL, True, None)
    listed = registry.send("GET", HOOKS, status=200).json
    assert listed == {"data": [shown], "next": None}
    (endpoint,) = webhook_store().all(TENANT)
    assert secret not in endpoint.secret
    assert sealer().open(TENANT, endpoint.id, endpoint.secret) == secret


def test_a_repeated_create_makes_one_webhook_and_shows_no_secret(registry: Registry) -> None:
    body, key = {"url": URL, "types": ["*"]}, {"Idempotency-Key": "k"}

    first = registry.send("POST", HOOKS, body, key, status=201)
    again = registry.send("POST", HOOKS, body, key, status=201)

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json == first.json | {"secret": None}
    assert len(registry.data(HOOKS)) == 1


def test_a_secret_is_rotated_and_the_old_one_signs_for_a_day(registry: Registry) -> None:
    first = made(registry)
    second = registry.send("POST", f"{HOOKS}/{first['id']}/rotate", status=200).json
    key = {"Idempotency-Key": "k"}
    third = registry.send("POST", f"{HOOKS}/{first['id']}/rotate", None, key, status=200).json
    repeated = registry.send("POST", f"{HOOKS}/{first['id']}/rotate", None, key, status=200).json

    endpoint = webhook_store().get(TENANT, first["id"])
    opened = [sealer().open(TENANT, endpoint.id, each) for each in endpoint.sealed_secrets(now())]
    assert opened == [third["secret"], second["secret"]]
    assert len(endpoint.sealed_secrets(now() + timedelta(hours=24))) == 1
    assert repeated["secret"] is None
    assert len({first["secret"], second["secret"], third["secret"]}) == 3


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, {"url": "missing", "types": "missing"}),
        ({"url": "http://hooks.acme.com/", "types": ["*"]}, {"url": "https_only"}),
        ({"url": "https://hooks.acme.com:8443/", "types": ["*"]}, {"url": "https_only"}),
        ({"url": "https://203.0.113.7/", "types": ["*"]}, {"url": "host_name"}),
        ({"url": "https://[2001:db8::1]/", "types": ["*"]}, {"url": "host_name"}),
        ({"url": "https://intranet/", "types": ["*"]}, {"url": "host_name"}),
        ({"url": "https://user@hooks.acme.com/", "types": ["*"]}, {"url": "url"}),
        ({"url": "https://hooks.acme.com/#a", "types": ["*"]}, {"url": "url"}),
        ({"url": "https://hooks.acme.com/a b", "types": ["*"]}, {"url": "url"}),
        ({"url": "https://hooks.acme.com:x/", "types": ["*"]}, {"url": "url"}),
        ({"url": f"{URL}/{'a' * 2048}", "types": ["*"]}, {"url": "string_too_long"}),
        ({"url": 7, "types": ["*"]}, {"url": "string_type"}),
        ({"url": URL, "types": []}, {"types": "too_short"}),
        ({"url": URL, "types": ["client.cloned"]}, {"types.0": "literal_error"}),
        ({"url": URL, "types": "*"}, {"types": "list_type"}),
        ({"url": URL, "types": ["*"], "enabled": False}, {"enabled": "extra_forbidden"}),
    ],
)
def test_what_a_webhook_cannot_be_is_refused(
    registry: Registry,
    body: Json,
    refused: dict[str, str],
) -> None:
    assert registry.refused("POST", HOOKS, body) == refused


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/x", "http://localhost/x"])
def test_this_machine_is_told_where_the_stack_allows_it(
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
) -> None:
    assert made(registry, url=url)["url"] == url

    monkeypatch.delenv("WEBHOOK_LOOPBACK")
    assert registry.refused("POST", HOOKS, {"url": url, "types": ["*"]}) == {"url": "https_only"}


def test_a_workspace_has_twenty_webhooks_in_a_mode(registry: Registry) -> None:
    first, *_ = [made(registry) for _ in range(20)]
    problem = registry.send("POST", HOOKS, {"url": URL, "types": ["*"]}, status=409).json
    test_mode = Registry(ContractClient(OPERATIONS, caller("registry", mode="test")))
    made(test_mode)

    registry.send("DELETE", f"{HOOKS}/{first['id']}", status=200)

    assert problem["type"] == "urn:client-registry:problem:conflict"
    made(registry)


def test_a_webhook_is_changed_and_what_is_repeated_stays(registry: Registry) -> None:
    shown = made(registry)
    del shown["secret"]

    changed = registry.send(
        "PATCH", f"{HOOKS}/{shown['id']}", shown | {"types": ["client.updated"]}, status=200
    ).json

    assert changed == shown | {"types": ["client.updated"]}
    assert webhook_store().get(TENANT, shown["id"]).sources == ("client.updated",)
    assert registry.refused("PATCH", f"{HOOKS}/{shown['id']}", {"url": None, "id": UNKNOWN}) == {
        "url": "string_type",
        "id": "extra_forbidden",
    }


def test_a_webhook_that_is_enabled_again_catches_up(registry: Registry) -> None:
    shown = made(registry)
    for enabled in (False, True, True):
        registry.send("PATCH", f"{HOOKS}/{shown['id']}", {"enabled": enabled}, status=200)

    (message,) = received()
    assert (message["errand"], message["endpoint"]) == ("read_on", shown["id"])
    endpoint = webhook_store().get(TENANT, shown["id"])
    assert endpoint.behind_from is not None
    assert endpoint.catch_up_until is not None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/rotate"),
        ("POST", "/test"),
        ("GET", "/deliveries"),
        ("POST", f"/deliveries/{UNKNOWN}.1/retry"),
    ],
)
def test_a_webhook_of_another_workspace_mode_or_contract_is_not_found(
    registry: Registry, method: str, path: str
) -> None:
    elsewhere = Registry(ContractClient(OPERATIONS, caller("registry", mode="test")))
    foreign = made(elsewhere)["id"]
    endpoint = webhook_store().get(Tenant(TENANT.workspace_id, "test"), foreign)
    vendors = replace(endpoint, id=UNKNOWN, contract=Contract.ATHENTY)
    webhook_store().create(TENANT, vendors)
    body: Json | None = {} if method == "PATCH" else None

    for webhook_id in (foreign, UNKNOWN, "x", "a" * 2000):
        registry.send(method, f"{HOOKS}/{webhook_id}{path}", body, status=404)


def test_a_test_is_queued_for_the_webhook(registry: Registry) -> None:
    shown, key = made(registry), {"Idempotency-Key": "k"}
    target = f"{HOOKS}/{shown['id']}/test"

    first = registry.send("POST", target, None, key, status=202)
    again = registry.send("POST", target, None, key, status=202)

    (message,) = received()
    assert (message["errand"], message["event"]) == ("test", first.json["event_id"])
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    registry.send("PATCH", f"{HOOKS}/{shown['id']}", {"enabled": False}, status=200)
    registry.send("POST", target, status=409)


def test_attempts_are_listed_newest_first_and_an_event_is_sent_again(registry: Registry) -> None:
    shown, client_id = made(registry), registry.create(name="Acme Co")["id"]
    event_id = f"{client_id}.1"
    at = datetime(2026, 6, 1, tzinfo=UTC)
    known = None
    for number, status in enumerate((500, 500, 200), 1):
        attempt = attempt_at(
            shown["id"],
            event_id,
            number=number,
            cause=Cause.CHANGE if known is None else Cause.RETRY,
            state=DeliveryState.DELIVERED if status < 300 else DeliveryState.WAITING,
            status=status,
            at=at + timedelta(minutes=number),
            next_attempt_at=at + timedelta(hours=1) if status > 300 else None,
        )
        known = delivery_after(known, attempt)
        delivery_store().attempted(TENANT, known, attempt)

    listed = registry.walk(f"{HOOKS}/{shown['id']}/deliveries?limit=2")
    registry.send("POST", f"{HOOKS}/{shown['id']}/deliveries/{event_id}/retry", status=202)
    unknown = f"{HOOKS}/{shown['id']}/deliveries/{client_id}.7/retry"
    registry.send("POST", unknown, status=404)

    assert [(each["attempt"], each["state"], each["status"]) for each in listed] == [
        (3, "delivered", 200),
        (2, "waiting", 500),
        (1, "waiting", 500),
    ]
    assert listed[0] == {
        "event_id": event_id,
        "type": "client.created",
        "client": client_id,
        "attempt": 3,
        "cause": "retry",
        "state": "delivered",
        "status": 200,
        "error": None,
        "at": "2026-06-01T00:03:00.000Z",
        "next_attempt_at": None,
    }
    assert [(each["event"], each["cause"]) for each in received()] == [(event_id, "resend")]


def test_what_waits_behind_a_failing_event_is_listed_before_its_last_attempt(
    registry: Registry,
    stream: Stream,
) -> None:
    types = ["client.created", "client.updated", "payment_method.added"]
    shown, client_id = made(registry, types=types), registry.create(name="Acme Co")["id"]
    stream.catch_up()
    for notes in ("one", "two", "three"):
        registry.send("PATCH", f"/v1/clients/{client_id}", {"notes": notes}, status=200)
        stream.catch_up()
    method = PaymentMethod(id="pm 1", client_id=client_id, type=PaymentMethodType.CARD, token="tok")
    methods = PaymentMethods(client_store(), payment_method_store())
    methods.attach(TENANT, method, Author("c", now()), default=False)
    stream.catch_up()
    registry.send("DELETE", f"/v1/clients/{client_id}", status=200)
    stream.catch_up()
    at, known = datetime(2026, 6, 1, tzinfo=UTC), None
    for number in (1, 2):
        attempt = attempt_at(
            shown["id"],
            f"{client_id}.2",
            type="client.updated",
            number=number,
            at=at + timedelta(minutes=number),
            next_attempt_at=at + timedelta(hours=1),
        )
        known = delivery_after(known, attempt)
        delivery_store().attempted(TENANT, known, attempt)
    target = f"{HOOKS}/{shown['id']}/deliveries"

    for limit in (1, 2, 3, 50):
        listed = registry.walk(f"{target}?limit={limit}")
        what = [(each["event_id"].partition(".")[2], each["attempt"]) for each in listed]
        assert what == [("pm 1.added", 0), ("4", 0), ("3", 0), ("2", 2), ("2", 1)], limit
        assert {each["state"] for each in listed} == {"waiting"}
        assert {each["next_attempt_at"] for each in listed} == {"2026-06-01T01:00:00.000Z"}
    registry.send("PATCH", f"{HOOKS}/{shown['id']}", {"enabled": False}, status=200)
    assert [each["attempt"] for each in registry.walk(target)] == [2, 1]


def test_a_change_is_queued_for_the_webhooks_that_ask_for_it(
    registry: Registry,
    stream: Stream,
) -> None:
    every, created = made(registry), made(registry, types=["client.created"])
    made(registry, types=["client.archived"])
    registry.send("PATCH", f"{HOOKS}/{made(registry)['id']}", {"enabled": False}, status=200)

    client_id = registry.create(name="Acme Co")["id"]
    stream.catch_up()

    messages = received()
    assert {message["endpoint"] for message in messages} == {every["id"], created["id"]}
    assert {message["event"] for message in messages} == {f"{client_id}.1"}


def test_that_a_webhook_was_disabled_is_in_the_feed_and_is_queued_for_the_others(
    registry: Registry,
    stream: Stream,
) -> None:
    gone, other = made(registry), made(registry, types=["webhook.disabled"])
    before = registry.create(name="Before")["id"]
    stream.catch_up()
    received()
    endpoint = webhook_store().get(TENANT, gone["id"])
    with written_at(now() - timedelta(minutes=30)):
        deliver(format_of).breaker.failed(TENANT, endpoint, Answer(410), "2026")
    after = registry.create(name="After")["id"]
    stream.catch_up(ago_seconds=60)

    walked, place = [], ""
    for _ in range(3):
        page = registry.send("GET", f"/v1/events?limit=1{place}", status=200).json
        walked += page["data"]
        place = f"&after={page['next']}"
    (event,) = registry.data("/v1/events?type=webhook.disabled")
    (listed,) = (each for each in registry.data(HOOKS) if each["id"] == gone["id"])

    assert [each["subject"] for each in walked] == [before, gone["id"], after]
    assert walked[1] == event
    assert event["type"] == "webhook.disabled"
    assert event["data"] == {"contract": "registry", "disabled_reason": "gone"}
    assert (listed["enabled"], listed["disabled_reason"]) == (False, "gone")
    messages = received()
    assert [(each["endpoint"], each["event"]) for each in messages] == [(other["id"], event["id"])]


def test_a_webhook_is_sent_the_event_of_the_feed_signed_with_both_secrets(
    registry: Registry,
    stream: Stream,
) -> None:
    shown = made(registry)
    rotated = registry.send("POST", f"{HOOKS}/{shown['id']}/rotate", status=200).json
    client_id = registry.create(name="Acme Co")["id"]
    stream.catch_up()
    sent = []

    def post(url: str, headers: Any, body: bytes, _timeout: timedelta) -> Answer:
        sent.append((url, headers, body))
        return Answer(200)

    telling = Telling(client_store(), sealer(), format_of, post)
    endpoint = webhook_store().get(TENANT, shown["id"])
    found = event_store().find(TENANT, f"{client_id}.1")
    assert found is not None
    telling.of(TENANT, endpoint, found[0], 1)
    telling.of_test(TENANT, endpoint, "a-test", 1)

    (url, headers, body), (_, _, test_body) = sent
    assert url == URL
    (shown_event,) = registry.data(f"/v1/clients/{client_id}/history")
    assert json.loads(body) == shown_event
    assert headers["webhook-id"] == f"{client_id}.1"
    for secret in (shown["secret"], rotated["secret"]):
        assert Webhook(secret).verify(body, headers) == shown_event
    with pytest.raises(WebhookVerificationError):
        Webhook(shown["secret"]).verify(body + b" ", headers)
    test = json.loads(test_body)
    assert (test["type"], test["id"], test["subject"]) == ("webhook.test", "a-test", shown["id"])
