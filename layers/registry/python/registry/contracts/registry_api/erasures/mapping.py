"""Erasures as the registry's own contract shows them."""

from collections.abc import Mapping
from typing import Any

from registry.contracts.registry_api.erasures.wire import ErasureObject, ReceiptObject
from registry.domain.erasure import Erasure, job_json


def show(erasure: Erasure) -> ErasureObject:
    """The job, with its receipt when it is done."""
    return ErasureObject(**job_json(erasure))


def show_receipt(receipt: Mapping[str, Any]) -> ReceiptObject:
    """A receipt as it is kept; its digest is of the same JSON."""
    return ReceiptObject(**receipt)
