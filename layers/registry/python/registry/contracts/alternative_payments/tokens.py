"""OAuth 2.0 client credentials (RFC 6749, section 4.4): a client's id and secret for a token."""

import base64
import re
from datetime import datetime, timedelta
from hmac import compare_digest
from urllib.parse import unquote_plus

from registry.contracts.alternative_payments.errors import parameter_reason
from registry.contracts.alternative_payments.wire import Token, TokenRequest
from registry.domain.credential import (
    CREDENTIAL_RULES,
    Credential,
    Refusal,
    hash_token,
    mint_token,
    parse_client_secret,
)
from registry.domain.errors import (
    BadRequest,
    ClientRefused,
    Invalid,
    NotFound,
    ScopeNotHeld,
    UnsupportedGrant,
)
from registry.domain.identifiers import is_id, now
from registry.domain.scopes import grants
from registry.domain.workspace import Contract
from registry.gateway.operation import NoParameters
from registry.gateway.refusals import count_refusal
from registry.gateway.request import Request
from registry.gateway.response import Response, json_response
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import dynamodb_client, table_name

LIFETIME = timedelta(hours=1)
# Access tokens of one client in a minute by the clock. Source: `docs/alternative-payments.md`.
MAX_TOKENS_A_MINUTE = 100
# RFC 6749, section 5.1.
_NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_BASIC = re.compile(r"\s*basic +(\S+)\s*", re.IGNORECASE | re.ASCII)
_CONTRACT = Contract.ALTERNATIVE_PAYMENTS


def issue_token(request: Request[TokenRequest, NoParameters]) -> Response:
    """Issue an access token to an OAuth client that proves itself with its id and secret."""
    body = _validated(request)
    if not body.grant_type:
        raise BadRequest("grant_type is missing.")
    if body.grant_type != "client_credentials":
        raise UnsupportedGrant
    store = CredentialStore(dynamodb_client(), table_name("CREDENTIALS_TABLE"))
    at = now()
    try:
        client = _client(store, *_shown(request.headers.get("authorization"), body), at)
    except ClientRefused as error:
        count_refusal(_CONTRACT, error.reason)
        raise
    scopes = _scopes(client, body.scope)
    # Counted after the secret is checked, so that nobody else can use up a client's tokens.
    store.count_access_token(client, at, most=MAX_TOKENS_A_MINUTE)
    expires_at = min(at + LIFETIME, client.expires_at or at + LIFETIME)
    text = mint_token(_CONTRACT, client.mode)
    store.create_access_token(hash_token(text), client, scopes=scopes, expires_at=expires_at)
    token = Token(
        access_token=text,
        expires_in=int((expires_at - at).total_seconds()),
        scope=" ".join(scopes),
    )
    return json_response(200, token, _NOT_STORED)


def _validated(request: Request[TokenRequest, NoParameters]) -> TokenRequest:
    """The body of a token request.

    Raises:
        BadRequest: it cannot be accepted; RFC 6749, section 5.2, has 400 and no 422 for that.
    """
    try:
        return request.body.validated()
    except Invalid as error:
        raise BadRequest(parameter_reason((*error.parameters, *error.fields))) from error


def _shown(authorization: str | None, body: TokenRequest) -> tuple[str, str]:
    """The client id and secret, from HTTP Basic or the body; both at once have to agree.

    Raises:
        ClientRefused: they are missing, or the header cannot be read.
        BadRequest: header and body name different clients.
    """
    if authorization is None:
        if not body.client_id or not body.client_secret:
            raise ClientRefused(Refusal.MISSING)
        return body.client_id, body.client_secret
    client_id, secret = _basic(authorization)
    if body.client_id not in {None, client_id} or body.client_secret not in {None, secret}:
        raise BadRequest("The Authorization header and the body name different clients.")
    return client_id, secret


def _basic(authorization: str) -> tuple[str, str]:
    """The id and the secret of a Basic header, both form-encoded (RFC 6749, section 2.3.1)."""
    scheme = _BASIC.fullmatch(authorization)
    try:
        text = base64.b64decode(scheme[1], validate=True).decode() if scheme else ""
    except ValueError as error:  # binascii.Error and UnicodeError are kinds of it
        raise ClientRefused(Refusal.MALFORMED) from error
    client_id, colon, secret = text.partition(":")
    if not colon:
        raise ClientRefused(Refusal.MALFORMED)
    return unquote_plus(client_id), unquote_plus(secret)


def _client(store: CredentialStore, client_id: str, secret: str, at: datetime) -> Credential:
    """The OAuth client with this id, if the secret is right and the client has not ended.

    A text that cannot be an id or a secret is refused before the database is read.

    Raises:
        ClientRefused: in every other case; the caller is not told the reason.
    """
    if not is_id(client_id) or parse_client_secret(_CONTRACT, secret) is None:
        raise ClientRefused(Refusal.MALFORMED)
    try:
        client = store.oauth_client(client_id)
    except NotFound as error:
        raise ClientRefused(Refusal.UNKNOWN) from error
    if not compare_digest(client.secret_hash or "", hash_token(secret)):
        raise ClientRefused(Refusal.UNKNOWN)
    if client.contract is not _CONTRACT:
        raise ClientRefused(Refusal.OTHER_CONTRACT)
    if client.revoked_at is not None:
        raise ClientRefused(Refusal.REVOKED)
    if client.expires_at is not None and client.expires_at <= at:
        raise ClientRefused(Refusal.EXPIRED)
    return client


def _scopes(client: Credential, requested: str | None) -> tuple[str, ...]:
    """The scopes of a new token: the requested ones, or all scopes of its client.

    Raises:
        ScopeNotHeld: one of them does not exist, or the client does not hold it.
    """
    scopes = tuple(dict.fromkeys((requested or "").split()))
    offered = CREDENTIAL_RULES[_CONTRACT].scopes
    if not all(scope in offered and grants(client.scopes, scope) for scope in scopes):
        raise ScopeNotHeld
    return scopes or client.scopes
