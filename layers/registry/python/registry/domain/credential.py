"""Credentials: the forms of their tokens, their permissions, and their end.

A token ends in a checksum of itself, as GitHub's tokens do, so a mistyped or invented token is
refused before the database is read. The registry keeps the SHA-256 of a token and never the token.
A slow hash would add nothing, because a token has more than 128 bits from the system's random
source.

Forms (`[…]` is base62; the last six characters are the checksum):

    Paytrum               ak_<live|test>_[36]
    Athenty               ath_<live|test>_[36]
    Hoursmith             hsk_<live|test>_[12]_[32]
    Alternative Payments  client id: the credential's id; client secret: ap_<live|test>_[36];
                          access token: 56 lower-case hexadecimal digits, without a checksum
    Registry              rk_<live|test>_[36]
"""

import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import UTC, datetime
from enum import StrEnum

from registry.domain.errors import FieldError, Invalid
from registry.domain.identifiers import new_id
from registry.domain.immutable import dataclass
from registry.domain.scopes import ALL_SCOPES
from registry.domain.workspace import Contract, Mode, Role, Workspace

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECKSUM_LENGTH = 6
_HIDDEN_LENGTH = 30
_ACCESS_TOKEN_BYTES = 28

_CLIENT_SCOPES = ("clients:read", "clients:write")


@dataclass(frozen=True, slots=True)
class TokenParts:
    """The mode and the public prefix of a well-formed token.

    Attributes:
        mode: None for an access token, whose text does not contain one.
        prefix: the part that may be shown and logged; empty for an access token.
    """

    mode: Mode | None
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksummedToken:
    """The form `<vendor>_<live|test>_[<label>_]<secret>`, which ends in a checksum of itself.

    Attributes:
        vendor: the word that the token begins with.
        label_length: number of base62 digits of the label, a part that may be shown; 0 for a form
            without a label, of which all but the last 30 characters may be shown.
        random_length: number of base62 digits of the secret, without the checksum's six.
    """

    vendor: str
    label_length: int = 0
    random_length: int = 30

    def mint(self, mode: Mode) -> str:
        """A new token of this form."""
        label = f"{_random(self.label_length)}_" if self.label_length else ""
        return with_checksum(f"{self.vendor}_{mode}_{label}{_random(self.random_length)}")

    def parse(self, text: str) -> TokenParts | None:
        """The parts of a token of this form; None for a text that cannot have been issued."""
        label = f"[0-9A-Za-z]{{{self.label_length}}}_" if self.label_length else ""
        secret = f"[0-9A-Za-z]{{{self.random_length + _CHECKSUM_LENGTH}}}"
        match = re.fullmatch(f"{self.vendor}_(live|test)_{label}{secret}", text)
        if match is None or text != with_checksum(text[:-_CHECKSUM_LENGTH]):
            return None
        return TokenParts(mode=Mode(match[1]), prefix=self.prefix(text))

    def prefix(self, text: str) -> str:
        """The part of a token of this form that may be shown."""
        if self.label_length:
            return text.split("_")[2]
        return text[:-_HIDDEN_LENGTH]


