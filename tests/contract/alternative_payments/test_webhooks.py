"""`/webhooks`: made with or without a secret, listed both ways, deleted."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from registry.contracts.alternative_payments.operations import OPERATIONS
from registry.contracts.alternative_payments.webhooks import FORMAT
from registry.domain.tenant import Tenant
from registry.domain.webhook import MAX_ENDPOINTS, Endpoint
from registry.domain.workspace import Contract
from registry.store.sealing import sealer
from registry.store.webhooks import webhook_store
from tests.contract_client import ContractClient, caller
from tests.webhooks import endpoint_of

URL = "https://hooks.example.com/ap"
SECRET = "correct-horse-battery-staple"
TOPICS = [
    "customer_created",
    "customer_updated",
    "customer_archived",
    "payment_method_added",
    "default_payment_method_changed",
    "payment_method_deleted",
]
TENANT = Tenant(caller("alternative_payments")["workspaceId"], "live")
Make = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.usefixtures("webhooks")


@pytest.fixture
def make(payments: ContractClient) -> Make:
    """Makes a webhook of these fields."""

    def made(**fields: object) -> dict[str, Any]:
        body = {"endpoint_url": URL, "topic": "customer_created", **fields}
        reply = payments.send("POST", "/webhooks", body)
        assert reply.status == 201, reply.text
        webhook: dict[str, Any] = reply.json
        return webhook

    return made


def of_the_registry() -> Endpoint:
    """An endpoint of the registry's own contract in the same workspace."""
    endpoint = endpoint_of(Contract.REGISTRY, url=URL)
    webhook_store().create(TENANT, endpoint)
    return endpoint


def test_a_webhook_is_made_with_a_secret_that_is_shown_this_once(
    payments: ContractClient, make: Make
) -> None:
    made = make()

    secret = made.pop("secret_key")
    assert made == {
        "id": made["id"],
        "endpoint_url": URL,
        "topic": "customer_created",
        "is_active": True,
        "partner_id": TENANT.workspace_id,
        "secret_last_4_digits": secret[-4:],
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    assert payments.send("GET", "/webhooks").json["data"] == [made]
    endpoint = webhook_store().get(TENANT, made["id"])
    assert sealer().open(TENANT, endpoint.id, endpoint.secret) == secret
    assert endpoint.sources == FORMAT.queued_for(("customer_created",))


def test_a_secret_that_was_sent_is_kept_and_not_shown(make: Make) -> None:
    made = make(secret_key=SECRET)

    assert made["secret_key"] is None
    assert made["secret_last_4_digits"] == "aple"
    endpoint = webhook_store().get(TENANT, made["id"])
    assert sealer().open(TENANT, endpoint.id, endpoint.secret) == SECRET
    assert SECRET not in repr(endpoint)


def test_a_replay_is_the_same_webhook_without_the_secret(payments: ContractClient) -> None:
    body = {"endpoint_url": URL, "topic": "customer_created"}
    headers = {"Idempotency-Key": "k"}

    first = payments.send("POST", "/webhooks", body, headers)
    again = payments.send("POST", "/webhooks", body, headers)

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json == first.json | {"secret_key": None}
    assert first.json["secret_key"]
    assert len(payments.send("GET", "/webhooks").json["data"]) == 1
    other = payments.send("POST", "/webhooks", body | {"topic": "customer_archived"}, headers)
    assert (other.status, other.json["code"]) == (409, "conflict")


def test_a_topic_has_one_webhook_at_an_address(payments: ContractClient, make: Make) -> None:
    made = make()

    twice = payments.send("POST", "/webhooks", {"endpoint_url": URL, "topic": "customer_created"})

    assert (twice.status, twice.json["code"]) == (400, "bad_request")
    assert "already" in twice.json["message"]
    make(topic="customer_updated")
    make(endpoint_url=f"{URL}/other")
    assert payments.send("DELETE", f"/webhooks/{made['id']}").status == 200
    make()


def test_the_limit_of_a_workspace_is_a_400(payments: ContractClient, make: Make) -> None:
    for number in range(MAX_ENDPOINTS):
        make(endpoint_url=f"{URL}/{number}")

    more = payments.send("POST", "/webhooks", {"endpoint_url": URL, "topic": "customer_created"})

    assert (more.status, more.json["code"]) == (400, "bad_request")
    assert str(MAX_ENDPOINTS) in more.json["message"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"topic": "customer_created"}, {"endpoint_url": "is required"}),
        ({"endpoint_url": URL}, {"topic": "is required"}),
        ({"endpoint_url": URL, "topic": "payout_paid"}, {"topic": "must be 'customer_created'"}),
        ({"endpoint_url": URL, "topic": 7}, {"topic": "must be a string"}),
        (
            {"endpoint_url": "http://hooks.example.com", "topic": "customer_created"},
            {"endpoint_url": "must be an https URL"},
        ),
        (
            {"endpoint_url": "https://10.0.0.1/", "topic": "customer_created"},
            {"endpoint_url": "must have a host name"},
        ),
        (
            {"endpoint_url": "ftp", "topic": "customer_created"},
            {"endpoint_url": "must be a URL"},
        ),
        (
            {"endpoint_url": URL + "/" + "a" * 2_048, "topic": "customer_created"},
            {"endpoint_url": "must have at most 2048 characters"},
        ),
        (
            {"endpoint_url": URL, "topic": "customer_created", "secret_key": "short"},
            {"secret_key": "must have 12 to 255"},
        ),
        (
            {"endpoint_url": URL, "topic": "customer_created", "secret_key": "with\r\nX-A: header"},
            {"secret_key": "must have 12 to 255"},
        ),
        (
            {"endpoint_url": "ftp", "topic": "none", "more": 1},
            {"endpoint_url": "must be", "topic": "must be", "more": "is not a known field"},
        ),
    ],
)
def test_bad_fields_are_all_named(
    fields: dict[str, object], named: dict[str, str], payments: ContractClient
) -> None:
    reply = payments.send("POST", "/webhooks", fields)

    assert (reply.status, reply.json["code"]) == (422, "validation_error")
    assert reply.json["validation_errors"].keys() == named.keys()
    for name, words in named.items():
        assert words in reply.json["validation_errors"][name]


