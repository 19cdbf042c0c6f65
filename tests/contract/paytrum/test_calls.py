"""What Paytrum's requests cost: `docs/data-model.md`, table "Access patterns"."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from registry.domain.change import Author, create
from registry.domain.tenant import Tenant
from registry.store.items import client_item
from tests.contract.calls import counted
from tests.contract_client import ContractClient

BODY = {"name": "Acme Co", "email": "ar@acme.com", "emailConsent": True}
KEY = {"Idempotency-Key": "k"}


def test_create_and_replay_are_one_call_each(paytrum: ContractClient) -> None:
    for headers in (None, KEY, KEY):
        with counted() as calls:
            assert paytrum.send("POST", "/v1/clients", BODY, headers).status == 201
        assert len(calls.names) == 1


def test_a_create_without_consent_or_key_is_no_transaction(paytrum: ContractClient) -> None:
    with counted() as calls:
        paytrum.send("POST", "/v1/clients", {"name": "Acme Co"})

    assert calls.names == ["PutItem"]


def test_get_is_one_call_and_so_is_the_look_up_of_a_vendors_id_in_vain(
    paytrum: ContractClient,
) -> None:
    client = paytrum.send("POST", "/v1/clients", BODY).json

    with counted() as found:
        paytrum.send("GET", f"/v1/clients/{client['id']}")
    with counted() as missed:
        paytrum.send("GET", "/v1/clients/66f1a2b3c4d5e6f7a8b9c0d1")

    assert (found.names, missed.names) == (["GetItem"], ["GetItem"])


@pytest.mark.parametrize("query", ["", "&status=active", "&status=inactive", "&startingAfter={id}"])
def test_a_list_is_one_call(paytrum: ContractClient, query: str) -> None:
    client = paytrum.send("POST", "/v1/clients", BODY).json
    paytrum.send("POST", "/v1/clients", BODY)

    with counted() as calls:
        reply = paytrum.send("GET", f"/v1/clients?limit=1{query.format(id=client['id'])}")

    assert reply.status == 200
    assert calls.names == ["Query"]


@pytest.mark.parametrize("headers", [None, KEY])
@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [
        ("PATCH", "", {"email": "new@acme.com", "emailConsent": True}),
        ("DELETE", "", None),
        ("POST", "/restore", None),
    ],
)
def test_a_change_is_at_most_two_calls(
    paytrum: ContractClient,
    method: str,
    suffix: str,
    body: object,
    headers: dict[str, str] | None,
) -> None:
    client = paytrum.send("POST", "/v1/clients", BODY).json

    for _ in range(2):
        with counted() as calls:
            reply = paytrum.send(method, f"/v1/clients/{client['id']}{suffix}", body, headers)
        assert reply.status == 200
        assert len(calls.names) <= 2


def test_a_bad_body_is_no_call(paytrum: ContractClient) -> None:
    with counted() as calls:
        paytrum.send("POST", "/v1/clients", {"name": ""})

    assert calls.names == []


def test_a_page_costs_the_same_in_a_workspace_of_100_and_of_20000(paytrum: ContractClient) -> None:
    tenant = Tenant(paytrum.context["workspaceId"], "live")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    costs = []

    made = 0
    for size in (100, 20_000):
        for first in range(made, size, 25):
            authors = (Author("c", start + timedelta(seconds=first + n)) for n in range(25))
            written = [client_item(tenant, create(author).client) for author in authors]
            requests = [{"PutRequest": {"Item": item}} for item in written]
            boto3.client("dynamodb").batch_write_item(RequestItems={"clients": requests})
        made = size
        for query in ("limit=25", "limit=25&status=active"):
            with counted() as calls:
                assert len(paytrum.send("GET", f"/v1/clients?{query}").json["data"]) == 25
            costs.append((calls.names, calls.read))

    assert costs == [(["Query"], 26)] * 4
