"""Ids by which a vendor knows a client, and ids made from them."""

import hmac
from datetime import datetime

from registry.domain.identifiers import derived_id

# Source: `docs/moving-in.md`, "What a vendor shows is taken as it is".
MAX_BYTES = 255


def is_vendor_id(text: str) -> bool:
    """Whether a text can be a vendor's id: not empty, and at most 255 bytes."""
    return 0 < len(text.encode()) <= MAX_BYTES


def client_id_for(key: bytes, contract: str, vendor_id: str, created_at: datetime) -> str:
    """The registry's id of a vendor's client: the same at every try of the same move.

    Args:
        key: the workspace's key for the purpose `ID`.
        contract: the vendor's contract.
        vendor_id: the vendor's id of the client.
        created_at: when the vendor made the client; ids are in the order of these instants.
    """
    return _derived(key, f"{contract}\x1f{vendor_id}", created_at)


def user_id_for(key: bytes, contract: str, client_id: str, user: str, created_at: datetime) -> str:
    """The registry's id of a user of a vendor's client, see `client_id_for`."""
    return _derived(key, f"{contract}\x1f{client_id}\x1f{user}", created_at)


def _derived(key: bytes, text: str, at: datetime) -> str:
    return derived_id(at, hmac.digest(key, text.encode(), "sha256"))
