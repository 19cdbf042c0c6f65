"""Every generated file: its path and its text."""

from pathlib import Path
from typing import Final

from registry.domain.workspace import CONTRACTS
from tools.generate import template
from tools.generate.events import events
from tools.openapi.document import rendered

ROOT: Final = Path(__file__).parents[2]
TEMPLATE: Final = Path("template.yaml")
EVENTS: Final = Path("events")
OPENAPI: Final = Path("docs/openapi")


def generated() -> dict[Path, str]:
    """The text of every generated file by its path in the repository.

    Raises:
        ValueError: template.yaml lacks the markers of a generated block.
    """
    by_hand_too = (ROOT / TEMPLATE).read_text("utf-8")
    return {
        TEMPLATE: template.rendered(by_hand_too),
        **{EVENTS / path: text for path, text in events().items()},
        **{OPENAPI / f"{contract}.json": rendered(contract) for contract in CONTRACTS},
    }


def differing() -> list[Path]:
    """The generated files that are not what the declarations say, or that are left over."""
    declared = generated()
    differ = [path for path, text in declared.items() if _committed(path) != text]
    return differ + [path for path in _present() if path not in declared]


def write() -> list[str]:
    """Write the generated files that differ and delete those left over; says what was done."""
    declared = generated()
    done = []
    for path in differing():
        if path in declared:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(declared[path], "utf-8")
            done.append(f"wrote {path}")
        else:
            (ROOT / path).unlink()
            done.append(f"deleted {path}")
    return done


def _committed(path: Path) -> str | None:
    return (ROOT / path).read_text("utf-8") if (ROOT / path).exists() else None


def _present() -> list[Path]:
    """The files in folders that hold generated files only."""
    found = [*(ROOT / EVENTS).glob("*/*.json"), *(ROOT / OPENAPI).glob("*.json")]
    return sorted(path.relative_to(ROOT) for path in found)
