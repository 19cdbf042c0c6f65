"""Two clients that came in through two doors are found, become one, and come apart, over HTTP."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import httpx
import pytest

from tests.stack.conftest import Access, Stack, patiently
from tests.stack.test_four_contracts import OWN, PATHS, shown
from tests.stack.test_registry import CLIENTS, page, send, until

Doors = dict[str, httpx.Client]
Json = dict[str, Any]
# What a merge and its undo change, beside history and ledger.
_LEFT_BEHIND = {"version", "updated_at", "updatedAt"}


@pytest.fixture(scope="module")
def doors(stack: Stack) -> Iterator[Doors]:
    """A caller of each of the five contracts, for one workspace of their own."""
    workspace = stack.workspace()
    issued = stack.credential(workspace, "alternative_payments")
    url = f"{stack.endpoint}/alternative_payments"
    ask = partial(
        httpx.post,
        f"{url}/oauth/token",
        auth=(issued["client_id"], issued["client_secret"]),
        data={"grant_type": "client_credentials"},
        timeout=None,
    )
    token = patiently(ask).json()["access_token"]
    accesses = {
        name: stack.access(workspace, name)
        for name in ("paytrum", "athenty", "hoursmith", "registry")
    }
    accesses["alternative_payments"] = Access(url, {"Authorization": f"Bearer {token}"})
    with ExitStack() as opened:
        yield {name: opened.enter_context(each.client()) for name, each in accesses.items()}


def twins(doors: Doors, name: str) -> tuple[str, str]:
    """A client made through Paytrum's door, and the same one through Hoursmith's."""
    one = send(
        doors["paytrum"],
        "POST",
        PATHS["paytrum"],
        json={
            "name": f"{name} Inc",
            "company": f"{name} Inc",
            "email": f"info@{name}.example.com",
            "phone": "+12125550101",
            "emailConsent": True,
            "smsConsent": True,
            "usageType": "commercial",
        },
    )
    other = send(
        doors["hoursmith"],
        "POST",
        PATHS["hoursmith"],
        json={
            "name": f"{name.upper()}, Inc.",
            "email": f"INFO@{name}.example.com",
            "phone": "(212) 555-0101",
            "website": f"https://{name}.example.com",
        },
        headers={"Idempotency-Key": name},
    )
    return shown("paytrum", one)["id"], shown("hoursmith", other)["id"]


def merged(doors: Doors, survivor: str, absorbed: str, query: str = "") -> Json:
    """The merge of two clients."""
    pair = {"survivor": survivor, "absorbed": absorbed}
    response = send(doors["registry"], "POST", f"/v1/merges{query}", json=pair)
    assert response.status_code == (200 if query else 201), response.text
    answer: Json = response.json()
    return answer


def undone(doors: Doors, merge: Json) -> Json:
    """A merge that is undone."""
    response = send(doors["registry"], "POST", f"/v1/merges/{merge['id']}/undo")
    assert response.status_code == 200, response.text
    answer: Json = response.json()
    return answer


def seen(doors: Doors, ids: tuple[str, str]) -> list[Json]:
    """What the five doors show of clients, less what a merge and its undo change."""
    found = [page(doors["registry"], f"{CLIENTS}/{each}") for each in ids]
    for contract, path in PATHS.items():
        found += [shown(contract, send(doors[contract], "GET", f"{path}/{each}")) for each in ids]
    return [{name: each[name] for name in each.keys() - _LEFT_BEHIND} for each in found]


def test_clients_of_two_doors_are_a_pair_become_one_and_come_apart(doors: Doors) -> None:
    survivor, absorbed = ids = twins(doors, "acme")
    before = seen(doors, ids)
    path = f"{CLIENTS}/{absorbed}/matches"
    (pair,) = until(partial(page, doors["registry"], path), lambda found: found["data"])["data"]

    assert (pair["verdict"], pair["judged_by"]) == ("sure", "machine")
    assert set(pair["clients"]) == {survivor, absorbed}
    assert {"email", "phone"} <= {reason["field"] for reason in pair["reasons"]}
    preview = merged(doors, survivor, absorbed, "?preview=true")
    assert seen(doors, ids) == before
    merge = merged(doors, survivor, absorbed)
    assert merge["fields"] == preview["fields"]
    assert merge["fields"]["website"]["kept"] == "absorbed"
    whole = page(doors["registry"], f"{CLIENTS}/{absorbed}")
    assert (whole["id"], whole["absorbed"]) == (survivor, [absorbed])
    assert whole["consents"] == {"email": True, "sms": True}
    closed = until(partial(page, doors["registry"], path), lambda found: not found["data"])
    assert closed["data"] == []

    assert undone(doors, merge)["stayed"] == []
    assert seen(doors, ids) == before
    assert (
        undone(doors, merge)["undone_at"]
        == page(doors["registry"], "/v1/merges")["data"][0]["undone_at"]
    )
    dismissed = partial(page, doors["registry"], "/v1/matches?verdict=dismissed")
    assert until(dismissed, lambda found: found["data"])["data"][0]["id"] == pair["id"]


def test_an_absorbed_id_answers_every_verb_of_every_door(doors: Doors) -> None:
    survivor, absorbed = ids = twins(doors, "beta")
    merge = merged(doors, survivor, absorbed)

    for contract, path in PATHS.items():
        http, at = doors[contract], f"{path}/{absorbed}"
        read = shown(contract, send(http, "GET", at))
        changed = shown(contract, send(http, "PATCH", at, json=OWN[contract]))
        refused = send(http, "DELETE", at)
        body = page(http, path)
        rows = [row for row in body["data"] if row["id"] in ids]
        assert (read["id"], changed["id"]) == (absorbed, absorbed)
        assert refused.status_code == (400 if contract == "alternative_payments" else 409)
        assert survivor in refused.text
        assert [row["id"] for row in rows] == [survivor]
    switched_off = send(
        doors["athenty"], "PATCH", f"{PATHS['athenty']}/{absorbed}", json={"active": False}
    )
    assert switched_off.status_code == 409
    for contract in ("paytrum", "alternative_payments"):
        restored = send(doors[contract], "POST", f"{PATHS[contract]}/{absorbed}/restore")
        assert shown(contract, restored)["id"] == absorbed
    payments, customer = doors["alternative_payments"], f"/customers/{absorbed}"
    made = send(payments, "POST", f"{customer}/users", json={"email": "user@beta.example.com"})
    assert made.status_code == 201, made.text
    users = page(payments, f"/customers/{survivor}/users")["data"]
    assert [user["id"] for user in users] == [made.json()["id"]]
    assert page(payments, f"{customer}/payment-methods")["data"] == []

    own = f"{CLIENTS}/{absorbed}"
    renamed = send(doors["registry"], "PATCH", own, json={"website": "https://new.example.com"})
    assert (renamed.json()["id"], renamed.headers["Content-Location"]) == (survivor, survivor)
    assert send(doors["registry"], "DELETE", own).status_code == 409

    assert undone(doors, merge)["stayed"] == ["website"]
    back = page(doors["registry"], own)
    assert (back["id"], back["website"]) == (absorbed, "https://beta.example.com")
    assert page(doors["registry"], f"{CLIENTS}/{survivor}")["website"] == "https://new.example.com"
