import base64
import hashlib
import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from registry.domain.errors import Invalid
from registry.domain.workspace import Contract
from registry.gateway.cursor import Cursors, cursors
from registry.gateway.operation import Dialect, Operation
from registry.gateway.principal import principal
from tests.contract_client import caller

URL_SAFE = string.ascii_letters + string.digits + "-_"
PLACE = ("mädchen & söhne", "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c")
TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=50)


def some_list(
    name: str = "list_clients",
    filters: dict[str, str | None] | None = None,
    **changes: str,
) -> Cursors:
    dialect = Dialect(
        contract=Contract.HOURSMITH,
        replay_header="",
        errors={},
        envelope=lambda _code, _error: BaseModel(),
    )
    operation = Operation(
        dialect=dialect,
        name=name,
        method="GET",
        path="/",
        summary="",
        scopes=(),
        response_model=BaseModel,
    )
    return cursors(principal(caller("hoursmith") | changes), operation, filters or {})


@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_a_cursor_leads_back_to_its_place(place: list[str]) -> None:
    assert some_list().read(some_list().issue(*place)) == tuple(place)


def test_a_cursor_goes_into_a_url_as_it_is() -> None:
    assert set(some_list().issue(*PLACE)) <= set(URL_SAFE)


def test_the_order_of_the_filters_and_those_left_out_do_not_matter() -> None:
    issued = some_list(filters={"sort": "name", "search": "a"}).issue(*PLACE)

    same = some_list(filters={"search": "a", "sort": "name", "from": None})

    assert same.read(issued) == PLACE


@pytest.mark.parametrize(
    "other",
    [
        some_list(workspaceId="0192f0c1-2f3a-7cc0-9d2e-000000000009"),
        some_list(mode="test"),
        some_list(cursorKey="c6" * 32),
        some_list(cursorKey=""),
        some_list(contract="paytrum"),
        some_list(name="list_users"),
        some_list(filters={"sort": "name"}),
        some_list(filters={"sort": "-name"}),
        some_list(filters={"search": "name"}),
    ],
)
def test_a_cursor_of_another_list_is_refused(other: Cursors) -> None:
    with pytest.raises(Invalid) as refused:
        some_list().read(other.issue(*PLACE), "after")

    (error,) = refused.value.parameters
    assert (error.path, error.kind) == (("after",), "cursor")


@given(st.binary(max_size=64).filter(lambda key: key != bytes.fromhex(caller("x")["cursorKey"])))
def test_nobody_without_the_key_makes_a_cursor(key: bytes) -> None:
    minted = replace(some_list(), key=key).issue(*PLACE)

    with pytest.raises(Invalid):
        some_list().read(minted)


def test_the_unkeyed_digest_of_a_place_is_no_cursor() -> None:
    place = "\x1f".join(PLACE).encode()
    digest = hashlib.sha256(some_list().binding.encode() + b"\n" + place).digest()[:16]

    with pytest.raises(Invalid):
        some_list().read(base64.urlsafe_b64encode(digest + place).rstrip(b"=").decode())


def test_keys_are_not_shown() -> None:
    who = principal(caller("hoursmith"))

    for shown in (repr(who), repr(some_list())):
        assert "key" not in shown
        assert repr(who.cursor_key) not in shown
        assert repr(who.consent_key) not in shown


def test_a_caller_of_a_workspace_without_a_secret_has_empty_keys() -> None:
    context = caller("hoursmith", consentKey="", cursorKey="")
    without = {name: value for name, value in context.items() if not name.endswith("Key")}

    assert principal(context) == principal(without)
    assert (principal(without).consent_key, principal(without).cursor_key) == (b"", b"")


def test_a_cursor_with_any_character_changed_is_refused() -> None:
    issued = some_list().issue(*PLACE)
    for position, character in enumerate(issued):
        for other in set(URL_SAFE) - {character}:
            altered = issued[:position] + other + issued[position + 1 :]

            with pytest.raises(Invalid):
                some_list().read(altered)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=",
        "x",
        "not a cursor",
        "ä" * 40,
        "A" * 1301,
        some_list().issue(*PLACE) + "==",
        some_list().issue(*PLACE) + "\n",
        some_list().issue(*PLACE)[:-1],
        base64.urlsafe_b64encode(b"\xff" * 64).decode(),
        some_list().issue("a" * 1000),
    ],
)
def test_a_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        some_list().read(text)


@given(st.text())
def test_any_text_is_refused_and_never_an_accident(text: str) -> None:
    with pytest.raises(Invalid):
        some_list().read(text)
