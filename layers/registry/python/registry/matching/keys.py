"""The keys that bring clients together which may be one and the same.

Whatever two clients agree in, they are compared only if they share a key. A value that more than a
hundred clients have brings none together.
"""

from collections.abc import Iterator

from registry.domain.client import Client
from registry.domain.look_up import KeyKind, LookUpKey, keys_of
from registry.matching.features import Features, features_of
from registry.matching.names import sound

MOST_HOLDERS = 100
"""A key that more clients have is a common value, and stops counting."""

# Mailboxes of a role, which say nothing about whose they are.
# Source: RFC 2142, and what else is usual.
_ROLES = frozenset(
    (
        "abuse", "accounting", "accounts", "admin", "administrator", "ap", "ar", "billing",
        "bookkeeping", "contact", "enquiries", "finance", "hello", "help", "hostmaster",
        "hr", "info", "inquiries", "invoice", "invoices", "mail", "marketing", "noc",
        "noreply", "office", "orders", "payroll", "postmaster", "sales", "security",
        "service", "support", "team", "webmaster",
    )
)  # fmt: skip
# A shorter local part is an initial, or no name.
_SHORTEST_LOCAL = 4


def all_keys_of(client: Client) -> frozenset[LookUpKey]:
    """The keys of a client: those by which it is looked up, and those for matching."""
    return keys_of(client) | matching_keys(features_of(client))


def matching_keys(of: Features) -> frozenset[LookUpKey]:
    """The keys under which the clients are that a client with these features is compared with."""
    return frozenset(LookUpKey(kind, value) for kind, value in _keys(of))


def _keys(of: Features) -> Iterator[tuple[KeyKind, str]]:
    if of.email is not None:
        yield KeyKind.EMAIL, of.email
        local = of.email.partition("@")[0].partition("+")[0].replace(".", "")
        if len(local) >= _SHORTEST_LOCAL and local not in _ROLES:
            yield KeyKind.EMAIL_LOCAL, local
    if of.phone is not None:
        yield KeyKind.PHONE, of.phone
    for tax_id in of.tax_ids:
        yield KeyKind.TAX_ID, tax_id
    if of.external_id is not None:
        yield KeyKind.EXTERNAL_ID, of.external_id
    yield from _of_names(of)
    if of.house is not None:
        if of.postal_code is not None:
            yield KeyKind.HOUSE, f"{of.house} {of.postal_code}"
        # Many addresses have no postal code.
        for street in of.streets:
            yield KeyKind.HOUSE, f"{of.house} {street}"


def _of_names(of: Features) -> Iterator[tuple[KeyKind, str]]:
    """The keys that are made of names."""
    for organisation in of.organisations:
        yield KeyKind.COMPANY, " ".join(organisation)
    names = [" ".join(each) for each in of.organisations]
    if of.is_person:
        # Which name is the first one is not the same in all sources.
        names = [sound(name) for name in (of.given, of.surname) if name is not None]
        yield KeyKind.PHONETIC, " ".join(sorted(names))
    elif of.full_name:
        yield KeyKind.PHONETIC, " ".join(sorted(map(sound, of.full_name)))
    if of.postal_code is None:
        return
    # Characters in each other's place are the most frequent slip in a code.
    place = "".join(sorted(of.postal_code))
    for name in names:
        yield KeyKind.NAME_POSTCODE, f"{name} {place}"
