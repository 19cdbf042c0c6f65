"""Paytrum's front door in process, on empty tables."""

import pytest

from registry.contracts.paytrum.operations import OPERATIONS
from tests.contract_client import ContractClient, caller


@pytest.fixture
def paytrum(tables: None) -> ContractClient:
    """The door for a key of a workspace on the largest plan."""
    return ContractClient(OPERATIONS, caller("paytrum"))
