"""Where the emulator's wrapper sends a request: to a contract's stage, its path kept as it is."""

import asyncio
from typing import Any, cast
from urllib.parse import unquote

import pytest
from hypercorn.typing import HTTPScope
from ministack import app as ministack

from tools.local import emulator


@pytest.fixture
def routed(monkeypatch: pytest.MonkeyPatch) -> list[HTTPScope]:
    """The requests that reached the emulator; Athenty is deployed."""
    received: list[HTTPScope] = []

    async def receive_request(scope: HTTPScope, *_: object) -> None:
        received.append(scope)

    monkeypatch.setattr(ministack, "app", receive_request)
    monkeypatch.setattr(emulator, "contract_stages", lambda: {"athenty": "abc123/live"})
    return received


def send(target: str) -> None:
    paths = {"path": unquote(target), "raw_path": target.encode()}
    scope = {"type": "http", "method": "GET", **paths, "headers": []}
    unused: Any = None
    asyncio.run(emulator.application(cast("HTTPScope", scope), unused, unused))


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/athenty/v2/api/clients", "/v2/api/clients"),
        ("/athenty", ""),
        ("/athenty/", "/"),
        ("/%61thenty/v2/api/clients", "/v2/api/clients"),
        ("/athenty/v2/api/clients/%C3%A9%20%25", "/v2/api/clients/é %"),
        ("/athenty/v2/api/clients/%2F", "/v2/api/clients/%2F"),
        ("/athenty/v2/api/clients/a%2fb", "/v2/api/clients/a%2Fb"),
    ],
)
def test_a_base_path_leads_to_the_stage(routed: list[HTTPScope], target: str, path: str) -> None:
    send(target)

    assert [scope["path"] for scope in routed] == [f"/_aws/execute-api/abc123/live{path}"]


def test_the_encoded_path_is_passed_on_untouched(routed: list[HTTPScope]) -> None:
    send("/athenty/v2/api/clients/%2f%C3%A9")

    assert routed[0]["raw_path"] == b"/_aws/execute-api/abc123/live/v2/api/clients/%2f%C3%A9"


def test_any_other_path_goes_to_the_emulator_as_it_is(routed: list[HTTPScope]) -> None:
    send("/_aws/execute-api/abc123/live/v2%2Fapi")

    assert routed[0]["path"] == "/_aws/execute-api/abc123/live/v2/api"
