"""Credentials: their text, what they allow, and when they stop counting.

A token's text can be refused without reading anything, because it ends in a checksum of itself, the
way GitHub forms its tokens. The registry keeps the SHA-256 of a token and never the token: against
more than 128 bits from the system's random source, a slow hash would add nothing.

Forms (`[…]` is base62; the last six characters are the checksum):

    Paytrum               ak_<live|test>_[36]
    Athenty               ath_<live|test>_[36]
    Hoursmith             hsk_<live|test>_[12]_[32]
    Alternative Payments  client id: the credential's id; client secret: ap_<live|test>_[36];
                          access token: 56 lower-case hexadecimal digits, without a checksum
"""

import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from registry.domain.errors import FieldError, Invalid
from registry.domain.identifiers import new_id
from registry.domain.workspace import Contract, Mode, Role, Workspace

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECKSUM_LENGTH = 6
_RANDOM_LENGTH = 30
_HIDDEN_LENGTH = 30
_HOURSMITH_PREFIX_LENGTH = 12
_HOURSMITH_RANDOM_LENGTH = 26
_ACCESS_TOKEN_BYTES = 28

_ACCESS_TOKEN = re.compile(r"[0-9a-f]{56}")


_CLIENT_SECRET = re.compile(r"ap_(live|test)_[0-9A-Za-z]{36}")
_CHECKSUMMED = {
    Contract.PAYTRUM: re.compile(r"ak_(live|test)_[0-9A-Za-z]{36}"),
    Contract.ATHENTY: re.compile(r"ath_(live|test)_[0-9A-Za-z]{36}"),
    Contract.HOURSMITH: re.compile(r"hsk_(live|test)_[0-9A-Za-z]{12}_[0-9A-Za-z]{32}"),
}


@dataclass(frozen=True, slots=True)
class TokenParts:
    """What a well-formed token says about itself.

    Attributes:
        mode: None for an access token, whose text does not tell.
        prefix: the part that may be shown and logged; empty for an access token.
    """

    mode: Mode | None
    prefix: str


def mint_token(contract: Contract, mode: Mode) -> str:
    """A new bearer token or API key of a contract; for Alternative Payments, an access token."""
    match contract:
        case Contract.PAYTRUM:
            return _with_checksum(f"ak_{mode}_{_random(_RANDOM_LENGTH)}")
        case Contract.ATHENTY:
            return _with_checksum(f"ath_{mode}_{_random(_RANDOM_LENGTH)}")
        case Contract.HOURSMITH:
            prefix = _random(_HOURSMITH_PREFIX_LENGTH)
            return _with_checksum(f"hsk_{mode}_{prefix}_{_random(_HOURSMITH_RANDOM_LENGTH)}")
        case Contract.ALTERNATIVE_PAYMENTS:
            return secrets.token_hex(_ACCESS_TOKEN_BYTES)


def parse_token(contract: Contract, text: str) -> TokenParts | None:
    """The parts of a token of this contract, or None for a text nobody can have been given."""
    if contract is Contract.ALTERNATIVE_PAYMENTS:
        return TokenParts(mode=None, prefix="") if _ACCESS_TOKEN.fullmatch(text) else None
    return _parse_checksummed(_CHECKSUMMED[contract], text)


def mint_client_secret(mode: Mode) -> str:
    """A new client secret of Alternative Payments, exchanged at its token endpoint."""
    return _with_checksum(f"ap_{mode}_{_random(_RANDOM_LENGTH)}")


def parse_client_secret(text: str) -> TokenParts | None:
    """The parts of a client secret, or None for a text nobody can have been given."""
    return _parse_checksummed(_CLIENT_SECRET, text)


def hash_token(text: str) -> str:
    """SHA-256 of a token or client secret, lower-case hexadecimal: the form that is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def _parse_checksummed(form: re.Pattern[str], text: str) -> TokenParts | None:
    match = form.fullmatch(text)
    if match is None or text != _with_checksum(text[:-_CHECKSUM_LENGTH]):
        return None
    return TokenParts(mode=Mode(match[1]), prefix=_shown_prefix(text))


def _shown_prefix(text: str) -> str:
    """Hoursmith tokens have a part for showing; of the others, what is left without 30 digits."""
    vendor, _, rest = text.split("_", 2)
    return rest.partition("_")[0] if vendor == "hsk" else text[:-_HIDDEN_LENGTH]


def _random(length: int) -> str:
    return "".join(secrets.choice(_BASE62) for _ in range(length))


def _with_checksum(text: str) -> str:
    """`text` and its CRC-32 in six base62 digits, so that a changed mode or a typing slip shows."""
    remainder, digits = zlib.crc32(text.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        remainder, digit = divmod(remainder, len(_BASE62))
        digits = _BASE62[digit] + digits
    return text + digits


ALL_SCOPES = "*"
_CLIENT_SCOPES = ("clients:read", "clients:write")
OFFERED_SCOPES = {
    Contract.PAYTRUM: (ALL_SCOPES, *_CLIENT_SCOPES),
    Contract.ATHENTY: (ALL_SCOPES, *_CLIENT_SCOPES),
    Contract.HOURSMITH: (),
    Contract.ALTERNATIVE_PAYMENTS: (
        ALL_SCOPES,
        "read",
        "write",
        "customers:read",
        "customers:write",
        "payments:read",
    ),
}


def grants(held: Collection[str], needed: str) -> bool:
    """Whether the scopes held cover the one needed.

    `*` covers everything; `read` and `write` cover the scopes of that kind in every area. Writing
    does not include reading.
    """
    kind = needed.rpartition(":")[2]
    return ALL_SCOPES in held or needed in held or (kind in {"read", "write"} and kind in held)


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a credential may do: the scopes it holds and, for Hoursmith, the role they come from."""

    scopes: tuple[str, ...]
    role: Role | None


