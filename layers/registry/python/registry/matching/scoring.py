"""The score of two clients, and what it makes of them.

`docs/matching.md` describes the rules.
"""

from collections.abc import Collection
from itertools import combinations

from registry.domain.immutable import dataclass
from registry.domain.look_up import KeyKind, LookUpKey
from registry.domain.pair import Level, Reason, Verdict
from registry.matching.comparison import Levels, compared
from registry.matching.features import Features
from registry.matching.keys import matching_keys
from registry.matching.weights import Weights

# The fields that a key is made of. Keys of different fields are evidence apart from each other. The
# local part of an e-mail address is mostly made of a name, so it is none.
_FIELDS_OF = {
    KeyKind.EMAIL: frozenset({"email"}),
    KeyKind.PHONE: frozenset({"phone"}),
    KeyKind.COMPANY: frozenset({"name"}),
    KeyKind.PHONETIC: frozenset({"name"}),
    KeyKind.NAME_POSTCODE: frozenset({"name", "address"}),
    KeyKind.HOUSE: frozenset({"address"}),
}
_NAME_AND_ADDRESS = frozenset({"name", "address"})
_IDENTITIES = frozenset({KeyKind.TAX_ID, KeyKind.EXTERNAL_ID})
_NAMES = ("name", "first_name", "last_name")
# The names of fields in the record; what is compared is not always a field of its own.
_SHOWN = {
    "house": "address.line1",
    "streets": "address",
    "city": "address.city",
    "region": "address.region",
    "postal_code": "address.postal_code",
    "tax_ids": "tax_number",
}


@dataclass(frozen=True, slots=True)
class Scored:
    """How far two clients agree, and what that makes of them.

    Attributes:
        verdict: `sure` or `possible`; None below the threshold.
        score: the sum of the weights.
        reasons: what each field adds.
    """

    verdict: Verdict | None
    score: float
    reasons: tuple[Reason, ...]


def scored(
    one: Features,
    other: Features,
    weights: Weights,
    common: Collection[LookUpKey] = (),
) -> Scored:
    """The score of two clients, and the verdict.

    Args:
        one: what is compared of a client.
        other: the same of another client.
        weights: the weights.
        common: keys that too many clients have: they are no evidence.
    """
    levels = compared(one, other)
    both = one.is_person and other.is_person
    of_kind = weights.person if both else weights.organisation
    reasons = tuple(
        Reason(_SHOWN.get(field, field), level, of_kind[field][level])
        for field, level in levels.items()
        if field in of_kind and level in of_kind[field]
    )
    score = round(sum(reason.weight for reason in reasons), 2)
    shared = (matching_keys(one) & matching_keys(other)).difference(common)
    identical = _identical(one, other, shared)
    if score < weights.possible and not identical:
        return Scored(None, score, reasons)
    sure = (
        (identical or (score >= weights.sure and _independent(shared, person=both)))
        and one.archived is other.archived
        and not _contradict(one, other, levels)
    )
    return Scored(Verdict.SURE if sure else Verdict.POSSIBLE, score, reasons)


def _identical(one: Features, other: Features, shared: Collection[LookUpKey]) -> bool:
    """Whether the clients have an identity in common: a tax id, an external id, a vendor's id."""
    return any(key.kind in _IDENTITIES for key in shared) or any(
        one.ids[contract] == other.ids[contract] for contract in one.ids.keys() & other.ids.keys()
    )


def _independent(shared: Collection[LookUpKey], *, person: bool) -> bool:
    """Whether two of the shared keys are made of different fields.

    Organisations of one name may be at one address, as branches and companies of a group are; so
    they need a key of another field.
    """
    fields = [_FIELDS_OF[key.kind] for key in shared if key.kind in _FIELDS_OF]
    return any(
        one.isdisjoint(other) and (person or not one | other <= _NAME_AND_ADDRESS)
        for one, other in combinations(fields, 2)
    )


def _contradict(one: Features, other: Features, levels: Levels) -> bool:
    """Whether anything says that these are two clients: names, tax ids, generations, kinds.

    Persons move; organisations at two addresses may be branches that have one telephone number.
    """
    stated = {each.member_type for each in (one, other)} - {None}
    persons = one.is_person and other.is_person
    places = () if persons else ("house", "streets")
    return (
        any(levels.get(field) is Level.DIFFERS for field in (*_NAMES, *places))
        or levels.get("tax_ids", Level.EXACT) is not Level.EXACT
        or one.generation != other.generation
        or len(stated) > 1
    )
