"""An exact look-up costs two calls, however many clients the workspace has."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from registry.contracts.registry_api.operations import OPERATIONS
from registry.domain.change import Author, create
from registry.domain.client import Client, Phone
from registry.domain.tenant import Tenant
from registry.projections.keys import Keys
from registry.store import items
from registry.store.clients import ClientStore
from registry.store.links import LinkStore
from registry.store.look_up_keys import LookUpKeyStore
from tests.contract.registry_api.conftest import CLIENTS, Registry
from tests.contract_client import ContractClient, caller

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

SIZE = 100_000
TENANT = Tenant(caller("registry")["workspaceId"], "live")
AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)


class Engine:
    """DynamoDB, as far as look-ups read it, with every call counted.

    Attributes:
        calls: names of the calls.
        read: how many items they returned.
    """

    def __init__(self, clients: list[Client]) -> None:
        self._clients = {client.id: client for client in clients}
        self._external = {client.external_id: client.id for client in clients}
        self._keys: dict[str, list[str]] = defaultdict(list)
        self.calls: list[str] = []
        self.read = 0

    def batch_write_item(self, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        """Keys, as `index` writes them."""
        for request in RequestItems["views"]:
            item = request["PutRequest"]["Item"]
            self._keys[item["pk"]["S"]].append(item["sk"]["S"])
        return {"UnprocessedItems": {}}

    def query(self, **request: Any) -> dict[str, Any]:
        """Keys of a value, or the index of external ids."""
        values = request["ExpressionAttributeValues"]
        if request["TableName"] == "views":
            found = [{"sk": {"S": each}} for each in self._keys[values[":key"]["S"]]]
        else:
            external_id = values[":partition"]["S"].rpartition("#")[2]
            found = [{"sk": {"S": items.CLIENT + self._external[external_id]}}]
        return self._counted("Query", {"Items": found}, len(found))

    def get_item(self, **_: Any) -> dict[str, Any]:
        """The link of a vendor's id."""
        link = {"client_id": {"S": next(iter(self._clients))}}
        return self._counted("GetItem", {"Item": link}, 1)

    def batch_get_item(self, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        """Clients by their keys."""
        ids = [items.client_id_of(key) for key in RequestItems["clients"]["Keys"]]
        found = [items.client_item(TENANT, self._clients[each]) for each in ids]
        return self._counted("BatchGetItem", {"Responses": {"clients": found}}, len(found))

    def _counted(self, name: str, response: dict[str, Any], read: int) -> dict[str, Any]:
        self.calls.append(name)
        self.read += read
        return response


@pytest.fixture(scope="module")
def clients() -> list[Client]:
    """A hundred thousand clients, each with values of its own."""
    return [
        create(
            Author("c", AT + timedelta(milliseconds=number)),
            email=f"jane.{number}@example.com",
            phone=Phone(f"{number}", f"+14152{number:06}"),
            tax_number=f"T-{number}",
            external_id=f"crm-{number}",
        ).client
        for number in range(SIZE)
    ]


@pytest.fixture(scope="module")
def engine(clients: list[Client]) -> Engine:
    """Their tables, with the keys that a rebuild writes."""
    engine = Engine(clients)
    client = cast("DynamoDBClient", engine)
    keys = Keys(ClientStore(client, "clients", ""), LookUpKeyStore(client, "views"))
    assert keys.rebuild(TENANT, clients) == 3 * SIZE
    return engine


@pytest.mark.parametrize(
    "query",
    [
        "email=JANE.77777@example.com",
        "phone=%2B14152077777",
        "tax_id=T-77777",
        "external_id=crm-77777",
        "external_id=crm-77777&email=jane.77777@example.com&phone=%2B14152077777&tax_id=T-77777",
        "vendor_id=x&contract=paytrum",
    ],
)
def test_a_look_up_among_a_hundred_thousand_clients_is_two_calls_of_one_item(
    clients: list[Client], engine: Engine, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    client = cast("DynamoDBClient", engine)
    stores = {
        "client_store": ClientStore(client, "clients", ""),
        "look_up_key_store": LookUpKeyStore(client, "views"),
        "link_store": LinkStore(client, "links"),
    }
    for name, store in stores.items():
        monkeypatch.setattr(
            f"registry.contracts.registry_api.clients.lists.{name}", lambda s=store: s
        )
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "ClientRegistry")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    registry = Registry(ContractClient(OPERATIONS, caller("registry")))
    engine.calls, engine.read = [], 0

    data = registry.data(f"{CLIENTS}?{query}")

    expected = clients[0 if "vendor_id" in query else 77_777]
    assert [each["id"] for each in data] == [expected.id]
    assert len(engine.calls) == 2
    assert engine.read == 2
