"""Notices for the tests of webhook formats: of one client, at instants that are always the same."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from registry.domain.change import Author, create
from registry.domain.client import Client
from registry.domain.event import AnyEvent, EventType, event_of
from registry.domain.tenant import Tenant
from registry.domain.webhook import Endpoint, Notice
from registry.domain.workspace import Contract

WORKSPACE = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
TENANT = Tenant(WORKSPACE, "live")
CLIENT = "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5"
CREATED_AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)
ATTEMPTED_AT = datetime(2026, 6, 9, 17, 4, 26, 500_000, tzinfo=UTC)
OLDER = "whsec_c2VjcmV0"
TEST = "0192f0c1-2f3a-7cc0-9d2e-00000000000a"


def client(**fields: Any) -> Client:
    """The client, created with these fields."""
    made = create(Author("c", CREATED_AT), **fields).client
    return replace(made, id=CLIENT, created_at=CREATED_AT)


def event(after: Client, before: Client | None = None) -> AnyEvent:
    """The event of a change of the client."""
    return event_of(before, after)


def notice(
    contract: Contract,
    types: tuple[str, ...],
    secret: str,
    *,
    told: AnyEvent | None,
    shown: Client | None,
    tenant: Tenant = TENANT,
    number: int = 1,
) -> Notice:
    """A notice of an event to an endpoint of these types; a test where there is no event."""
    endpoint = Endpoint(
        id="019eb0f3-5a2c-7d14-8f6b-2c3d4e5f6a7b",
        contract=contract,
        url="https://example.com/hooks",
        types=types,
        sources=tuple(each.value for each in EventType),
        enabled=True,
        created_at=CREATED_AT,
        updated_at=CREATED_AT,
        secret="sealed",
        secret_end=secret[-4:],
    )
    return Notice(
        tenant=tenant,
        endpoint=endpoint,
        secrets=(secret, OLDER),
        id=told.id if told is not None else TEST,
        event=told,
        client=shown,
        number=number,
        at=ATTEMPTED_AT,
        happened_at=told.at if told is not None else ATTEMPTED_AT,
    )