def test_a_blank_secret_is_none(make: Make) -> None:
    assert make(secret_key="")["secret_key"]


def test_the_list_is_newest_first_and_pages_both_ways(payments: ContractClient, make: Make) -> None:
    ids = [make(topic=topic)["id"] for topic in TOPICS][::-1]

    first = payments.send("GET", "/webhooks?limit=2").json
    assert [each["id"] for each in first["data"]] == ids[:2]
    assert (first["has_next_page"], first["has_previous_page"]) == (True, False)
    after = quote(first["end_cursor"])
    second = payments.send("GET", f"/webhooks?limit=2&after={after}").json
    assert [each["id"] for each in second["data"]] == ids[2:4]
    assert (second["has_next_page"], second["has_previous_page"]) == (True, True)
    before = quote(second["start_cursor"])
    back = payments.send("GET", f"/webhooks?limit=1&before={before}").json
    assert [each["id"] for each in back["data"]] == ids[1:2]
    assert (back["has_next_page"], back["has_previous_page"]) == (True, True)


def test_the_list_is_filtered_by_topic_and_by_whether_a_webhook_is_active(
    payments: ContractClient, make: Make
) -> None:
    ids = {topic: make(topic=topic)["id"] for topic in TOPICS[:3]}
    off = webhook_store().get(TENANT, ids["customer_archived"])
    webhook_store().save(TENANT, replace(off, enabled=False), ("enabled",))

    def listed(query: str) -> list[str]:
        return [each["topic"] for each in payments.send("GET", f"/webhooks?{query}").json["data"]]

    assert listed("topic=customer_updated") == ["customer_updated"]
    assert listed("is_active=false") == ["customer_archived"]
    assert listed("is_active=true") == ["customer_updated", "customer_created"]
    assert listed("is_active=true&topic=customer_archived") == []
    for query in ("topic=none", "is_active=1", "limit=101", "after=x", "url=1"):
        reply = payments.send("GET", f"/webhooks?{query}")
        assert (reply.status, reply.json["code"]) == (400, "bad_request"), query


def test_a_cursor_counts_for_its_filters_alone(payments: ContractClient, make: Make) -> None:
    make()
    cursor = quote(payments.send("GET", "/webhooks").json["end_cursor"])

    reply = payments.send("GET", f"/webhooks?topic=customer_created&after={cursor}")

    assert reply.status == 400


def test_a_deleted_webhook_is_shown_once_more_and_gone(
    payments: ContractClient, make: Make
) -> None:
    made = make(secret_key=SECRET)
    del made["secret_key"]

    deleted = payments.send("DELETE", f"/webhooks/{made['id']}")

    assert (deleted.status, deleted.json) == (200, made | {"is_active": False})
    assert payments.send("GET", "/webhooks").json["data"] == []
    assert payments.send("DELETE", f"/webhooks/{made['id']}").status == 404


def test_webhooks_of_another_contract_or_mode_are_not_there(make: Make) -> None:
    registry, mine = of_the_registry(), make()
    payments = ContractClient(OPERATIONS, caller("alternative_payments"))
    testing = ContractClient(OPERATIONS, caller("alternative_payments", mode="test"))

    assert [each["id"] for each in payments.send("GET", "/webhooks").json["data"]] == [mine["id"]]
    assert testing.send("GET", "/webhooks").json["data"] == []
    for door, webhook_id in ((payments, registry.id), (testing, mine["id"]), (payments, "a/b")):
        reply = door.send("DELETE", f"/webhooks/{quote(webhook_id, safe='')}")
        assert (reply.status, reply.json["code"]) == (404, "not_found")
    assert webhook_store().get(TENANT, registry.id) == registry


def test_the_topics_are_listed(payments: ContractClient) -> None:
    assert payments.send("GET", "/webhooks/events").json == {"data": TOPICS}


@pytest.mark.parametrize(
    ("scopes", "reading", "writing"),
    [
        ("webhooks:read", 200, 403),
        ("webhooks:write", 403, 201),
        ("read", 200, 403),
        ("write", 403, 201),
        ("customers:read customers:write payments:read", 403, 403),
    ],
)
def test_reading_and_writing_have_a_scope_each(scopes: str, reading: int, writing: int) -> None:
    door = ContractClient(OPERATIONS, caller("alternative_payments", scopes=scopes))
    body = {"endpoint_url": URL, "topic": "customer_created"}

    assert door.send("GET", "/webhooks").status == reading
    assert door.send("GET", "/webhooks/events").status == reading
    assert door.send("POST", "/webhooks", body).status == writing
