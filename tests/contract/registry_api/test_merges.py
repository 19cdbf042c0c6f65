"""`/v1/merges`: two clients become one, and come apart again."""

from typing import Any

import pytest

from registry.domain.identifiers import new_id
from tests.contract.registry_api.conftest import CLIENTS, Registry
from tests.stream import Stream

MERGES = "/v1/merges"
Json = dict[str, Any]
# What a merge and its undo change of a client that has not changed.
STAMPS = ("version", "updated_at")


def merge(registry: Registry, survivor: Json, absorbed: Json, **body: object) -> Json:
    """The merge of two clients."""
    pair = {"survivor": survivor["id"], "absorbed": absorbed["id"], **body}
    made: Json = registry.send("POST", MERGES, pair, status=201).json
    return made


def undo(registry: Registry, made: Json, status: int = 200) -> Json:
    """The merge after its undo, or the problem of one that is refused."""
    undone: Json = registry.send("POST", f"{MERGES}/{made['id']}/undo", status=status).json
    return undone


def unstamped(client: Json) -> Json:
    """A client without what every change of it moves."""
    return {name: value for name, value in client.items() if name not in STAMPS}


def test_the_survivors_value_counts_where_it_has_one_else_the_absorbed_ones(
    registry: Registry,
) -> None:
    survivor = registry.create(name="Acme Co", email="ar@acme.com")
    absorbed = registry.create(name="ACME Inc", website="acme.com", email="ar@acme.com")

    made = merge(registry, survivor, absorbed)

    assert made["fields"] == {
        "name": {
            "survivor": "Acme Co",
            "absorbed": "ACME Inc",
            "kept": "survivor",
            "why": "survivor_first",
        },
        "website": {
            "survivor": None,
            "absorbed": "https://acme.com",
            "kept": "absorbed",
            "why": "only_value",
        },
    }
    assert (made["client"]["name"], made["client"]["website"]) == ("Acme Co", "https://acme.com")
    assert made["client"]["absorbed"] == [absorbed["id"]]
    assert made["client"]["version"] == 2
    assert made["undone_at"] is None
    assert made["stayed"] == []
    assert registry.get(survivor["id"]) == made["client"]
    assert registry.data(CLIENTS) == [made["client"]]


def test_a_chosen_field_brings_its_unit_along(registry: Registry) -> None:
    survivor = registry.create(
        first_name="Ann", last_name="Lee", address={"line1": "1 Main St", "country": "US"}
    )
    absorbed = registry.create(first_name="Anna", last_name="Leigh", address={"city": "Toronto"})

    made = merge(
        registry, survivor, absorbed, fields={"last_name": "absorbed", "address": "absorbed"}
    )

    client = made["client"]
    assert (client["first_name"], client["last_name"]) == ("Anna", "Leigh")
    assert client["address"] == absorbed["address"]
    assert {each["why"] for each in made["fields"].values()} == {"chosen"}


def test_a_field_that_is_none_is_refused(registry: Registry) -> None:
    one, other = registry.create(), registry.create()
    pair = {"survivor": one["id"], "absorbed": other["id"]}

    refused = registry.refused(
        "POST", MERGES, {**pair, "fields": {"shoe_size": "absorbed", "email": "mine"}}
    )

    assert refused == {"fields.shoe_size": "extra_forbidden", "fields.email": "literal_error"}
    assert registry.refused("POST", MERGES, {"survivor": one["id"]}) == {"absorbed": "missing"}


def test_a_preview_writes_nothing_and_says_what_the_merge_does(registry: Registry) -> None:
    survivor, absorbed = registry.create(name="A"), registry.create(email="b@acme.com")
    pair = {"survivor": survivor["id"], "absorbed": absorbed["id"]}
    key = {"Idempotency-Key": "one"}

    preview = registry.send("POST", f"{MERGES}?preview=true", pair, key, status=200).json

    assert registry.get(survivor["id"]) == survivor
    assert registry.data(MERGES) == []
    made = registry.send("POST", MERGES, pair, key, status=201).json
    assert preview["fields"] == made["fields"]
    assert unstamped(preview["client"]) == unstamped(made["client"])
    assert (preview["id"], preview["created_at"]) == (None, None)
    assert preview.keys() == made.keys()