@dataclass(frozen=True, slots=True)
class AccessToken:
    """The form of an OAuth access token: 56 lower-case hexadecimal digits, without a checksum."""

    def mint(self, _mode: Mode) -> str:
        """A new token of this form."""
        return secrets.token_hex(_ACCESS_TOKEN_BYTES)

    def parse(self, text: str) -> TokenParts | None:
        """Parts without a mode or a prefix; None for a text that cannot have been issued."""
        form = f"[0-9a-f]{{{2 * _ACCESS_TOKEN_BYTES}}}"
        return TokenParts(mode=None, prefix=self.prefix(text)) if re.fullmatch(form, text) else None

    def prefix(self, _text: str) -> str:
        """The empty string: no part of an access token may be shown."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRules:
    """The forms of a contract's tokens, and the scopes and roles that it offers.

    Attributes:
        token: the form of the token that callers send with a request.
        client_secret: the form of the secret that an OAuth client exchanges for an access token;
            None where callers send the credential's own token.
        scopes: the scopes that a credential can have; empty where scopes follow from a role.
        roles: whether a credential acts as a member with a role.
    """

    token: ChecksummedToken | AccessToken
    client_secret: ChecksummedToken | None = None
    scopes: tuple[str, ...] = (ALL_SCOPES, *_CLIENT_SCOPES)
    roles: bool = False


CREDENTIAL_RULES: Mapping[Contract, CredentialRules] = {
    Contract.PAYTRUM: CredentialRules(token=ChecksummedToken(vendor="ak")),
    Contract.ATHENTY: CredentialRules(token=ChecksummedToken(vendor="ath")),
    Contract.HOURSMITH: CredentialRules(
        token=ChecksummedToken(vendor="hsk", label_length=12, random_length=26),
        scopes=(),
        roles=True,
    ),
    Contract.ALTERNATIVE_PAYMENTS: CredentialRules(
        token=AccessToken(),
        client_secret=ChecksummedToken(vendor="ap"),
        scopes=(
            ALL_SCOPES,
            "read",
            "write",
            "customers:read",
            "customers:write",
            "payments:read",
            "webhooks:read",
            "webhooks:write",
        ),
    ),
    Contract.REGISTRY: CredentialRules(
        token=ChecksummedToken(vendor="rk"),
        scopes=(
            ALL_SCOPES,
            *_CLIENT_SCOPES,
            "matches:write",
            "privacy:write",
            "events:read",
            "webhooks:write",
        ),
    ),
}


def mint_token(contract: Contract, mode: Mode) -> str:
    """A new token of a contract, as callers send it with a request."""
    return CREDENTIAL_RULES[contract].token.mint(mode)


def parse_token(contract: Contract, text: str) -> TokenParts | None:
    """The parts of a token of this contract; None for a text that cannot have been issued."""
    return CREDENTIAL_RULES[contract].token.parse(text)


def mint_client_secret(contract: Contract, mode: Mode) -> str:
    """A new client secret of a contract whose clients exchange it for access tokens.

    Raises:
        ValueError: the contract has no OAuth clients.
    """
    return _client_secret(contract).mint(mode)


def parse_client_secret(contract: Contract, text: str) -> TokenParts | None:
    """The parts of a client secret; None for a text that cannot have been issued.

    Raises:
        ValueError: the contract has no OAuth clients.
    """
    return _client_secret(contract).parse(text)


def _client_secret(contract: Contract) -> ChecksummedToken:
    """The form of a contract's client secrets.

    Raises:
        ValueError: the contract has no OAuth clients.
    """
    form = CREDENTIAL_RULES[contract].client_secret
    if form is None:
        raise ValueError(f"{contract} has no OAuth clients")
    return form


def hash_token(text: str) -> str:
    """SHA-256 of a token or client secret in lower-case hexadecimal, which the registry keeps."""
    return hashlib.sha256(text.encode()).hexdigest()


def _random(length: int) -> str:
    """A text of base62 digits from the system's random source."""
    return "".join(secrets.choice(_BASE62) for _ in range(length))


