"""The tenant: a workspace in live or test mode."""

from registry.domain.immutable import dataclass


@dataclass(frozen=True, slots=True)
class Tenant:
    """A workspace in one mode. Records of two tenants never meet.

    Attributes:
        workspace_id: UUIDv7.
        mode: `live` or `test`.
    """

    workspace_id: str
    mode: str
