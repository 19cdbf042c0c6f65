"""Usual clients, made when they are asked for: client number N is always the same one."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from registry.domain.change import Author, create
from registry.domain.client import Client, MemberType, Phone
from registry.store.items import search_entry
from registry.store.packs import Row, live_row

PACK = 4_000
# The texts of so many packs are made; further packs have the same texts again.
BLOCKS = 2
_FIRST = datetime(2016, 1, 1, tzinfo=UTC)
_APART = timedelta(milliseconds=300_000)
_AUTHOR = Author("0192f0c1-2f3a-7cc0-9d2e-000000000001", _FIRST)

_GIVEN = (
    "James",
    "Mary",
    "Wei",
    "Olu",
    "José",
    "Anna",
    "Zoë",
    "Li",
    "Fatima",
    "Ivan",
    "Noah",
    "Aiko",
)
_FAMILY = ("Smith", "Okonkwo", "García", "Ådahl", "Nakamura", "O'Neill", "Müller", "Rossi", "Kim")
_TRADE = ("Legal", "Holding", "Consulting", "Logistics", "Bakery", "Dental", "Motors", "Foods")
_DOMAIN = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com")


def client_id(number: int) -> str:
    """The id of a client."""
    at = (_FIRST + number * _APART - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    digits = hashlib.sha256(str(number).encode()).hexdigest()
    return f"{at >> 16:08x}-{at & 0xFFFF:04x}-7{digits[:3]}-8{digits[3:6]}-{digits[6:18]}"


def number_of(identifier: str) -> int:
    """The number of a client: the inverse of `client_id`; of another id the next lower one."""
    milliseconds = int(identifier[:8] + identifier[9:13], 16)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return (at - _FIRST) // _APART


def client(number: int) -> Client:
    """A client: half of them people, half businesses, one in eight archived."""
    made = _text_client(number // PACK % BLOCKS * PACK + number % PACK)
    at = _FIRST + number * _APART
    return replace(made, id=client_id(number), created_at=at, updated_at=at)


def client_with_address(number: int) -> Client:
    """The client with an address and a telephone, in which clients are compared."""
    chance = random.Random(-1 - number)  # noqa: S311 - the same client every time
    line = f"{chance.randrange(1, 999)} {_surname(chance)} Street"
    code, phone = f"{chance.randrange(500):05}", f"+1415555{chance.randrange(10_000):04}"
    return replace(client(number), line1=line, postal_code=code, phone=Phone(phone, phone))


def row(number: int) -> Row:
    """The row of a client in a pack."""
    made = _text_row(number // PACK % BLOCKS * PACK + number % PACK)
    return Row(made.fact._replace(id=client_id(number)), made.texts)


def rows(pack: int, clients: int) -> Iterator[Row]:
    """The rows of a pack of a workspace with so many clients."""
    return map(row, range(pack * PACK, min((pack + 1) * PACK, clients)))


def same_texts(pack: int, clients: int) -> tuple[int, int]:
    """The first pack with the same texts, and how many clients the pack has."""
    return pack % BLOCKS, min(PACK, clients - pack * PACK)


@cache
def _text_row(number: int) -> Row:
    made = _text_client(number)
    return live_row(search_entry(made), made.version)


@cache
def _text_client(number: int) -> Client:
    """A client with texts of its own; its id and instants are those of its number."""
    chance = random.Random(number)  # noqa: S311 - the same client every time
    given, family = chance.choice(_GIVEN), _surname(chance)
    fields: dict[str, object] = {"line1": f"{chance.randrange(1, 999)} Main Street"}
    if chance.random() < 0.5:  # noqa: PLR2004 - half of them
        name = f"{family} {_surname(chance)} {chance.choice(_TRADE)}"
        domain = name.replace(" ", "").replace("'", "").lower()
        fields |= {"company": name, "email": f"office@{domain}.com"}
        fields["member_type"] = MemberType.BUSINESS
    else:
        address = f"{given}.{family}{chance.randrange(99)}@{chance.choice(_DOMAIN)}".lower()
        fields |= {"first_name": given, "last_name": family, "email": address}
        fields["member_type"] = MemberType.INDIVIDUAL
    if chance.random() < 0.3:  # noqa: PLR2004 - three in ten
        fields["external_id"] = f"crm-{chance.randrange(10**7)}"
    made = create(_AUTHOR, **fields).client  # type: ignore[arg-type]
    at = _FIRST + number * _APART
    archived = at if number % 8 == 0 else None
    return replace(made, id=client_id(number), created_at=at, updated_at=at, archived_at=archived)


def _surname(chance: random.Random) -> str:
    """One of some ten thousand surnames, which are less alike than a short list of them."""
    syllables = (
        "an",
        "ber",
        "ko",
        "lin",
        "mar",
        "ow",
        "ski",
        "ton",
        "ru",
        "vel",
        "zi",
        "ha",
        "der",
    )
    if chance.random() < 0.2:  # noqa: PLR2004 - one in five has a very common one
        return chance.choice(_FAMILY)
    return "".join(chance.choices(syllables, k=chance.choice((2, 3, 3, 4)))).capitalize()
