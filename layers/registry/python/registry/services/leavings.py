"""Every kind of what a client leaves behind, in the order in which it is removed.

This is the one place that knows all tables. A new table with something of clients gets its kind
here; `docs/privacy.md` describes each.
"""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from registry.domain.immutable import dataclass
from registry.services.clearing import PackedTexts
from registry.services.packing import Packing
from registry.store.deliveries import DeliveryStore
from registry.store.dynamodb import dynamodb_client, table_name
from registry.store.leavings import Addresses, ItemsOfClients, Leaving, RecordedResponses
from registry.store.leavings_of_events import Deliveries, EventValues, ParkedRecords
from registry.store.leavings_of_links import Sources, VendorLinks
from registry.store.leavings_of_merges import AddressesOfOthers, EventsOfOthers, Merges, Verdicts
from registry.store.parked import ParkedStore
from registry.store.rows import ClientRows
from registry.store.views import ViewStore

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

# The projections that park records.
_PROJECTIONS = ("project", "index")
# What the template's parameter is by default.
_BACKUP_DAYS = "35"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The names of the tables that hold something of clients."""

    clients: str
    idempotency: str
    links: str
    events: str
    views: str


def tables_of_environment() -> Tables:
    """The tables that this process's environment names."""
    return Tables(
        clients=table_name("CLIENTS_TABLE"),
        idempotency=table_name("IDEMPOTENCY_TABLE"),
        links=table_name("LINKS_TABLE"),
        events=table_name("EVENTS_TABLE"),
        views=table_name("VIEWS_TABLE"),
    )


def backups_kept() -> timedelta:
    """For how long backups of the tables go back, by the environment of this process."""
    return timedelta(days=int(os.environ.get("RECOVERY_PERIOD_IN_DAYS", _BACKUP_DAYS)))


def all_leavings(
    client: "DynamoDBClient | None" = None,
    tables: Tables | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> tuple[Leaving, ...]:
    """Every kind of what a client leaves behind.

    Args:
        client: the connection; that of this process without one.
        tables: the tables; those of this process without them.
        wait: waits for so many seconds, while somebody else makes packs.
    """
    client = dynamodb_client() if client is None else client
    tables = tables_of_environment() if tables is None else tables
    packing = Packing(ViewStore(client, tables.views), ClientRows(client, tables.clients))
    return (
        EventValues(client, tables.events),
        EventsOfOthers(client, tables.links, tables.events),
        AddressesOfOthers(client, tables.links, tables.clients),
        Merges(client, tables.links),
        Deliveries(DeliveryStore(client, tables.events)),
        Verdicts(client, tables.links),
        Sources(client, tables.links),
        VendorLinks(client, tables.links),
        ItemsOfClients(client, tables.clients, "users", "USER"),
        ItemsOfClients(client, tables.clients, "user_emails", "USER_EMAIL"),
        ItemsOfClients(client, tables.clients, "user_counts", "USER_COUNT"),
        ItemsOfClients(
            client,
            tables.clients,
            "payment_methods",
            "PAYMENT_METHOD",
            keeping=("type", "attached_at"),
        ),
        Addresses(client, tables.clients),
        ParkedRecords(ParkedStore(client, tables.events), _PROJECTIONS),
        PackedTexts(packing, wait),
        RecordedResponses(client, tables.idempotency),
    )
