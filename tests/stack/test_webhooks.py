"""Webhooks on the local stack: stream, queue, function and receiver, each a process of its own."""

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from tests.stack.conftest import Stack
from tests.stack.test_registry import page, send, until

Json = dict[str, Any]


class Receiver(http.server.ThreadingHTTPServer):
    """A receiver on loopback, which takes nothing until it has refused a few times.

    Attributes:
        taken: headers and body of the requests that it has taken.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refusals = 2
        self.taken: list[tuple[dict[str, str], bytes]] = []


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        """Refuse a request, or take it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        refused = self.server.refusals > 0
        if refused:
            self.server.refusals -= 1
        else:
            self.server.taken.append((dict(self.headers), body))
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
    url = f"http://127.0.0.1:{receiver.server_port}/hooks"
    with stack.access(workspace, "registry").client() as client:
        body = {"url": url, "types": ["client.created", "client.updated"]}
        webhook = send(client, "POST", "/v1/webhooks", json=body).json()
        made = send(client, "POST", "/v1/clients", json={"name": "Acme Co"}).json()
        for notes in ("one", "two"):
            send(client, "PATCH", f"/v1/clients/{made['id']}", json={"notes": notes})
        test = send(client, "POST", f"/v1/webhooks/{webhook['id']}/test")
        assert test.status_code == 202, test.text
        until(lambda: {"taken": len(receiver.taken)}, lambda shown: shown["taken"] == 4)
        attempts = deliveries(client, webhook["id"])
        rotated = send(client, "POST", f"/v1/webhooks/{webhook['id']}/rotate").json()
        again = f"/v1/webhooks/{webhook['id']}/deliveries/{made['id']}.1/retry"
        assert send(client, "POST", again).status_code == 202
        until(lambda: {"taken": len(receiver.taken)}, lambda shown: shown["taken"] == 5)

    events = [Webhook(webhook["secret"]).verify(body, headers) for headers, body in receiver.taken]
    changes = [event["id"] for event in events if event["subject"] == made["id"]]
    assert changes == [f"{made['id']}.{version}" for version in (1, 2, 3, 1)]
    assert [each["id"] for each in events if each["type"] == "webhook.test"] == [
        test.json()["event_id"]
    ]
    headers, sent = receiver.taken[-1]
    Webhook(rotated["secret"]).verify(sent, headers)
    assert sorted(each["status"] for each in attempts) == [204, 204, 204, 204, 500, 500]


def deliveries(client: httpx.Client, webhook_id: str) -> list[Json]:
    """The attempts, once the last of them is written."""
    listed = until(
        lambda: page(client, f"/v1/webhooks/{webhook_id}/deliveries"),
        lambda shown: sum(each["state"] == "delivered" for each in shown["data"]) == 4,
    )
    data: list[Json] = listed["data"]
    return data
