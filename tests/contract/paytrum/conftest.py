"""Paytrum's front door in process, on empty tables."""

import pytest

from registry.contracts.paytrum.operations import OPERATIONS
from tests.door import Door, caller


@pytest.fixture
def paytrum(tables: None) -> Door:
    """The door for a key of a workspace on the largest plan."""
    return Door(OPERATIONS, caller("paytrum"))
