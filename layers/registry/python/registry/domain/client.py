"""What a client is: one record, its display name, what it is shown as.

The record holds the union of what the four contracts know; the mapping to each is that contract's
own module. Nothing here is mutable and nothing here knows HTTP or DynamoDB.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypedDict


class UsageType(StrEnum):
    """Whether the client buys as a consumer or commercially: a legal classification."""

    CONSUMER = "consumer"
    COMMERCIAL = "commercial"


class MemberType(StrEnum):
    """Whether the client is a person or a business."""

    INDIVIDUAL = "individual"
    BUSINESS = "business"


class Channel(StrEnum):
    """A way to reach a client that needs consent."""

    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number.

    Attributes:
        typed: as it was sent.
        e164: the same in E.164, such as `+14155552671`; None where it cannot be read as a number.
    """

    typed: str
    e164: str | None


@dataclass(frozen=True, slots=True)
class Country:
    """A country.

    Attributes:
        typed: as it was sent.
        code: ISO 3166-1 alpha-2, upper case; None where no list knows it.
    """

    typed: str
    code: str | None


class Fields(TypedDict, total=False):
    """What a contract may write of a record. A name left out is left unchanged; None clears."""

    name: str | None
    first_name: str | None
    last_name: str | None
    company: str | None
    contact_name: str | None
    legal_name: str | None
    email: str | None
    phone: Phone | None
    website: str | None
    external_id: str | None
    usage_type: UsageType | None
    member_type: MemberType | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: Country | None
    billing_address: str | None
    ein: str | None
    tax_number: str | None
    currency: str | None
    default_rate: str | None
    default_tax_rate: str | None
    payment_terms: str | None
    require_po_number: bool
    billing_email: str | None
    timezone: str | None
    notes: str | None
    metadata: str | None
    default_payment_method_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One client.

    Attributes:
        id: UUIDv7; its time part is `created_at`.
        version: 1 at creation, one more with every change.
        name: the display name as it was written; see `display_name` for what to show.
        region: state, province or other part of the country, as a code or as typed.
        default_rate: money per hour as decimal text, such as `100.50`; never a float.
        default_tax_rate: percent as decimal text.
        email_consent, sms_consent: whether consent is on file for the present address or number.
        metadata: the caller's own JSON object as text: its keys in order, its numbers as sent.
        claims_external_id: the external id is claimed for this record alone (see the store).
        evidence_count: how many entries of evidence its consents have left.
    """

    id: str
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    contact_name: str | None = None
    legal_name: str | None = None
    email: str | None = None
    phone: Phone | None = None
    website: str | None = None
    external_id: str | None = None
    claims_external_id: bool = False
    usage_type: UsageType | None = None
    member_type: MemberType | None = None
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: Country | None = None
    billing_address: str | None = None
    ein: str | None = None
    tax_number: str | None = None
    currency: str | None = None
    default_rate: str | None = None
    default_tax_rate: str | None = None
    payment_terms: str | None = None
    require_po_number: bool = False
    billing_email: str | None = None
    email_consent: bool = False
    sms_consent: bool = False
    evidence_count: int = 0
    timezone: str | None = None
    notes: str | None = None
    metadata: str | None = None
    request_count: int = 0
    default_payment_method_id: str | None = None
    integration_id: str | None = None

    @property
    def display_name(self) -> str | None:
        """The first there is of name as written, company, person names joined, and legal name.

        An e-mail address or an external id is no name.
        """
        return self.name or self.company or self.person_name or self.legal_name

    @property
    def person_name(self) -> str | None:
        """First and last name joined; None without both."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or None

    @property
    def shown_usage_type(self) -> UsageType:
        """The usage type as written; where none was, commercial for a business."""
        if self.usage_type is not None:
            return self.usage_type
        business = self.member_type is MemberType.BUSINESS or (
            self.member_type is None and self._company_alone
        )
        return UsageType.COMMERCIAL if business else UsageType.CONSUMER

    @property
    def shown_member_type(self) -> MemberType:
        """The member type as written; where none was, business for commercial use or a company."""
        if self.member_type is not None:
            return self.member_type
        business = self.usage_type is UsageType.COMMERCIAL or self._company_alone
        return MemberType.BUSINESS if business else MemberType.INDIVIDUAL

    @property
    def _company_alone(self) -> bool:
        return self.company is not None and self.person_name is None

    @property
    def archived(self) -> bool:
        """Whether the record is archived: out of use, never destroyed."""
        return self.archived_at is not None

    def contact_point(self, channel: Channel) -> str | None:
        """What consent of this channel is about: the e-mail address, or the phone in E.164.

        None for a phone that cannot be read as a number, too: there is nothing to call.
        """
        if channel is Channel.EMAIL:
            return self.email
        return self.phone.e164 if self.phone is not None else None

    def consents(self, channel: Channel) -> bool:
        """Whether consent for the channel is on file."""
        return self.email_consent if channel is Channel.EMAIL else self.sms_consent
