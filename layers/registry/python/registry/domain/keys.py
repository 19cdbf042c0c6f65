"""A workspace's secret, and the keys derived from it.

Each key serves one purpose, so that who holds one can work out neither another nor the secret.
Source: HMAC (RFC 2104) with SHA-256 as a pseudorandom function of the purpose.
"""

import hmac
import secrets
from enum import StrEnum

SECRET_BYTES = 32


class Purpose(StrEnum):
    """What a key is for.

    `ID` is for ids made from other ids, `CONSENT` for the hashes that evidence of consent is
    checked by, `CURSOR` for the digests of cursors.
    """

    ID = "id"
    CONSENT = "consent"
    CURSOR = "cursor"


def new_secret() -> bytes:
    """The secret of a new workspace: 32 random bytes."""
    return secrets.token_bytes(SECRET_BYTES)


def derive(secret: bytes, purpose: Purpose) -> bytes:
    """The key of a workspace for a purpose, 32 bytes: HMAC-SHA256(secret, purpose)."""
    return hmac.digest(secret, purpose.encode(), "sha256")
