"""Athenty's format of webhooks: the envelope to the byte, in snake case, and the signature."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from registry.contracts.athenty.examples import INDIVIDUAL
from registry.contracts.athenty.webhooks import FORMAT, render
from registry.domain import document
from registry.domain.client import Country, MemberType
from registry.domain.webhook import Notice, Rendered
from registry.domain.workspace import Contract
from tests.notices import ATTEMPTED_AT, CLIENT, TEST, client, event, notice

TYPES = ("client.created",)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
JANE = client(
    name="Jane Smith",
    first_name="Jane",
    last_name="Smith",
    email="jane@example.com",
    member_type=MemberType.INDIVIDUAL,
    country=Country("CA", "CA"),
)


def told(notified: Notice) -> Rendered:
    rendered = render(notified)
    assert rendered is not None
    return rendered


def of_created(number: int = 1) -> Rendered:
    made = event(JANE)
    return told(notice(Contract.ATHENTY, TYPES, SECRET, told=made, shown=JANE, number=number))


def test_the_client_that_the_page_prints_is_in_the_vendors_envelope_to_the_byte() -> None:
    assert INDIVIDUAL.response is not None
    # A digit begins no word: `addressLine1` is `address_line1`.
    shown = document.render(
        {
            re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", key): value
            for key, value in INDIVIDUAL.response.items()
        }
    )

    assert of_created().body == (
        '{"id":"019ead57-9e08-7d21-9c4e-66f1a2b3c4d5.1","type":"client.created",'
        '"created_at":"2026-06-09T17:04:21.000Z",'
        '"tenant_id":"0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c",'
        '"data":' + shown + ',"metadata":{"test":false,"delivery_attempt":1}}'
    )


def test_numbers_in_metadata_are_sent_as_they_are_kept() -> None:
    made = client(name="Acme", metadata='{"addressLine1":1.50,"n":12345678901234567890}')
    rendered = told(notice(Contract.ATHENTY, TYPES, SECRET, told=event(made), shown=made))

    assert '"metadata":{"addressLine1":1.50,"n":12345678901234567890}' in rendered.body


@given(name=st.text(min_size=1), number=st.integers(1, 8))
@settings(max_examples=30, deadline=None)
def test_a_receiver_can_check_the_signature_with_the_public_library(name: str, number: int) -> None:
    made = client(name=name)
    rendered = told(
        notice(Contract.ATHENTY, TYPES, SECRET, told=event(made), shown=made, number=number)
    )

    assert rendered.headers["webhook-id"] == f"{CLIENT}.1"
    assert rendered.headers["webhook-timestamp"] == "1781024666"
    signature = Webhook(SECRET).sign(f"{CLIENT}.1", ATTEMPTED_AT, rendered.body)
    assert rendered.headers["webhook-signature"].split()[0] == signature
    assert json.loads(rendered.body)["metadata"] == {"test": False, "delivery_attempt": number}


def test_the_signature_is_what_openssl_makes_of_id_instant_and_body() -> None:
    made = client(name="string")
    rendered = told(notice(Contract.ATHENTY, TYPES, SECRET, told=event(made), shown=made))

    newest, _ = rendered.headers["webhook-signature"].split()
    assert newest == "v1,bop4G15z9BBWU1+uM11HHEPuV1V2BnLuJfpTP/iNYKY="


def test_both_secrets_sign_during_a_rotation() -> None:
    assert len(of_created().headers["webhook-signature"].split()) == 2


def test_a_client_that_moved_in_has_its_vendors_id() -> None:
    moved = client(name="Acme", ids={"hoursmith": "cl_01", "athenty": "clt_9"})
    rendered = told(notice(Contract.ATHENTY, TYPES, SECRET, told=event(moved), shown=moved))

    assert json.loads(rendered.body)["data"]["id"] == "clt_9"


def test_a_test_is_marked_as_one() -> None:
    rendered = told(notice(Contract.ATHENTY, TYPES, SECRET, told=None, shown=None))

    body = json.loads(rendered.body)
    assert (body["id"], body["type"], body["data"]) == (TEST, "client.created", {})
    assert body["metadata"] == {"test": True, "delivery_attempt": 1}
    assert rendered.headers["webhook-id"] == TEST


def test_it_has_one_type_of_event_and_is_tested_when_it_is_made() -> None:
    assert FORMAT.queued_for(TYPES) == ("client.created",)
    assert FORMAT.tests_new
    with pytest.raises(KeyError):
        FORMAT.queued_for(("client.updated",))
