"""Paytrum in process, on empty tables."""

import pytest

from registry.contracts.paytrum.operations import OPERATIONS
from tests.contract_client import ContractClient, caller


@pytest.fixture
def paytrum(tables: None) -> ContractClient:
    """A caller with a key that may do everything, on the largest plan."""
    return ContractClient(OPERATIONS, caller("paytrum"))
