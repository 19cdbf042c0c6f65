"""What a move needs of a vendor: its objects, page by page and one by one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from registry.domain.workspace import Contract

State = Mapping[str, object]
"""A place in a list, as a JSON object; a list goes on from it in another process."""


class VendorError(Exception):
    """The vendor cannot be read; the message is a sentence for the operator."""


class CredentialsRefused(VendorError):
    """The vendor refuses the credentials, or its plan does not include the API."""


class PatienceExhausted(VendorError):
    """The vendor has not answered a request for so long that the move stops; it can go on later."""


@dataclass(frozen=True, slots=True)
class Page:
    """Objects of a list.

    Attributes:
        rows: JSON values as the vendor shows them; an odd vendor may show others than objects.
        state: the place after these rows.
        total: how many the list has in all, where the vendor says so.
    """

    rows: tuple[object, ...]
    state: State
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A key or token that is sent with every request.

    Raises:
        CredentialsRefused: no header can carry the text.
    """

    text: str = field(repr=False)

    def __post_init__(self) -> None:
        """Check that a header can carry it: it may come from a file, with a line's end."""
        if not self.text or not all("!" <= character <= "~" for character in self.text):
            raise CredentialsRefused(
                "The token must be printable ASCII characters without a space."
            )


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """The id and secret of a client that asks for access tokens."""

    client_id: str
    secret: str = field(repr=False)


class Vendor(Protocol):
    """The API of a vendor.

    Every method raises `CredentialsRefused` where the vendor refuses the credentials,
    `PatienceExhausted` after too long a time without an answer, and `VendorError` where the vendor
    refuses a request or does not speak its own API.
    """

    @property
    def contract(self) -> Contract:
        """The contract that the vendor's API is."""

    def pages(self, state: State | None = None) -> Iterator[Page]:
        """All clients of the vendor, from the beginning or from the place of an earlier page.

        Everyone who is there from the first page to the last is among them, whoever comes and goes
        meanwhile. Some come twice.
        """

    def fetch(self, vendor_id: str) -> object | None:
        """The client with an id; None where the vendor has none such."""

    def users(self, vendor_id: str) -> Iterator[object]:
        """The users of a client; none for a client that is gone, and of a vendor without users."""

    def payment_methods(self, vendor_id: str) -> Iterator[object]:
        """The payment methods of a client, as `users`."""

    def close(self) -> None:
        """Close the connections."""
