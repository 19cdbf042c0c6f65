"""Rule 5: a value that a contract shows, sent back through it, changes nothing in any contract."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.contracts.alternative_payments.operations import OPERATIONS as PAYMENTS
from registry.contracts.athenty.operations import OPERATIONS as ATHENTY
from registry.contracts.hoursmith.operations import OPERATIONS as HOURSMITH
from registry.contracts.paytrum.operations import OPERATIONS as PAYTRUM
from registry.contracts.registry_api.operations import OPERATIONS as REGISTRY
from tests.contract_client import ContractClient, Reply, caller


@dataclass(frozen=True)
class Api:
    """A contract's client calls.

    Attributes:
        path: of the collection.
        wrapped: whether a client stands within `data`.
    """

    client: ContractClient = field(repr=False)
    path: str
    wrapped: bool = False

    def create(self, body: dict[str, Any]) -> str:
        reply = self.client.send("POST", self.path, body, {"Idempotency-Key": str(uuid.uuid4())})
        assert reply.status == 201, reply.text
        return str(self._object(reply)["id"])

    def shown(self, client_id: str) -> dict[str, Any]:
        reply = self.client.send("GET", f"{self.path}/{client_id}")
        assert reply.status == 200, reply.text
        return self._object(reply)

    def patch(self, client_id: str, body: dict[str, Any]) -> Reply:
        return self.client.send("PATCH", f"{self.path}/{client_id}", body)

    def _object(self, reply: Reply) -> dict[str, Any]:
        found: dict[str, Any] = reply.json["data"] if self.wrapped else reply.json
        return found


APIS = {
    "paytrum": (PAYTRUM, "/v1/clients", False),
    "athenty": (ATHENTY, "/v2/api/clients", False),
    "hoursmith": (HOURSMITH, "/api/v1/clients", True),
    "alternative_payments": (PAYMENTS, "/customers", False),
    "registry": (REGISTRY, "/v1/clients", False),
}
# Values that one contract takes and another cannot show, or would refuse of a caller.
WORDS = st.sampled_from(["Acme", "Acme West Coast", "José", "Jose\u0301", "İstanbul", "O'Neill"])
LONG = st.sampled_from(["x" * 200, "é" * 150])
NAMES = WORDS | LONG
EMAILS = st.sampled_from(["ar@acme.com", "Jane@Example.com", "jane@fass.de"])
READABLE = st.sampled_from(["(415) 555-2671", "+1 415-555-2671", "+442079460958"])
PHONES = READABLE | st.sampled_from(["(212) 252 0000", "call Bob", "555-0100 ext 3", "0" * 40])
COUNTRY_NAMES = st.sampled_from(["USA", "us", "United States", "Turkey", "TR", "Canada"])
CODES = st.sampled_from(["US", "ca", "TR", "GB"])
STATES = st.sampled_from(["NY", "New York", "ON", "Île-de-France"])
METADATA = st.sampled_from([{}, {"a": 1}, {"a": 1.50, "b": [None, True]}])


def bodies(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


def attested(body: dict[str, Any]) -> dict[str, Any]:
    """Paytrum wants consent beside an address or a number."""
    flags = {"email": "emailConsent", "phone": "smsConsent"}
    return {**body, **{flag: True for name, flag in flags.items() if name in body}}


BODIES = {
    "paytrum": bodies(
        {"name": NAMES},
        email=EMAILS,
        phone=READABLE,
        company=NAMES,
        usageType=st.sampled_from(["consumer", "commercial"]),
        address=bodies({}, line1=NAMES, city=WORDS, state=st.just("NY"), country=st.just("US")),
        timezone=st.sampled_from(["America/New_York", "Europe/Berlin"]),
        notes=LONG,
    ).map(attested),
    "athenty": bodies(
        {},
        nameFirst=NAMES,
        nameLast=NAMES,
        businessName=NAMES,
        email=EMAILS,
        phone=PHONES,
        externalId=st.just("crm-1"),
        memberType=st.sampled_from(["individual", "business"]),
        region=STATES,
        postalCode=st.just("10115"),
        country=CODES,
        metadata=METADATA,
    ),
    "hoursmith": bodies(
        {"name": NAMES},
        contactName=NAMES,
        email=EMAILS,
        phone=PHONES,
        website=st.sampled_from(["acme.com", "https://acme.com/a?b#c"]),
        currency=st.just("eur"),
        billingRegion=STATES,
        billingPostalCode=st.just("1" * 30),
        billingCountry=COUNTRY_NAMES | st.sampled_from(["Atlantis", "Nowhere"]),
        defaultRate=st.sampled_from(["100.50", "1e2"]),
        defaultTaxRate=st.just("19.0"),
        requirePoNumber=st.booleans(),
        billingEmail=EMAILS,
    ),
    "alternative_payments": bodies(
        {},
        name=NAMES,
        legal_name=NAMES,
        ein=st.just("123456789"),
        street_address=st.just("s" * 300),
        sub_premise=WORDS,
        state=STATES,
        postal_code=st.just("2" * 200),
        country=COUNTRY_NAMES,
    ),
    "registry": bodies(
        {},
        name=NAMES,
        company=NAMES,
        email=EMAILS,
        phone=PHONES,
        website=st.just("acme.com"),
        usage_type=st.sampled_from(["consumer", "commercial"]),
        address=bodies({}, line1=st.just("s" * 300), region=STATES, country=COUNTRY_NAMES),
        tax_number=st.just("T-1"),
        default_rate=st.sampled_from(["100.50", "1e2"]),
        timezone=st.just("Europe/Berlin"),
        metadata=METADATA,
    ),
}
writes = st.sampled_from(sorted(BODIES)).flatmap(
    lambda contract: st.tuples(st.just(contract), BODIES[contract])
)


@pytest.fixture(scope="module")
def apis() -> dict[str, Api]:
    return {
        contract: Api(ContractClient(operations, caller(contract)), path, wrapped)
        for contract, (operations, path, wrapped) in APIS.items()
    }


def shown_everywhere(apis: dict[str, Api], client_id: str) -> dict[str, dict[str, Any]]:
    return {contract: api.shown(client_id) for contract, api in apis.items()}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=writes, later=st.lists(writes, max_size=2))
def test_the_whole_object_sent_back_changes_nothing_in_any_contract(
    tables: None,
    apis: dict[str, Api],
    first: tuple[str, dict[str, Any]],
    later: list[tuple[str, dict[str, Any]]],
) -> None:
    contract, body = first
    client_id = apis[contract].create(body)
    for other, change in later:
        apis[other].patch(client_id, change)
    before = shown_everywhere(apis, client_id)

    for contract, api in apis.items():
        reply = api.patch(client_id, before[contract])

        assert reply.status == 200, (contract, reply.text)
        assert shown_everywhere(apis, client_id) == before, contract


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=writes, later=writes, sender=st.sampled_from(sorted(BODIES)), data=st.data())
def test_any_part_of_the_object_sent_back_changes_nothing_in_any_contract(
    tables: None,
    apis: dict[str, Api],
    first: tuple[str, dict[str, Any]],
    later: tuple[str, dict[str, Any]],
    sender: str,
    data: st.DataObject,
) -> None:
    contract, body = first
    client_id = apis[contract].create(body)
    apis[later[0]].patch(client_id, later[1])
    before = shown_everywhere(apis, client_id)
    names = data.draw(st.sets(st.sampled_from(sorted(before[sender]))))

    reply = apis[sender].patch(client_id, {name: before[sender][name] for name in names})

    assert reply.status == 200, (names, reply.text)
    assert shown_everywhere(apis, client_id) == before


def with_null(value: object) -> object:
    """Null in place of a text, within an object in place of each of its texts."""
    if isinstance(value, dict):
        return {name: with_null(item) for name, item in value.items()}
    return None


@pytest.mark.parametrize(
    ("contract", "change", "cleared"),
    [
        ("paytrum", {"phone": ""}, "phone"),
        ("paytrum", {"phone": " "}, "phone"),
        ("paytrum", {"address": {"country": ""}}, "billingCountry"),
        ("athenty", {"country": ""}, "billingCountry"),
    ],
)
def test_blank_text_clears_what_a_contract_cannot_show_and_null_does_not(
    tables: None, apis: dict[str, Api], contract: str, change: dict[str, Any], cleared: str
) -> None:
    hoursmith = apis["hoursmith"]
    body = {"name": "Acme", "phone": "call Bob", "billingCountry": "Atlantis"}
    client_id = hoursmith.create(body)

    def as_null(value: object) -> object:
        return (
            {key: as_null(item) for key, item in value.items()} if isinstance(value, dict) else None
        )

    assert (
        apis[contract].patch(client_id, {key: as_null(change[key]) for key in change}).status == 200
    )
    kept = hoursmith.shown(client_id)
    assert apis[contract].patch(client_id, change).status == 200

    assert kept[cleared] == body[cleared]
    assert hoursmith.shown(client_id)[cleared] is None


@pytest.mark.parametrize(
    ("contract", "change"),
    [
        ("paytrum", {"id": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"}),
        ("paytrum", {"object": "customer"}),
        ("paytrum", {"status": "inactive"}),
        ("paytrum", {"createdAt": "2020-01-01T00:00:00.000Z"}),
        ("paytrum", {"updatedAt": "2999-01-01T00:00:00.000Z"}),
        ("paytrum", {"updatedAt": "yesterday"}),
        ("athenty", {"orgId": "0192f0c1-2f3a-7cc0-9d2e-000000000000"}),
        ("athenty", {"requestCount": 1}),
        ("hoursmith", {"deletedAt": "2020-01-01T00:00:00.000Z"}),
        ("alternative_payments", {"customer_integration_id": "x"}),
    ],
)
def test_a_read_only_key_with_another_value_is_an_unknown_key(
    tables: None, apis: dict[str, Api], contract: str, change: dict[str, Any]
) -> None:
    client_id = apis["hoursmith"].create({"name": "Acme"})

    reply = apis[contract].patch(client_id, change)
    unknown = apis[contract].patch(client_id, {"surely_unknown": 1})

    (name,) = change
    assert reply.status == 422
    assert reply.text == unknown.text.replace("surely_unknown", name)


@pytest.mark.parametrize("contract", ["paytrum", "athenty", "hoursmith"])
def test_an_earlier_instant_of_the_last_change_is_accepted(
    tables: None, apis: dict[str, Api], contract: str
) -> None:
    client_id = apis["hoursmith"].create({"name": "Acme"})
    before = apis[contract].shown(client_id)
    apis["hoursmith"].patch(client_id, {"billingCity": "Salem"})

    reply = apis[contract].patch(client_id, {"updatedAt": before["updatedAt"], "email": None})

    assert reply.status == 200


def test_a_flag_beside_another_address_attests_it(tables: None, apis: dict[str, Api]) -> None:
    paytrum = apis["paytrum"]
    client_id = paytrum.create({"name": "Acme", "email": "a@acme.com", "emailConsent": True})

    reply = paytrum.patch(client_id, {"email": "b@acme.com", "emailConsent": True})

    assert (reply.json["email"], reply.json["emailConsent"]) == ("b@acme.com", True)
