"""Secrets of webhook endpoints, encrypted with the key of the deployment in KMS.

A secret is bound to its tenant and endpoint, so that one that was copied to another endpoint's item
cannot be read there. Decided in `docs/decisions/0054-secrets-of-webhooks-are-encrypted-by-kms.md`.
"""

import os
from base64 import b64decode, b64encode
from functools import cache
from typing import Any

from registry.domain.tenant import Tenant
from registry.store.beside import service_client
from registry.store.dynamodb import send
from registry.store.http.client import KMS

# Secrets that a process has decrypted, so that KMS is not asked for every attempt.
_REMEMBERED = 1_000


class Sealer:
    """Encrypts and decrypts secrets."""

    def __init__(self, client: Any, key_id: str) -> None:  # noqa: ANN401 - of botocore or our own
        """Keep the connection to KMS and the key: its id, ARN, or alias."""
        self._client = client
        self._key_id = key_id
        self._opened: dict[tuple[Tenant, str, str], str] = {}

    def seal(self, tenant: Tenant, endpoint_id: str, secret: str) -> str:
        """An endpoint's secret, encrypted, in base64. One call to KMS."""
        sealed = send(
            self._client.encrypt,
            KeyId=self._key_id,
            Plaintext=secret.encode(),
            EncryptionContext=_context(tenant, endpoint_id),
        )
        return b64encode(_bytes(sealed["CiphertextBlob"])).decode()

    def open(self, tenant: Tenant, endpoint_id: str, sealed: str) -> str:
        """The secret that `seal` encrypted. One call to KMS, none for one that was opened before.

        Raises:
            Exception: KMS refuses it, since it was sealed for another endpoint, or altered.
        """
        asked = tenant, endpoint_id, sealed
        if asked not in self._opened:
            opened = send(
                self._client.decrypt,
                KeyId=self._key_id,
                CiphertextBlob=b64decode(sealed),
                EncryptionContext=_context(tenant, endpoint_id),
            )
            if len(self._opened) >= _REMEMBERED:
                self._opened.clear()
            self._opened[asked] = _bytes(opened["Plaintext"]).decode()
        return self._opened[asked]


@cache
def sealer() -> Sealer:
    """The sealer of this process, with the key its environment names."""
    return Sealer(service_client(KMS), os.environ["WEBHOOK_KEY"])


def _context(tenant: Tenant, endpoint_id: str) -> dict[str, str]:
    return {"workspace": tenant.workspace_id, "mode": tenant.mode, "endpoint": endpoint_id}


def _bytes(value: object) -> bytes:
    """A binary value in a result: bytes from botocore, base64 from our own client."""
    return value if isinstance(value, bytes) else b64decode(str(value))