def test_a_repeated_merge_is_answered_with_the_first_response(registry: Registry) -> None:
    survivor, absorbed = registry.create(), registry.create()
    pair = {"survivor": survivor["id"], "absorbed": absorbed["id"]}
    key = {"Idempotency-Key": "one"}

    first = registry.send("POST", MERGES, pair, key, status=201)
    again = registry.send("POST", MERGES, pair, key, status=201)

    assert again.text == first.text
    assert again.headers["Idempotent-Replayed"] == "true"
    other = registry.send("POST", MERGES, {**pair, "survivor": new_id()}, key, status=422).json
    assert other["type"].endswith("idempotency-mismatch")
    assert len(registry.data(MERGES)) == 1


def test_a_merge_wants_the_survivors_version(registry: Registry) -> None:
    survivor, absorbed = registry.create(), registry.create()
    registry.patch(survivor["id"], name="Changed")
    pair = {"survivor": survivor["id"], "absorbed": absorbed["id"]}

    registry.send("POST", MERGES, pair, {"If-Match": '"1"'}, status=412)
    registry.send("POST", f"{MERGES}?preview=true", pair, {"If-Match": '"1"'}, status=412)

    assert registry.data(MERGES) == []
    registry.send("POST", MERGES, pair, {"If-Match": '"2"'}, status=201)


def test_pairs_that_cannot_be_merged_are_conflicts_with_a_reason(registry: Registry) -> None:
    one, two, three = registry.create(), registry.create(), registry.create()
    archived = registry.create()
    registry.send("DELETE", f"{CLIENTS}/{archived['id']}", status=200)
    merge(registry, one, two)

    def reason(survivor: Json, absorbed: Json, status: int = 409) -> str:
        pair = {"survivor": survivor["id"], "absorbed": absorbed["id"]}
        problem = registry.send("POST", MERGES, pair, status=status).json
        return str(problem["detail"])

    assert "itself" in reason(one, one)
    assert one["id"] in reason(three, two)
    assert one["id"] in reason(two, three)
    assert "archived" in reason(archived, three)
    reason(three, {"id": new_id()}, status=404)
    reason({"id": "nobody"}, three, status=404)
    merge(registry, three, archived)


def test_a_client_absorbs_twenty_at_most(registry: Registry) -> None:
    survivor = registry.create()
    others = [registry.create() for _ in range(21)]
    for other in others[1:20]:
        merge(registry, survivor, other)
    merge(registry, others[0], others[20])

    pair = {"survivor": survivor["id"], "absorbed": others[0]["id"]}
    problem = registry.send("POST", MERGES, pair, status=409).json

    assert "20" in problem["detail"]


def test_an_undone_merge_gives_both_clients_back(registry: Registry) -> None:
    survivor = registry.create(name="A", email="a@acme.com", consents={"email": True})
    absorbed = registry.create(name="B", phone="(415) 555-2671", consents={"sms": True})

    made = merge(registry, survivor, absorbed, fields={"name": "absorbed"})
    assert made["client"]["consents"] == {"email": True, "sms": True}
    undone = undo(registry, made)

    assert undone["undone_at"] is not None
    assert undone["stayed"] == []
    assert undone["client"] == registry.get(survivor["id"])
    assert unstamped(registry.get(survivor["id"])) == unstamped(survivor)
    assert unstamped(registry.get(absorbed["id"])) == unstamped(absorbed)
    assert registry.get(absorbed["id"])["version"] == 3
    assert undo(registry, made) == undone
    assert registry.send("GET", f"{MERGES}/{made['id']}", status=200).json == undone


def test_a_field_that_was_edited_since_stays_and_is_named(registry: Registry) -> None:
    survivor = registry.create(name="A", notes="kept")
    absorbed = registry.create(website="b.com", company="B", notes="lost")
    made = merge(registry, survivor, absorbed)
    registry.patch(survivor["id"], website="c.com", name="C")

    undone = undo(registry, made)

    assert undone["stayed"] == ["website"]
    client = registry.get(survivor["id"])
    assert (client["website"], client["name"]) == ("https://c.com", "C")
    assert (client["company"], client["notes"]) == (None, "kept")


