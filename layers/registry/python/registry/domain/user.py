"""Users: the people at a client. An e-mail address is unique among the users of one client."""

from datetime import datetime

from registry.domain.identifiers import created_at
from registry.domain.immutable import dataclass

# The most users of one client. Source: `docs/data-model.md`, "Limits per client".
MAX_USERS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person of one client.

    Attributes:
        id: UUIDv7; its time part is `created_at`.
        client_id: the client the person belongs to.
        vendor_id: the vendor's id of a person who moved in, under which callers know it.
        email: as typed; within a client no two users have the same address (`email_key`).
    """

    id: str
    client_id: str
    vendor_id: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None

    @property
    def created_at(self) -> datetime:
        """When the user was created."""
        return created_at(self.id)
