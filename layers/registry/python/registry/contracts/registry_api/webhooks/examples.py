"""Requests of the registry's own page about webhooks."""

from registry.gateway.operation import Example

CREATE = Example(
    title="A webhook for new and changed clients",
    body={
        "url": "https://hooks.acme.com/registry",
        "types": ["client.created", "client.updated"],
    },
)
UPDATE = Example(title="All events; enabled again", body={"types": ["*"], "enabled": True})
DELIVERIES = Example(title="The latest hundred attempts", query={"limit": "100"})
