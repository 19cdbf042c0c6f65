"""The client record, its display name, and the usage and member types that contracts show.

The record holds the union of the four contracts' fields; each contract's `mapping` module converts
between the record and its wire models. Everything here is immutable, and nothing here depends on
HTTP or DynamoDB.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from registry.domain.immutable import dataclass


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
        typed: the text as the caller typed it.
        e164: the number in E.164, such as `+14155552671`; None where the text is not a number.
    """

    typed: str
    e164: str | None


@dataclass(frozen=True, slots=True)
class Country:
    """A country.

    Attributes:
        typed: the text as the caller typed it.
        code: ISO 3166-1 alpha-2, upper case; None where no list of countries has the text.
    """

    typed: str
    code: str | None


class Fields(TypedDict, total=False):
    """The fields of a record that a contract may write.

    A field without a key here stays unchanged; None clears it.
    """

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
        ids: the ids under which vendors know the client, by contract.
        absorbed: the ids of the clients that were merged into this one, in the order of the merges.
        absorbed_into: the client that this one was merged into. A client with it is a redirect: it
            keeps what it had, is in no list, and every request for it is one for the other client.
        erased_at: when the person was erased. A client with it is a tombstone: it keeps its id, its
            version and the end of its ledger, and is nothing to any caller.
        changed_by: who made the last change, as `Author.packed` writes it; None for a change of
            before authors were kept.
        name: the display name as a caller wrote it; contracts show `display_name`.
        region: state, province or other part of the country, as a code or as typed.
        default_rate: money per hour as decimal text, such as `100.50`; never a float.
        default_tax_rate: percent as decimal text.
        email_consent, sms_consent: whether consent is on file for the present address or number.
        metadata: the caller's own JSON object as text, with its keys in order and its numbers as
            the caller wrote them.
        claims_external_id: whether the record has a claim on its external id, so that no other
            record can claim it.
        evidence_count: how many entries of evidence its consents have left.
        ledger_head: the hash of the last entry of evidence; None where none has a hash.
    """

    id: str
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    absorbed: tuple[str, ...] = ()
    absorbed_into: str | None = None
    erased_at: datetime | None = None
    changed_by: str | None = None
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
    ledger_head: str | None = None
    timezone: str | None = None
    notes: str | None = None
    metadata: str | None = None
    request_count: int = 0
    default_payment_method_id: str | None = None
    integration_id: str | None = None

    @property
    def display_name(self) -> str | None:
        """The written name, else the company, else the person's name, else the legal name.

        An e-mail address or an external id is never used as a name.
        """
        return self.name or self.company or self.person_name or self.legal_name

    @property
    def person_name(self) -> str | None:
        """First and last name joined by a space; None where the client has neither."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or None

    @property
    def shown_usage_type(self) -> UsageType:
        """The written usage type; without one, commercial for a business, else consumer."""
        if self.usage_type is not None:
            return self.usage_type
        business = self.member_type is MemberType.BUSINESS or (
            self.member_type is None and self._company_alone
        )
        return UsageType.COMMERCIAL if business else UsageType.CONSUMER

    @property
    def shown_member_type(self) -> MemberType:
        """The written member type; without one, business for commercial use or a company."""
        if self.member_type is not None:
            return self.member_type
        business = self.usage_type is UsageType.COMMERCIAL or self._company_alone
        return MemberType.BUSINESS if business else MemberType.INDIVIDUAL

    @property
    def _company_alone(self) -> bool:
        """Whether the client has a company and no person's name, as a business has."""
        return self.company is not None and self.person_name is None

    @property
    def live(self) -> bool:
        """Whether callers may see and change the record: it is no redirect and no tombstone."""
        return self.absorbed_into is None and self.erased_at is None

    @property
    def archived(self) -> bool:
        """Whether the record is archived: out of use, never destroyed."""
        return self.archived_at is not None

    def contact_point(self, channel: Channel) -> str | None:
        """The e-mail address, or the phone number in E.164, that the channel's consent is about.

        None also for a phone whose text is not a number, because no message can be sent to it.
        """
        if channel is Channel.EMAIL:
            return self.email
        return self.phone.e164 if self.phone is not None else None

    def consents(self, channel: Channel) -> bool:
        """Whether consent for the channel is on file."""
        return self.email_consent if channel is Channel.EMAIL else self.sms_consent
