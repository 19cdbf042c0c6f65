"""`/v1/matches`: pairs of clients that may be one and the same, and what a person says of them."""

from typing import Any

import pytest

from registry.contracts.registry_api.operations import OPERATIONS
from registry.domain.identifiers import new_id
from tests.contract.registry_api.conftest import CLIENTS, Registry
from tests.contract_client import ContractClient, caller
from tests.stream import Stream

MATCHES = "/v1/matches"
Json = dict[str, Any]
JOHN = {"first_name": "John", "last_name": "Appleseed", "email": "john@appleseed.com"}


def twins(registry: Registry, stream: Stream, **fields: object) -> tuple[Json, Json]:
    """Two clients that are surely one, unless their fields say otherwise, and are paired."""
    one, other = registry.create(**JOHN), registry.create(**{**JOHN, **fields})
    stream.catch_up()
    return one, other


def pair_id(one: Json, other: Json) -> str:
    return ".".join(sorted((one["id"], other["id"])))


def judge(registry: Registry, pair: str, verdict: str) -> Json:
    """The pair after a person's verdict."""
    judged: Json = registry.send("PUT", f"{MATCHES}/{pair}", {"verdict": verdict}, status=200).json
    return judged


def test_a_pair_says_who_why_and_how_sure(registry: Registry, stream: Stream) -> None:
    one, other = twins(registry, stream)

    (pair,) = registry.data(MATCHES)

    assert pair.keys() == {"id", "clients", "verdict", "score", "reasons", "judged_by", "at"}
    assert (pair["id"], pair["clients"]) == (pair_id(one, other), sorted([one["id"], other["id"]]))
    assert (pair["verdict"], pair["judged_by"]) == ("sure", "machine")
    assert {(each["field"], each["level"]) for each in pair["reasons"]} == {
        ("first_name", "exact"),
        ("last_name", "exact"),
        ("email", "exact"),
    }
    assert pair["score"] == pytest.approx(sum(each["weight"] for each in pair["reasons"]))
    for client in (one, other):
        assert registry.data(f"{CLIENTS}/{client['id']}/matches") == [pair]


def test_a_list_has_sure_and_possible_pairs_and_each_verdict_can_be_asked_for(
    registry: Registry, stream: Stream
) -> None:
    sure = pair_id(*twins(registry, stream))
    name = {"first_name": "Zoe", "last_name": "Quux", "email": None}
    one, other = (registry.create(**name) for _ in range(2))
    stream.catch_up()
    possible = pair_id(one, other)

    assert [pair["id"] for pair in registry.data(MATCHES)] == [possible, sure]
    assert [pair["id"] for pair in registry.data(f"{MATCHES}?verdict=sure")] == [sure]
    assert [pair["id"] for pair in registry.data(f"{MATCHES}?verdict=possible")] == [possible]
    judge(registry, possible, "dismissed")
    assert [pair["id"] for pair in registry.data(MATCHES)] == [sure]
    assert [pair["id"] for pair in registry.data(f"{MATCHES}?verdict=dismissed")] == [possible]


def test_pages_hold_every_pair_once(registry: Registry, stream: Stream) -> None:
    clients = [registry.create(**JOHN) for _ in range(4)]
    stream.catch_up()
    every = registry.walk(MATCHES)

    assert len({pair["id"] for pair in every}) == 6
    assert every == sorted(every, key=lambda pair: (pair["at"], pair["id"]), reverse=True)
    assert registry.walk(f"{MATCHES}?limit=1") == every
    mine = registry.walk(f"{CLIENTS}/{clients[0]['id']}/matches?limit=2")
    assert len({pair["id"] for pair in mine}) == 3


def test_a_persons_verdict_is_not_overruled_by_later_changes(
    registry: Registry, stream: Stream
) -> None:
    one, other = twins(registry, stream)
    pair = pair_id(one, other)

    judged = judge(registry, pair, "dismissed")
    assert judged["verdict"] == "dismissed"
    assert judged["judged_by"] not in {"machine", ""}
    registry.patch(one["id"], phone="+1 415 555 2671")
    registry.patch(other["id"], phone="+1 415 555 2671")
    stream.catch_up()

    (found,) = registry.data(f"{CLIENTS}/{one['id']}/matches")
    assert (found["verdict"], found["judged_by"]) == ("dismissed", judged["judged_by"])
    assert found["score"] > judged["score"]


