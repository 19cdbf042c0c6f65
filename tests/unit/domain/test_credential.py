"""Credentials: the text of tokens, what scopes cover, when a credential counts."""

import re
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.credential import (
    CREDENTIAL_RULES,
    IssuedCredential,
    Permissions,
    Refusal,
    ResolvedCredential,
    hash_token,
    issue_credential,
    mint_client_secret,
    mint_token,
    parse_client_secret,
    parse_token,
    permissions,
)
from registry.domain.errors import FieldError, Invalid
from registry.domain.scopes import grants
from registry.domain.workspace import Contract, Mode, Plan, Role, new_workspace

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
BASE62 = string.digits + string.ascii_letters
WITH_CHECKSUM = [Contract.PAYTRUM, Contract.ATHENTY, Contract.HOURSMITH]
FORMS = {
    Contract.PAYTRUM: r"ak_(live|test)_[0-9A-Za-z]{36}",
    Contract.ATHENTY: r"ath_(live|test)_[0-9A-Za-z]{36}",
    Contract.HOURSMITH: r"hsk_(live|test)_[0-9A-Za-z]{12}_[0-9A-Za-z]{32}",
    Contract.ALTERNATIVE_PAYMENTS: r"[0-9a-f]{56}",
    Contract.REGISTRY: r"rk_(live|test)_[0-9A-Za-z]{36}",
}

contracts = st.sampled_from(Contract)
checksummed = st.sampled_from(WITH_CHECKSUM)
modes = st.sampled_from(Mode)


def issued(contract: Contract = Contract.PAYTRUM, mode: Mode = Mode.LIVE) -> IssuedCredential:
    return issue_credential(
        "workspace",
        contract,
        mode,
        permissions(contract, (), None),
        api_key_id="key",
        usage_key="usage",
        at=AT,
    )


@given(contract=contracts, mode=modes)
def test_a_token_has_the_form_its_contract_documents(contract: Contract, mode: Mode) -> None:
    assert re.fullmatch(FORMS[contract], mint_token(contract, mode), re.ASCII)


@given(contract=checksummed, mode=modes)
def test_a_token_tells_its_mode_and_the_part_that_may_be_shown(
    contract: Contract, mode: Mode
) -> None:
    token = mint_token(contract, mode)

    parts = parse_token(contract, token)

    assert parts is not None
    assert parts.mode is mode
    assert parts.prefix in token
    assert len(token) - token.index(parts.prefix) - len(parts.prefix) >= 30


def test_the_shown_part_of_a_hoursmith_token_is_its_twelve_characters() -> None:
    token = mint_token(Contract.HOURSMITH, Mode.TEST)

    parts = parse_token(Contract.HOURSMITH, token)

    assert parts is not None
    assert parts.prefix == token.split("_")[2]


def test_an_access_token_tells_nothing() -> None:
    token = mint_token(Contract.ALTERNATIVE_PAYMENTS, Mode.TEST)

    parts = parse_token(Contract.ALTERNATIVE_PAYMENTS, token)

    assert parts is not None
    assert (parts.mode, parts.prefix) == (None, "")


@given(contract=checksummed, mode=modes, at=st.integers(0), digit=st.sampled_from(BASE62))
def test_one_changed_character_is_noticed(
    contract: Contract, mode: Mode, at: int, digit: str
) -> None:
    token = mint_token(contract, mode)
    at %= len(token)

    changed = token[:at] + digit + token[at + 1 :]

    assert (parse_token(contract, changed) is None) is (changed != token)


@given(contract=checksummed, mode=modes)
def test_a_changed_mode_is_noticed(contract: Contract, mode: Mode) -> None:
    other = Mode.TEST if mode is Mode.LIVE else Mode.LIVE

    changed = mint_token(contract, mode).replace(f"_{mode}_", f"_{other}_", 1)

    assert parse_token(contract, changed) is None


