"""Run a fake vendor: `python -m tests.vendors paytrum --port 8701 --count 10000`."""

import argparse
from threading import Event

from ops.move.vendors import WINDOWS
from registry.domain.workspace import Contract
from tests.vendors.fakes import fake


def main() -> None:
    """Serve until the process ends."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("contract", type=Contract, choices=list(WINDOWS))
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--count", type=int, default=1000)
    arguments.add_argument("--unlimited", action="store_true", help="refuse no request as too fast")
    chosen = arguments.parse_args()
    vendor = fake(chosen.contract, chosen.count)
    if chosen.unlimited:
        vendor.windows = ()
    vendor.listen(chosen.port)
    print(vendor.url, flush=True)  # noqa: T201 - what a script waits for
    Event().wait()


if __name__ == "__main__":
    main()
