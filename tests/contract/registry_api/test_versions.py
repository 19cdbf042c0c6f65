"""`ETag` and `If-Match`: `docs/registry.md`, "Versions"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.gateway.precondition import read_precondition
from tests.contract.registry_api.conftest import CLIENTS, Registry

CHANGES = [
    ("PATCH", "", {"notes": "x"}),
    ("DELETE", "", None),
    ("POST", "/restore", None),
]


@pytest.mark.parametrize(("method", "more", "body"), CHANGES)
@pytest.mark.parametrize(
    ("header", "status"),
    [
        ('"2"', 200),
        ("*", 200),
        (" * ", 200),
        ('"1", "2"', 200),
        ('"1" ,, "2"', 200),
        ('"a,b", "2"', 200),
        (['"1"', '"2"'], 200),
        ('"1"', 412),
        ('W/"2"', 412),
        ('"02"', 412),
        ('"3"', 412),
        ('"2', 400),
        ("2", 400),
        ('"1" "2"', 400),
        ('*, "2"', 400),
        (["*", '"2"'], 400),
        (",", 400),
        ('w/"2"', 400),
    ],
)
def test_a_change_wants_the_version_that_it_names(
    registry: Registry,
    method: str,
    more: str,
    body: object,
    header: str | list[str],
    status: int,
) -> None:
    client = registry.create(name="Acme")
    registry.patch(client["id"], notes="first")
    if more:
        registry.send("DELETE", f"{CLIENTS}/{client['id']}")
        registry.patch(client["id"], notes="second")
        header = [_shifted(each) for each in ([header] if isinstance(header, str) else header)]
    before = registry.get(client["id"])

    reply = registry.send(
        method, f"{CLIENTS}/{client['id']}{more}", body, {"If-Match": header}, status=status
    )

    if status == 200:
        assert reply.json["version"] == before["version"] + 1
        assert reply.headers["ETag"] == f'"{before["version"] + 1}"'
        return
    assert registry.get(client["id"]) == before
    kinds = {412: "precondition-failed", 400: "bad-request"}
    assert reply.json["type"] == f"urn:client-registry:problem:{kinds[status]}"
    if status == 400:
        assert [(each["parameter"], each["code"]) for each in reply.json["errors"]] == [
            ("If-Match", "entity_tags")
        ]


def _shifted(header: str) -> str:
    """The header for a client whose version is 4, not 2."""
    return header.replace("2", "4")


def test_without_the_header_the_last_writer_wins(registry: Registry) -> None:
    client = registry.create(name="Acme")

    registry.patch(client["id"], notes="one")

    assert registry.patch(client["id"], notes="two")["notes"] == "two"


def test_a_version_that_does_not_match_comes_before_the_fields_and_after_the_client(
    registry: Registry,
) -> None:
    client = registry.create(name="Acme")
    stale = {"If-Match": '"7"'}

    registry.send("PATCH", f"{CLIENTS}/{client['id']}", {"name": 1}, stale, status=412)
    unknown = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
    registry.send("PATCH", f"{CLIENTS}/{unknown}", {"name": 1}, stale, status=404)
    registry.send("PATCH", f"{CLIENTS}/{client['id']}?x=1", {"name": 1}, stale, status=400)


def test_every_response_with_a_client_has_its_version_and_a_replay_has_its_own(
    registry: Registry,
) -> None:
    key = {"Idempotency-Key": '"k"'}
    created = registry.send("POST", CLIENTS, {"name": "Acme"}, key)
    path = f"{CLIENTS}/{created.json['id']}"
    registry.send("PATCH", path, {"notes": "x"})

    replayed = registry.send("POST", CLIENTS, {"name": "Acme"}, {"Idempotency-Key": "k"})

    assert created.headers["ETag"] == replayed.headers["ETag"] == '"1"'
    assert replayed.text == created.text
    assert replayed.headers["Idempotent-Replayed"] == "true"
    assert registry.send("GET", path).headers["ETag"] == '"2"'


def test_a_replayed_restore_looks_at_no_version(registry: Registry) -> None:
    client = registry.create(name="Acme")
    path = f"{CLIENTS}/{client['id']}"
    registry.send("DELETE", path)
    headers = {"Idempotency-Key": "r", "If-Match": '"2"'}

    first = registry.send("POST", f"{path}/restore", headers=headers, status=200)
    again = registry.send("POST", f"{path}/restore", headers=headers, status=200)

    assert again.text == first.text
    assert again.headers["ETag"] == first.headers["ETag"] == '"3"'


def test_another_request_with_a_key_is_a_mismatch(registry: Registry) -> None:
    key = {"Idempotency-Key": "k"}
    registry.send("POST", CLIENTS, {"name": "Acme"}, key, status=201)

    reply = registry.send("POST", CLIENTS, {"name": "Bolt"}, key, status=422)

    assert reply.json["type"] == "urn:client-registry:problem:idempotency-mismatch"
    assert reply.headers["Content-Type"] == "application/problem+json"


TAGS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"'))


@given(st.lists(st.tuples(st.booleans(), TAGS), min_size=1), st.integers(1, 50))
def test_a_list_of_tags_holds_for_its_strong_ones(
    tags: list[tuple[bool, str]], version: int
) -> None:
    header = ", ".join(f'{"W/" if weak else ""}"{tag}"' for weak, tag in tags)

    condition = read_precondition([header])

    assert condition.holds(version) == ((False, str(version)) in tags)
