"""The example events, with the credentials of a stack and the ids of records on it.

The events of `events/` carry made-up ids and tokens. An event that creates a record runs before the
events that need one, so that the id of the record can replace theirs.
"""

import base64
import copy
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from ops.cli.deployment import Deployment
from registry.domain.change import Author
from registry.domain.identifiers import new_id, now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.domain.workspace import Contract, Mode
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


@dataclass(frozen=True, slots=True)
class RegistryRecords:
    """Records of the registry's own contract, of which events name several, some in their bodies.

    Attributes:
        workspace: whose they are.
        ids: for an operation, the ids by the names of the parameters or members that take them.
    """

    workspace: str
    ids: Mapping[str, Mapping[str, str]]

    def named(self, operation: str, event: Json) -> Json:
        """The event of an operation, in this workspace, with the ids that it needs."""
        event = copy.deepcopy(event)
        event["requestContext"]["authorizer"]["workspaceId"] = self.workspace
        body = json.loads(event["body"]) if event.get("body") else {}
        for name, value in self.ids.get(operation, {}).items():
            (body if name in body else event["pathParameters"])[name] = value
        return event | ({"body": json.dumps(body)} if body else {})


def registry_records(contracts: Mapping[str, Any]) -> RegistryRecords:
    """Make what the events of the registry's own contract name, on a stack.

    There are three pairs of twins: one to be judged, one that is merged, and one to be merged.

    Args:
        contracts: those of `stack.json`.
    """
    with _door(contracts, Contract.HOURSMITH) as hoursmith:
        member = hoursmith.get("/api/v1/me").raise_for_status().json()["data"]
    with _door(contracts, Contract.REGISTRY) as registry:

        def made(path: str, **body: object) -> str:
            return str(registry.post(path, json=body).raise_for_status().json()["id"])

        def listed(path: str) -> Json:
            """The first of a list that the change stream fills."""
            while not (found := registry.get(path).raise_for_status().json()["data"]):
                time.sleep(0.1)
            first: Json = found[0]
            return first

        twins = [
            made("/v1/clients", name=f"Twin {number // 2}", email=f"twin-{number // 2}@acme.com")
            for number in range(6)
        ]
        erased, gone = (made("/v1/clients", name=name) for name in ("Erased", "Gone"))
        merge = made("/v1/merges", survivor=twins[2], absorbed=twins[3])
        erasure = made("/v1/erasures", client=gone, reason="Example")
        webhook = made(
            "/v1/webhooks", url="https://hooks.acme.com/registry", types=["client.created"]
        )
        made("/v1/clients", name="Told")
        event = listed(f"/v1/webhooks/{webhook}/deliveries")["event_id"]
        pair = listed(f"/v1/clients/{twins[0]}/matches")["id"]
    return RegistryRecords(
        member["orgId"],
        {
            "create_erasure": {"client": erased},
            "get_erasure": {"id": erasure},
            "get_merge": {"id": merge},
            "judge_match": {"id": pair},
            "merge_clients": {"survivor": twins[4], "absorbed": twins[5]},
            "redeliver": {"id": webhook, "event_id": event},
            "rotate_webhook": {"id": webhook},
            "test_webhook": {"id": webhook},
            "undo_merge": {"id": merge},
        },
    )


def _door(contracts: Mapping[str, Any], contract: Contract) -> httpx.Client:
    """A client of a contract on a stack; however slow the machine, it waits."""
    access = contracts[contract]
    return httpx.Client(base_url=access["base_url"], headers=access["headers"], timeout=None)  # noqa: S113


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
