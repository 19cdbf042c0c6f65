"""The clients of a company that has accounts at two vendors, some of them at both, with the truth.

Which rows of the two vendors are one client is known. What is entered twice differs as it does in
practice: spelling, nicknames, legal forms, formats of phone numbers, abbreviations in addresses,
fields left empty, a new address. Other clients resemble each other and are not the same: families
in one house with one telephone, a parent and child of the same name, branches of one firm, two
persons who happen to have the same name.
"""

# ruff: noqa: SIM905 - words are read more easily as a text
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.vendors.people import time_text
from tests.vendors.server import Row

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST = datetime(2019, 3, 4, 8, 30, tzinfo=UTC)
_GIVEN = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara "
    "Richard Susan Joseph Jessica Thomas Sarah Christopher Karen Daniel Lisa Matthew Nancy "
    "Anthony Betty Mark Sandra Donald Ashley Steven Emily Andrew Donna Paul Michelle Joshua Carol "
    "Kenneth Amanda Kevin Melissa Brian Deborah Edward Stephanie Ronald Rebecca Jason Sharon "
    "Jeffrey Cynthia Ryan Kathleen Jacob Amy Gary Angela Nicholas "
    "Shirley Zoë José Anne-Marie Omar Nguyen Ingrid"
).split()
_NICKNAMES = {
    "James": "Jim",
    "Robert": "Bob",
    "Jennifer": "Jen",
    "Michael": "Mike",
    "Elizabeth": "Liz",
    "William": "Bill",
    "Richard": "Rick",
    "Joseph": "Joe",
    "Thomas": "Tom",
    "Christopher": "Chris",
    "Daniel": "Dan",
    "Matthew": "Matt",
    "Steven": "Steve",
    "Andrew": "Andy",
    "Edward": "Ed",
    "Rebecca": "Becky",
}
_FAMILY = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez "
    "Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris "
    "Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill "
    "Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips "
    "Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers "
    "Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson "
    "Watson Brooks Chavez Wood Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders "
    "Patel Myers Long Ross Foster O'Brien Núñez Müller Smith-Jones Schneider Kowalski Petrov"
).split()
_FIRM = (
    "Blue Harbour|North Star|Acme|Delta|Silver Creek|Golden Gate|Summit|Evergreen|Redwood|Pioneer|"
    "Liberty|Atlas|Keystone|Cascade|Beacon|Granite|Maple Leaf|Riverside|Lakeview|Prairie|Sunrise|"
    "Ironwood|Cedar Point|Stonebridge|Westfield|Harborview|Oak Hill|Clearwater|Eagle|Falcon|"
    "Phoenix|Apex|Vertex|Zenith|Horizon|Meridian|Polaris|Quantum|Vanguard|Heritage"
).split("|")
_TRADE = (
    "Plumbing|Electric|Roofing|Landscaping|Dental|Veterinary Clinic|Consulting|Accounting|"
    "Logistics|Bakery|Coffee|Brewing|Catering|Fitness|Software|Design|Printing|Auto Repair|"
    "Construction|Flooring|Windows|Cleaning Services|Security|Photography|Insurance|Realty|"
    "Law Group|Partners|Manufacturing|Supply|Tools|Textiles|Foods|Media|Robotics"
).split("|")
_FORMS = ("Inc", "LLC", "Corp", "Ltd", "Co")
_LONG_FORMS = {
    "Inc": "Incorporated",
    "Corp": "Corporation",
    "Ltd": "Limited",
    "Co": "Company",
    "LLC": "L.L.C.",
}
_STREETS = (
    "Main Oak Pine Maple Cedar Elm View Washington Lake Hill Park Walnut Spring North Ridge "
    "Church Willow Mill Sunset Railroad Jackson Cherry Highland Lincoln Forest River Meadow Broad "
    "Chestnut Franklin Adams Center Prospect Locust Spruce Dogwood Hickory Laurel Magnolia Poplar"
).split()
_KINDS = (("Street", "St"), ("Avenue", "Ave"), ("Road", "Rd"), ("Drive", "Dr"), ("Lane", "Ln"))
_PLACES = (
    ("NY", "New York", "100", "212"),
    ("NY", "Albany", "122", "518"),
    ("CA", "Los Angeles", "900", "213"),
    ("CA", "San Diego", "921", "619"),
    ("CA", "Sacramento", "958", "916"),
    ("TX", "Austin", "787", "512"),
    ("TX", "Houston", "770", "713"),
    ("IL", "Chicago", "606", "312"),
    ("WA", "Seattle", "981", "206"),
    ("MA", "Boston", "021", "617"),
    ("CO", "Denver", "802", "303"),
    ("GA", "Atlanta", "303", "404"),
)
_MAILERS = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Truth:
    """A client as it is in truth; two rows with the same number are the same client."""

    number: int
    given: str | None
    family: str | None
    suffix: str | None
    firm: str | None
    form: str | None
    email: str | None
    digits: str | None
    house: str | None
    street: str
    kind: tuple[str, str]
    city: str
    region: str
    postal_code: str | None
    tax_number: str | None


