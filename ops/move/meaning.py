"""What the objects of each contract's vendor mean: the contracts' `vendor` modules, by contract."""

from importlib import import_module

from registry.contracts.alternative_payments.vendor import read_payment_method, read_user
from registry.domain.workspace import Contract
from registry.services.moving import Meaning

__all__ = ["meaning_of", "read_payment_method", "read_user"]


def meaning_of(contract: Contract, region: str) -> Meaning:
    """How to read a vendor's clients, in a workspace's region."""
    vendor = import_module(f"registry.contracts.{contract}.vendor")
    return Meaning(
        read=lambda raw: vendor.read_client(raw, region),
        wire_names=vendor.WIRE_NAMES,
        units=vendor.UNITS,
    )
