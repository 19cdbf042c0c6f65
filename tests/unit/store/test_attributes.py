"""Records as attributes: every field of every record comes back, under its own name."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.client import Client, Country, MemberType, Phone, UsageType
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.user import User
from registry.store.attributes import attributes_of

AT = datetime(2026, 6, 9, 17, 4, 21, 7000, tzinfo=UTC)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=50)
INSTANTS = st.datetimes(
    datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(9999, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
OF_TYPE: dict[object, st.SearchStrategy[Any]] = {
    str: TEXTS,
    str | None: st.none() | TEXTS,
    bool: st.booleans(),
    int: st.integers(),
    int | None: st.none() | st.integers(),
    datetime: INSTANTS,
    datetime | None: st.none() | INSTANTS,
    Phone | None: st.none() | st.builds(Phone, TEXTS, st.none() | TEXTS),
    Country | None: st.none() | st.builds(Country, TEXTS, st.none() | TEXTS),
    UsageType | None: st.none() | st.sampled_from(UsageType),
    MemberType | None: st.none() | st.sampled_from(MemberType),
    PaymentMethodType: st.sampled_from(PaymentMethodType),
    Mapping[str, str]: st.dictionaries(TEXTS, TEXTS),
    tuple[str, ...]: st.lists(TEXTS).map(tuple),
}
IN_KEY = {
    Client: frozenset({"id", "created_at"}),
    User: frozenset({"id", "client_id"}),
    PaymentMethod: frozenset({"id", "client_id"}),
}
RECORDS = st.sampled_from(list(IN_KEY)).flatmap(
    lambda kind: st.builds(kind, **{each.name: OF_TYPE[each.type] for each in fields(kind)})
)


@given(RECORDS)
def test_every_field_of_every_record_is_read_as_it_was_written(record: Any) -> None:
    kind = type(record)
    attributes = attributes_of(kind, in_key=IN_KEY[kind])

    found = attributes.read(attributes.write(record))

    in_key = {name: getattr(record, name) for name in IN_KEY[kind]}
    assert kind(**in_key, **found) == record


@given(RECORDS)
def test_an_attribute_has_the_name_of_its_field_and_absent_values_take_no_room(record: Any) -> None:
    kind = type(record)

    item = attributes_of(kind, in_key=IN_KEY[kind]).write(record)

    values = {each.name: getattr(record, each.name) for each in fields(kind)}
    values |= {
        f"{name}_{second}": getattr(values[name], second)
        for name, second in (("phone", "e164"), ("country", "code"))
        if values.get(name) is not None
    }
    absent: tuple[Any, ...] = (None, False, {}, ())
    held = {
        name
        for name, value in values.items()
        if not any(type(value) is type(none) and value == none for none in absent)
    }
    assert item.keys() == held - IN_KEY[kind]


def test_each_type_is_written_as_the_table_has_it() -> None:
    client = Client(
        id="id",
        version=3,
        created_at=AT,
        updated_at=AT,
        name="Acme",
        phone=Phone("(415) 555-2671", "+14155552671"),
        country=Country("Atlantis", None),
        member_type=MemberType.BUSINESS,
        email_consent=True,
    )

    assert attributes_of(Client, in_key=IN_KEY[Client]).write(client) == {
        "version": {"N": "3"},
        "updated_at": {"S": "2026-06-09T17:04:21.007Z"},
        "name": {"S": "Acme"},
        "phone": {"S": "(415) 555-2671"},
        "phone_e164": {"S": "+14155552671"},
        "country": {"S": "Atlantis"},
        "member_type": {"S": "business"},
        "email_consent": {"BOOL": True},
        "evidence_count": {"N": "0"},
        "request_count": {"N": "0"},
    }


def test_a_field_an_item_has_not_is_left_to_its_default() -> None:
    attributes = attributes_of(Client, in_key=IN_KEY[Client])

    assert attributes.read({"version": {"N": "3"}, "name": {"S": "Acme"}}) == {
        "version": 3,
        "name": "Acme",
    }


@dataclass
class WithFloat:
    """A record with a field of a type that is never stored."""

    rate: float


@dataclass
class WithTwoTypes:
    """A record with a field that could be either of two."""

    value: str | int


@dataclass
class OfThree:
    """A value of more than two texts."""

    one: str
    two: str | None
    three: str | None


@dataclass
class WithThree:
    """A record with such a value."""

    value: OfThree | None


@pytest.mark.parametrize("kind", [WithFloat, WithTwoTypes, WithThree])
def test_a_field_of_a_type_that_cannot_be_stored_is_refused_at_once(kind: type[Any]) -> None:
    with pytest.raises(TypeError):
        attributes_of(kind, in_key=frozenset())