@dataclass(frozen=True)
class Company:
    """The rows of the two vendors, oldest first, and which client each of their ids is."""

    paytrum: list[Row]
    athenty: list[Row]
    truth: dict[str, int]
    both: int


def company(count: int, overlap: float, seed: int = 16) -> Company:
    """A company of so many clients, of whom a share is at both vendors and the others at one.

    Args:
        count: of clients.
        overlap: the share of clients at both.
        seed: of everything that is drawn.
    """
    draw = Random(seed)  # noqa: S311 - the same data every time
    clients = _clients(count, draw)
    both = round(count * overlap)
    order = list(range(count))
    draw.shuffle(order)
    alone = order[both:]
    at_paytrum = sorted(order[:both] + alone[::2])
    at_athenty = sorted(order[:both] + alone[1::2])
    shared = set(order[:both])
    paytrum = [_paytrum(clients[number], draw) for number in at_paytrum]
    athenty = [
        _athenty(
            _entered_again(clients[number], draw) if number in shared else clients[number], draw
        )
        for number in at_athenty
    ]
    truth = {
        row["id"]: number
        for rows, numbers in ((paytrum, at_paytrum), (athenty, at_athenty))
        for row, number in zip(rows, numbers, strict=True)
    }
    return Company(paytrum, athenty, truth, both)


def _clients(count: int, draw: Random) -> list[Truth]:
    """Clients, every tenth of which resembles the one before it and is another one."""
    clients: list[Truth] = []
    taken: set[str] = set()
    while len(clients) < count:
        number = len(clients)
        if clients and number % 10 == 9:
            one = _resembling(clients[-1], number, draw)
        else:
            one = _person(number, draw) if draw.random() < 0.6 else _firm(number, draw)
        # Nobody has another one's mailbox.
        if one.email is None or one.email not in taken:
            clients.append(one)
            taken.add(one.email or "")
    return clients


def _person(number: int, draw: Random) -> Truth:
    given, family = draw.choice(_GIVEN), draw.choice(_FAMILY)
    user = draw.choice(
        (f"{given}.{family}", f"{given[0]}{family}", f"{given}{draw.randrange(100)}")
    )
    email = f"{_ascii(user)}{draw.randrange(10)}@{draw.choice(_MAILERS)}"
    return _placed(number, draw, given=given, family=family, email=email)


def _firm(number: int, draw: Random) -> Truth:
    firm = f"{draw.choice(_FIRM)} {draw.choice(_TRADE)}"
    domain = f"{_ascii(firm)}{draw.randrange(100)}.example.com"
    email = f"{draw.choice(('info', 'billing', 'office', 'hello'))}@{domain}"
    tax_number = f"{draw.randrange(10, 99)}-{draw.randrange(10**7):07}"
    return _placed(
        number, draw, firm=firm, form=draw.choice(_FORMS), email=email, tax_number=tax_number
    )


def _placed(number: int, draw: Random, **names: str) -> Truth:
    """A client with an address and a telephone."""
    region, city, prefix, area = draw.choice(_PLACES)
    parts = dict.fromkeys(("given", "family", "suffix", "firm", "form", "tax_number")) | names
    return Truth(
        number=number,
        digits=f"{area}{draw.randrange(200, 999)}{draw.randrange(10_000):04}",
        house=str(draw.randrange(1, 4_000)),
        street=draw.choice(_STREETS),
        kind=draw.choice(_KINDS),
        city=city,
        region=region,
        postal_code=f"{prefix}{draw.randrange(20):02}",
        **parts,
    )


def _resembling(one: Truth, number: int, draw: Random) -> Truth:
    """Another client that has much in common with one."""
    if one.firm is not None:
        # A branch at another place, with an inbox of its own.
        moved = _placed(
            number, draw, firm=one.firm, form=one.form or "Inc", email=f"{number}-{one.email}"
        )
        return replace(moved, tax_number=None, digits=one.digits if number % 3 else moved.digits)
    if number % 4 == 1:
        return replace(one, number=number, suffix="Jr", email=None)
    if number % 4 == 3:
        # The same name, by chance.
        return replace(_person(number, draw), given=one.given, family=one.family)
    given = draw.choice([name for name in _GIVEN if name != one.given])
    email = f"{_ascii(given)}.{_ascii(one.family or '')}{number}@{draw.choice(_MAILERS)}"
    return replace(one, number=number, given=given, email=email)


