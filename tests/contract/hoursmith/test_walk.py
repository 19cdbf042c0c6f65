"""Many clients, walked through while others write."""

from datetime import timedelta
from itertools import count
from urllib.parse import urlencode

import pytest

from registry.domain.client import Client
from registry.domain.identifiers import now
from tests.contract.hoursmith.conftest import Workspace
from tests.contract_client import ContractClient

PATH = "/api/v1/clients"
SORTS = ["createdAt", "-createdAt", "id", "-id", "name", "-name", "updatedAt", "-updatedAt"]


def fill(workspace: Workspace, size: int) -> list[Client]:
    """Clients in no order of their names, many of them alike."""
    start = now() - timedelta(days=1)
    return [
        workspace.create(start + timedelta(seconds=n), name=f"Client {n * 7919 % 331}")
        for n in range(size)
    ]


@pytest.mark.parametrize(("search", "size"), [("", 1000), ("client", 200)])
def test_every_untouched_client_comes_exactly_once(
    hoursmith: ContractClient,
    workspace: Workspace,
    search: str,
    size: int,
) -> None:
    clients = fill(workspace, size)
    untouched = {client.id for client in clients[: size // 4]}
    touched = iter(clients[size // 4 :])
    numbered = count()
    for sort in SORTS:
        met, cursor = list[str](), ""
        while True:
            query = {"sort": sort, "limit": size // 5, "search": search}
            listed = hoursmith.send(
                "GET", f"{PATH}?{urlencode(query)}{cursor and f'&cursor={cursor}'}"
            ).json
            met += [client["id"] for client in listed["data"] if client["id"] in untouched]
            cursor = listed["pagination"]["nextCursor"]
            if cursor is None:
                break
            at = now()
            workspace.create(at, name=f"Client {next(numbered) % 331} new")
            renamed, moved = next(touched), next(touched)
            workspace.change(renamed, at, name="Client 0 anew")
            workspace.change(moved, at, notes="seen")
            workspace.archive(next(touched), at)

        assert len(met) == len(untouched), sort
        assert set(met) == untouched, sort
