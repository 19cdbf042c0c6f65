"""The errors that a caller is told about.

Domain and store raise them; each contract renders them in its own shape. A contract chooses its
wording by the class and its attributes; only `BadRequest` and `Conflict` bring a sentence along.
"""

from collections.abc import Mapping
from dataclasses import field

from registry.domain.immutable import dataclass

_MAX_PRINTED_PATH = 100


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that cannot be accepted.

    Attributes:
        path: the field's place in the body, outermost key first; list positions as text.
        kind: a stable name of the rule, such as `missing`, `string_type`, `email` or `too_long`.
        facts: values for a message about the rule, such as `{"max_length": 200}`.
    """

    path: tuple[str, ...]
    kind: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def dotted(self) -> str:
        """The path as all contracts print it, `address.state`, cut at 100 characters."""
        return ".".join(self.path)[:_MAX_PRINTED_PATH]


class RegistryError(Exception):
    """An error that the caller is told about in the shape of the contract."""


class BadRequest(RegistryError):
    """The request cannot be read, or names a parameter that the operation does not have.

    Attributes:
        reason: one sentence for the caller, free of internals.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Invalid(RegistryError):
    """Fields or parameters of the request cannot be accepted; the error names all of them at once.

    Attributes:
        fields: the errors of the body's fields.
        parameters: the errors of query parameters and headers.
    """

    def __init__(
        self,
        fields: tuple[FieldError, ...] = (),
        parameters: tuple[FieldError, ...] = (),
    ) -> None:
        super().__init__(f"{len(fields) + len(parameters)} problems")
        self.fields = fields
        self.parameters = parameters

    def first(self, most: int) -> tuple["Invalid", int]:
        """This error with at most `most` of its problems, and the number of problems left out."""
        fields, parameters = self.fields[:most], self.parameters[:most]
        parameters = parameters[: most - len(fields)]
        left_out = len(self.fields) + len(self.parameters) - len(fields) - len(parameters)
        return Invalid(fields, parameters), left_out


class UnsupportedMediaType(RegistryError):
    """The request's `Content-Type` or `Content-Encoding` is not one that the operation reads."""


class PayloadTooLarge(RegistryError):
    """The body is longer than the operation accepts, usually 256 KiB."""


class Unauthenticated(RegistryError):
    """The credential is missing, unknown, revoked or past its end."""


class ClientRefused(RegistryError):
    """The id or the secret of an OAuth client is missing or wrong, or the client has ended.

    Attributes:
        reason: which of these, for the metrics; the caller is not told.
    """

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class TooManyTokens(RegistryError):
    """An OAuth client was issued as many tokens as it may have in a minute.

    Attributes:
        retry_after: whole seconds until it may ask again.
    """

    def __init__(self, retry_after: int = 60) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class UnsupportedGrant(RegistryError):
    """The token endpoint does not offer this grant type."""


class ScopeNotHeld(RegistryError):
    """The requested scope does not exist, or the OAuth client does not hold it."""


class Forbidden(RegistryError):
    """The credential is good, but its scopes or its role do not cover the operation.

    Attributes:
        needed: the scope that the operation requires.
    """

    def __init__(self, needed: str) -> None:
        super().__init__(needed)
        self.needed = needed


class PlanRequired(RegistryError):
    """The workspace's plan has no API."""


class SubscriptionInactive(RegistryError):
    """The workspace's subscription has lapsed."""


class NotFound(RegistryError):
    """No such record in this workspace and mode."""


class PreconditionFailed(RegistryError):
    """The record does not have the version that the caller requires it to have."""


class Conflict(RegistryError):
    """The state of the record does not allow the operation, or a race for it was lost repeatedly.

    Attributes:
        reason: one sentence for the caller.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ValueTaken(RegistryError):
    """Another record has the value, which has to be unique.

    Attributes:
        field: the record's name of the field, such as `external_id`.
        holder: id of the record that has the value, where it is known and may be told.
    """

    def __init__(self, field: str, holder: str | None = None) -> None:
        super().__init__(field)
        self.field = field
        self.holder = holder


class IdempotencyMismatch(RegistryError):
    """The idempotency key was used for a different request."""


class IdempotencyErased(RegistryError):
    """The idempotency key was used for this very request, and its client has been erased since."""


class IdempotencyInFlight(RegistryError):
    """A request with the same idempotency key is being carried out at this moment."""


class RaceLost(RegistryError):
    """The record was changed between reading and writing it; reading it again may help."""


class Unavailable(RegistryError):
    """The store does not respond at the moment.

    Attributes:
        retry_after: whole seconds to wait before trying again.
    """

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class Throttled(Unavailable):
    """The store refuses more requests for the moment: its own limits, not the caller's plan."""


# API Gateway responds with the following errors before a function runs, so no code raises them. A
# contract words them like the others, and the template's gateway responses are generated from that.


class RateLimited(RegistryError):
    """The credential sends more requests a second than its usage plan allows."""


class QuotaExceeded(RateLimited):
    """The credential has sent as many requests as its usage plan allows in a month."""


class CredentialNotAllowed(RegistryError):
    """The credential is good, and its usage plan does not include the API."""


class RequestFiltered(RegistryError):
    """A web application firewall in front of the API refused the request."""


class NoSuchRoute(NotFound):
    """No operation has this path and method. A contract may use its code of `NotFound`."""
