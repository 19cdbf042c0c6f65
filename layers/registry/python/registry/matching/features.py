"""What of a client is compared with others, each value in the form in which it is compared."""

from collections.abc import Mapping

from registry.domain.client import Client, MemberType, Phone, UsageType
from registry.domain.email_address import email_key
from registry.domain.immutable import dataclass
from registry.domain.look_up import tax_id_look_up
from registry.matching.names import generation, organisation_words, person_words, words
from registry.matching.streets import house_number, streets

_DIGITS = frozenset("0123456789")
_FEWEST_DIGITS, _MOST_TYPED = 7, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What of a client is compared; None or empty where the client has no such value.

    Two clients with equal features are compared with all others alike.

    Attributes:
        given, surname: of a person, without spaces.
        generation: what tells a person from a parent of the same name.
        organisations: the words of each name of an organisation, sorted.
        full_name: the words of the name it is shown under, sorted.
        house: the house number.
        streets: what the lines of the address may name as street.
        city, region, postal_code, country: of the address.
        email: as it is looked up.
        phone: in E.164; the digits of a text that is no number of any country, where there are as
            many as a number without its area code has.
        tax_ids: EIN and tax number, as they are looked up.
        external_id: as written.
        ids: the ids of vendors, by contract.
        member_type: who the client was said to be; None where nobody said it.
        archived: whether the client is archived.
        absorbed: the ids of the clients that were merged into it.
    """

    given: str | None = None
    surname: str | None = None
    generation: str | None = None
    organisations: tuple[tuple[str, ...], ...] = ()
    full_name: tuple[str, ...] = ()
    house: str | None = None
    streets: tuple[str, ...] = ()
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None
    tax_ids: frozenset[str] = frozenset()
    external_id: str | None = None
    ids: Mapping[str, str]
    member_type: MemberType | None = None
    archived: bool = False
    absorbed: tuple[str, ...] = ()

    @property
    def is_person(self) -> bool:
        """Whether the client has the name of a person."""
        return self.given is not None or self.surname is not None


def features_of(client: Client) -> Features:
    """What of a client is compared."""
    member_type = _stated_member_type(client)
    first, last = client.first_name, client.last_name
    named = client.name
    if not (first or last) and named is not None and member_type is MemberType.INDIVIDUAL:
        first, last = _split(named)
    is_person = bool(person_words(first) or person_words(last))
    organisations = [client.company, client.legal_name, None if is_person else named]
    lines = client.line1, client.line2
    return Features(
        given="".join(person_words(first)) or None,
        surname="".join(person_words(last)) or None,
        generation=_generation(client, member_type),
        organisations=tuple(
            sorted(
                {found for text in organisations if text and (found := organisation_words(text))}
            )
        ),
        full_name=tuple(sorted(person_words(client.display_name))),
        house=house_number(lines),
        streets=streets(lines),
        city="".join(words(client.city)) or None,
        region="".join(words(client.region)) or None,
        postal_code="".join(words(client.postal_code)) or None,
        country=client.country.code if client.country is not None else None,
        email=email_key(client.email) if client.email is not None else None,
        phone=_phone(client.phone) if client.phone is not None else None,
        tax_ids=frozenset(
            tax_id_look_up(text).value for text in (client.ein, client.tax_number) if text
        ),
        external_id=client.external_id,
        ids=dict(client.ids),
        member_type=member_type,
        archived=client.archived,
        absorbed=client.absorbed,
    )


def _stated_member_type(client: Client) -> MemberType | None:
    """Whether the client was said to be a person or a business, by its member or usage type."""
    if client.member_type is not None or client.usage_type is None:
        return client.member_type
    consumer = client.usage_type is UsageType.CONSUMER
    return MemberType.INDIVIDUAL if consumer else MemberType.BUSINESS


def _generation(client: Client, member_type: MemberType | None) -> str | None:
    """What tells a person from a parent of the same name, wherever the person's name is written."""
    if member_type is MemberType.BUSINESS:
        return None
    return generation(client.person_name or client.name)


def _phone(phone: Phone) -> str | None:
    """The number, or the digits of what was typed in its place."""
    if phone.e164 is not None:
        return phone.e164
    digits = "".join(each for each in phone.typed[:_MOST_TYPED] if each in _DIGITS)
    return digits if len(digits) >= _FEWEST_DIGITS else None


def _split(name: str) -> tuple[str | None, str | None]:
    """The first and the last name in the name of a person: `Smith, John` has the last one first."""
    last, comma, first = name.partition(",")
    if comma and person_words(first):
        return first, last
    first, space, last = name.strip().rpartition(" ")
    while last and space and not person_words(last):
        first, space, last = first.rstrip().rpartition(" ")
    return (first, last) if first else (None, last or None)
