"""Erasures as the registry's own contract shows them."""

from collections.abc import Mapping
from typing import Any

from registry.contracts.registry_api.clients.wire import AuthorObject
from registry.contracts.registry_api.erasures.wire import ErasureObject, ReceiptObject
from registry.domain.erasure import Erasure
from registry.domain.identifiers import instant


def show(erasure: Erasure) -> ErasureObject:
    """The job, with its receipt when it is done."""
    return ErasureObject(
        id=erasure.id,
        client=erasure.client_id,
        absorbed=list(erasure.absorbed),
        state=erasure.state,
        reason=erasure.reason,
        requested_at=instant(erasure.requested_at),
        requested_by=AuthorObject(
            credential_id=erasure.credential_id,
            contract=erasure.contract,
            operator=erasure.operator,
        ),
        completed_at=instant(erasure.completed_at) if erasure.completed_at is not None else None,
        receipt=show_receipt(erasure.receipt) if erasure.receipt is not None else None,
    )


def show_receipt(receipt: Mapping[str, Any]) -> ReceiptObject:
    """A receipt as it is kept; its digest is of the same JSON."""
    return ReceiptObject(**receipt)
