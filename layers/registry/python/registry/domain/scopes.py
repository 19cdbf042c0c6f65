"""Scopes: the rights of a credential.

They are here and not with the credential, since every request asks for one, and none for more.
"""

from collections.abc import Collection

ALL_SCOPES = "*"


def grants(held: Collection[str], needed: str) -> bool:
    """Whether a credential's scopes cover the scope that an operation needs.

    `*` covers everything; `read` and `write` cover the scopes of that kind in every area. Writing
    does not include reading.
    """
    kind = needed.rpartition(":")[2]
    return ALL_SCOPES in held or needed in held or (kind in {"read", "write"} and kind in held)
