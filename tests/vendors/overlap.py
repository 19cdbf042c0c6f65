"""A company of clients at two vendors, some of them at both: moved in, matched, merged, unmerged.

`make up`, then `.venv/bin/python -m tests.vendors.overlap --clients 2000 --endpoint
http://localhost:4566`. Everything runs on the local stack: the moves and `registry merge sure` as
commands, the pairs by the function `index` on its stream. Which rows are the same client is known,
so it prints how many pairs were found and how many of them are true, by verdict; the time from a
client's creation to its pair; and whether the workspace is the same after all that is sure was
merged and undone, but for versions, update times, authors, the ledger, and the merges themselves.

With `--match`, the second move merges by itself, and the script prints the same of its merges.
"""

# ruff: noqa: T201 - it prints what it finds
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from ops.cli.deployment import Deployment, local_deployment
from ops.cli.merges import Merges
from registry.domain.pair import Verdict
from registry.domain.tenant import Tenant
from registry.domain.workspace import Contract, Mode
from registry.store.pairs import PairStore
from tests.vendors import athenty, paytrum
from tests.vendors.athenty import FakeAthenty
from tests.vendors.company import Company, company
from tests.vendors.paytrum import FakePaytrum

if TYPE_CHECKING:
    from tests.vendors.server import FakeVendor

_KEYS = {Contract.PAYTRUM: paytrum.KEY, Contract.ATHENTY: athenty.KEY}
# What a merge and its undo leave behind: versions, times, authors, the ledger, and the merges.
_MAY_DIFFER = frozenset(
    {
        "version",
        "updated_at",
        "changed_by",
        "evidence",
        "evidence_count",
        "ledger_head",
        "merges",
        "judgements",
    }
)
_SAMPLES = 20

Ids = Mapping[str, str]


def main() -> None:
    """Run the demonstration."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=2_000)
    options.add_argument("--overlap", type=float, default=0.3)
    options.add_argument("--endpoint", default="http://localhost:4566")
    options.add_argument("--match", action="store_true")
    chosen = options.parse_args()
    made = company(chosen.clients, chosen.overlap)
    print(
        f"{chosen.clients} clients: {len(made.paytrum)} rows at Paytrum, {len(made.athenty)} at "
        f"Athenty, {made.both} clients at both",
        flush=True,
    )
    deployment = local_deployment(chosen.endpoint)
    workspace = new_workspace(chosen.endpoint)
    with tempfile.TemporaryDirectory() as directory:
        here = Path(directory)
        ids = moved_in(chosen.endpoint, workspace, made, here, match=chosen.match)
        if chosen.match:
            show_matched(made, here / "athenty.jsonl", ids)
            return
        pairs = settled(chosen.endpoint, deployment, workspace)
        show_pairs(made, ids, pairs)
        time_to_pair(chosen.endpoint)
        merge_and_undo(chosen.endpoint, deployment, workspace, here)


def registry(endpoint: str, *words: str, **environment: str) -> Any:
    """What a command of the operator prints, as JSON; exit code 3 is an answer, too."""
    line = [sys.executable, "-m", "ops.cli", *words, "--endpoint", endpoint, "--json"]
    done = subprocess.run(  # noqa: S603
        line, check=False, capture_output=True, text=True, env=os.environ | environment
    )
    if done.returncode not in {0, 3}:
        raise SystemExit(f"{' '.join(words)}: {done.stderr}")
    return json.loads(done.stdout)


def new_workspace(endpoint: str) -> str:
    """The id of a workspace that is made for this run."""
    words = ("workspace", "create", "--name", "Twice", "--plan", "enterprise")
    identifier: str = registry(endpoint, *words)["id"]
    return identifier


def moved_in(
    endpoint: str, workspace: str, made: Company, directory: Path, *, match: bool
) -> dict[str, str]:
    """Move both vendors in; our client of each of the vendors' ids."""
    vendors: tuple[FakeVendor, ...] = (FakePaytrum(made.paytrum), FakeAthenty(made.athenty))
    ids: dict[str, str] = {}
    for vendor in vendors:
        vendor.windows = ()
        file = directory / f"{vendor.contract}.csv"
        words = ["move", "pull", "--from", vendor.contract, "--workspace", workspace]
        words += ["--ids", str(file), "--report", str(file.with_suffix(".jsonl"))]
        if match and vendor.contract is Contract.ATHENTY:
            words += ["--match", "sure"]
        began = time.monotonic()
        with vendor:
            answer = registry(
                endpoint,
                *words,
                "--url",
                vendor.url,
                REGISTRY_VENDOR_TOKEN=_KEYS[vendor.contract],
            )
        counts = {name: answer[name] for name in ("rows", "created", "matched", "refused")}
        print(f"{vendor.contract}: {counts} in {time.monotonic() - began:.0f} s", flush=True)
        lines = file.read_text("utf-8").splitlines()[1:]
        ids |= dict(line.split(",") for line in lines)
    return ids


def settled(
    endpoint: str, deployment: Deployment, workspace: str
) -> list[tuple[Verdict, tuple[str, str]]]:
    """The pairs of a workspace, when the stream function has seen every change so far.

    It takes changes in their order; so when the pair of two clients that are made now is there, all
    are.
    """
    began = time.monotonic()
    with door(endpoint, workspace) as http:
        last = twins(http, "last")
        while not http.get(f"/v1/clients/{last}/matches").raise_for_status().json()["data"]:
            time.sleep(0.5)
    print(f"pairs were there {time.monotonic() - began:.0f} s after the second move ended")
    store = PairStore(deployment.dynamodb, deployment.views_table)
    tenant = Tenant(workspace, Mode.LIVE)
    return [
        (verdict, pair.clients)
        for verdict in (Verdict.SURE, Verdict.POSSIBLE)
        for pair in store.listed(tenant, verdict)
        if last not in pair.clients
    ]


