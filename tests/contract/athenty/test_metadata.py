"""Metadata: kept to the letter, within limits, through every contract."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain import document
from registry.domain.metadata import check
from tests.contract.athenty.conftest import PATH, Create, Refused
from tests.contract_client import ContractClient

EXACT = (
    '{"z":1,"a":1.0,"m":{"deep":[{"b":null,"a":[true,false,""]},[],{}]},"e":1e2,"E":-1.50E-7,'
    '"zero":-0,"cents":0.10,"huge":1e400,"tiny":5e-324,'
    '"thirty eight":12345678901234567890123456789012345678,'
    '"  spaces ":"  kept  ","":"no name","ключ":"значение 👩‍🔬",'
    '"control":"\\u0000\\u001f\\r\\n\\t","quote":"\\"\\\\/"}'
)


def kept(text: str) -> str:
    """The text of the metadata in a response, to the letter."""
    found = re.search(r'"metadata":(.*),"active"', text)
    assert found is not None
    return found[1]


def test_metadata_comes_back_to_the_letter(athenty: ContractClient) -> None:
    created = athenty.send("POST", PATH, raw=f'{{"metadata":{EXACT}}}')
    read = athenty.send("GET", f"{PATH}/{created.json['id']}")
    listed = athenty.send("GET", PATH)

    assert created.status == 201
    assert kept(created.text) == kept(read.text) == kept(listed.text) == EXACT


def test_metadata_outlives_the_writes_of_other_contracts(
    athenty: ContractClient, paytrum: ContractClient
) -> None:
    created = athenty.send("POST", PATH, raw=f'{{"nameFirst":"Jane","metadata":{EXACT}}}')
    path = f"/v1/clients/{created.json['id']}"

    assert paytrum.send("PATCH", path, {"notes": "Pays late", "name": "J. Smith"}).status == 200
    assert paytrum.send("DELETE", path).status == 200
    assert paytrum.send("POST", f"{path}/restore").status == 200

    assert kept(athenty.send("GET", f"{PATH}/{created.json['id']}").text) == EXACT


def test_a_change_replaces_metadata_whole(athenty: ContractClient, create: Create) -> None:
    client = create({"metadata": {"a": 1, "b": {"c": 2}}, "city": "Ottawa"})
    path = f"{PATH}/{client['id']}"

    absent = athenty.send("PATCH", path, {"city": "Toronto"})
    whole = athenty.send("PATCH", path, {"metadata": {"b": {"d": 3}}})

    assert absent.json["metadata"] == {"a": 1, "b": {"c": 2}}
    assert whole.json["metadata"] == {"b": {"d": 3}}


@pytest.mark.parametrize("cleared", [None, "", {}])
def test_metadata_is_cleared(athenty: ContractClient, create: Create, cleared: object) -> None:
    client = create({"metadata": {"a": 1}})

    reply = athenty.send("PATCH", f"{PATH}/{client['id']}", {"metadata": cleared})

    assert (reply.status, reply.json["metadata"]) == (200, {})


@pytest.mark.parametrize(
    ("value", "received"),
    [([], "array"), ("text", "string"), (5, "number"), (False, "boolean")],
)
def test_metadata_has_to_be_an_object(refused: Refused, value: object, received: str) -> None:
    assert refused({"metadata": value}) == {"metadata": f"Expected object, received {received}"}


def test_fifty_keys_of_forty_characters_are_kept_and_no_more(
    create: Create,
    refused: Refused,
) -> None:
    most = {f"{number:02}" + "é" * 38: number for number in range(50)}

    assert create({"metadata": most})["metadata"] == most
    assert refused({"metadata": most | {"one more": 1}}) == {
        "metadata": "Object must contain at most 50 key(s)",
    }
    assert refused({"metadata": {"k" * 41: 1}}) == {
        f"metadata.{'k' * 41}": "Key must contain at most 40 character(s)",
    }
    assert create({"metadata": {"a": {"k" * 41: 1}}})["metadata"] == {"a": {"k" * 41: 1}}


def test_sixteen_kilobytes_are_kept_and_no_more(athenty: ContractClient, refused: Refused) -> None:
    room = 16 * 1024 - len('{"a":""}')
    fits = {"metadata": {"a": "é" * (room // 2)}}

    created = athenty.send("POST", PATH, raw=json.dumps(fits, ensure_ascii=False, indent=9))

    assert created.status == 201
    assert created.json["metadata"] == fits["metadata"]
    assert refused({"metadata": {"a": "é" * (room // 2) + "a"}}) == {
        "metadata": "Object must contain at most 16384 byte(s) of JSON",
    }


def test_a_number_has_at_most_38_significant_digits(refused: Refused) -> None:
    digits = "9" * 39
    raw = f'{{"metadata":{{"a":{digits},"b":{{"c":[1,-0.{digits}e-7]}},"d":1{"0" * 60}}}}}'

    message = "Number must have at most 38 significant digit(s)"
    assert refused(raw=raw) == {"metadata.a": message, "metadata.b.c.1": message}


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_every_failing_part_is_named_beside_failing_fields(
    create: Create,
    refused: Refused,
    method: str,
) -> None:
    target = PATH if method == "POST" else f"{PATH}/{create({})['id']}"

    fields = refused(
        method=method,
        target=target,
        raw=f'{{"email":"x","metadata":{{"n":{"1" * 39},"{"k" * 41}":1}},"nick":1}}',
    )

    assert set(fields) == {"email", "metadata.n", f"metadata.{'k' * 41}", "nick"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**37), 10**37) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=40), JSON, max_size=50))
def test_whatever_is_within_the_limits_survives(metadata: dict[str, Any]) -> None:
    sent = document.parse(json.dumps(metadata))
    assert isinstance(sent, dict)

    assert list(check({"metadata": sent})) == []
    assert json.loads(document.render(sent)) == metadata


@given(st.text("0123456789", min_size=1, max_size=80), st.integers(0, 80))
def test_zeros_at_the_ends_are_not_significant(digits: str, point: int) -> None:
    whole, part = digits[:point].lstrip("0") or "0", digits[point:]
    text = f"{whole}.{part}" if part else whole

    broken = list(check({"metadata": {"n": document.parse(text)}}))

    assert bool(broken) is (len(digits.strip("0")) > 38)
