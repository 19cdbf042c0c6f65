"""Clients of a fake vendor come into the local stack, which answers under the vendor's ids."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from registry.domain.workspace import Contract
from tests.stack.conftest import ROOT, Access, Stack, patiently
from tests.vendors.fakes import fake
from tests.vendors.paytrum import KEY
from tests.vendors.server import FakeVendor

COUNT = 50


@pytest.fixture
def vendor() -> Iterator[FakeVendor]:
    """A Paytrum without limits."""
    made = fake(Contract.PAYTRUM, COUNT)
    made.windows = ()
    with made:
        yield made


def test_clients_that_were_pulled_answer_every_verb_by_their_vendors_ids(
    stack: Stack, vendor: FakeVendor, tmp_path: Path
) -> None:
    workspace = stack.workspace()
    source = ("--from", "paytrum", "--url", vendor.url, "--workspace", workspace)
    move(stack, tmp_path, "pull", *source)
    move(stack, tmp_path, "verify", *source)

    with stack.access(workspace, "paytrum").client() as http:
        listed = patiently(lambda: http.get(f"/v1/clients?limit={COUNT}")).json()["data"]
        for row in vendor.rows[:2]:
            path = f"/v1/clients/{row['id']}"
            calls = [
                partial(http.get, path),
                partial(http.patch, path, json={"notes": "moved"}),
                partial(http.delete, path),
                partial(http.post, f"{path}/restore"),
            ]
            for call in calls:
                answer = patiently(call)
                assert (answer.status_code, answer.json()["id"]) == (200, row["id"])

    assert {each["id"] for each in listed} == {row["id"] for row in vendor.rows}


CLIENTS = {
    Contract.PAYTRUM: ("/v1/clients", {"name": "Acme", "email": "a@b.co", "emailConsent": True}),
    Contract.ATHENTY: ("/v2/api/clients", {"nameLast": "Doe", "metadata": {"exact": 1}}),
    Contract.HOURSMITH: ("/api/v1/clients", {"name": "Beta", "billingCountry": "Turkey"}),
}


@pytest.mark.parametrize("contract", CLIENTS)
def test_our_own_door_can_be_moved_from_as_a_vendor(
    contract: Contract, stack: Stack, tmp_path: Path
) -> None:
    path, body = CLIENTS[contract]
    home, new = stack.workspace(), stack.workspace()
    issued = stack.credential(home, contract)
    with Access(f"{stack.endpoint}/{contract}", issued["headers"]).client() as http:
        for number in range(3):
            headers = {"Idempotency-Key": f"k{number}"}
            made = patiently(partial(http.post, path, json=body, headers=headers))
            assert made.status_code == 201
    url = f"{stack.endpoint}/{contract}"
    source = ("--from", contract, "--url", url, "--workspace", new)

    move(stack, tmp_path, "pull", *source, token=issued["token"])
    move(stack, tmp_path, "verify", *source, token=issued["token"])


def test_our_own_alternative_payments_can_be_moved_from_with_its_oauth_client(
    stack: Stack, tmp_path: Path
) -> None:
    home, new = stack.workspace(), stack.workspace()
    issued = stack.credential(home, Contract.ALTERNATIVE_PAYMENTS)
    url = f"{stack.endpoint}/{Contract.ALTERNATIVE_PAYMENTS}"
    pair = issued["client_id"], issued["client_secret"]
    form = {"grant_type": "client_credentials"}
    token = patiently(lambda: httpx.post(f"{url}/oauth/token", data=form, auth=pair, timeout=None))
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    with Access(url, headers).client() as http:
        ids = []
        for number in range(2):
            body = {"external_id": f"E-{number}", "name": "Gamma", "email": "g@b.co"}
            made = patiently(partial(http.post, "/customers", json=body))
            assert made.status_code == 201, made.text
            ids.append(made.json()["id"])
        user = {"email": "u@b.co", "first_name": "U", "last_name": "V"}
        made = patiently(partial(http.post, f"/customers/{ids[0]}/users", json=user))
        assert made.status_code == 201, made.text
        archived = patiently(partial(http.delete, f"/customers/{ids[1]}"))
        assert archived.status_code < 300, archived.text
    also = tmp_path / "also.txt"
    also.write_text("\n".join(ids))
    source = ("--from", Contract.ALTERNATIVE_PAYMENTS, "--url", url, "--workspace", new)
    secrets = {"REGISTRY_VENDOR_CLIENT_ID": pair[0], "REGISTRY_VENDOR_CLIENT_SECRET": pair[1]}

    move(stack, tmp_path, "pull", *source, "--also", str(also), **secrets)
    move(stack, tmp_path, "verify", *source, **secrets)

    moved = stack.credential(new, Contract.ALTERNATIVE_PAYMENTS)
    pair = moved["client_id"], moved["client_secret"]
    token = patiently(lambda: httpx.post(f"{url}/oauth/token", data=form, auth=pair, timeout=None))
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    with Access(url, headers).client() as http:
        answers = [patiently(partial(http.get, f"/customers/{each}")) for each in ids]
        users = patiently(partial(http.get, f"/customers/{ids[0]}/users")).json()
    assert [each.json()["external_id"] for each in answers] == ["E-0", "E-1"]
    assert "u@b.co" in str(users)


def move(stack: Stack, state: Path, *words: str, token: str = KEY, **secrets: str) -> None:
    """Run a command of a move in a process of its own, which exits with 0."""
    line = [sys.executable, "-m", "ops.cli", "move", *words, "--endpoint", stack.endpoint]
    environment = {
        **os.environ,
        "REGISTRY_VENDOR_TOKEN": token,
        "XDG_STATE_HOME": str(state),
        **secrets,
    }
    subprocess.run(line, cwd=ROOT, check=True, env=environment)  # noqa: S603