def test_only_the_latest_merge_of_a_client_can_be_undone(registry: Registry) -> None:
    a, b, c, d = (registry.create(name=name) for name in "abcd")
    first = merge(registry, a, b)
    second = merge(registry, a, c)
    third = merge(registry, d, a)

    assert third["id"] in undo(registry, second, 409)["detail"]
    undo(registry, third)
    assert second["id"] in undo(registry, first, 409)["detail"]
    undo(registry, second)
    undo(registry, first)

    for client in (a, b, c, d):
        assert unstamped(registry.get(client["id"])) == unstamped(client)


def test_consent_goes_with_its_address(registry: Registry) -> None:
    survivor = registry.create(email="a@acme.com")
    absorbed = registry.create(email="A@ACME.com", consents={"email": True})
    third = registry.create(email="c@acme.com", consents={"email": True})

    made = merge(registry, survivor, absorbed)

    assert made["client"]["consents"]["email"]
    newest = registry.data(f"{CLIENTS}/{survivor['id']}/consents")[0]
    assert (newest["granted"], newest["source"]) == (True, "merge")
    assert not merge(registry, registry.create(email="d@acme.com"), third)["client"]["consents"][
        "email"
    ]


@pytest.mark.parametrize("side", ["survivor", "absorbed"])
def test_a_withdrawal_beats_a_grant(registry: Registry, side: str) -> None:
    granted = registry.create(email="a@acme.com", consents={"email": True})
    withdrawn = registry.create(email="a@acme.com", consents={"email": True})
    registry.patch(withdrawn["id"], consents={"email": False})
    pair = (withdrawn, granted) if side == "survivor" else (granted, withdrawn)

    made = merge(registry, *pair)

    assert not made["client"]["consents"]["email"]
    undo(registry, made)
    assert registry.get(granted["id"])["consents"]["email"]
    assert not registry.get(withdrawn["id"])["consents"]["email"]


def test_a_consent_withdrawn_since_stays_withdrawn_for_both(registry: Registry) -> None:
    survivor = registry.create(email="a@acme.com", consents={"email": True})
    absorbed = registry.create(email="a@acme.com", consents={"email": True})
    made = merge(registry, survivor, absorbed)
    registry.patch(survivor["id"], consents={"email": False})

    undo(registry, made)

    assert not registry.get(survivor["id"])["consents"]["email"]
    assert not registry.get(absorbed["id"])["consents"]["email"]
    newest = registry.data(f"{CLIENTS}/{absorbed['id']}/consents")[0]
    assert (newest["granted"], newest["source"]) == (False, "unmerge")


def test_merges_are_listed_newest_first(registry: Registry) -> None:
    made = [merge(registry, registry.create(), registry.create()) for _ in range(5)]

    assert registry.walk(f"{MERGES}?limit=2") == made[::-1]


def test_a_merge_and_its_undo_are_events_of_both_clients(
    registry: Registry, stream: Stream
) -> None:
    survivor, absorbed = registry.create(name="A"), registry.create(website="b.com")
    stream.catch_up()
    made = merge(registry, survivor, absorbed)
    stream.catch_up()
    undo(registry, made)
    stream.catch_up()

    events = registry.data("/v1/events")

    assert [(event["type"], event["subject"]) for event in events] == [
        ("client.created", survivor["id"]),
        ("client.created", absorbed["id"]),
        ("client.merged", survivor["id"]),
        ("client.merged", absorbed["id"]),
        ("client.unmerged", survivor["id"]),
        ("client.unmerged", absorbed["id"]),
    ]
    named = [
        {
            name: event["data"][name]
            for name in ("merge", "into", "absorbed")
            if name in event["data"]
        }
        for event in events
    ]
    mine = {"merge": made["id"], "absorbed": absorbed["id"]}
    its = {"merge": made["id"], "into": survivor["id"]}
    assert named == [{}, {}, mine, its, mine, its]
    assert events[2]["data"]["changed"] == {
        "website": [None, "https://b.com"],
        "absorbed": [[], [absorbed["id"]]],
    }
    assert events[3]["data"]["changed"] == {}


def test_merges_of_nobody_are_not_found(registry: Registry) -> None:
    for target in (new_id(), "nothing"):
        registry.send("GET", f"{MERGES}/{target}", status=404)
        registry.send("POST", f"{MERGES}/{target}/undo", status=404)