def _entered_again(one: Truth, draw: Random) -> Truth:
    """A client as somebody else entered it: each change with a chance of its own."""
    changes: tuple[tuple[float, Callable[[Truth], Truth]], ...] = (
        (0.08, lambda at: replace(at, given=at.given and _slip(at.given, draw))),
        (0.08, lambda at: replace(at, family=at.family and _slip(at.family, draw))),
        (0.15, lambda at: replace(at, given=_NICKNAMES.get(at.given or "", at.given))),
        (0.10, lambda at: replace(at, firm=at.firm and _slip(at.firm, draw))),
        (0.40, lambda at: replace(at, form=_LONG_FORMS.get(at.form or "", at.form))),
        (0.25, lambda at: replace(at, form=None)),
        (0.15, lambda at: replace(at, email=None)),
        (0.10, lambda at: replace(at, email=_another_address(at, draw))),
        (0.05, lambda at: replace(at, email=at.email and _slip(at.email, draw))),
        (0.15, lambda at: replace(at, digits=None)),
        (0.10, lambda at: replace(at, digits=_placed(at.number, draw, email="").digits)),
        (0.50, lambda at: replace(at, kind=(at.kind[1], at.kind[1]))),
        (0.10, lambda at: replace(at, house=None, street="")),
        (0.10, lambda at: replace(at, postal_code=None)),
        (0.06, lambda at: replace(at, street=_slip(at.street, draw) if at.street else "")),
        (0.08, lambda at: _moved(at, draw)),
        (0.60, lambda at: replace(at, tax_number=None)),
    )
    for chance, change in changes:
        if draw.random() < chance:
            one = change(one)
    return one


def _another_address(one: Truth, draw: Random) -> str | None:
    """Another e-mail address of the same client."""
    if one.email is None:
        return None
    user, _, domain = one.email.partition("@")
    if one.firm is not None:
        return f"{draw.choice(('accounts', 'contact', 'sales'))}@{domain}"
    return f"{user}@{draw.choice(_MAILERS)}"


def _moved(one: Truth, draw: Random) -> Truth:
    """The same client at a new address."""
    new = _placed(one.number, draw, email="")
    return replace(
        one,
        house=new.house,
        street=new.street,
        kind=new.kind,
        city=new.city,
        region=new.region,
        postal_code=new.postal_code,
    )


def _slip(text: str, draw: Random) -> str:
    """A text with one slip of typing: a letter more, less, another one, or two swapped."""
    at = draw.randrange(1, max(2, len(text) - 1))
    letter = draw.choice(_LETTERS)
    return draw.choice(
        (
            text[:at] + letter + text[at:],
            text[:at] + text[at + 1 :],
            text[:at] + letter + text[at + 1 :],
            text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
        )
    )


def _ascii(text: str) -> str:
    return "".join(each for each in text.lower() if each in _LETTERS or each == ".")


def _line1(one: Truth) -> str | None:
    if one.house is None:
        return None
    return f"{one.house} {one.street} {one.kind[0]}"


def _paytrum(one: Truth, draw: Random) -> Row:
    """The row in Paytrum, where a person has one name and a number is in E.164."""
    at = _created(one, draw)
    person = " ".join(part for part in (one.given, one.family, one.suffix) if part)
    firm = " ".join(part for part in (one.firm, one.form) if part)
    return Row(
        {
            "object": "client",
            "id": f"{0x77F1A2B3C4D5E6F7A8B9C0D1 + one.number * 7919:024x}",
            "name": firm or person,
            "company": firm or None,
            "email": one.email,
            "phone": one.digits and f"+1{one.digits}",
            "usageType": "commercial" if firm else "consumer",
            "status": "active",
            "address": {
                "line1": _line1(one),
                "line2": None,
                "city": one.city,
                "state": one.region,
                "postalCode": one.postal_code,
                "country": "US",
            },
            "timezone": "America/New_York",
            "notes": None,
            "emailConsent": one.email is not None and one.number % 3 == 0,
            "smsConsent": False,
            "createdAt": time_text(at),
            "updatedAt": time_text(at),
        }
    )


def _athenty(one: Truth, draw: Random) -> Row:
    """The row in Athenty, where a person has two names and a number is as somebody typed it."""
    at = _created(one, draw)
    firm = " ".join(part for part in (one.firm, one.form) if part)
    family = " ".join(part for part in (one.family, one.suffix) if part)
    return Row(
        {
            "id": f"clt_{one.number + 0x10000:08x}",
            "orgId": "org_fake",
            "nameFirst": one.given,
            "nameLast": family or None,
            "businessName": firm or None,
            "email": one.email.upper() if one.email and draw.random() < 0.1 else one.email,
            "phone": one.digits and _typed(one.digits, draw),
            "externalId": f"crm-{one.number}" if one.number % 5 == 0 else None,
            "memberType": "business" if firm else "individual",
            "addressLine1": _line1(one),
            "addressLine2": None,
            "city": one.city,
            "region": one.region,
            "postalCode": one.postal_code,
            "country": "US",
            "metadata": {"source": "intake"},
            "active": True,
            "requestCount": one.number % 7,
            "createdAt": time_text(at),
            "updatedAt": time_text(at),
        }
    )


def _typed(digits: str, draw: Random) -> str:
    area, exchange, line = digits[:3], digits[3:6], digits[6:]
    return draw.choice(
        (
            f"+1{digits}",
            f"({area}) {exchange}-{line}",
            f"{area}-{exchange}-{line}",
            f"{area}.{exchange}.{line}",
            f"1 {area} {exchange} {line}",
        )
    )


def _created(one: Truth, draw: Random) -> datetime:
    return _FIRST + timedelta(minutes=one.number, milliseconds=draw.randrange(1000))
