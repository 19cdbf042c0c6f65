"""What erasures remove, and the page that says so."""

import re
from pathlib import Path

from registry.services.erasing import BACKUPS, LOOK_UP_KEYS, STREAM_RECORDS, TOMBSTONES
from registry.services.leavings import all_leavings

PRIVACY = Path(__file__).parents[3] / "docs/privacy.md"


def test_the_page_on_privacy_describes_every_store_of_a_receipt(tables: None) -> None:
    _, _, after = PRIVACY.read_text("utf-8").partition("## What an erasure does\n")
    rows = [line for line in after.partition("\n## ")[0].splitlines() if line.startswith("| `")]
    described = [name for row in rows for name in re.findall("`([a-z_]+)`", row.split("|")[1])]

    stores = [each.store for each in all_leavings()]
    assert sorted(described) == sorted((*stores, TOMBSTONES, LOOK_UP_KEYS, STREAM_RECORDS, BACKUPS))
