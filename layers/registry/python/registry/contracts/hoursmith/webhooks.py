"""Hoursmith's webhooks: `client.created` in the vendor's envelope, signed as the vendor signs.

Hoursmith has no event for a changed or archived client. Source: `docs/hoursmith.md`, "Webhooks".
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from registry.contracts.hoursmith.mapping import show_in
from registry.contracts.records import as_known
from registry.domain import document
from registry.domain.event import EventType
from registry.domain.webhook import Format, Notice, Rendered
from registry.domain.workspace import Contract, Mode, Plan

CREATED: Final = "client.created"
SIGNATURE_HEADER: Final = "Hoursmith-Signature"

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:client-registry:event")
_SECRET_BYTES = 24
_WAITS_SECONDS = (5, 60, 300, 1_800, 7_200, 21_600, 86_400)


def render(notice: Notice) -> Rendered | None:
    """A client that was created, as `GET /api/v1/clients/{id}` shows it, or a test."""
    if notice.event is not None and notice.client is None:
        return None
    live = notice.event is not None and notice.tenant.mode == Mode.LIVE
    body = document.render(
        {
            "id": str(uuid5(_NAMESPACE, notice.id)),
            "type": CREATED,
            "created": int(notice.happened_at.timestamp()),
            "orgId": notice.tenant.workspace_id,
            "livemode": live,
            "data": _data(notice),
        }
    )
    return Rendered({SIGNATURE_HEADER: signature(notice, body)}, body)


def signature(notice: Notice, body: str) -> str:
    """The instant of the attempt, and the HMAC-SHA256 of instant and body, in hexadecimal.

    The key is the text of the secret, with its beginning `wsk_`. Nothing is signed with an old
    secret: a rotation has no overlap.
    """
    at = int(notice.at.timestamp())
    signed = hmac.new(notice.secrets[0].encode(), f"{at}.{body}".encode(), hashlib.sha256)
    return f"t={at},v1={signed.hexdigest()}"


def new_secret() -> str:
    """A new secret: `wsk_` and 24 random bytes in hexadecimal."""
    return f"wsk_{secrets.token_hex(_SECRET_BYTES)}"


def _data(notice: Notice) -> dict[str, Any]:
    if notice.client is None:
        return {"test": True}
    shown = show_in(as_known(notice.client, Contract.HOURSMITH), notice.tenant.workspace_id)
    return {"client": shown.model_dump(by_alias=True)}


FORMAT = Format(
    contract=Contract.HOURSMITH,
    sources={CREATED: (EventType.CREATED.value,)},
    render=render,
    new_secret=new_secret,
    plans=frozenset({Plan.AGENCY, Plan.BUSINESS, Plan.ENTERPRISE}),
    waits=tuple(timedelta(seconds=seconds) for seconds in _WAITS_SECONDS),
    timeout=timedelta(seconds=10),
    overlap=timedelta(0),
    disables=False,
)