def with_checksum(text: str) -> str:
    """The text and its CRC-32 in six base62 digits, which reveals a changed mode or a typo."""
    remainder, digits = zlib.crc32(text.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        remainder, digit = divmod(remainder, len(_BASE62))
        digits = _BASE62[digit] + digits
    return text + digits


@dataclass(frozen=True, slots=True)
class Permissions:
    """The scopes of a credential and, where the contract has roles, the role they follow from."""

    scopes: tuple[str, ...]
    role: Role | None


def permissions(contract: Contract, scopes: Collection[str], role: Role | None) -> Permissions:
    """The permissions of a new credential with these scopes or this role.

    Where a contract has roles, a token acts as a member and its scopes follow from the role
    (default owner; a plain member reaches no client). The other contracts take scopes (default
    `*`).

    Raises:
        Invalid: a scope the contract does not offer, or a role where it has none.
    """
    rules = CREDENTIAL_RULES[contract]
    errors = []
    if any(scope not in rules.scopes for scope in scopes):
        errors.append(FieldError(("scopes",), "not_offered", {"offered": rules.scopes}))
    if role is not None and not rules.roles:
        errors.append(FieldError(("role",), "not_offered", {"offered": ()}))
    if errors:
        raise Invalid(fields=tuple(errors))
    if rules.roles:
        acting = role or Role.OWNER
        return Permissions(() if acting is Role.MEMBER else _CLIENT_SCOPES, acting)
    return Permissions(tuple(sorted(set(scopes))) or (ALL_SCOPES,), None)


def day_of(at: datetime) -> datetime:
    """The first instant of the day of an instant, in UTC."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Credential:
    """The proof by which a caller reaches one workspace through one contract in one mode.

    Attributes:
        id: UUIDv7; the client id of an Alternative Payments credential.
        workspace_id: the workspace it reaches.
        contract: the only contract that accepts it.
        mode: the only mode that it reaches.
        scopes: the scopes it holds.
        role: of the member a Hoursmith token acts as; None elsewhere.
        user_id: that member's id, a UUIDv7; None elsewhere.
        prefix: the part of its text that may be shown.
        api_key_id: id of the API Gateway key that throttles it.
        usage_key: value of that key. Callers never see or send it.
        created_at: instant of creation.
        expires_at: the first instant at which it is expired, or None.
        revoked_at: instant of revocation, or None.
        secret_hash: `hash_token` of an OAuth client's secret; None elsewhere.
        name: what its operator calls it, such as the integration that has it; None for none.
        last_used_at: the first use on the last day, in UTC, on which it was used; None before that.
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
    name: str | None = None
    last_used_at: datetime | None = None

    def was_used_on_the_day_of(self, at: datetime) -> bool:
        """Whether its use on the day of an instant, in UTC, is known already."""
        return self.last_used_at is not None and self.last_used_at >= day_of(at)


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A new credential with its secret, which the registry cannot produce again.

    Attributes:
        credential: the credential as the registry keeps it.
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
    name: str | None = None,
    user_id: str | None = None,
) -> IssuedCredential:
    """A credential created at `at`, with a freshly minted secret.

    A member that it acts as is a new one, unless `user_id` names one that there is. The name is
    one that `checked_name` accepts.
    """
    rules = CREDENTIAL_RULES[contract]
    form = rules.client_secret or rules.token
    secret = form.mint(mode)
    credential = Credential(
        id=new_id(at),
        workspace_id=workspace_id,
        contract=contract,
        mode=mode,
        scopes=allowed.scopes,
        role=allowed.role,
        user_id=(user_id or new_id(at)) if allowed.role else None,
        prefix=form.prefix(secret),
        api_key_id=api_key_id,
        usage_key=usage_key,
        created_at=at,
        expires_at=expires_at,
        secret_hash=hash_token(secret) if rules.client_secret else None,
        name=name,
    )
    return IssuedCredential(credential, secret)


class Refusal(StrEnum):
    """Why a credential is refused. Logs and metrics say it; the caller is never told."""

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
    """The credential and the workspace of a token, with the token's own scopes and end.

    Attributes:
        workspace: the workspace it reaches.
        credential: the credential itself, or the OAuth client an access token was issued to.
        scopes: the token's scopes; an access token can hold fewer scopes than its client.
        expires_at: when the token or its credential expires, whichever is earlier; or None.
    """

    workspace: Workspace
    credential: Credential
    scopes: tuple[str, ...]
    expires_at: datetime | None

    def refusal(self, contract: Contract, mode: Mode | None, at: datetime) -> Refusal | None:
        """Why a contract refuses the credential at an instant; None when it accepts it.

        `mode` is the mode in the token's text; None for a form that contains none.
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