def test_an_opened_pair_is_what_its_score_makes_it(registry: Registry, stream: Stream) -> None:
    one, other = twins(registry, stream)
    judge(registry, pair_id(one, other), "dismissed")

    opened = judge(registry, pair_id(one, other), "open")

    assert opened["verdict"] == "sure"
    assert registry.data(MATCHES) == [opened]


def test_a_repeated_verdict_changes_nothing(registry: Registry, stream: Stream) -> None:
    pair = pair_id(*twins(registry, stream))

    assert judge(registry, pair, "dismissed") == judge(registry, pair, "dismissed")


def test_a_verdict_passes_to_the_survivor_of_a_merge(registry: Registry, stream: Stream) -> None:
    one, other = twins(registry, stream)
    third = registry.create(**JOHN, website="appleseed.com")
    stream.catch_up()
    judge(registry, pair_id(one, other), "dismissed")

    merge = {"survivor": third["id"], "absorbed": one["id"]}
    made = registry.send("POST", "/v1/merges", merge, status=201).json
    stream.catch_up()

    (pair,) = registry.walk(f"{CLIENTS}/{third['id']}/matches")
    assert (pair["id"], pair["verdict"]) == (pair_id(third, other), "dismissed")
    assert registry.data(f"{CLIENTS}/{one['id']}/matches") == [pair]

    registry.send("POST", f"/v1/merges/{made['id']}/undo", status=200)
    stream.catch_up()
    verdicts = {
        each["id"]: each["verdict"] for each in registry.walk(f"{MATCHES}?verdict=dismissed")
    }
    assert verdicts.keys() == {pair_id(one, other), pair_id(one, third)}
    assert [each["id"] for each in registry.data(MATCHES)] == [pair_id(other, third)]


def test_a_merge_closes_its_pair(registry: Registry, stream: Stream) -> None:
    one, other = twins(registry, stream)

    merge = {"survivor": one["id"], "absorbed": other["id"]}
    registry.send("POST", "/v1/merges", merge, status=201)
    stream.catch_up()

    assert registry.data(MATCHES) == []
    judged = registry.send("PUT", f"{MATCHES}/{pair_id(one, other)}", {"verdict": "open"})
    assert judged.status == 404


@pytest.mark.parametrize("target", ["x", "{one}", "{one}.{one}", "{other}.{one}", "{one}.{other}"])
def test_an_unknown_pair_is_404(registry: Registry, target: str) -> None:
    one, other = sorted(new_id() for _ in range(2))
    path = f"{MATCHES}/{target.format(one=one, other=other)}"

    problem = registry.send("PUT", path, {"verdict": "dismissed"}, status=404).json

    assert problem["type"] == "urn:client-registry:problem:not-found"


def test_pairs_of_an_unknown_client_are_404(registry: Registry) -> None:
    registry.send("GET", f"{CLIENTS}/{new_id()}/matches", status=404)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"verdict": "missing"}),
        ({"verdict": "sure"}, {"verdict": "literal_error"}),
        ({"verdict": None}, {"verdict": "literal_error"}),
        ({"verdict": "open", "why": "x"}, {"why": "extra_forbidden"}),
    ],
)
def test_a_body_that_is_no_verdict_is_refused(
    registry: Registry, stream: Stream, body: Json, expected: dict[str, str]
) -> None:
    pair = pair_id(*twins(registry, stream))

    assert registry.refused("PUT", f"{MATCHES}/{pair}", body) == expected


@pytest.mark.parametrize("query", ["verdict=open", "limit=0", "after=x", "status=active"])
def test_a_parameter_that_cannot_be_read_is_a_bad_request(registry: Registry, query: str) -> None:
    problem = registry.send("GET", f"{MATCHES}?{query}", status=400).json

    assert problem["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize(
    ("scope", "method", "status"),
    [("clients:read", "GET", 200), ("matches:write", "GET", 403), ("clients:read", "PUT", 403)],
)
def test_reading_needs_one_scope_and_judging_another(
    registry: Registry, stream: Stream, scope: str, method: str, status: int
) -> None:
    pair = pair_id(*twins(registry, stream))
    client = ContractClient(OPERATIONS, caller("registry", scopes=scope))
    target, body = (
        (MATCHES, None) if method == "GET" else (f"{MATCHES}/{pair}", {"verdict": "open"})
    )

    assert client.send(method, target, body).status == status
