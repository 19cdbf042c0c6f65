"""Hoursmith's format of webhooks: the envelope to the byte, the signature, tests, the waits."""

import hashlib
import hmac
import json
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.contracts.hoursmith.examples import RETRIEVE
from registry.contracts.hoursmith.webhooks import FORMAT, new_secret, render
from registry.domain import document
from registry.domain.tenant import Tenant
from registry.domain.webhook import Notice, Rendered
from registry.domain.workspace import Contract
from tests.notices import CLIENT, WORKSPACE, client, event, notice

TYPES = ("client.created",)
# The whole text of the secret is the key, with its beginning.
SECRET = "wsk_secret"


def told(notified: Notice) -> Rendered:
    rendered = render(notified)
    assert rendered is not None
    return rendered


def of_created(secret: str = SECRET, tenant: Tenant | None = None, number: int = 1) -> Rendered:
    created = client(name="string")
    return told(
        notice(
            Contract.HOURSMITH,
            TYPES,
            secret,
            told=event(created),
            shown=created,
            tenant=tenant or Tenant(WORKSPACE, "live"),
            number=number,
        )
    )


def test_the_client_that_the_page_prints_is_in_the_vendors_envelope_to_the_byte() -> None:
    assert RETRIEVE.response is not None
    shown = document.render(RETRIEVE.response["data"])

    assert of_created().body == (
        '{"id":"dedbb777-90a2-58b6-8162-a315be26fb9d","type":"client.created",'
        '"created":1781024661,"orgId":"0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c","livemode":true,'
        '"data":{"client":' + shown + "}}"
    )


def test_the_signature_is_what_openssl_makes_of_instant_and_body() -> None:
    assert of_created().headers == {
        "Hoursmith-Signature": (
            "t=1781024666,v1=a7b1da35a4465e74ef1cbbfbb8e208621a17a56be4518445a925d3560e7b34a2"
        )
    }


@given(secret=st.from_regex(r"wsk_[0-9a-f]{1,60}", fullmatch=True), name=st.text(min_size=1))
@settings(max_examples=30, deadline=None)
def test_a_receiver_can_check_the_signature_of_any_client(secret: str, name: str) -> None:
    made = client(name=name)
    rendered = told(notice(Contract.HOURSMITH, TYPES, secret, told=event(made), shown=made))

    at, signed = rendered.headers["Hoursmith-Signature"].split(",")
    payload = f"{at.removeprefix('t=')}.{rendered.body}".encode()
    expected = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
    assert signed == f"v1={expected}"
    assert json.loads(rendered.body)["data"]["client"]["name"] == name


def test_the_id_is_a_uuid_and_the_same_at_every_attempt() -> None:
    ids = {json.loads(of_created(number=number).body)["id"] for number in range(1, 9)}

    assert len(ids) == 1
    assert UUID(ids.pop()).version == 5


def test_only_live_mode_is_live() -> None:
    body = json.loads(of_created(tenant=Tenant(WORKSPACE, "test")).body)

    assert body["livemode"] is False


def test_a_client_that_moved_in_has_its_vendors_id() -> None:
    moved = client(name="string", ids={"hoursmith": "cl_01", "athenty": "clt_9"})
    rendered = told(notice(Contract.HOURSMITH, TYPES, SECRET, told=event(moved), shown=moved))

    assert json.loads(rendered.body)["data"]["client"]["id"] == "cl_01"
    assert CLIENT not in rendered.body


def test_a_test_says_so_and_is_not_live() -> None:
    rendered = told(notice(Contract.HOURSMITH, TYPES, SECRET, told=None, shown=None))

    body = json.loads(rendered.body)
    assert (body["type"], body["livemode"]) == ("client.created", False)
    assert body["data"] == {"test": True}


def test_the_waits_are_the_vendors_and_an_endpoint_stays_enabled() -> None:
    seconds = (5, 60, 300, 1_800, 7_200, 21_600, 86_400)

    assert FORMAT.waits == tuple(timedelta(seconds=each) for each in seconds)
    assert FORMAT.timeout == timedelta(seconds=10)
    assert not FORMAT.disables
    assert FORMAT.overlap == timedelta(0)


def test_it_has_one_type_of_event_and_no_wildcard() -> None:
    assert FORMAT.queued_for(TYPES) == ("client.created",)
    for unknown in ("*", "client.updated"):
        with pytest.raises(KeyError):
            FORMAT.queued_for((unknown,))


def test_secrets_are_random_and_say_what_they_are() -> None:
    made = {new_secret() for _ in range(10)}

    assert len(made) == 10
    assert all(secret.startswith("wsk_") and len(secret) >= 36 for secret in made)
