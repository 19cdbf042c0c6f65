"""Every contract's format, from a change of a client to a receiver on loopback."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, cast

import pytest

from registry.contracts.webhook_formats import WITH_WEBHOOKS, format_of
from registry.domain.change import Author, create
from registry.domain.event import event_of
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.domain.workspace import Contract
from registry.projections.posting import Poster
from registry.projections.telling import Telling
from registry.store.clients import client_store
from tests.webhooks import endpoint_of

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
# What is signed or proved with, and what the body says that it is about.
SENT = {
    Contract.REGISTRY: ("webhook-signature", "client.created"),
    Contract.ATHENTY: ("webhook-signature", "client.created"),
    Contract.HOURSMITH: ("hoursmith-signature", "client.created"),
    Contract.ALTERNATIVE_PAYMENTS: ("authorization", "customer_created"),
}


class Unsealed:
    """Secrets as they are; what KMS does to them is tested elsewhere."""

    def open(self, _tenant: Tenant, _endpoint_id: str, sealed: str) -> str:
        """The secret."""
        return sealed


@contextmanager
def receiver() -> Iterator[tuple[str, list[bytes]]]:
    """A receiver for one request on loopback: its URL, and the request when it was read whole."""
    listener = socket.create_server(("127.0.0.1", 0))
    requests: list[bytes] = []

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            read = b""
            while not _whole(read) and (part := connection.recv(65_536)):
                read += part
            requests.append(read)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hooks", requests
    finally:
        thread.join()
        listener.close()


def _whole(read: bytes) -> bool:
    """Whether a request has come with its body."""
    head, found, body = read.partition(b"\r\n\r\n")
    return bool(found) and len(body) >= int(_headers(head)["content-length"])


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode().split("\r\n")[1:]
    return {
        name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)
    }


@pytest.mark.parametrize("contract", WITH_WEBHOOKS)
def test_a_receiver_is_told_in_the_format_of_the_contract(contract: Contract, tables: None) -> None:
    header, kind = SENT[contract]
    made = create(Author("c", now()), name="Acme")
    client_store().create(TENANT, made)
    telling = Telling(client_store(), cast("Any", Unsealed()), format_of, Poster(loopback=True))

    with receiver() as (url, requests):
        endpoint = endpoint_of(
            contract,
            url=url,
            types=(kind,),
            sources=format_of(contract).queued_for((kind,)),
            secret=SECRET,
            secret_end=SECRET[-4:],
        )
        answer = telling.of(TENANT, endpoint, event_of(None, made.client), 1)

    assert answer is not None
    assert answer.status == HTTPStatus.NO_CONTENT
    head, _, body = requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hooks HTTP/1.1")
    assert header in _headers(head)
    assert kind in json.loads(body).values()
    assert made.client.id.encode() in body


def test_every_contract_whose_vendor_has_webhooks_has_a_format() -> None:
    assert set(WITH_WEBHOOKS) == set(Contract) - {Contract.PAYTRUM}
    assert all(format_of(contract).contract is contract for contract in WITH_WEBHOOKS)
    with pytest.raises(KeyError):
        format_of(Contract.PAYTRUM)
