"""On the stream of the Events table, and every hour: carries erasures out."""

from registry.projections.erase import erase_function
from registry.services.clearing import Clearing
from registry.services.leavings import all_leavings, backups_kept
from registry.store.clients import client_store
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import dynamodb_client, table_name
from registry.store.erasures import erasure_store
from registry.store.events import event_store
from registry.store.indexed import indexed_store

handler = erase_function(
    lambda: Clearing(
        erasures=erasure_store(),
        clients=client_store(),
        events=event_store(),
        indexed=indexed_store(),
        workspaces=CredentialStore(dynamodb_client(), table_name("CREDENTIALS_TABLE")),
        leavings=all_leavings(),
        backups_kept=backups_kept(),
    )
)
