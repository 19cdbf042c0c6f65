"""What an object of a vendor means to the record, for clients that move in from its API.

A contract's `vendor` module reads the object, and says with these types what it found. What a
vendor shows is taken as it is, since its own integrations rely on it: a value that the contract's
rules would refuse of a caller is kept as typed, with a warning. Only what cannot be stored is
refused.

Source: `docs/moving-in.md`, "What a vendor shows is taken as it is".
"""

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime, time
from typing import cast

from registry.domain.client import Channel, Client, Country, Fields, Phone
from registry.domain.immutable import dataclass
from registry.domain.instants import read_iso_8601
from registry.domain.payment_method import PaymentMethodType
from registry.domain.phone import is_valid_e164, read_phone
from registry.domain.places import country

MAX_OBJECT_BYTES = 300 * 1024

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""The first instant of a UUIDv7, which is what ids are."""
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)

_E164 = re.compile(r"\+[1-9][0-9]{1,14}", re.ASCII)
_ALPHA_2 = re.compile(r"[A-Z]{2}")
# Years of more than four digits, as ECMA-262 writes them.
_LONG_YEAR = re.compile(r"([+-]?)[0-9]{5,}-[0-9]{2}-[0-9]{2}(?:[Tt].*)?", re.ASCII)


Fact = str | bool | int | Phone | Country | None
Facts = Mapping[str, Fact]
"""What a vendor says of a client, by the record's names; a name without a value is not said."""


def consent_name(channel: Channel) -> str:
    """The record's name of a channel's consent."""
    return f"{channel}_consent"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say about a member of an object, as a warning or as a reason to refuse it.

    Attributes:
        field: the member's wire name, dotted where it is nested; empty for the object as a whole.
        code: a stable name, listed in `docs/moving-in.md`, "Codes".
    """

    field: str
    code: str


class Refused(Exception):
    """The object cannot be stored.

    Attributes:
        errors: why not; all reasons at once.
        vendor_id: the object's id, where it has one that can be printed.
    """

    def __init__(self, errors: tuple[Remark, ...], vendor_id: str | None = None) -> None:
        super().__init__(", ".join(f"{error.field}: {error.code}" for error in errors))
        self.errors = errors
        self.vendor_id = vendor_id


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorClient:
    """A client as its vendor shows it.

    Attributes:
        vendor_id: the vendor's id of it, at most 255 bytes.
        fields: the fields of the record that the object names; a field without a key here is one
            that the object does not speak of.
        created_at, updated_at: the vendor's instants, to the millisecond; None where the object has
            none that can be read. Not every contract shows when a client was changed.
        archived: whether the client is out of use; None where the object does not say.
        archived_at: since when; None where the object does not say.
        consents: the consent that is on file per channel, for the contracts that show it.
        claims_external_id: whether no other client of the contract may have the external id.
        request_count, integration_id: what the vendor counts and names; None where it says nothing.
        warnings: what is odd about the object.
    """

    vendor_id: str
    fields: Fields
    created_at: datetime | None = None
    updated_at: datetime | None = None
    archived: bool | None = None
    archived_at: datetime | None = None
    consents: Mapping[Channel, bool] = field(default_factory=dict)
    claims_external_id: bool = False
    request_count: int | None = None
    integration_id: str | None = None
    warnings: tuple[Remark, ...] = ()

    def as_client(self, client_id: str, created_at: datetime) -> Client:
        """The record of a new client: version 1, with everything that its vendor shows of it.

        Args:
            client_id: the registry's id of it.
            created_at: the instant in that id: the vendor's, where it has one.
        """
        updated_at = self.updated_at or created_at
        return Client(
            id=client_id,
            version=1,
            created_at=created_at,
            updated_at=updated_at,
            archived_at=(self.archived_at or updated_at) if self.archived else None,
            claims_external_id=self.claims_external_id,
            email_consent=self.consents.get(Channel.EMAIL, False),
            sms_consent=self.consents.get(Channel.SMS, False),
            evidence_count=len(self.granted),
            request_count=self.request_count or 0,
            integration_id=self.integration_id,
            **self.fields,
        )

    @property
    def facts(self) -> Facts:
        """What the object says of the client, by the record's names.

        `archived` stands for the instant of archiving, and `email_consent` and `sms_consent` are
        there where the contract shows consent.
        """
        found = cast("dict[str, Fact]", dict(self.fields))
        for channel, granted in self.consents.items():
            found[consent_name(channel)] = granted
        for name in ("archived", "request_count", "integration_id"):
            if (value := getattr(self, name)) is not None:
                found[name] = value
        return found

    @property
    def granted(self) -> tuple[Channel, ...]:
        """The channels whose consent leaves an entry of evidence.

        A consent on file for no address or number is shown as the vendor shows it. There is nothing
        that its evidence could be about.
        """
        phone = self.fields.get("phone")
        contact_points = {
            Channel.EMAIL: self.fields.get("email"),
            Channel.SMS: phone.e164 if phone else None,
        }
        return tuple(
            channel
            for channel in Channel
            if self.consents.get(channel) and contact_points[channel] is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorUser:
    """A user of a customer as the vendor shows it; the attributes are those of `VendorClient`."""

    vendor_id: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    created_at: datetime | None = None
    warnings: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorPaymentMethod:
    """A payment method of a customer as the vendor shows it: for display, without a token.

    A vendor never shows the processor's token, so nothing can be charged with it here.
    """

    vendor_id: str
    type: PaymentMethodType
    brand: str | None = None
    bank_name: str | None = None
    last4: str | None = None
    exp_month: int | None = None
    exp_year: int | None = None
    holder_name: str | None = None
    is_default: bool = False
    created_at: datetime | None = None
    warnings: tuple[Remark, ...] = ()


def phone_as_shown(text: str, place: Country | None, region: str) -> Phone:
    """The number in a text that a vendor shows.

    A text in the form of E.164 is the number, whether a numbering plan that is known here has it or
    not: the vendor normalised it. Another text is read as a caller's would be.

    Args:
        text: as the vendor shows it.
        place: the client's country.
        region: of the workspace, ISO 3166-1 alpha-2, for a client without a country.
    """
    return Phone(text, text) if is_e164(text) else read_phone(text, place, region)


def is_e164(text: str) -> bool:
    """Whether a text has the form of E.164: a plus sign and 2 to 15 digits, no zero first."""
    return _E164.fullmatch(text) is not None


def is_unknown_number(text: str) -> bool:
    """Whether a text has the form of E.164, and no numbering plan that is known here has it."""
    return is_e164(text) and not is_valid_e164(text)


def country_as_shown(text: str) -> Country:
    """The country in a text that stands where a vendor shows a code.

    Two capital letters are the code, also where no list that is known here has it.
    """
    return Country(text, text) if _ALPHA_2.fullmatch(text) else country(text)


def instant_as_shown(text: str) -> tuple[datetime | None, str | None]:
    """The instant that a vendor shows, cut to milliseconds, and the code of a warning or None.

    An instant outside the years 1970 to 9999 is the nearer end. The instant is None where the text
    is no ISO 8601 time or date.
    """
    if far := _LONG_YEAR.fullmatch(text):
        return (EARLIEST if far[1] == "-" else LATEST), "instant_range"
    try:
        at = read_iso_8601(text, time.min)
    except ValueError:
        return None, "instant"
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    within = min(max(at, EARLIEST), LATEST)
    return within, None if within == at else "instant_range"
