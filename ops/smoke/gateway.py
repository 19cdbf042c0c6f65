"""Responses and decisions that API Gateway makes before a function runs."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx

from ops.smoke.calls import Caller
from ops.smoke.findings import Findings, in_words
from ops.smoke.wire import Wire
from registry.domain.workspace import Contract

HUGE_BODY = "a body of 11 MB"

_AT_ONCE = 20
_BURST_REQUESTS = 400
_TOO_MANY = 429
_MEBIBYTE = 1024 * 1024
_LIMIT_HEADERS = ("Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining")


def check_routes(wire: Wire, call: Caller, findings: Findings) -> None:
    """Request unknown paths and methods, without a token and with one: two gateway responses.

    API Gateway takes the value of `Authorization` for a token, whichever header the contract uses.
    """
    stranger = Caller(call.http, {})
    known = Caller(call.http, {"Authorization": "Bearer of_no_contract"} | call.headers)
    for caller, whose in ((stranger, "without a token"), (known, "with a token")):
        for place, method, path in (("path", "GET", "/nothing"), ("method", "PUT", wire.clients)):
            findings.expect(
                f"{wire.contract}: unknown {place} {whose}",
                wire.missing,
                partial(_respond, caller, method, path),
            )


def check_refusals(wire: Wire, call: Caller, findings: Findings) -> None:
    """Call without a credential and with a bad one, which the authorizer denies."""
    findings.expect(
        f"{wire.contract}: no credential",
        wire.unauthorized,
        lambda: in_words(Caller(call.http, {})("GET", wire.clients)),
    )
    denied = Caller(call.http, _spoiled(call.headers))
    findings.expect(
        f"{wire.contract}: a bad credential is denied",
        wire.unauthorized,
        lambda: in_words(denied("GET", wire.clients)),
    )


def check_body(wire: Wire, call: Caller, findings: Findings) -> None:
    """Send a body that does not fit into the invocation of a function."""
    findings.expect(
        f"{wire.contract}: a body of 5 MB",
        wire.too_large,
        lambda: in_words(_send_body(wire, call, 5)),
    )


def check_huge_body(wire: Wire, call: Caller, findings: Findings) -> None:
    """Send a body over API Gateway's limit of 10 MB; the body of its refusal is not documented."""
    findings.expect(
        f"{wire.contract}: {HUGE_BODY}",
        "413",
        lambda: str(_send_body(wire, call, 11).status_code),
    )


def check_burst(wire: Wire, call: Caller, findings: Findings) -> None:
    """Send more requests than the usage plan allows, until one is throttled."""
    findings.expect(f"{wire.contract}: a burst", wire.throttled, lambda: _burst(wire, call))


def check_workspace_name(name: str, call: Caller, findings: Findings) -> None:
    """Read a workspace's name, which travels in the authorizer's context (Hoursmith shows it)."""

    def look() -> str:
        response = call("GET", "/api/v1/me")
        return (
            str(response.json()["data"]["orgName"]) if response.is_success else in_words(response)
        )

    findings.expect(f"{Contract.HOURSMITH}: a workspace name with accents", name, look)


def _respond(call: Caller, method: str, path: str) -> str:
    """Send a request; returns the response in words."""
    return in_words(call(method, path))


def _spoiled(headers: dict[str, str]) -> dict[str, str]:
    """The headers with another last letter in every credential, so that its checksum is wrong."""
    return {
        name: value[:-1] + ("b" if value.endswith("a") else "a") for name, value in headers.items()
    }


def _send_body(wire: Wire, call: Caller, megabytes: int) -> httpx.Response:
    """Send a creation whose name has so many megabytes."""
    content = b'{"name": "%s"}' % (b"a" * (megabytes * _MEBIBYTE))
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"smoke-{megabytes}"}
    return call("POST", wire.clients, content=content, headers=headers)


def _burst(wire: Wire, call: Caller) -> str:
    """The first throttled response in words, with its headers."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in range(_BURST_REQUESTS // _AT_ONCE):
            sends = pool.map(lambda _: call.once("GET", wire.clients), range(_AT_ONCE))
            refused = [response for response in sends if response.status_code == _TOO_MANY]
            if refused:
                return _with_limits(refused[0])
    return f"{_BURST_REQUESTS} requests went through"


def _with_limits(response: httpx.Response) -> str:
    """A response in words, with the headers that tell a limit."""
    headers = [
        f"{name}: {response.headers[name]}" for name in _LIMIT_HEADERS if name in response.headers
    ]
    return ", ".join([in_words(response), *headers])
