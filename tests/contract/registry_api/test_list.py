"""The list of clients and its exact look-ups: `docs/registry.md`, "Lists and look-ups"."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.domain.identifiers import instant, now, parse_instant
from registry.domain.tenant import Tenant
from registry.store.links import link_store
from tests.contract.calls import counted
from tests.contract.registry_api.conftest import CLIENTS, Registry
from tests.contract_client import caller
from tests.stream import Stream

TENANT = Tenant(caller("registry")["workspaceId"], "live")
Json = dict[str, Any]


def found(registry: Registry, **query: str) -> list[str]:
    """Ids of the clients of a list, page by page."""
    return [each["id"] for each in registry.walk(f"{CLIENTS}?{urlencode(query)}")]


def link(vendor_id: str, client_id: str, contract: str = "paytrum") -> None:
    """Write a link, as a move from a vendor does."""
    link_store().link(TENANT, contract, vendor_id, client_id)


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ({"email": "Jane@Bücher.example"}, {"email": "jane@xn--bcher-kva.example"}),
        ({"email": "jane@acme.com"}, {"email": " JANE@ACME.COM "}),
        ({"phone": "(415) 555-2671"}, {"phone": "+1 415 555 2671"}),
        ({"phone": "+14155552671"}, {"phone": "4155552671"}),
        ({"ein": "123456789"}, {"tax_id": "12-3456789"}),
        ({"ein": "12-3456789"}, {"tax_id": "123456789"}),
        ({"tax_number": "DE 999"}, {"tax_id": "DE 999"}),
        ({"external_id": "crm-1"}, {"external_id": "crm-1"}),
    ],
)
def test_a_client_is_found_by_a_value_in_any_spelling_and_in_two_calls(
    registry: Registry, stream: Stream, body: Json, query: dict[str, str]
) -> None:
    client = registry.create(**body)
    registry.create(name="Another", email="other@acme.com", phone="(415) 555-2672", ein="987654321")
    stream.catch_up()

    with counted() as calls:
        page = registry.send("GET", f"{CLIENTS}?{urlencode(query)}", status=200).json

    assert [each["id"] for each in page["data"]] == [client["id"]]
    assert page["next"] is None
    assert len(calls.names) <= 2


@pytest.mark.parametrize(
    "query",
    [
        {"email": "billing@acme.com"},
        {"email": "nobody@acme.com"},
        {"phone": "(415) 555-2672"},
        {"tax_id": "12-3456780"},
        {"external_id": "CRM-1"},
        {"vendor_id": "x", "contract": "paytrum"},
        {"vendor_id": "é" * 200, "contract": "paytrum"},
    ],
)
def test_another_value_finds_nobody(
    registry: Registry, stream: Stream, query: dict[str, str]
) -> None:
    registry.create(
        email="ar@acme.com",
        billing_email="billing@acme.com",
        phone="(415) 555-2671",
        ein="12-3456789",
        external_id="crm-1",
    )
    stream.catch_up()

    assert found(registry, **query) == []


def test_a_client_is_found_by_its_vendors_id_in_that_contract_alone(registry: Registry) -> None:
    client = registry.create(name="Acme")
    link("66f1a2b3", client["id"])

    with counted() as calls:
        assert found(registry, vendor_id="66f1a2b3", contract="paytrum") == [client["id"]]
    assert calls.names == ["GetItem", "BatchGetItem"]
    assert found(registry, vendor_id="66f1a2b3", contract="athenty") == []
    other_mode = Registry(registry.client.as_caller(mode="test"))
    assert found(other_mode, vendor_id="66f1a2b3", contract="paytrum") == []


def test_all_values_given_have_to_hold(registry: Registry, stream: Stream) -> None:
    both = registry.create(email="ar@acme.com", phone="(415) 555-2671", external_id="1")
    registry.create(email="ar@acme.com", external_id="2")
    registry.create(phone="(415) 555-2671")
    stream.catch_up()
    link("v", both["id"])

    email, phone = "ar@acme.com", "(415) 555-2671"
    assert found(registry, email=email, phone=phone) == [both["id"]]
    assert found(registry, email=email, external_id="1") == [both["id"]]
    assert found(registry, external_id="2", phone=phone) == []
    assert found(registry, vendor_id="v", contract="paytrum", email=email) == [both["id"]]
    assert found(registry, vendor_id="v", contract="paytrum", tax_id="1") == []


def test_a_value_that_a_client_has_no_longer_does_not_find_it(
    registry: Registry, stream: Stream
) -> None:
    client = registry.create(email="old@acme.com", external_id="old")
    stream.catch_up()
    registry.patch(client["id"], email="new@acme.com", external_id=None)

    before_the_stream = found(registry, email="old@acme.com")
    stream.catch_up()

    assert before_the_stream == found(registry, email="old@acme.com") == []
    assert found(registry, external_id="old") == []
    assert found(registry, email="new@acme.com") == [client["id"]]


def test_archived_clients_are_found_and_status_tells_them_apart(
    registry: Registry, stream: Stream
) -> None:
    active = registry.create(email="ar@acme.com")
    archived = registry.create(email="ar@acme.com")
    registry.send("DELETE", f"{CLIENTS}/{archived['id']}")
    stream.catch_up()

    for more in ({}, {"email": "ar@acme.com"}):
        assert found(registry, **more) == [archived["id"], active["id"]]
        assert found(registry, status="active", **more) == [active["id"]]
        assert found(registry, status="archived", **more) == [archived["id"]]


@pytest.mark.parametrize("more", [{}, {"email": "ar@acme.com"}])
def test_pages_go_newest_first_and_those_by_change_oldest_first(
    registry: Registry, stream: Stream, more: dict[str, str]
) -> None:
    made = [registry.create(email="ar@acme.com")["id"] for _ in range(7)]
    for client_id in (made[3], made[0]):
        registry.patch(client_id, notes="x")
    registry.send("DELETE", f"{CLIENTS}/{made[5]}")
    stream.catch_up()
    order = [made[n] for n in (1, 2, 4, 6, 3, 0, 5)]
    long_ago = "2026-01-01T00:00:00Z"

    assert found(registry, limit="2", **more) == made[::-1]
    assert found(registry, limit="2", updated_since=long_ago, **more) == order
    active = found(registry, limit="3", updated_since=long_ago, status="active", **more)
    assert active == order[:-1]


@pytest.mark.parametrize("more", [{}, {"email": "ar@acme.com"}])
def test_bounds_are_inclusive(registry: Registry, stream: Stream, more: dict[str, str]) -> None:
    first = registry.create(email="ar@acme.com")
    second = registry.create(email="ar@acme.com")
    stream.catch_up()
    for name in ("created", "updated"):
        at = parse_instant(second[f"{name}_at"])
        after = instant(at + timedelta(milliseconds=1))

        assert second["id"] in found(registry, **{f"{name}_since": instant(at)}, **more)
        assert second["id"] not in found(registry, **{f"{name}_since": after}, **more)
    everybody = found(registry, created_since=first["created_at"], **more)
    assert everybody == [second["id"], first["id"]]


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("vendor_id=x", {"vendor_id": "needs"}),
        ("contract=paytrum", {"contract": "needs"}),
        ("phone=nobody", {"phone": "phone"}),
        ("vendor_id=x&phone=1", {"vendor_id": "needs", "phone": "phone"}),
        ("contract=other&vendor_id=x", {"contract": "enum"}),
        ("status=gone", {"status": "literal_error"}),
        ("created_since=2026-01-01", {"created_since": "instant"}),
        ("limit=0&after=x", {"limit": "greater_than_equal"}),
        ("limit=101", {"limit": "less_than_equal"}),
        ("limit=x&sort=name", {"limit": "int_parsing", "sort": "extra_forbidden"}),
        ("email=a&email=b", {"email": "repeated"}),
        ("email=", {"email": "string_too_short"}),
        ("after=x", {"after": "cursor"}),
    ],
)
def test_bad_parameters_are_named_all_at_once(
    registry: Registry, query: str, errors: dict[str, str]
) -> None:
    problem = registry.send("GET", f"{CLIENTS}?{query}", status=400).json

    assert problem["type"] == "urn:client-registry:problem:bad-request"
    assert {each["parameter"]: each["code"] for each in problem["errors"]} == errors
    assert all("field" not in each for each in problem["errors"])


def test_a_cursor_belongs_to_its_list_its_filters_and_its_tenant(registry: Registry) -> None:
    client = registry.create(name="a", email="ar@acme.com", consents={"email": True})
    registry.create(name="b")
    cursor = registry.send("GET", f"{CLIENTS}?limit=1", status=200).json["next"]
    ours = registry.send("GET", f"{CLIENTS}?limit=2&after={cursor}", status=200)
    assert len(ours.json["data"]) == 1
    elsewhere = Registry(registry.client.as_caller(mode="test"))

    for api, target in (
        (registry, f"{CLIENTS}?status=active&after={cursor}"),
        (registry, f"{CLIENTS}?updated_since=2026-01-01T00:00:00Z&after={cursor}"),
        (registry, f"{CLIENTS}/{client['id']}/history?after={cursor}"),
        (registry, f"{CLIENTS}/{client['id']}/consents?after={cursor}"),
        (registry, f"/v1/events?after={cursor}"),
        (elsewhere, f"{CLIENTS}?after={cursor}"),
    ):
        problem = api.send("GET", target, status=400).json
        assert [each["code"] for each in problem["errors"]] == ["cursor"], target


def forge(place: str, key: bytes, binding: str) -> str:
    """A cursor of a place, for whoever knows what it is bound to."""
    from registry.gateway.cursor import Cursors  # noqa: PLC0415 - what an attacker would write

    return Cursors(binding, key).issue(*place.split(" "))


@pytest.mark.parametrize(
    "place", ["x", "", "x y z", f"{'9' * 900}", "\x00", "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5 x"]
)
def test_a_cursor_that_somebody_made_is_400_also_without_a_key(
    registry: Registry, place: str
) -> None:
    from registry.domain import document  # noqa: PLC0415 - as above

    keyless = Registry(registry.client.as_caller(cursorKey=""))
    client = keyless.create(name="Acme")
    context = keyless.client.context
    whose = [context["workspaceId"], "live", "registry"]
    for name, chosen, target in (
        ("list_clients", {}, CLIENTS),
        ("list_history", {"client": client["id"]}, f"{CLIENTS}/{client['id']}/history"),
        ("list_consents", {"client": client["id"]}, f"{CLIENTS}/{client['id']}/consents"),
        ("list_events", {}, "/v1/events"),
    ):
        if name == "list_events" and not place:
            continue
        cursor = forge(place, b"", document.canonical([*whose, name, chosen]))

        problem = keyless.send("GET", f"{target}?after={quote(cursor)}", status=400).json

        assert [each["code"] for each in problem["errors"]] == ["cursor"], name


EMAILS = ["a@acme.com", "A@Acme.com", "b@acme.com", None]
PHONES = ["(415) 555-2671", "+14155552671", "(415) 555-2672", None]
MODEL: dict[str, Callable[[Json], bool]] = {
    "email=a%40acme.com": lambda each: (each["email"] or "").lower() == "a@acme.com",
    "phone=4155552671": lambda each: (each["phone"] or {}).get("e164") == "+14155552671",
    "status=active": lambda each: each["status"] == "active",
}
STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(EMAILS),
        st.sampled_from(PHONES),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, chosen=st.sets(st.sampled_from(sorted(MODEL)), min_size=1))
def test_a_look_up_finds_exactly_who_has_the_values_after_any_history(
    registry: Registry, stream: Stream, steps: list[Any], chosen: set[str]
) -> None:
    started = instant(now())
    ids: list[str] = []
    for number, email, phone, archived, seen in steps:
        if number >= len(ids):
            ids.append(registry.create(email=email, phone=phone)["id"])
        else:
            registry.patch(ids[number], email=email, phone=phone)
            if archived:
                registry.send("DELETE", f"{CLIENTS}/{ids[number]}")
        if seen:
            stream.catch_up()
    stream.catch_up()

    query = "&".join(sorted(chosen))
    shown = registry.walk(f"{CLIENTS}?{query}&created_since={started}&limit=2")

    everybody = [registry.get(client_id) for client_id in ids]
    expected = [each for each in everybody if all(MODEL[name](each) for name in chosen)]
    assert [each["id"] for each in shown] == sorted((e["id"] for e in expected), reverse=True)
