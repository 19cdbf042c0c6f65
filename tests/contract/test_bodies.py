"""What every contract makes of bodies and headers: `docs/mapping.md`, "Common to all contracts"."""

import base64
import json
from typing import Any

import pytest

from registry.contracts.alternative_payments.operations import OPERATIONS as PAYMENTS
from registry.contracts.athenty.operations import OPERATIONS as ATHENTY
from registry.contracts.hoursmith.operations import OPERATIONS as HOURSMITH
from registry.contracts.paytrum.operations import OPERATIONS as PAYTRUM
from registry.contracts.registry_api.operations import OPERATIONS as REGISTRY
from tests.contract_client import ContractClient, Reply, caller

APIS = {
    "paytrum": (PAYTRUM, "/v1/clients"),
    "athenty": (ATHENTY, "/v2/api/clients"),
    "hoursmith": (HOURSMITH, "/api/v1/clients"),
    "alternative_payments": (PAYMENTS, "/customers"),
    "registry": (REGISTRY, "/v1/clients"),
}
EVERY_RESPONSE = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=31536000",
}
NAMES = {"athenty": "businessName"}
KEY = {"Idempotency-Key": "k"}


@pytest.fixture(params=sorted(APIS))
def contract(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def api(tables: None, contract: str) -> ContractClient:
    return ContractClient(APIS[contract][0], caller(contract))


@pytest.fixture
def path(contract: str) -> str:
    return APIS[contract][1]


@pytest.fixture
def body(contract: str) -> dict[str, Any]:
    return {NAMES.get(contract, "name"): "Acme"}


def message(reply: Reply) -> str:
    found: dict[str, Any] = reply.json.get("error", reply.json)
    return str(found["message" if "message" in found else "detail"])


def test_a_byte_order_mark_before_the_body_is_skipped(
    api: ContractClient, path: str, body: dict[str, Any]
) -> None:
    raw = base64.b64encode(b"\xef\xbb\xbf" + json.dumps(body).encode()).decode()

    assert api.send("POST", path, raw=raw, encoded=True, headers=KEY).status == 201


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "identity, gzip"])
def test_a_coded_body_is_415(api: ContractClient, path: str, coding: str) -> None:
    reply = api.send("POST", path, raw="{}", headers={**KEY, "Content-Encoding": coding})

    assert reply.status == 415


@pytest.mark.parametrize("coding", ["identity", " Identity "])
def test_identity_is_no_coding(
    api: ContractClient, path: str, body: dict[str, Any], coding: str
) -> None:
    assert api.send("POST", path, body, {**KEY, "Content-Encoding": coding}).status == 201


@pytest.mark.parametrize("raw", ["é", "====", "e30"])
def test_a_body_that_is_no_base64_is_400(api: ContractClient, path: str, raw: str) -> None:
    assert api.send("POST", path, raw=raw, encoded=True, headers=KEY).status == 400


@pytest.mark.parametrize(
    "raw", ["{", "{]", "[1,]", '{"a" 1}', "nul", '{"a": NaN}', '{"a": 1, "a": 2}', "\ufeff", "[]"]
)
def test_messages_about_json_speak_of_json(api: ContractClient, path: str, raw: str) -> None:
    reply = api.send("POST", path, raw=raw, headers=KEY)

    assert reply.status == 400
    for word in ("utf-8-sig", "at at", "Expecting", "dict", "char "):
        assert word not in message(reply)


def test_an_idempotency_key_sent_twice_is_refused(
    api: ContractClient, contract: str, path: str, body: dict[str, Any]
) -> None:
    reply = api.send("POST", path, body, {"Idempotency-Key": ["k", "k"]})

    assert reply.status == (422 if contract == "hoursmith" else 400)
    assert "Idempotency-Key" in reply.text


def test_every_response_has_its_headers(
    api: ContractClient, path: str, body: dict[str, Any]
) -> None:
    replies = [
        api.send("POST", path, body, KEY),
        api.send("GET", path),
        api.send("POST", path, raw="{", headers=KEY),
        api.as_caller(expiresAt="2026-01-01T00:00:00.000Z").send("GET", path),
    ]

    for reply in replies:
        assert reply.headers.items() >= EVERY_RESPONSE.items()
    assert [reply.status for reply in replies] == [201, 200, 400, 401]
    assert replies[-1].headers["WWW-Authenticate"] == "Bearer"


def test_at_most_a_hundred_problems_are_named(
    api: ContractClient, path: str, body: dict[str, Any]
) -> None:
    unknown = {f"{number:03}" + "x" * 200: None for number in range(250)}

    reply = api.send("POST", path, body | unknown, KEY)

    error = reply.json.get("error", reply.json)
    problems = next(
        error[name] for name in ("fields", "errors", "validation_errors") if name in error
    )
    assert (reply.status, len(problems)) == (422, 100)
    assert "150" in message(reply)
    assert "x" * 101 not in reply.text


def test_at_most_a_hundred_problems_of_parameters_are_named(
    api: ContractClient, contract: str, path: str
) -> None:
    names = [f"{number:03}" + "x" * 200 for number in range(250)]

    reply = api.send("GET", f"{path}?{'&'.join(f'{name}=1' for name in names)}")

    assert reply.status == (422 if contract in {"athenty", "hoursmith"} else 400)
    named = [name for name in names if name[:100] in reply.text]
    assert (len(named), named) == (100, names[:100])
    assert "150 more are not listed." in message(reply)
    assert "x" * 98 not in reply.text
    assert len(reply.text) < 100 * 300


def test_problems_of_body_and_parameters_together_are_at_most_a_hundred(
    api: ContractClient, path: str, body: dict[str, Any]
) -> None:
    names = [f"{number:03}" + "x" * 200 for number in range(150)]

    reply = api.send(
        "POST",
        f"{path}?{'&'.join(f'q{name}=1' for name in names)}",
        dict.fromkeys(names) | body,
        KEY,
    )

    assert reply.status in {400, 422}
    assert sum(f"q{name}"[:100] in reply.text or name[:100] in reply.text for name in names) <= 100
    assert "more are not listed." in message(reply)
    assert "x" * 98 not in reply.text
