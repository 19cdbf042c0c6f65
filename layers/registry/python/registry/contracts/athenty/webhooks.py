"""Athenty's webhooks: `client.created` in the vendor's envelope, which is in snake case.

How the vendor signs is not known, so requests are signed as Standard Webhooks says. Source:
`docs/athenty.md`, "Webhooks".
"""

from typing import Any, Final

from registry.contracts.athenty.mapping import show_in
from registry.contracts.records import as_known
from registry.contracts.standard_webhooks import standard_headers
from registry.domain import document
from registry.domain.event import EventType
from registry.domain.identifiers import instant
from registry.domain.webhook import Format, Notice, Rendered, standard_secret
from registry.domain.workspace import Contract

CREATED: Final = "client.created"


def render(notice: Notice) -> Rendered | None:
    """A client that was created, as `GET /v2/api/clients/{id}` shows it but in snake case.

    A test has no data. The number of the attempt is in the body, so each attempt has another one.
    """
    if notice.event is not None and notice.client is None:
        return None
    body = document.render(
        {
            "id": notice.id,
            "type": CREATED,
            "created_at": instant(notice.happened_at),
            "tenant_id": notice.tenant.workspace_id,
            "data": _data(notice),
            "metadata": {"test": notice.event is None, "delivery_attempt": notice.number},
        }
    )
    return Rendered(standard_headers(notice, notice.id, body), body)


def _data(notice: Notice) -> dict[str, Any]:
    if notice.client is None:
        return {}
    shown = show_in(as_known(notice.client, Contract.ATHENTY), notice.tenant.workspace_id)
    return shown.model_dump(by_alias=False)


FORMAT = Format(
    contract=Contract.ATHENTY,
    sources={CREATED: (EventType.CREATED.value,)},
    render=render,
    new_secret=standard_secret,
    tests_new=True,
)
