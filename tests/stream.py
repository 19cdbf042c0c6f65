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
from registry.projections.fan_out import FanOut
from registry.projections.keys import Keys
from registry.projections.matches import Matches, MatchStores
from registry.projections.project import Project
from registry.projections.stream import in_turn, of_clients, read_change
from registry.store import events
from registry.store.clients import client_store
from registry.store.dynamodb import dynamodb_client
from registry.store.events import event_store
from registry.store.items import CLIENT, PAYMENT_METHOD, Item
from registry.store.look_up_keys import look_up_key_store
from registry.store.pairs import pair_store
from registry.store.verdicts import verdict_store
from registry.store.webhook_queue import webhook_queue
from registry.store.webhooks import webhook_store

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
        """Give the functions on the stream what has changed since the last time.

        Clients come first, in the order of their ids; then payment methods, in that of theirs.

        Args:
            ago_seconds: the age of what they write; None for an hour.
        """
        scanned = dynamodb_client().scan(TableName="clients", ConsistentRead=True)["Items"]
        shown = {
            f"{item['pk']['S']} {item['sk']['S']}": item
            for item in scanned
            if item["sk"]["S"].startswith((CLIENT, PAYMENT_METHOD))
        }
        project = Project(event_store(), FanOut(webhook_store(), webhook_queue()))
        look_up_keys = look_up_key_store()
        stores = MatchStores(client_store(), look_up_keys, pair_store(), verdict_store())
        index = of_clients(
            in_turn(
                Keys(client_store(), look_up_keys, all_keys_of), Matches(stores, weights_in_force())
            )
        )
        for name in sorted(shown.keys() | self._images.keys()):
            record = self._record(name, shown.get(name))
            change = read_change(record) if record is not None else None
            if change is None:
                continue
            self._at += timedelta(milliseconds=1)
            at = self._at if ago_seconds is None else now() - timedelta(seconds=ago_seconds)
            with written_at(at):
                project([change])
            index([change])

    def _record(self, name: str, after: Item | None) -> dict[str, Any] | None:
        """The stream's record of what became of an item; None where it is as it was."""
        before = self._images.pop(name, None)
        if after is not None:
            self._images[name] = after
        if after == before:
            return None
        images = {"Keys": after or before, "ApproximateCreationDateTime": now().timestamp()}
        if before is not None:
            images["OldImage"] = before
        if after is not None:
            images["NewImage"] = after
        kind = "REMOVE" if after is None else "MODIFY" if before is not None else "INSERT"
        return {"eventName": kind, "dynamodb": images}
