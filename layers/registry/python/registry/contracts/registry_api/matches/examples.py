"""Requests of the registry's own page about pairs."""

from registry.gateway.operation import Example

PAGE = Example(title="The latest ten", query={"limit": "10"})
SURE = Example(title="Pairs that are surely one client", query={"verdict": "sure"})
DISMISS = Example(title="They are two clients", body={"verdict": "dismissed"})