@given(contract=contracts, mode=modes, other=contracts)
def test_a_token_is_one_of_its_own_contract_only(
    contract: Contract, mode: Mode, other: Contract
) -> None:
    token = mint_token(contract, mode)

    assert (parse_token(other, token) is not None) is (other is contract)


@given(contract=checksummed, text=st.text() | st.from_regex(FORMS[Contract.PAYTRUM]))
def test_no_other_text_is_a_token(contract: Contract, text: str) -> None:
    assert parse_token(contract, text) is None


@given(contract=contracts, mode=modes, around=st.sampled_from(["\n", " ", "\u0660", "\x00"]))
def test_nothing_may_stand_around_a_token(contract: Contract, mode: Mode, around: str) -> None:
    token = mint_token(contract, mode)

    assert parse_token(contract, token + around) is None
    assert parse_token(contract, around + token) is None


@pytest.mark.parametrize(
    "token",
    [
        "4ED81B2C4ED81B2C4ED81B2C4ED81B2C4ED81B2C4ED81B2C4ED81B2C",
        "4ed81b2c" * 6,
        "4ed81b2c" * 8,
        "4ed81b2g" * 7,
    ],
)
def test_an_access_token_is_56_small_hexadecimal_digits(token: str) -> None:
    assert parse_token(Contract.ALTERNATIVE_PAYMENTS, token) is None


@given(mode=modes)
def test_a_client_secret_is_checked_like_a_token(mode: Mode) -> None:
    secret = mint_client_secret(Contract.ALTERNATIVE_PAYMENTS, mode)

    parts = parse_client_secret(Contract.ALTERNATIVE_PAYMENTS, secret)

    assert parts is not None
    assert parts.mode is mode
    assert parse_client_secret(Contract.ALTERNATIVE_PAYMENTS, secret[:-1]) is None


@given(contract=contracts, mode=modes)
def test_no_token_is_minted_twice(contract: Contract, mode: Mode) -> None:
    assert mint_token(contract, mode) != mint_token(contract, mode)


def test_a_token_is_kept_as_its_sha_256() -> None:
    # FIPS 180-4 example: the digest of "abc"
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("held", "needed", "covered"),
    [
        ({"*"}, "clients:write", True),
        ({"clients:read"}, "clients:read", True),
        ({"clients:read"}, "clients:write", False),
        ({"clients:write"}, "clients:read", False),
        ({"read"}, "customers:read", True),
        ({"read"}, "payments:read", True),
        ({"read"}, "customers:write", False),
        ({"write"}, "customers:write", True),
        ({"write"}, "customers:read", False),
        ({"customers:read"}, "payments:read", False),
        ({"customers:read"}, "read", False),
        ({"read", "write"}, "write", True),
        (set(), "clients:read", False),
        ({"clients"}, "clients:read", False),
    ],
)
def test_scopes_cover(*, held: set[str], needed: str, covered: bool) -> None:
    assert grants(held, needed) is covered


every_scope = st.sampled_from(
    sorted({scope for rules in CREDENTIAL_RULES.values() for scope in rules.scopes})
)


@given(held=st.sets(every_scope), more=st.sets(every_scope), needed=every_scope)
def test_more_scopes_never_cover_less(held: set[str], more: set[str], needed: str) -> None:
    assert grants(held | more, needed) or not grants(held, needed)


@pytest.mark.parametrize("contract", sorted(set(Contract) - {Contract.HOURSMITH}))
def test_a_credential_has_every_scope_by_default(contract: Contract) -> None:
    assert permissions(contract, (), None) == Permissions(("*",), None)


def test_scopes_are_kept_once_each() -> None:
    asked = ["write", "payments:read", "write"]

    assert permissions(Contract.ALTERNATIVE_PAYMENTS, asked, None) == Permissions(
        ("payments:read", "write"), None
    )


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        (None, ("clients:read", "clients:write")),
        (Role.OWNER, ("clients:read", "clients:write")),
        (Role.ADMIN, ("clients:read", "clients:write")),
        (Role.MANAGER, ("clients:read", "clients:write")),
        (Role.MEMBER, ()),
    ],
)
def test_a_hoursmith_role_gives_the_scopes(role: Role | None, scopes: tuple[str, ...]) -> None:
    allowed = permissions(Contract.HOURSMITH, (), role)

    assert allowed == Permissions(scopes, role or Role.OWNER)


