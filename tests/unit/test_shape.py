"""Every contract has the same modules under the same names."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry import contracts
from registry.domain.workspace import CONTRACTS, Contract

PACKAGES = Path(contracts.__file__).parent
REQUIRED = {
    "__init__": "the contract in a sentence",
    "operations": "its endpoints, declared",
    "errors": "its error shape and the codes and messages of every error",
    "wire": "its request and response models",
    "mapping": "the way between its wire models and the record",
    "use": "what its endpoints do with one record",
    "lists": "its lists and their paging",
    "examples": "the requests that the vendor prints",
    "prose": "what its fields and operations mean, for the OpenAPI document",
}
OPTIONAL = {
    "rules": "rules beyond single fields",
    "tokens": "an OAuth token endpoint",
    "subscriptions": "an API for webhooks",
    "vendor": "what the vendor's own objects mean to the record",
    "webhooks": "the vendor's webhook format",
}
# A contract with many resources has a package for each. The contract itself keeps what they share.
SHARED = {"__init__", "operations", "errors", "pages", "prose"}
OF_A_RESOURCE = (REQUIRED.keys() | OPTIONAL.keys()) - {
    "errors",
    "tokens",
    "subscriptions",
    "vendor",
}
NEEDED_BY_A_RESOURCE = {"__init__", "operations", "wire", "use"}


@pytest.mark.parametrize("contract", Contract)
def test_a_contract_has_the_rooms_of_the_floor_plan(contract: Contract) -> None:
    package = CONTRACTS[contract].package
    resources = [path.parent for path in (PACKAGES / package).glob("*/__init__.py")]
    rooms = {path.stem for path in (PACKAGES / package).glob("*.py")}

    if resources:
        assert rooms == SHARED
        rooms -= {"pages"}
        rooms |= {path.stem for resource in resources for path in resource.glob("*.py")}
    assert list(complaints(package, rooms)) == []


def test_a_resource_has_rooms_of_the_floor_plan() -> None:
    packages = {path.parent for path in PACKAGES.glob("*/*/__init__.py")}

    assert packages
    for package in packages:
        rooms = {path.stem for path in package.glob("*.py")}
        assert NEEDED_BY_A_RESOURCE <= rooms <= OF_A_RESOURCE, package


@pytest.mark.parametrize(
    ("rooms", "complaint"),
    [
        (
            REQUIRED.keys() - {"lists"},
            "contracts/x/lists.py is missing: its lists and their paging.",
        ),
        (REQUIRED.keys() | {"paging"}, "contracts/x/paging.py is no room of the floor plan"),
    ],
)
def test_a_missing_and_an_unknown_room_are_named(rooms: set[str], complaint: str) -> None:
    (found,) = complaints("x", rooms)

    assert found.startswith(complaint)


def complaints(contract: str, rooms: set[str]) -> Iterator[str]:
    """A sentence for each room that is missing, and for each that the floor plan does not have."""
    for room in REQUIRED.keys() - rooms:
        yield f"contracts/{contract}/{room}.py is missing: {REQUIRED[room]}."
    for room in sorted(rooms - REQUIRED.keys() - OPTIONAL.keys()):
        known = ", ".join(sorted(REQUIRED.keys() | OPTIONAL.keys()))
        yield f"contracts/{contract}/{room}.py is no room of the floor plan ({known})."
