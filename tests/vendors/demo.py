"""Pull clients from a fake Paytrum into the local stack, interrupted by SIGKILL, and count.

`make up`, then `.venv/bin/python -m tests.vendors.demo --count 10000 --endpoint http://localhost:4566`.
It prints the rate and the memory of each run, whether anybody is doubled or lost, and what the door
answers under the vendor's ids.
"""

# ruff: noqa: T201 - it prints what it finds
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from registry.domain.workspace import Contract
from tests.vendors.fakes import fake
from tests.vendors.paytrum import KEY
from tests.vendors.people import UNSTORABLE, person

_ROWS = re.compile(r"(\d+)(?: of \d+)? clients")


@dataclass(frozen=True)
class Ran:
    """A run of the command: its exit code, its answer, how long it took, and its largest memory."""

    code: int
    answer: dict[str, Any]
    seconds: float
    megabytes: float
    rows: int


def main() -> None:
    """Run the demonstration."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--endpoint", default="http://localhost:4566")
    chosen = options.parse_args()
    vendor = fake(Contract.PAYTRUM, chosen.count)
    vendor.windows = ()
    with vendor, tempfile.TemporaryDirectory() as directory:
        ids = Path(directory) / "ids.csv"
        workspace = registry(
            chosen.endpoint, "workspace", "create", "--name", "Moved in", "--plan", "enterprise"
        )["id"]
        command = [
            "move",
            "pull",
            "--from",
            "paytrum",
            "--url",
            vendor.url,
            "--workspace",
            workspace,
            "--ids",
            str(ids),
        ]
        for share in (0.2, 0.5, 0.8):
            show("killed", run(chosen.endpoint, command, int(chosen.count * share)))
        done = run(chosen.endpoint, command, None)
        show("done", done)
        print(json.dumps(done.answer, indent=2))
        wanted = [
            row["id"]
            for number, row in enumerate(vendor.rows)
            if person(number).odd not in UNSTORABLE
        ]
        check(ids, wanted)
        door(chosen.endpoint, workspace, [wanted[0], wanted[len(wanted) // 2], wanted[-1]])


def registry(endpoint: str, *words: str) -> Any:
    """What a command of the operator prints."""
    line = [sys.executable, "-m", "ops.cli", *words, "--endpoint", endpoint, "--json"]
    done = subprocess.run(line, check=True, capture_output=True, text=True)  # noqa: S603
    return json.loads(done.stdout)


def run(endpoint: str, command: Sequence[str], kill_after: int | None) -> Ran:
    """Run a move; kill it after so many rows in all."""
    line = [sys.executable, "-m", "ops.cli", *command, "--endpoint", endpoint, "--json"]
    began, most, rows = time.monotonic(), 0.0, 0
    environment = {**os.environ, "REGISTRY_VENDOR_TOKEN": KEY}
    with subprocess.Popen(  # noqa: S603
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        for text in process.stderr:
            most = max(most, memory(process.pid))
            if found := _ROWS.search(text):
                rows = int(found[1])
            if kill_after is not None and rows >= kill_after:
                process.send_signal(signal.SIGKILL)
                break
        printed = process.stdout.read()
        code = process.wait()
    answer = json.loads(printed) if printed else {}
    return Ran(code, answer, time.monotonic() - began, most, answer.get("rows", rows))


def memory(pid: int) -> float:
    """The largest memory of a process so far, in MB."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def show(what: str, ran: Ran) -> None:
    """Print a run."""
    print(
        f"{what} with {ran.code} at row {ran.rows} after {ran.seconds:.0f} s, "
        f"at most {ran.megabytes:.0f} MB",
        flush=True,
    )


def check(ids: Path, wanted: Sequence[str]) -> None:
    """Print whether the id map has everybody once."""
    pairs = [line.split(",") for line in ids.read_text("utf-8").splitlines()[1:]]
    vendors, clients = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    print(
        f"{len(pairs)} clients are here, under {len(set(vendors))} ids of the vendor and "
        f"{len(set(clients))} of ours; {len(set(wanted) - set(vendors))} of the {len(wanted)} that "
        "can be stored are not"
    )


def door(endpoint: str, workspace: str, ids: Sequence[str]) -> None:
    """Print what Paytrum's door answers under the vendor's ids."""
    issued = registry(
        endpoint, "credential", "create", "--workspace", workspace, "--contract", "paytrum"
    )
    base = f"{endpoint}/paytrum/v1/clients"
    with httpx.Client(headers=issued["headers"], timeout=None) as http:
        for one in ids:
            for method, path, body in (
                ("GET", f"/{one}", None),
                ("PATCH", f"/{one}", {"notes": "moved"}),
                ("DELETE", f"/{one}", None),
                ("POST", f"/{one}/restore", None),
                ("GET", f"?limit=1&startingAfter={one}", None),
            ):
                answer = http.request(method, base + path, json=body)
                shown = answer.json()
                kept = shown.get("id") or [each["id"] for each in shown.get("data", [])]
                print(f"{method} {path} {answer.status_code} {kept}")


if __name__ == "__main__":
    main()
