"""Clients of the fake vendors: any number of them, the same ones every time, some of them odd."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

_FIRST = datetime(2019, 3, 4, 8, 30, 0, tzinfo=UTC)
_GIVEN = ("Jane", "José", "Maria", "Ng", "Zoë", "李", "Anne-Marie", "Omar")
_FAMILY = ("Smith", "O’Brien", "van der Berg", "Núñez", "Nguyễn", "王", "Müller", "Smith-Jones")
_COMPANY = ("Acme", "Blue Harbour", "Café Central", "Müller & Söhne", "株式会社 山田", "Delta")
_PLACES = (
    ("US", "USA", "NY", "New York", "10001", "+1212555"),
    ("CA", "Canada", "ON", "Toronto", "M5V 2T6", "+1416555"),
    ("GB", "United Kingdom", "London", "London", "SW1A 1AA", "+44207946"),
    ("TR", "Turkey", "Ankara", "Ankara", "06420", "+90312555"),
)


@dataclass(frozen=True)
class Person:
    """A client of some vendor.

    Attributes:
        odd: what is odd about it; empty for most.
    """

    number: int
    given: str
    family: str
    company: str | None
    email: str
    phone: str
    code: str
    country: str
    region: str
    city: str
    postal_code: str
    street: str
    created_at: datetime
    archived: bool
    odd: str

    @property
    def name(self) -> str:
        """What the client is called."""
        return self.company or f"{self.given} {self.family}"


# One in so many clients is odd in the next of these ways.
ODD_EVERY = 20
ODDITIES = (
    "unreadable phone",
    "unknown number",
    "no such state",
    "long name",
    "country without a code",
    "no creation",
    "early creation",
    "spaces",
    "controls",
    "bad e-mail",
)
UNSTORABLE = ("surrogate", "huge", "long id", "no id")


def person(number: int, *, odd: bool = True) -> Person:
    """The client with a number, counted from 0; later ones were created later.

    Args:
        number: of the client.
        odd: whether some of them are odd; every thousandth one cannot be stored.
    """
    draw = Random(number)  # noqa: S311 - the same data every time
    code, country, region, city, postal_code, prefix = draw.choice(_PLACES)
    given, family = draw.choice(_GIVEN), draw.choice(_FAMILY)
    business = draw.random() < 0.4
    oddity = ""
    if odd and number % 1000 == 999:
        oddity = UNSTORABLE[number // 1000 % len(UNSTORABLE)]
    elif odd and number % ODD_EVERY == ODD_EVERY - 1:
        oddity = ODDITIES[number // ODD_EVERY % len(ODDITIES)]
    return Person(
        number=number,
        given=given,
        family=family,
        company=f"{draw.choice(_COMPANY)} {number}" if business else None,
        email=f"client{number}@example{draw.randrange(50)}.com",
        phone=f"{prefix}{draw.randrange(10_000):04}",
        code=code,
        country=country,
        region=region,
        city=city,
        postal_code=postal_code,
        street=f"{draw.randrange(1, 999)} Main St",
        created_at=_FIRST + timedelta(minutes=number, milliseconds=draw.randrange(1000)),
        archived=draw.random() < 0.05,
        odd=oddity,
    )


def time_text(at: datetime) -> str:
    """An instant as the vendors write it: UTC, milliseconds, `Z`."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def odd_texts(one: Person) -> dict[str, str | None]:
    """The values of an odd client, by what they are: `name`, `phone`, `region` and so on."""
    values: dict[str, dict[str, str | None]] = {
        "unreadable phone": {"phone": "ask at the desk"},
        "unknown number": {"phone": "+999555123456"},
        "no such state": {"region": "ZZ"},
        "long name": {"name": f"{one.name} " + "and partners " * 40},
        "country without a code": {"country": "XK"},
        "no creation": {"created": None},
        "early creation": {"created": "0001-01-01T00:00:00.000Z"},
        "spaces": {"name": f"  {one.name}  ", "city": ""},
        "controls": {"name": f"{one.name}\x1f\x01"},
        "bad e-mail": {"email": "nobody at all"},
        "surrogate": {"name": f"{one.name} \ud83d"},
        "huge": {"name": one.name * (400_000 // len(one.name))},
        "long id": {"id": "i" * 256},
        "no id": {"id": None},
    }
    return values.get(one.odd, {})
