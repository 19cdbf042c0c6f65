"""The principal of a request: its credential and workspace, from the authorizer's context."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from registry.domain.change import Author
from registry.domain.errors import BadRequest
from registry.domain.identifiers import now, parse_instant
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.domain.workspace import DEFAULT_TIMEZONE, Contract, Mode, Plan, Subscription

_ALWAYS = frozenset(
    {
        "workspaceId",
        "workspaceName",
        "region",
        "plan",
        "subscription",
        "credentialId",
        "contract",
        "mode",
    }
)
# A member of an enumeration is found in a dictionary in a tenth of the time that its class takes.
_PLANS = {plan.value: plan for plan in Plan}
_SUBSCRIPTIONS = {subscription.value: subscription for subscription in Subscription}
_CONTRACTS = {contract.value: contract for contract in Contract}
_MODES = {mode.value: mode for mode in Mode}
_NAMES = _ALWAYS | {"timezone", "userId", "role", "scopes", "tokenPrefix", "expiresAt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A credential and its workspace, as the authorizer found them.

    Attributes:
        region: ISO 3166-1 alpha-2, assumed for phone numbers without a country code.
        timezone: the workspace's zone, IANA.
        role: of the member a Hoursmith token acts as; empty for other contracts.
        token_prefix: the public part of the token.
        expires_at: the end of the credential; None for none.
        request_id: API Gateway's id of the request; None where the event has none.
        consent_key, cursor_key: keys of the workspace (`registry.domain.keys`); empty where it has
            no secret yet. Nothing shows or logs them.
    """

    workspace_id: str
    workspace_name: str
    region: str
    timezone: str
    plan: Plan
    subscription: Subscription
    credential_id: str
    user_id: str
    contract: Contract
    mode: Mode
    role: str
    scopes: frozenset[str]
    token_prefix: str
    expires_at: datetime | None
    request_id: str | None
    consent_key: bytes = field(repr=False)
    cursor_key: bytes = field(repr=False)

    @property
    def tenant(self) -> Tenant:
        """The tenant whose records the caller reaches."""
        return Tenant(self.workspace_id, self.mode)

    def author(self) -> Author:
        """The caller as the author of a change made now."""
        return Author(
            self.credential_id,
            now(),
            self.contract,
            self.request_id,
            consent_key=self.consent_key,
        )


def principal(context: Mapping[str, Any], request_id: str | None = None) -> Principal:
    """The principal in the authorizer context of an API Gateway event, for one request.

    Raises:
        BadRequest: no authorizer of the registry makes such a context.
        KeyError: the authorizer that made it knows a plan, a mode or the like that is not known
            here.
    """
    if not (context.keys() >= _ALWAYS and _are_texts(context)):
        raise BadRequest("The request did not come through the API.")
    return Principal(
        workspace_id=context["workspaceId"],
        workspace_name=context["workspaceName"],
        region=context["region"],
        timezone=context.get("timezone") or DEFAULT_TIMEZONE,
        plan=_PLANS[context["plan"]],
        subscription=_SUBSCRIPTIONS[context["subscription"]],
        credential_id=context["credentialId"],
        user_id=context.get("userId", ""),
        contract=_CONTRACTS[context["contract"]],
        mode=_MODES[context["mode"]],
        role=context.get("role", ""),
        scopes=frozenset(context.get("scopes", "").split()),
        token_prefix=context.get("tokenPrefix", ""),
        expires_at=parse_instant(context["expiresAt"]) if context.get("expiresAt") else None,
        request_id=request_id,
        consent_key=bytes.fromhex(context.get("consentKey", "")),
        cursor_key=bytes.fromhex(context.get("cursorKey", "")),
    )


def _are_texts(context: Mapping[str, Any]) -> bool:
    """Whether all values that are read are texts."""
    try:
        "".join(map(context.__getitem__, _NAMES & context.keys()))  # refuses all but texts
    except TypeError:
        return False
    return True