@pytest.mark.parametrize(
    ("contract", "scope"),
    [
        (Contract.PAYTRUM, "customers:read"),
        (Contract.ATHENTY, "read"),
        (Contract.ALTERNATIVE_PAYMENTS, "clients:read"),
        (Contract.HOURSMITH, "clients:read"),
        (Contract.PAYTRUM, ""),
    ],
)
def test_a_scope_of_another_contract_is_refused(contract: Contract, scope: str) -> None:
    with pytest.raises(Invalid) as raised:
        permissions(contract, [scope], None)

    assert raised.value.fields == (
        FieldError(("scopes",), "not_offered", {"offered": CREDENTIAL_RULES[contract].scopes}),
    )


def test_only_hoursmith_knows_roles() -> None:
    with pytest.raises(Invalid) as raised:
        permissions(Contract.PAYTRUM, ["zones:read"], Role.ADMIN)

    assert [error.path for error in raised.value.fields] == [("scopes",), ("role",)]


@pytest.mark.parametrize("contract", WITH_CHECKSUM)
def test_a_credential_is_issued_with_a_token(contract: Contract) -> None:
    new = issued(contract, Mode.TEST)

    parts = parse_token(contract, new.secret)

    assert parts is not None
    assert parts.prefix == new.credential.prefix
    assert new.credential.secret_hash is None


def test_an_oauth_client_is_issued_with_a_secret_kept_as_a_hash() -> None:
    new = issued(Contract.ALTERNATIVE_PAYMENTS)

    assert parse_client_secret(Contract.ALTERNATIVE_PAYMENTS, new.secret) is not None
    assert new.credential.secret_hash == hash_token(new.secret)


def test_only_a_hoursmith_token_acts_as_a_member() -> None:
    assert issued(Contract.HOURSMITH).credential.user_id is not None
    assert issued(Contract.PAYTRUM).credential.user_id is None


@pytest.mark.parametrize("contract", Contract)
def test_a_secret_is_not_printed(contract: Contract) -> None:
    new = issued(contract)

    printed = repr(new)

    assert new.secret not in printed
    assert "usage'" not in printed
    assert hash_token(new.secret) not in printed


def resolved(
    *,
    expires_at: datetime | None = None,
    revoked_at: datetime | None = None,
) -> ResolvedCredential:
    credential = replace(issued().credential, expires_at=expires_at, revoked_at=revoked_at)
    return ResolvedCredential(
        workspace=new_workspace("Acme", Plan.STUDIO, at=AT),
        credential=credential,
        scopes=("*",),
        expires_at=credential.expires_at,
    )


def test_a_credential_counts_for_its_contract_and_mode() -> None:
    assert resolved().refusal(Contract.PAYTRUM, Mode.LIVE, AT) is None
    assert resolved().refusal(Contract.PAYTRUM, None, AT) is None


def test_a_credential_does_not_count_elsewhere() -> None:
    assert resolved().refusal(Contract.ATHENTY, Mode.LIVE, AT) is Refusal.OTHER_CONTRACT
    assert resolved().refusal(Contract.PAYTRUM, Mode.TEST, AT) is Refusal.OTHER_MODE


def test_a_credential_counts_until_the_instant_it_expires() -> None:
    ending = resolved(expires_at=AT)

    assert ending.refusal(Contract.PAYTRUM, Mode.LIVE, AT - timedelta(milliseconds=1)) is None
    assert ending.refusal(Contract.PAYTRUM, Mode.LIVE, AT) is Refusal.EXPIRED


def test_a_revoked_credential_never_counts() -> None:
    revoked = resolved(revoked_at=AT)

    assert revoked.refusal(Contract.PAYTRUM, Mode.LIVE, AT) is Refusal.REVOKED
