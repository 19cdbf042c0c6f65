"""The example events, with the credentials of a stack and the ids of records on it.

The events of `events/` carry made-up ids and tokens. An event that creates a record runs before the
events that need one, so that the id of the record can replace theirs.
"""

import base64
import copy
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from ops.cli.deployment import Deployment
from registry.domain.change import Author
from registry.domain.identifiers import new_id, now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.domain.workspace import Mode
from registry.services.payment_methods import PaymentMethods
from registry.store.clients import ClientStore
from registry.store.payment_methods import PaymentMethodStore

Json = dict[str, Any]

_VERBS: Final = ("authorize", "issue", "create", "list", "get", "update", "archive", "delete")
_PARAMETER: Final = re.compile(r"\{(\w+)\}")


def turn(operation: str) -> int:
    """The place of an operation in the run: lower is sooner, and a restore comes last."""
    verb = operation.partition("_")[0]
    return _VERBS.index(verb) if verb in _VERBS else len(_VERBS)


class Records:
    """Ids of the records that events of one contract have created, by the path of the creation."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def addressed(self, event: Json) -> Json:
        """The event with the ids of records that exist, wherever one of their kind was created."""
        event = copy.deepcopy(event)
        resource: str = event["resource"]
        for parameter in _PARAMETER.finditer(resource):
            made = self._ids.get(resource[: parameter.start()].rstrip("/"))
            if made is not None:
                example = event["pathParameters"][parameter[1]]
                event["pathParameters"][parameter[1]] = made
                for place in (event, event["requestContext"]):
                    place["path"] = place["path"].replace(example, made)
        return event

    def keep_created(self, event: Json, body: Json) -> str | None:
        """Keep and return the id of the record that the event created; None if it created none."""
        record = body.get("data", body)
        if event["httpMethod"] != "POST" or "id" not in record:
            return None
        self.made(event["resource"], record["id"])
        return str(record["id"])

    def made(self, collection: str, record_id: str) -> None:
        """Keep the id of a record, unless the collection has one already."""
        self._ids.setdefault(collection, record_id)


def attach_payment_method(deployment: Deployment, event: Json, client_id: str) -> str:
    """Attach a payment method to a client, which no endpoint does; returns its id.

    Args:
        deployment: of the stack.
        event: the event that created the client; its caller tells the tenant.
        client_id: the client.
    """
    caller = event["requestContext"]["authorizer"]
    method = PaymentMethod(
        id=new_id(),
        client_id=client_id,
        type=PaymentMethodType.CARD,
        token="pm_example",  # noqa: S106 - the processor's name for a card, no secret
        brand="visa",
        last4="4242",
    )
    clients = ClientStore(deployment.dynamodb, deployment.clients_table, "")
    methods = PaymentMethodStore(deployment.dynamodb, deployment.clients_table)
    PaymentMethods(clients, methods).attach(
        Tenant(caller["workspaceId"], Mode(caller["mode"])),
        method,
        Author(caller["credentialId"], now()),
        default=True,
    )
    return method.id


def with_credential(event: Json, access: Mapping[str, Any]) -> Json:
    """The event with a credential of the stack in place of the example's.

    Args:
        event: an authorizer's, or one of a token endpoint.
        access: a contract's entry in `stack.json`.
    """
    event = copy.deepcopy(event)
    if "client_id" in access:
        pair = f"{access['client_id']}:{access['client_secret']}"
        headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        event["body"] = urlencode({"grant_type": "client_credentials"})
    else:
        headers = access["headers"]
    for name, value in headers.items():
        event["headers"][name] = value
        event["multiValueHeaders"][name] = [value]
    return event
