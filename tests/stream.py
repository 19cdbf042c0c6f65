"""The change stream in process: its functions are given what was written, as DynamoDB would.

The feed shows what is a few seconds old. What is written here bears an earlier instant, so that no
test has to wait.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from registry.domain.identifiers import now
from registry.matching.keys import all_keys_of
from registry.matching.weights import weights_in_force
from registry.projections.keys import Keys
from registry.projections.matches import Matches, MatchStores
from registry.projections.project import Project
from registry.projections.stream import read_change
from registry.store import events
from registry.store.clients import client_store
from registry.store.dynamodb import dynamodb_client
from registry.store.events import event_store
from registry.store.items import CLIENT, Item
from registry.store.look_up_keys import look_up_key_store
from registry.store.pairs import pair_store
from registry.store.verdicts import verdict_store

_AGO = timedelta(hours=1)


@contextmanager
def written_at(at: datetime) -> Iterator[None]:
    """Let entries of the feed bear this instant."""
    with mock.patch.object(events, "now", return_value=at):
        yield


class Stream:
    """The stream of the Clients table, of which one change of a client at a time is seen."""

    def __init__(self) -> None:
        self._images: dict[str, Item] = {}
        self._at = now() - _AGO

    def catch_up(self, ago_seconds: float | None = None) -> None:
        """Give the functions on the stream the clients that have changed since the last time.

        Args:
            ago_seconds: the age of what they write; None for an hour.
        """
        scanned = dynamodb_client().scan(TableName="clients", ConsistentRead=True)["Items"]
        clients = [item for item in scanned if item["sk"]["S"].startswith(CLIENT)]
        for item in sorted(clients, key=lambda item: item["sk"]["S"]):
            name = f"{item['pk']['S']} {item['sk']['S']}"
            before = self._images.get(name)
            self._images[name] = item
            images: dict[str, Any] = {"Keys": item, "NewImage": item}
            if before is not None:
                images["OldImage"] = before
            change = read_change({"eventName": "MODIFY", "dynamodb": images})
            if change is None:
                continue
            self._at += timedelta(milliseconds=1)
            at = self._at if ago_seconds is None else now() - timedelta(seconds=ago_seconds)
            with written_at(at):
                Project(event_store())([change])
            keys = look_up_key_store()
            stores = MatchStores(client_store(), keys, pair_store(), verdict_store())
            Keys(client_store(), keys, all_keys_of)([change])
            Matches(stores, weights_in_force())([change])
