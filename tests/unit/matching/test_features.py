"""What is compared of a client does not depend on which vendor wrote its name down."""

from datetime import UTC, datetime

import pytest

from registry.domain.client import Client, MemberType
from registry.domain.identifiers import new_id
from registry.matching.features import features_of

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "name", "member_type", "expected"),
    [
        ("Ryan", "Jones Jr", None, None, "jr"),
        (None, None, "Ryan Jones Jr", MemberType.INDIVIDUAL, "jr"),
        (None, None, "Ryan Jones Jr.", None, "jr"),
        (None, None, "Jones, Ryan III", MemberType.INDIVIDUAL, "ii"),
        (None, None, "Ryan Jones", MemberType.INDIVIDUAL, None),
        # Of a business it is a part of the name.
        (None, None, "Harbor House II", MemberType.BUSINESS, None),
    ],
)
def test_a_generation_is_read_wherever_a_persons_name_is_written(
    first: str | None,
    last: str | None,
    name: str | None,
    member_type: MemberType | None,
    expected: str | None,
) -> None:
    client = Client(
        id=new_id(),
        version=1,
        created_at=AT,
        updated_at=AT,
        first_name=first,
        last_name=last,
        name=name,
        member_type=member_type,
    )

    assert features_of(client).generation == expected