def show_pairs(made: Company, ids: Ids, pairs: Iterable[tuple[Verdict, tuple[str, str]]]) -> None:
    """Print precision and recall of the pairs, by verdict."""
    true = true_pairs(made, ids)
    found: dict[Verdict, set[tuple[str, str]]] = {Verdict.SURE: set(), Verdict.POSSIBLE: set()}
    for verdict, clients in pairs:
        found[verdict].add(clients)
    show_quality("sure", found[Verdict.SURE], true)
    show_quality("possible", found[Verdict.POSSIBLE], true)
    show_quality("all", found[Verdict.SURE] | found[Verdict.POSSIBLE], true)


def true_pairs(made: Company, ids: Ids) -> set[tuple[str, str]]:
    """The pairs of our clients that are one client in truth, the older one first."""
    groups: dict[int, set[str]] = {}
    for vendor_id, number in made.truth.items():
        groups.setdefault(number, set()).add(ids[vendor_id])
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


def show_quality(name: str, found: set[tuple[str, str]], true: set[tuple[str, str]]) -> None:
    """Print how many pairs are true, and how many of the true ones are among them."""
    right = len(found & true)
    precision = right / len(found) if found else 0.0
    print(
        f"{name}: {len(found)} pairs, {right} of them true: precision {precision:.4f}, "
        f"recall {right / len(true):.4f}",
        flush=True,
    )


def show_matched(made: Company, report: Path, ids: Ids) -> None:
    """Print how many of the merges of a move are of one client in truth."""
    owner = {ids[row["id"]]: made.truth[row["id"]] for row in made.paytrum}
    lines = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    matched = [line for line in lines if line["outcome"] == "matched"]
    right = sum(owner.get(line["client_id"]) == made.truth[line["vendor_id"]] for line in matched)
    print(
        f"matched: {len(matched)} rows, {right} of them true: precision "
        f"{right / max(1, len(matched)):.4f}, recall {right / made.both:.4f}"
    )


def time_to_pair(endpoint: str) -> None:
    """Print the time from a create to its pair, of clients that are made one after the other."""
    seconds = []
    with door(endpoint, new_workspace(endpoint)) as http:
        for number in range(_SAMPLES):
            twin = twins(http, f"sample{number}")
            began = time.monotonic()
            while not http.get(f"/v1/clients/{twin}/matches").raise_for_status().json()["data"]:
                time.sleep(0.05)
            seconds.append(time.monotonic() - began)
    print(
        f"create to pair, {_SAMPLES} times: median {statistics.median(seconds):.2f} s, "
        f"longest {max(seconds):.2f} s",
        flush=True,
    )


def door(endpoint: str, workspace: str) -> httpx.Client:
    """The registry's own contract, for a workspace."""
    words = ("credential", "create", "--workspace", workspace, "--contract", "registry")
    issued = registry(endpoint, *words)
    return httpx.Client(base_url=f"{endpoint}/registry", headers=issued["headers"], timeout=None)


def twins(http: httpx.Client, name: str) -> str:
    """Make a client twice; the id of the second one."""
    body = {
        "company": f"{name} Inc",
        "email": f"info@{name}.example.com",
        "website": f"https://{name}.example.com",
    }
    http.post("/v1/clients", json=body).raise_for_status()
    twin: str = http.post("/v1/clients", json=body).raise_for_status().json()["id"]
    return twin


def merge_and_undo(endpoint: str, deployment: Deployment, workspace: str, directory: Path) -> None:
    """Merge all that is sure, undo it, and compare the workspace before and after."""
    before = exported(endpoint, workspace, directory / "before.jsonl")
    began = time.monotonic()
    merged = registry(endpoint, "merge", "sure", "--workspace", workspace)
    done = [each["merge"] for each in merged if each["merge"] is not None]
    refused = [each["refused"] for each in merged if each["refused"] is not None]
    print(
        f"merge sure: {len(done)} merges in {time.monotonic() - began:.0f} s, "
        f"{len(refused)} refused {sorted(set(refused))}",
        flush=True,
    )
    between = exported(endpoint, workspace, directory / "between.jsonl")
    began = time.monotonic()
    merges = Merges(deployment, workspace, Mode.LIVE)
    for merge in reversed(done):
        merges.undo(merge)
    print(f"undone in {time.monotonic() - began:.0f} s", flush=True)
    after = exported(endpoint, workspace, directory / "after.jsonl")
    live = sum(client["absorbed_into"] is None for client in between.values())
    differing = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    print(
        f"clients: {len(before)} before, {live} after the merges, {len(after)} after the undos; "
        f"{len(differing)} differ in more than {', '.join(sorted(_MAY_DIFFER))}"
    )
    for key in differing[:5]:
        one, other = before.get(key, {}), after.get(key, {})
        print(
            key,
            {
                name: (one.get(name), other.get(name))
                for name in one | other
                if one.get(name) != other.get(name)
            },
        )


def exported(endpoint: str, workspace: str, path: Path) -> dict[str, dict[str, Any]]:
    """The records of a workspace by their ids, without what a merge and its undo leave behind."""
    words = ("export", "--as", "record", "--format", "jsonl", "--out", str(path))
    registry(endpoint, *words, "--workspace", workspace)
    lines = path.read_text("utf-8").splitlines()[1:]
    records = map(json.loads, lines)
    return {
        record["id"]: {name: record[name] for name in record if name not in _MAY_DIFFER}
        for record in records
    }


if __name__ == "__main__":
    main()
