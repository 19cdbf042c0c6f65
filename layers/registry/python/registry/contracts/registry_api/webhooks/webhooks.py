"""The registry's own webhooks: events as the feed shows them, signed as Standard Webhooks says."""

from typing import Any

from registry.contracts.standard_webhooks import standard_headers
from registry.domain import document
from registry.domain.event import EventType, cloud_event
from registry.domain.identifiers import instant
from registry.domain.webhook import TEST_TYPE, Format, Notice, Rendered, standard_secret
from registry.domain.workspace import Contract


def render(notice: Notice) -> Rendered:
    """The event as the feed shows it, or a test."""
    body = document.render(_cloud_event(notice))
    return Rendered(standard_headers(notice, notice.id, body), body)


def _cloud_event(notice: Notice) -> dict[str, Any]:
    if notice.event is not None:
        return cloud_event(notice.tenant, notice.event)
    return {
        "specversion": "1.0",
        "id": notice.id,
        "source": f"urn:client-registry:{notice.tenant.workspace_id}:{notice.tenant.mode}",
        "type": TEST_TYPE,
        "time": instant(notice.happened_at),
        "subject": notice.endpoint.id,
        "data": {},
    }


FORMAT = Format(
    contract=Contract.REGISTRY,
    sources={each.value: (each.value,) for each in EventType},
    any_type=True,
    render=render,
    new_secret=standard_secret,
    needs_client=False,
)
