"""A workspace: the company that owns clients, and the limits of its plan.

Contracts, modes, plans and roles are defined here because workspaces, credentials and requests all
refer to them. The rules are those of `docs/mapping.md`, "Common to all contracts".
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from registry.domain.errors import FieldError, Invalid
from registry.domain.identifiers import new_id
from registry.domain.immutable import dataclass, replace
from registry.domain.keys import Purpose, derive, new_secret
from registry.domain.visible import shows

DEFAULT_REGION = "US"
DEFAULT_TIMEZONE = "America/New_York"
NAME_LIMIT = 200
# A privacy notice is usually named by its address.
NOTICE_LIMIT = 2_048
_OF_CONSENT = ("controller", "notice", "purpose", "jurisdiction")


class Contract(StrEnum):
    """The published API a credential is made for; also the stage variable `contract`."""

    PAYTRUM = "paytrum"
    ATHENTY = "athenty"
    HOURSMITH = "hoursmith"
    ALTERNATIVE_PAYMENTS = "alternative_payments"
    REGISTRY = "registry"


class Mode(StrEnum):
    """Which of a workspace's two separate sets of records a credential reaches."""

    LIVE = "live"
    TEST = "test"


class Role(StrEnum):
    """The role of the member that a Hoursmith credential acts as."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    MEMBER = "member"


class Subscription(StrEnum):
    """Whether the plan is paid for; an inactive one behaves as a plan without API."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class Plan(StrEnum):
    """The plan that a workspace has bought."""

    FREE = "free"
    STARTER = "starter"
    STUDIO = "studio"
    PROFESSIONAL = "professional"
    AGENCY = "agency"
    BUSINESS = "business"
    ENTERPRISE = "enterprise"

    @property
    def has_api(self) -> bool:
        """Whether the plan includes the API at all."""
        return self not in {Plan.FREE, Plan.STARTER}


class UsagePlan(StrEnum):
    """The API Gateway usage plan that throttles a credential; the template deploys one of each."""

    STANDARD = "standard"
    BUSINESS = "business"
    ENTERPRISE = "enterprise"
    PAYMENTS = "payments"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A token bucket: `rate` requests a second, refilling a bucket that holds `burst`."""

    rate: int
    burst: int


RATE_LIMITS = {
    UsagePlan.STANDARD: RateLimit(rate=10, burst=30),
    UsagePlan.BUSINESS: RateLimit(rate=20, burst=60),
    UsagePlan.ENTERPRISE: RateLimit(rate=50, burst=100),
    UsagePlan.PAYMENTS: RateLimit(rate=5, burst=5),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractProfile:
    """The properties of a contract beside its endpoints, for the registry, template and tools.

    The forms of its credentials are in `registry.domain.credential.CREDENTIAL_RULES`.

    Attributes:
        contract: the contract of this profile.
        title: the contract's name for people, such as `Alternative Payments`.
        credential: the contract's word for a caller's credential, such as `API key`.
        headers: the request headers that may hold a credential, the documented one first. The
            authorizer's decision can be cached for a single header only.
        usage_plan: the usage plan of every credential, or None where the workspace's plan decides.
        package_name: the name of its packages where they cannot be called after the contract.
        has_vendor_ids: whether a vendor's integrations know clients by ids of the vendor's.
    """

    contract: Contract
    title: str
    credential: str
    headers: tuple[str, ...] = ("Authorization",)
    usage_plan: UsagePlan | None = None
    package_name: str | None = None
    has_vendor_ids: bool = True

    @property
    def package(self) -> str:
        """Its package in `contracts/`, its folders in `functions/`, `events/` and `tests/`."""
        return self.package_name or self.contract.value

    @property
    def base_path(self) -> str:
        """First path segment under a custom domain and on the local stack: the contract's value."""
        return self.contract.value

    @property
    def slug(self) -> str:
        """The contract in names where hyphens are usual: `alternative-payments`."""
        return self.contract.value.replace("_", "-")

    @property
    def logical_id(self) -> str:
        """Start of the names of its resources and outputs in the template."""
        return self.title.replace(" ", "")

    @property
    def docs_page(self) -> str:
        """The page that lists its endpoints, as a path in the repository."""
        return f"docs/{self.slug}.md"


CONTRACTS: Mapping[Contract, ContractProfile] = {
    profile.contract: profile
    for profile in (
        ContractProfile(contract=Contract.PAYTRUM, title="Paytrum", credential="API key"),
        ContractProfile(
            contract=Contract.ATHENTY,
            title="Athenty",
            credential="API key",
            headers=("X-Api-Key", "Authorization"),
        ),
        ContractProfile(
            contract=Contract.HOURSMITH,
            title="Hoursmith",
            credential="personal access token",
        ),
        ContractProfile(
            contract=Contract.ALTERNATIVE_PAYMENTS,
            title="Alternative Payments",
            credential="access token",
            usage_plan=UsagePlan.PAYMENTS,
        ),
        ContractProfile(
            contract=Contract.REGISTRY,
            title="Registry",
            credential="API key",
            # Beside a package `registry` of functions Lambda would not find the layer's.
            package_name="registry_api",
            has_vendor_ids=False,
        ),
    )
}


def usage_plan(contract: Contract, plan: Plan) -> UsagePlan:
    """The usage plan of a credential of this contract in a workspace with this plan.

    Plans without API are throttled like the smallest plan with it: their requests have to reach the
    endpoint, whose 402 or 403 has details that API Gateway cannot give.
    """
    fixed = CONTRACTS[contract].usage_plan
    if fixed is not None:
        return fixed
    if plan is Plan.ENTERPRISE:
        return UsagePlan.ENTERPRISE
    if plan in {Plan.AGENCY, Plan.BUSINESS}:
        return UsagePlan.BUSINESS
    return UsagePlan.STANDARD


