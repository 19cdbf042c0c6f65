"""What follows from a change on the stack: events, and the views that lists are read from."""

import time

from registry.domain.tenant import Tenant
from registry.store.events import EventStore
from registry.store.rows import ClientRows
from registry.store.views import ViewStore
from tests.stack.conftest import Stack, administrator

PATH = "/v2/api/clients"


def test_a_create_shows_up_in_the_totals_of_packs_and_as_an_event(stack: Stack) -> None:
    workspace = stack.workspace()
    tenant = Tenant(workspace, "live")
    dynamodb = administrator("dynamodb", stack.endpoint)
    stacks = administrator("cloudformation", stack.endpoint).describe_stacks()["Stacks"]
    names = {
        each["OutputKey"]: each["OutputValue"]
        for deployed in stacks
        for each in deployed.get("Outputs", [])
    }
    views = ViewStore(dynamodb, names["ViewsTableName"])
    events = EventStore(dynamodb, names["EventsTableName"])
    assert views.snapshot(tenant) is None
    assert ClientRows(dynamodb, names["ClientsTableName"]).get(tenant, workspace) is None

    rebuilt = stack.registry("views", "rebuild", "--workspace", workspace)
    with stack.access(workspace, "athenty").client() as http:
        created = http.post(PATH, json={"businessName": "Acme"}).json()
        total = 0
        while total == 0:
            time.sleep(0.2)
            total = http.get(f"{PATH}?search=acme").json()["pagination"]["total"]
        listed = http.get(PATH).json()
    written = list(events.of(tenant, created["id"]))
    while not written:
        time.sleep(0.2)
        written = list(events.of(tenant, created["id"]))
    checked = stack.registry("views", "check", "--workspace", workspace)

    assert rebuilt == {"clients": 0, "packs": 1}
    assert [client["id"] for client in listed["data"]] == [created["id"]]
    assert listed["pagination"]["total"] == total == 1
    assert [event.type for event in written] == ["client.created"]
    assert (checked["packed"], checked["different"]) == (True, [])
