"""A client's life in one contract: created, replayed, read, listed, changed, archived, restored."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from ops.smoke.calls import Caller, wait_for
from ops.smoke.findings import Findings, in_words
from ops.smoke.wire import Wire

# The expected observation, and the check that makes one.
_Step = tuple[str, Callable[[], str]]

# Indexes follow a write within milliseconds as a rule.
_INDEX_SECONDS = 15.0


def check_clients(wire: Wire, call: Caller, findings: Findings) -> None:
    """Walk through a contract's main paths with a client of their own."""
    life = _Life(wire, call)
    steps: dict[str, _Step] = {
        "create": ("201", life.create),
        "create again with the same key": ("201, the same, marked as replayed", life.replay),
        "get": ("200, as it was made", life.get),
        "list": ("200, with the client", life.listed),
        "update": ("200, changed", life.update),
        "archive": ("200", partial(life.change, "DELETE")),
        "get an archived client": (wire.archived, life.read),
    }
    if wire.restore is not None:
        restore = partial(life.change, wire.restore.method, wire.restore.suffix, wire.restore.body)
        steps["restore"] = ("200", restore)
    for step, (expected, look) in steps.items():
        findings.expect(f"{wire.contract}: {step}", expected, look)


@dataclass
class _Life:
    """One client, and the response that created it."""

    wire: Wire
    call: Caller
    key: dict[str, str] = field(default_factory=lambda: {"Idempotency-Key": str(uuid.uuid4())})
    made: httpx.Response | None = None

    @property
    def client(self) -> dict[str, Any]:
        """The client as its creation showed it."""
        if self.made is None:
            raise ValueError("no client was made")
        return self.wire.shown(self.made.json())

    def create(self) -> str:
        response = self._send_new()
        self.made = response if response.is_success else None
        return in_words(response)

    def replay(self) -> str:
        """Send the creation again under the same key."""
        response = self._send_new()
        same = self.made is not None and response.content == self.made.content
        marked = response.headers.get(self.wire.replay_header) == "true"
        return ", ".join(
            [
                in_words(response),
                "the same" if same else "another",
                "marked as replayed" if marked else "not marked",
            ],
        )

    def get(self) -> str:
        """Read the client, and compare it with the response that created it."""
        response = self._send("GET")
        same = response.is_success and self.wire.shown(response.json()) == self.client
        return f"{in_words(response)}, {'as it was made' if same else 'not as it was made'}"

    def listed(self) -> str:
        """Repeat the list until it has the client."""

        def look() -> str:
            response = self.call("GET", self.wire.clients)
            ids = [client["id"] for client in response.json().get("data", [])]
            there = self.client["id"] in ids
            return f"{in_words(response)}, {'with' if there else 'without'} the client"

        return wait_for("200, with the client", look, seconds=_INDEX_SECONDS).what

    def update(self) -> str:
        """Change the client, and compare the fields that are shown."""
        response = self._send("PATCH", json=dict(self.wire.update))
        shown = self.wire.shown(response.json()) if response.is_success else {}
        changed = all(shown.get(name) == value for name, value in self.wire.update.items())
        return f"{in_words(response)}, {'changed' if changed else 'not changed'}"

    def read(self) -> str:
        """Read the client without a comparison."""
        return in_words(self._send("GET"))

    def change(self, method: str, suffix: str = "", body: Any = None) -> str:  # noqa: ANN401
        """Send a request on the client that archives or restores it."""
        options = {} if body is None else {"json": dict(body)}
        return in_words(self._send(method, suffix, **options))

    def _send_new(self) -> httpx.Response:
        """Send the creation under the key of this life."""
        new = dict(self.wire.new)
        return self.call("POST", self.wire.clients, json=new, headers=self.key)

    def _send(self, method: str, suffix: str = "", **options: Any) -> httpx.Response:  # noqa: ANN401
        """Send a request on the client."""
        return self.call(method, f"{self.wire.clients}/{self.client['id']}{suffix}", **options)
