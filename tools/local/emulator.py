"""The emulator process: MiniStack, with every contract under a base path of its name.

``http://localhost:<port>/paytrum/v1/clients`` is ``/v1/clients`` at the stage of the API whose
stage variable ``contract`` is ``paytrum``; any other first segment goes to MiniStack as it is, so
that the SDK, SAM and the stack's own URLs reach their services. ``tools.local.process`` starts it
as ``python -m tools.local.emulator`` with the settings MiniStack takes from its environment.
"""

import argparse
import asyncio
import fcntl
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote

from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from ministack import app as ministack
from ministack.core import lambda_runtime, persistence
from ministack.services import apigateway_v1

from tools.local import site
from tools.local.addresses import check_address
from tools.local.gaps import UnsupportedEmulatorError, close_gaps, receive_headers
from tools.local.process import LocalStackError

OWN_PATH: Final = "/_local"
_KEEP_ALIVE_SECONDS: Final = 75.0
_GRACE_SECONDS: Final = 1.0


def contract_stages() -> dict[str, str]:
    """Where each deployed contract is served: ``{contract: "<api id>/<stage>"}``."""
    return {
        stage["variables"]["contract"]: f"{api_id}/{name}"
        for (_account, _region, api_id), stages in apigateway_v1._stages_v1.all_items()  # noqa: SLF001
        for name, stage in stages.items()
        if "contract" in (stage.get("variables") or {})
    }


async def application(
    scope: Scope,
    receive: ASGIReceiveCallable,
    send: ASGISendCallable,
) -> None:
    """Serve one request, or the server's lifespan."""
    if scope["type"] == "http":
        if scope["path"] == OWN_PATH:
            await _list_contracts(scope, send)
            return
        answer = site.page(scope)
        if answer is not None:
            await site.send_page(answer, scope, send)
            return
        scope = _routed(scope)
        receive_headers(scope["headers"])
    await ministack.app(scope, receive, send)


def _routed(scope: HTTPScope) -> HTTPScope:
    """The request with the emulator's address of the stage in place of a contract's base path."""
    contract, slash, rest = scope["raw_path"].decode("ascii").removeprefix("/").partition("/")
    stage = contract_stages().get(unquote(contract))
    if stage is None:
        return scope
    address = f"/_aws/execute-api/{stage}{slash}"
    return cast(
        "HTTPScope",
        {**scope, "path": address + _decoded(rest), "raw_path": f"{address}{rest}".encode()},
    )


def _decoded(path: str) -> str:
    """A path with its segments decoded; a slash within a segment stays ``%2F``."""
    return "/".join(unquote(segment).replace("/", "%2F") for segment in path.split("/"))


async def _list_contracts(scope: HTTPScope, send: ASGISendCallable) -> None:
    """List the contracts deployed here; a POST first writes the state to disk."""
    if scope["method"] == "POST":
        persistence.save_all(ministack._build_persistence_save_dict())  # noqa: SLF001
    body = json.dumps({"contracts": list(contract_stages())}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _serve(addresses: list[str], port: int) -> None:
    """Serve until SIGTERM or SIGINT, then save the state and end the functions' processes."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    config = Config()
    config.bind = [f"{address}:{port}" for address in addresses]
    config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
    config.graceful_timeout = _GRACE_SECONDS
    config.loglevel = "WARNING"
    framework: Any = application
    await serve(framework, config, shutdown_trigger=stop.wait)
    lambda_runtime.reset()


def main() -> None:
    """Run the emulator as ``tools.local.process`` asks, holding its lock file until the end."""
    parser = argparse.ArgumentParser(description="The emulator of the local stack.")
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--lock", required=True, type=Path)
    parser.add_argument("addresses", nargs="+")
    arguments = parser.parse_args()
    try:
        for address in arguments.addresses:
            check_address(address)
        close_gaps()
    except (LocalStackError, UnsupportedEmulatorError) as error:
        sys.exit(str(error))
    holder = {"pid": os.getpid(), "port": arguments.port, "addresses": arguments.addresses}
    _hold(arguments.lock, holder)
    asyncio.run(_serve(arguments.addresses, arguments.port))


def _hold(path: Path, holder: dict[str, Any]) -> None:
    """Lock a file until this process has ended, and write the holder into it.

    A file object would be closed before the interpreter has ended, so this is a bare descriptor.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, json.dumps(holder).encode())


if __name__ == "__main__":
    main()
