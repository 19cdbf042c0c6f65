"""The APIs of a deployment, as callers reach them, served in this process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from ops.cli import caller


@dataclass
class Api:
    """Responds to every request; a test decides the keys it knows and the errors it returns."""

    respond: Callable[[httpx.Request], httpx.Response]
    received: list[httpx.Request] = field(default_factory=list)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.received.append(request)
        return self.respond(request)


def know_every_key(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"access_token": "at_1"})


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    """The APIs of every deployment; between two requests no time passes."""
    served = Api(know_every_key)
    make = httpx.Client

    def client(**options: Any) -> httpx.Client:
        # A fake vendor on this machine is no API of the deployment.
        if str(options.get("base_url")).startswith("http://127.0.0.1"):
            return make(**options)
        return make(transport=httpx.MockTransport(served.handle), **options)

    monkeypatch.setattr(httpx, "Client", client)
    monkeypatch.setattr(caller, "PAUSE_SECONDS", 0.0)
    return served
