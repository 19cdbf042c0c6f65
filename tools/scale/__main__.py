"""Print what every list costs at 10³ to 10⁶ clients, and what the functions on the stream cost."""

import os
import sys

from tools.scale.measure import LISTS, SIZES, listed, rates


def main() -> None:
    """Print both tables; a smaller largest size can be given, such as 100000."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1]
    os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "ClientRegistry")
    os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "scale")
    print("| List | Clients | Calls | Read units | KB read | CPU ms | Wall ms |")
    print("|---|---|---|---|---|---|---|")
    for contract, name, query in LISTS:
        for size in (size for size in SIZES if size <= largest):
            cost, seconds = listed(contract, query, size)
            print(
                f"| {contract}: {name} | {size:,} | {cost.calls} | {cost.read_units:,.0f} | "
                f"{cost.read_bytes / 1024:,.0f} | {seconds * 1000:,.0f} | "
                f"{(seconds + cost.waiting) * 1000:,.0f} |"
            )
    print()
    print(
        "| Function | Changes | Calls | Read units | Write units | CPU, ms | A second and shard |"
    )
    print("|---|---|---|---|---|---|---|")
    for line in rates():
        print(line)


if __name__ == "__main__":
    main()
