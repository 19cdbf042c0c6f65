"""One client of the demo workspace, over HTTP, through all four contracts."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import httpx
import pytest

from tests.stack.conftest import Stack, patiently

PATHS = {
    "paytrum": "/v1/clients",
    "athenty": "/v2/api/clients",
    "hoursmith": "/api/v1/clients",
    "alternative_payments": "/customers",
}
# Where each contract shows the display name of a business.
NAMES = {
    "paytrum": "name",
    "athenty": "businessName",
    "hoursmith": "name",
    "alternative_payments": "name",
}
# What each contract writes that the others do not show.
OWN: dict[str, dict[str, Any]] = {
    "paytrum": {"timezone": "America/Chicago"},
    "athenty": {"metadata": {"tier": "gold", "score": 1.50}},
    "hoursmith": {"defaultRate": "100.50", "contactName": "Jane"},
    "alternative_payments": {"ein": "12-3456789"},
}
BODIES: dict[str, dict[str, object]] = {
    "paytrum": {"name": "Acme Co", "company": "Acme Co", "usageType": "commercial"},
    "athenty": {"businessName": "Acme Co"},
    "hoursmith": {"name": "Acme Co"},
    "alternative_payments": {"name": "Acme Co"},
}


@pytest.fixture(scope="module")
def apis(stack: Stack) -> Iterator[dict[str, httpx.Client]]:
    """A client per contract, each with the demo credential of the one workspace."""
    payments = stack.file["contracts"]["alternative_payments"]
    token = httpx.post(
        f"{payments['base_url']}/oauth/token",
        auth=(payments["client_id"], payments["client_secret"]),
        data={"grant_type": "client_credentials"},
        timeout=None,
    ).json()["access_token"]
    with ExitStack() as opened:
        yield {
            contract: opened.enter_context(stack.contract(contract).client()) for contract in PATHS
        } | {
            "alternative_payments": opened.enter_context(
                httpx.Client(
                    base_url=payments["base_url"],
                    headers={"Authorization": f"Bearer {token}"},
                    timeout=None,
                ),
            ),
        }


def shown(contract: str, response: httpx.Response) -> dict[str, Any]:
    """The client in a response."""
    assert response.status_code in {200, 201}, response.text
    body = response.json()
    client: dict[str, Any] = body["data"] if contract == "hoursmith" else body
    return client


@pytest.mark.parametrize("maker", PATHS)
def test_made_through_one_seen_and_changed_through_all(
    apis: dict[str, httpx.Client],
    maker: str,
) -> None:
    key = {"Idempotency-Key": f"four-contracts-{maker}"}
    create = partial(apis[maker].post, PATHS[maker], json=BODIES[maker], headers=key)
    made = shown(maker, patiently(create))
    at = {contract: f"{path}/{made['id']}" for contract, path in PATHS.items()}

    for contract, body in OWN.items():
        change = partial(apis[contract].patch, at[contract], json=body)
        shown(contract, patiently(change))
    seen = {
        contract: shown(contract, patiently(partial(apis[contract].get, path)))
        for contract, path in at.items()
    }

    for contract, body in OWN.items():
        assert seen[contract] == {**seen[contract], **body}
    names = {seen[contract][field] for contract, field in NAMES.items() if contract != "athenty"}
    athenty = seen["athenty"]
    assert names | {athenty["businessName"] or athenty["nameLast"]} == {"Acme Co"}


def test_archived_through_one_and_restored_through_another(apis: dict[str, httpx.Client]) -> None:
    made = shown("paytrum", apis["paytrum"].post("/v1/clients", json={"name": "Acme Co"}))
    path = f"/api/v1/clients/{made['id']}"

    deleted = apis["hoursmith"].delete(path)
    gone = apis["hoursmith"].get(path)
    restored = apis["alternative_payments"].post(f"/customers/{made['id']}/restore")
    back = apis["hoursmith"].get(path)

    assert (deleted.status_code, gone.status_code) == (200, 404)
    assert (restored.status_code, back.status_code) == (200, 200)
    assert shown("hoursmith", back)["deletedAt"] is None