def permissions(contract: Contract, scopes: Collection[str], role: Role | None) -> Permissions:
    """The permissions of a new credential from what was asked for; nothing asked is the default.

    Hoursmith tokens act as a member and derive their scopes from the role (default owner; a plain
    member reaches no client). The other contracts take scopes (default `*`) and know no roles.

    Raises:
        Invalid: a scope the contract does not offer, any scope for Hoursmith, or a role elsewhere.
    """
    offered = OFFERED_SCOPES[contract]
    errors = []
    if any(scope not in offered for scope in scopes):
        errors.append(FieldError(("scopes",), "not_offered", {"offered": offered}))
    if role is not None and contract is not Contract.HOURSMITH:
        errors.append(FieldError(("role",), "not_offered", {"offered": ()}))
    if errors:
        raise Invalid(fields=tuple(errors))
    if contract is Contract.HOURSMITH:
        acting = role or Role.OWNER
        return Permissions(() if acting is Role.MEMBER else _CLIENT_SCOPES, acting)
    return Permissions(tuple(sorted(set(scopes))) or (ALL_SCOPES,), None)


@dataclass(frozen=True, slots=True)
class Credential:
    """What a caller shows to reach one workspace through one contract in one mode.

    Attributes:
        id: UUIDv7; the client id of an Alternative Payments credential.
        workspace_id: the workspace it reaches.
        contract: the only contract it is good for.
        mode: the only mode it is good for.
        scopes: the scopes it holds.
        role: of the member a Hoursmith token acts as; None elsewhere.
        user_id: that member's id, a UUIDv7; None elsewhere.
        prefix: the part of its text that may be shown.
        api_key_id: id of the API Gateway key that throttles it.
        usage_key: value of that key. Callers never see or send it.
        created_at: instant of creation.
        expires_at: the first instant at which it no longer counts, or None.
        revoked_at: instant of revocation, or None.
        secret_hash: `hash_token` of an OAuth client's secret; None elsewhere.
    """

    id: str
    workspace_id: str
    contract: Contract
    mode: Mode
    scopes: tuple[str, ...]
    role: Role | None
    user_id: str | None
    prefix: str
    api_key_id: str
    usage_key: str = field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    secret_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A new credential and, this once, its secret.

    Attributes:
        credential: what is kept.
        secret: the API key or token; for Alternative Payments, the client secret.
    """

    credential: Credential
    secret: str = field(repr=False)


def issue_credential(  # noqa: PLR0913 - one parameter per thing a credential is bound to
    workspace_id: str,
    contract: Contract,
    mode: Mode,
    allowed: Permissions,
    *,
    api_key_id: str,
    usage_key: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> IssuedCredential:
    """A credential created at `at`, with a freshly minted secret."""
    is_oauth_client = contract is Contract.ALTERNATIVE_PAYMENTS
    secret = mint_client_secret(mode) if is_oauth_client else mint_token(contract, mode)
    credential = Credential(
        id=new_id(at),
        workspace_id=workspace_id,
        contract=contract,
        mode=mode,
        scopes=allowed.scopes,
        role=allowed.role,
        user_id=new_id(at) if allowed.role else None,
        prefix=_shown_prefix(secret),
        api_key_id=api_key_id,
        usage_key=usage_key,
        created_at=at,
        expires_at=expires_at,
        secret_hash=hash_token(secret) if is_oauth_client else None,
    )
    return IssuedCredential(credential, secret)


class Refusal(StrEnum):
    """Why a credential does not count: for logs and metrics; a caller is never told which."""

    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    OTHER_CONTRACT = "other_contract"
    OTHER_MODE = "other_mode"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ResolvedCredential:
    """What a token stands for.

    Attributes:
        workspace: the workspace it reaches.
        credential: the credential itself, or the OAuth client an access token was issued to.
        scopes: what this token may do; an access token can hold fewer scopes than its client.
        expires_at: the earlier end of the credential's and the token's life, or None.
    """

    workspace: Workspace
    credential: Credential
    scopes: tuple[str, ...]
    expires_at: datetime | None

    def refusal(self, contract: Contract, mode: Mode | None, at: datetime) -> Refusal | None:
        """Why it does not count at `at` for a contract, None when it does.

        `mode` is what the token's text claims; None for a text that claims nothing.
        """
        if self.credential.contract is not contract:
            return Refusal.OTHER_CONTRACT
        if mode is not None and self.credential.mode is not mode:
            return Refusal.OTHER_MODE
        if self.credential.revoked_at is not None:
            return Refusal.REVOKED
        if self.expires_at is not None and self.expires_at <= at:
            return Refusal.EXPIRED
        return None
