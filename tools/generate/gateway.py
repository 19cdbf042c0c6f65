"""The errors that API Gateway returns itself, in the words of the contract.

Source of the types: "Gateway response types for API Gateway", API Gateway Developer Guide. The
texts never repeat the gateway's own message, and a missing credential has the response of a refused
one.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from registry.domain.errors import (
    BadRequest,
    CredentialNotAllowed,
    NoSuchRoute,
    PayloadTooLarge,
    QuotaExceeded,
    RateLimited,
    RegistryError,
    RequestFiltered,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from registry.gateway.operation import Dialect
from registry.gateway.response import EVERY_RESPONSE, JSON_TYPE

Json = dict[str, Any]

_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Situation:
    """A response type and the error it is for the caller.

    Attributes:
        name: the gateway's name of the response type.
        error: the class whose words the contract has. No code raises some of these classes, because
            no such request reaches a function; the others have the words of the code.
        retry_after: seconds after which to try again; None for the error's own.
    """

    name: str
    error: type[RegistryError]
    retry_after: int | None = None


SITUATIONS: Final = (
    Situation("ACCESS_DENIED", Unauthenticated),
    Situation("UNAUTHORIZED", Unauthenticated),
    # The authorizer accepted the credential; its key is in no usage plan of this API.
    Situation("INVALID_API_KEY", CredentialNotAllowed),
    # A firewall belongs to the operator; its refusal need not be about the credential.
    Situation("WAF_FILTERED", RequestFiltered),
    # There is no route, so the code's text about the id of a record would be wrong.
    Situation("MISSING_AUTHENTICATION_TOKEN", NoSuchRoute),
    Situation("RESOURCE_NOT_FOUND", NoSuchRoute),
    # On an unknown path or method the gateway reads an Authorization header as a signature of AWS.
    # It finds none (DEFAULT_4XX), or a wrong or an old one; a caller's token is no signature.
    Situation("DEFAULT_4XX", NoSuchRoute),
    Situation("INVALID_SIGNATURE", NoSuchRoute),
    Situation("EXPIRED_TOKEN", NoSuchRoute),
    Situation("BAD_REQUEST_BODY", BadRequest),
    Situation("BAD_REQUEST_PARAMETERS", BadRequest),
    Situation("REQUEST_TOO_LARGE", PayloadTooLarge),
    Situation("UNSUPPORTED_MEDIA_TYPE", UnsupportedMediaType),
    # Only the gateway counts requests.
    Situation("THROTTLED", RateLimited, retry_after=1),
    Situation("QUOTA_EXCEEDED", QuotaExceeded, retry_after=_HOUR),
    Situation("INTEGRATION_FAILURE", Unavailable),
    Situation("INTEGRATION_TIMEOUT", Unavailable),
    Situation("AUTHORIZER_FAILURE", Unavailable),
    Situation("AUTHORIZER_CONFIGURATION_ERROR", RegistryError),
    Situation("API_CONFIGURATION_ERROR", RegistryError),
    Situation("DEFAULT_5XX", RegistryError),
)


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """A gateway response of one API.

    Attributes:
        name: the gateway's name of its type.
        status, body: of the response; the body is JSON.
        headers: by name, as the template maps them: `'text'` or a value of the context.
    """

    name: str
    status: int
    body: str
    headers: dict[str, str]

    @property
    def json(self) -> Json:
        """The body, parsed."""
        parsed: Json = json.loads(self.body)
        return parsed


def gateway_responses(dialect: Dialect) -> list[GatewayResponse]:
    """The gateway responses of a contract's API."""
    return [_response(dialect, situation) for situation in SITUATIONS]


def _response(dialect: Dialect, situation: Situation) -> GatewayResponse:
    """The gateway response of a situation in a contract's words."""
    kind = situation.error
    error = kind(dialect.code(kind).message) if issubclass(kind, BadRequest) else kind()
    response = dialect.render(error)
    by_name = {**EVERY_RESPONSE, **response.headers}
    if situation.retry_after is not None:
        by_name["Retry-After"] = str(situation.retry_after)
    # The gateway sets the media type of the body's template, which is JSON.
    if by_name["Content-Type"] == JSON_TYPE:
        del by_name["Content-Type"]
    headers = {name: f"'{value}'" for name, value in by_name.items()}
    if issubclass(kind, RateLimited) and dialect.rate_limit_headers:
        headers["X-RateLimit-Limit"] = "context.authorizer.rate"
        headers["X-RateLimit-Remaining"] = "'0'"
    if "$" in response.body or "#" in response.body:
        raise ValueError(f"a response template would evaluate {response.body}")
    return GatewayResponse(situation.name, response.status, response.body, headers)
