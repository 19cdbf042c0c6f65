"""Webhooks on the local stack: stream, queue, function and receiver, each a process of its own."""

import hmac
import http.server
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from tests.stack.conftest import Stack
from tests.stack.test_alternative_payments import access
from tests.stack.test_registry import page, send, until

Json = dict[str, Any]


class Receiver(http.server.ThreadingHTTPServer):
    """A receiver on loopback, which takes nothing until it has refused a few times.

    Attributes:
        refusals: how many more requests it refuses.
        taken: headers and body of the requests that it has taken, by path.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refusals = 0
        self.taken: dict[str, list[tuple[dict[str, str], bytes]]] = defaultdict(list)

    def url(self, path: str) -> str:
        """Where requests to a path go."""
        return f"http://127.0.0.1:{self.server_port}{path}"

    def wait(self, path: str, number: int) -> list[tuple[dict[str, str], bytes]]:
        """What it has taken at a path, once there is so much."""
        taken = self.taken[path]
        until(lambda: {"taken": len(taken)}, lambda shown: shown["taken"] >= number)
        return taken


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        """Refuse a request, or take it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        refused = self.server.refusals > 0
        if refused:
            self.server.refusals -= 1
        else:
            self.server.taken[self.path].append((dict(self.headers), body))
        self.send_response(500 if refused else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that runs."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_changes_arrive_signed_and_in_order_at_a_receiver_that_fails_at_first(
    stack: Stack,
    receiver: Receiver,
) -> None:
    workspace = stack.workspace()
    receiver.refusals = 2
    with stack.access(workspace, "registry").client() as client:
        body = {"url": receiver.url("/"), "types": ["client.created", "client.updated"]}
        webhook = send(client, "POST", "/v1/webhooks", json=body).json()
        made = send(client, "POST", "/v1/clients", json={"name": "Acme Co"}).json()
        for notes in ("one", "two"):
            send(client, "PATCH", f"/v1/clients/{made['id']}", json={"notes": notes})
        test = send(client, "POST", f"/v1/webhooks/{webhook['id']}/test")
        assert test.status_code == 202, test.text
        receiver.wait("/", 4)
        attempts = deliveries(client, webhook["id"])
        rotated = send(client, "POST", f"/v1/webhooks/{webhook['id']}/rotate").json()
        again = f"/v1/webhooks/{webhook['id']}/deliveries/{made['id']}.1/retry"
        assert send(client, "POST", again).status_code == 202
        taken = receiver.wait("/", 5)

    events = [Webhook(webhook["secret"]).verify(body, headers) for headers, body in taken]
    changes = [event["id"] for event in events if event["subject"] == made["id"]]
    assert changes == [f"{made['id']}.{version}" for version in (1, 2, 3, 1)]
    assert [each["id"] for each in events if each["type"] == "webhook.test"] == [
        test.json()["event_id"]
    ]
    headers, sent = taken[-1]
    Webhook(rotated["secret"]).verify(sent, headers)
    assert sorted(each["status"] for each in attempts) == [204, 204, 204, 204, 500, 500]


def test_an_event_that_waits_for_its_next_attempt_is_sent_when_somebody_asks(
    stack: Stack, receiver: Receiver
) -> None:
    # The third attempt is due five minutes after the second.
    receiver.refusals = 2
    with stack.access(stack.workspace(), "registry").client() as client:
        body = {"url": receiver.url("/"), "types": ["*"]}
        webhook = send(client, "POST", "/v1/webhooks", json=body).json()
        made = send(client, "POST", "/v1/clients", json={"name": "Acme Co"}).json()
        attempts = f"/v1/webhooks/{webhook['id']}/deliveries"
        until(lambda: page(client, attempts), lambda shown: len(shown["data"]) == 2)
        asked = send(client, "POST", f"{attempts}/{made['id']}.1/retry")
        shown = until(lambda: page(client, attempts), lambda shown: len(shown["data"]) == 3)
    third, second, _ = shown["data"]

    assert asked.status_code == 202, asked.text
    assert (third["state"], third["at"] < second["next_attempt_at"]) == ("delivered", True)


def test_a_client_is_told_in_the_formats_of_three_vendors(stack: Stack, receiver: Receiver) -> None:
    workspace = stack.workspace()
    secrets = {
        contract: stack.registry(
            *("webhook", "create", "--workspace", workspace, "--contract", contract),
            *("--type", "client.created", "--url", receiver.url(f"/{contract}")),
        )["secret"]
        for contract in ("hoursmith", "athenty")
    }
    with payments(stack, workspace) as http:
        topics = ("customer_created", "customer_updated")
        made = [subscribed(http, topic, receiver.url(f"/{topic}")) for topic in topics]
        listed = send(http, "GET", "/webhooks").json()["data"]
        customer = send(http, "POST", "/customers", json={"name": "Acme Co"}).json()
        patch = {"legal_name": "Acme Company Inc"}
        changed = send(http, "PATCH", f"/customers/{customer['id']}", json=patch).json()
        told = [receiver.wait(f"/{topic}", 1)[0] for topic in topics]
        deleted = send(http, "DELETE", f"/webhooks/{made[0]['id']}")
        left = send(http, "GET", "/webhooks").json()["data"]
    hoursmith = receiver.wait("/hoursmith", 1)[0]
    athenty = receiver.wait("/athenty", 2)

    assert [each["id"] for each in listed] == [each["id"] for each in reversed(made)]
    assert deleted.status_code == 200, deleted.text
    assert [each["id"] for each in left] == [made[1]["id"]]
    for (headers, body), webhook in zip(told, made, strict=True):
        assert headers["Authorization"] == f"Bearer {webhook['secret_key']}"
        assert json.loads(body)["topic"] == webhook["topic"]
    assert json.loads(told[1][1])["data"] == changed
    headers, body = hoursmith
    at = headers["Hoursmith-Signature"].partition(",")[0].removeprefix("t=")
    signed = hmac.new(secrets["hoursmith"].encode(), f"{at}.".encode() + body, "sha256")
    assert headers["Hoursmith-Signature"] == f"t={at},v1={signed.hexdigest()}"
    assert json.loads(body)["data"]["client"]["id"] == customer["id"]
    envelopes = [Webhook(secrets["athenty"]).verify(body, headers) for headers, body in athenty]
    # One is the test that making the endpoint sends.
    (shown,) = (each for each in envelopes if not each["metadata"]["test"])
    assert (shown["type"], shown["data"]["id"]) == ("client.created", customer["id"])


@contextmanager
def payments(stack: Stack, workspace: str) -> Iterator[httpx.Client]:
    """A client of Alternative Payments' API with a token of the workspace."""
    issued = stack.credential(workspace, "alternative_payments")
    base_url = f"{stack.endpoint}/alternative_payments"
    with access(base_url, issued).client() as http:
        yield http


def subscribed(http: httpx.Client, topic: str, url: str) -> Json:
    """A new webhook of Alternative Payments."""
    sent = {"endpoint_url": url, "topic": topic}
    made: Json = send(http, "POST", "/webhooks", json=sent).json()
    return made


def deliveries(client: httpx.Client, webhook_id: str) -> list[Json]:
    """The attempts, once the last of them is written."""
    listed = until(
        lambda: page(client, f"/v1/webhooks/{webhook_id}/deliveries"),
        lambda shown: sum(each["state"] == "delivered" for each in shown["data"]) == 4,
    )
    data: list[Json] = listed["data"]
    return data