def rate_limit(contract: Contract, plan: Plan) -> RateLimit:
    """The published limit of a credential of this contract in a workspace with this plan."""
    return RATE_LIMITS[usage_plan(contract, plan)]


@dataclass(frozen=True, slots=True)
class Workspace:
    """The tenant: every client belongs to exactly one.

    Attributes:
        id: UUIDv7.
        name: 1 to 200 characters, trimmed; at least one of them is visible.
        plan: the plan that the workspace has bought.
        subscription: whether the plan is paid for.
        region: ISO 3166-1 alpha-2; the country of phone numbers written without one.
        timezone: IANA name, or None where the workspace never chose one.
        created_at: instant of creation.
        updated_at: instant of the last change.
        controller, notice, purpose, jurisdiction: who is responsible for its clients' data, the
            privacy notice that they were shown, what the data is for, and whose law applies; texts
            for exports of consent, None where the workspace has not said.
        secret: 32 random bytes that its keys are derived from (`registry.domain.keys`); None for
            one made before workspaces had secrets, until its next change. It is never shown.
        moved_consent_key: the consent key of the workspace whose record was moved in here, so that
            the hashes of its evidence stay true; it stands in place of the one that is derived.
    """

    id: str
    name: str
    plan: Plan
    subscription: Subscription
    region: str
    timezone: str | None
    created_at: datetime
    updated_at: datetime
    controller: str | None = None
    notice: str | None = None
    purpose: str | None = None
    jurisdiction: str | None = None
    secret: bytes | None = field(default=None, repr=False)
    moved_consent_key: bytes | None = field(default=None, repr=False)

    def key(self, purpose: Purpose) -> bytes:
        """The workspace's key for a purpose; empty where it has no secret yet."""
        if purpose is Purpose.CONSENT and self.moved_consent_key is not None:
            return self.moved_consent_key
        return b"" if self.secret is None else derive(self.secret, purpose)

    def changed(  # noqa: PLR0913 - one parameter per field that can change
        self,
        *,
        at: datetime,
        name: str | None = None,
        plan: Plan | None = None,
        subscription: Subscription | None = None,
        region: str | None = None,
        timezone: str | None = None,
        controller: str | None = None,
        notice: str | None = None,
        purpose: str | None = None,
        jurisdiction: str | None = None,
    ) -> "Workspace":
        """This workspace with the given fields changed at `at`; None leaves a field as it is.

        An empty text clears what the workspace says of consent. The secret stays; a workspace
        without one gets one.

        Raises:
            Invalid: naming every value that cannot be accepted.
        """
        return _checked(
            replace(
                self,
                name=self.name if name is None else name,
                plan=plan or self.plan,
                subscription=subscription or self.subscription,
                region=self.region if region is None else region,
                timezone=self.timezone if timezone is None else timezone,
                controller=self.controller if controller is None else controller,
                notice=self.notice if notice is None else notice,
                purpose=self.purpose if purpose is None else purpose,
                jurisdiction=self.jurisdiction if jurisdiction is None else jurisdiction,
                updated_at=at,
                secret=self.secret or new_secret(),
            ),
        )


def new_workspace(
    name: str,
    plan: Plan,
    *,
    at: datetime,
    region: str = DEFAULT_REGION,
    timezone: str | None = None,
) -> Workspace:
    """A workspace created at `at`, with an active subscription and a secret of its own.

    Raises:
        Invalid: naming every value that cannot be accepted.
    """
    return _checked(
        Workspace(
            id=new_id(at),
            name=name,
            plan=plan,
            subscription=Subscription.ACTIVE,
            region=region,
            timezone=timezone,
            created_at=at,
            updated_at=at,
            secret=new_secret(),
        ),
    )


def checked_name(name: str) -> str:
    """The name of a workspace or a credential, without the spaces around it.

    Raises:
        Invalid: it is empty, too long, or has control characters.
    """
    name = name.strip()
    if not shows(name):
        raise Invalid(fields=(FieldError(("name",), "missing"),))
    if errors := _errors_of_text("name", name, NAME_LIMIT):
        raise Invalid(fields=tuple(errors))
    return name


def _checked(workspace: Workspace) -> Workspace:
    """The workspace with trimmed texts and an upper-case region.

    Raises:
        Invalid: naming every value that cannot be accepted.
    """
    # Every function imports this module, but only the operator's tools check a workspace.
    from registry.domain.places import is_country_code, is_timezone  # noqa: PLC0415

    name = workspace.name
    region = workspace.region.strip()
    of_consent: dict[str, Any] = {
        each: (getattr(workspace, each) or "").strip() or None for each in _OF_CONSENT
    }
    errors: list[FieldError] = []
    try:
        name = checked_name(name)
    except Invalid as error:
        errors += error.fields
    for field_name, text in of_consent.items():
        limit = NOTICE_LIMIT if field_name == "notice" else NAME_LIMIT
        if text is not None:
            errors += _errors_of_text(field_name, text, limit)
    if not is_country_code(region):
        errors.append(FieldError(("region",), "country"))
    if workspace.timezone is not None and not is_timezone(workspace.timezone):
        errors.append(FieldError(("timezone",), "timezone"))
    if errors:
        raise Invalid(fields=tuple(errors))
    return replace(workspace, name=name, region=region.upper(), **of_consent)


def _errors_of_text(name: str, text: str, limit: int) -> list[FieldError]:
    """What cannot be accepted of a text."""
    if len(text) > limit:
        return [FieldError((name,), "string_too_long", {"max_length": limit})]
    if any(unicodedata.category(character) == "Cc" for character in text):
        return [FieldError((name,), "control_character")]
    return []
