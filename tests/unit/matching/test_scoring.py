"""What two clients are taken for: a table of cases from `docs/matching.md`, "Verdicts"."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.client import Client, MemberType, Phone
from registry.domain.look_up import KeyKind, LookUpKey
from registry.domain.pair import Level, Verdict
from registry.matching.features import features_of
from registry.matching.scoring import Scored, scored
from registry.matching.weights import weights_in_force

AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)
PHONE = Phone("(415) 555-2671", "+14155552671")
SON = {"first_name": "John", "last_name": "Appleseed Jr."}
ZOE = {"first_name": "Zoe", "last_name": "Quux"}
HARBOR = {"line1": "940 Harbor Blvd"}
JOHN: dict[str, Any] = {"first_name": "John", "last_name": "Appleseed"}
HOME: dict[str, Any] = {"line1": "12 Orchard Rd", "city": "Leominster", "postal_code": "01453"}
ACME: dict[str, Any] = {"company": "Acme Orchard Supplies Inc."}


def client(**fields: Any) -> Client:
    return Client(id="", version=1, created_at=AT, updated_at=AT, **fields)


def result(one: dict[str, Any], other: dict[str, Any]) -> Scored:
    return scored(features_of(client(**one)), features_of(client(**other)), weights_in_force())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (JOHN | {"email": "j@a.com"}, JOHN | {"email": "J@A.com"}),
        (JOHN | {"phone": PHONE}, {"first_name": "Jon", "last_name": "Appleseed", "phone": PHONE}),
        (JOHN | {"phone": PHONE}, {"name": "Appleseed, John", "member_type": MemberType.INDIVIDUAL,
                                   "phone": PHONE}),
        (JOHN | HOME, JOHN | HOME | {"line1": "12 Orchard Road"}),
        (ACME | {"email": "ar@acme.com"},
         {"company": "ACME Orchard Supplies", "email": "ar@acme.com"}),
        (ACME | HOME | {"phone": PHONE}, {"name": "Orchard Supplies, Acme", "phone": PHONE} | HOME),
        ({"ein": "12-3456789"}, {"tax_number": "123456789"}),
        (ACME | {"external_id": "C-1"}, ACME | {"external_id": "C-1"}),
        (JOHN | {"ids": {"paytrum": "v"}}, JOHN | {"ids": {"paytrum": "v", "athenty": "w"}}),
    ],
)  # fmt: skip
def test_a_hard_identity_or_two_independent_keys_make_a_pair_sure(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert result(one, other).verdict is Verdict.SURE
    assert result(other, one) == result(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # an organisation on name and address alone
        (ACME | HOME, ACME | HOME),
        # an archived client with an active one
        (JOHN | {"email": "j@a.com"}, JOHN | {"email": "j@a.com", "archived_at": AT}),
        # father and son
        (JOHN | HOME | {"phone": PHONE}, SON | HOME | {"phone": PHONE}),
        # another member of the family
        (JOHN | HOME | {"phone": PHONE}, JOHN | HOME | {"first_name": "Mary", "phone": PHONE}),
        # another tax id
        (JOHN | {"email": "j@a.com", "ein": "12-3456789"},
         JOHN | {"email": "j@a.com", "ein": "98-7654321"}),
        # a person and a business
        (ACME | {"email": "a@b.com", "member_type": MemberType.INDIVIDUAL},
         ACME | {"email": "a@b.com", "member_type": MemberType.BUSINESS}),
        # one tax id, another name
        (JOHN | {"ein": "12-3456789"}, ZOE | {"ein": "12-3456789"}),
        # branches with one telephone number
        (ACME | HOME | {"phone": PHONE}, ACME | HOME | HARBOR | {"phone": PHONE}),
        # a single key
        (JOHN, JOHN),
        ({"email": "ar@acme.com"}, {"email": "ar@acme.com"}),
    ],
)  # fmt: skip
def test_what_contradicts_or_is_not_enough_leaves_a_pair_possible(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert result(one, other).verdict is Verdict.POSSIBLE
    assert result(other, one) == result(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        (JOHN, {"first_name": "Zoe", "last_name": "Quux"}),
        ({"city": "Leominster", "region": "MA"}, {"city": "Leominster", "region": "MA"}),
        (JOHN | HOME, ZOE | HOME | HARBOR),
    ],
)  # fmt: skip
def test_clients_with_little_in_common_are_no_pair(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert result(one, other).verdict is None


def test_a_missing_value_says_nothing() -> None:
    assert result(JOHN | HOME, JOHN).score == result(JOHN, JOHN).score


def test_the_score_is_the_sum_of_the_reasons() -> None:
    scored_pair = result(JOHN | HOME, JOHN | HOME | {"city": "Boston"})

    assert scored_pair.score == pytest.approx(sum(each.weight for each in scored_pair.reasons))
    levels = {each.field: each.level for each in scored_pair.reasons}
    assert levels["first_name"] is Level.EXACT
    assert levels["address.city"] is Level.DIFFERS


def test_a_common_value_is_no_evidence() -> None:
    one = features_of(client(**JOHN, phone=PHONE))
    common = {LookUpKey(KeyKind.PHONE, "+14155552671")}

    assert scored(one, one, weights_in_force()).verdict is Verdict.SURE
    assert scored(one, one, weights_in_force(), common).verdict is Verdict.POSSIBLE


TEXTS = st.text(max_size=40)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(
    ["name", "first_name", "last_name", "company", "email", "line1", "line2", "city",
     "postal_code", "tax_number", "external_id"], TEXTS)), TEXTS)  # fmt: skip
def test_any_text_can_be_compared_and_a_client_equals_itself(
    fields: dict[str, str], other: str
) -> None:
    one = client(**fields)
    same = scored(features_of(one), features_of(one), weights_in_force())
    changed = replace(one, name=other, line1=other)

    assert all(each.level is not Level.DIFFERS for each in same.reasons)
    mine, theirs = features_of(one), features_of(changed)
    there = scored(mine, theirs, weights_in_force())
    assert there.score == scored(theirs, mine, weights_in_force()).score
