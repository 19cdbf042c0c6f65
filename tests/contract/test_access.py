"""Access to every operation of every contract, from the declarations, so that none lacks the tests.

The expected responses are written from the contracts' pages. A request without any credential does
not reach a function, because the authorizer denies it: see `tests/contract/test_openapi.py` (every
operation that is not public is guarded) and `tests/unit/functions/authorizer`. The tests here cover
the function's own checks of its caller, and an event without a caller.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from urllib.parse import urlencode

import pytest

from registry.domain.change import Author
from registry.domain.identifiers import new_id, now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.domain.workspace import CONTRACTS, Contract
from registry.gateway.operation import Example, IdempotencyKey, Operation
from registry.gateway.request import IDEMPOTENCY_HEADER
from registry.services.payment_methods import PaymentMethods
from registry.store.clients import client_store
from registry.store.payment_methods import payment_method_store
from tests.contract_client import ContractClient, Reply, caller
from tools.generate.declarations import all_operations, module_name, operations

Outcome = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The access rules of a contract's page, each response as its status and code.

    Attributes:
        unauthenticated: the credential has expired, or belongs to another contract.
        no_plan: the workspace's plan has no API.
        inactive: the workspace's subscription is inactive.
        no_scope: the credential lacks the scope.
        not_found: no such record in this workspace and mode.
        no_caller: the event does not say who calls, so API Gateway did not send it.
        fault: the registry itself is at fault.
        reads, writes: any one of these scopes lets a credential read, or change something.
        others: by path, scopes that are enough besides; None where every credential is enough.
        instead: by path, the scopes that are enough in place of all those.
    """

    unauthenticated: Outcome
    no_plan: Outcome
    inactive: Outcome
    no_scope: Outcome
    not_found: Outcome
    no_caller: Outcome
    fault: Outcome
    reads: Collection[str] = ("*", "clients:read")
    writes: Collection[str] = ("*", "clients:write")
    others: Mapping[str, Collection[str] | None] = field(default_factory=dict)
    instead: Mapping[str, Collection[str]] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)


PAGES = {
    Contract.PAYTRUM: Page(
        unauthenticated=(401, "unauthorized"),
        no_plan=(403, "forbidden"),
        inactive=(403, "forbidden"),
        no_scope=(403, "forbidden"),
        not_found=(404, "not_found"),
        no_caller=(400, "bad_request"),
        fault=(500, "internal_error"),
    ),
    Contract.ATHENTY: Page(
        unauthenticated=(401, "UNAUTHORIZED"),
        no_plan=(403, "FORBIDDEN"),
        inactive=(402, "PAYMENT_REQUIRED"),
        no_scope=(403, "FORBIDDEN"),
        not_found=(404, "NOT_FOUND"),
        no_caller=(400, "BAD_REQUEST"),
        fault=(500, "INTERNAL_ERROR"),
    ),
    Contract.HOURSMITH: Page(
        unauthenticated=(401, "unauthenticated"),
        no_plan=(402, "forbidden_plan"),
        inactive=(402, "forbidden_plan"),
        no_scope=(403, "forbidden_scope"),
        not_found=(404, "not_found"),
        no_caller=(400, "bad_request"),
        fault=(500, "internal"),
        others={"/api/v1/me": None},
    ),
    Contract.ALTERNATIVE_PAYMENTS: Page(
        unauthenticated=(401, "unauthorized"),
        no_plan=(403, "forbidden"),
        inactive=(403, "forbidden"),
        no_scope=(403, "forbidden"),
        not_found=(404, "not_found"),
        no_caller=(400, "bad_request"),
        fault=(500, "internal_error"),
        reads=("*", "read", "customers:read"),
        writes=("*", "write", "customers:write"),
        others={
            "/customers/{id}/payment-methods": ("payments:read",),
            "/customers/{id}/payment-methods/{payment_method_id}": ("payments:read",),
        },
        areas=dict.fromkeys(
            ("/webhooks", "/webhooks/events", "/webhooks/{subscription_id}"), "webhooks"
        ),
    ),
    Contract.REGISTRY: Page(
        unauthenticated=(401, "unauthenticated"),
        no_plan=(403, "forbidden"),
        inactive=(403, "forbidden"),
        no_scope=(403, "forbidden"),
        not_found=(404, "not-found"),
        no_caller=(400, "bad-request"),
        fault=(500, "internal"),
        instead={"/v1/events": ("*", "events:read")},
    ),
}
# Of another area, of no kind, and none at all: never enough.
NEVER_ENOUGH = ("", "invoices:read", "invoices:write", "clients", "customers")
WITHOUT_API = ("free", "starter")
WITH_API = ("studio", "professional", "agency", "business", "enterprise")
REFUSED = {401, 402, 403}
PAST = "2026-01-01T00:00:00.000Z"
OTHER_WORKSPACE = {"workspaceId": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2d"}
OTHER_MODE = {"mode": "test"}

OPERATIONS = all_operations()
GUARDED = [operation for operation in OPERATIONS if not operation.public]


every_guarded_operation = pytest.mark.parametrize("operation", GUARDED, ids=module_name)


@pytest.fixture
def nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions without tables: whoever is refused is refused before anything is read."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "ClientRegistry")


def test_every_contract_has_its_page() -> None:
    assert PAGES.keys() == set(CONTRACTS)


def test_only_the_token_endpoint_is_public() -> None:
    public = [(operation.method, operation.path) for operation in OPERATIONS if operation.public]

    assert public == [("POST", "/oauth/token")]


@pytest.mark.usefixtures("nothing_behind")
@every_guarded_operation
def test_an_event_without_a_caller_is_refused(operation: Operation) -> None:
    assert outcome(call(ContractClient((operation,), {}), operation)) == page(operation).no_caller


@pytest.mark.usefixtures("nothing_behind")
@every_guarded_operation
def test_a_caller_described_wrongly_is_500_without_internals(operation: Operation) -> None:
    reply = call(client(operation, plan="unheard of"), operation)

    assert outcome(reply) == page(operation).fault
    assert "unheard of" not in reply.text


@pytest.mark.usefixtures("nothing_behind")
@every_guarded_operation
def test_an_expired_credential_and_one_of_another_contract_are_401(operation: Operation) -> None:
    others = [contract for contract in Contract if contract is not operation.dialect.contract]
    wrongs: list[dict[str, str]] = [
        {"expiresAt": PAST},
        *({"contract": str(other)} for other in others),
    ]
    for wrong in wrongs:
        reply = call(client(operation, **wrong), operation)

        assert outcome(reply) == page(operation).unauthenticated, wrong


@pytest.mark.usefixtures("nothing_behind")
@pytest.mark.parametrize("plan", WITHOUT_API)
@every_guarded_operation
def test_a_plan_without_the_api_is_refused(operation: Operation, plan: str) -> None:
    assert outcome(call(client(operation, plan=plan), operation)) == page(operation).no_plan


@pytest.mark.usefixtures("nothing_behind")
@pytest.mark.parametrize("plan", [*WITHOUT_API, *WITH_API])
@every_guarded_operation
def test_an_inactive_subscription_is_refused_on_every_plan(operation: Operation, plan: str) -> None:
    inactive = client(operation, plan=plan, subscription="inactive")

    assert outcome(call(inactive, operation)) == page(operation).inactive


@pytest.mark.usefixtures("webhooks")
@every_guarded_operation
def test_every_other_plan_has_the_api(operation: Operation) -> None:
    for plan in WITH_API:
        assert call(client(operation, plan=plan), operation).status not in REFUSED, plan


@pytest.mark.usefixtures("webhooks")
@every_guarded_operation
def test_a_scope_is_enough_or_it_is_not(operation: Operation) -> None:
    enough = sufficient_scopes(operation)
    for scope in known_scopes(operation):
        reply = call(client(operation, scopes=scope), operation)

        if scope in enough:
            assert reply.status not in REFUSED, scope
        else:
            assert outcome(reply) == page(operation).no_scope, scope


@pytest.mark.usefixtures("webhooks")
@pytest.mark.parametrize("other", [OTHER_WORKSPACE, OTHER_MODE], ids=["workspace", "mode"])
@every_guarded_operation
def test_records_are_reached_from_their_own_workspace_and_mode_alone(
    operation: Operation, other: dict[str, str]
) -> None:
    own = client(operation)
    ids = create_records(own)
    before = shown(own, ids)

    from_elsewhere = call(own.as_caller(**other), operation, ids)

    assert shown(own, ids) == before
    if "{" in operation.path:
        from_here = call(own, operation, ids)
        assert outcome(from_elsewhere) == page(operation).not_found
        assert from_here.status == operation.status, from_here.text
    else:
        assert from_elsewhere.status == operation.status, from_elsewhere.text
        assert not any(value in from_elsewhere.text for value in ids.values())


def page(operation: Operation) -> Page:
    """The access rules of the operation's contract."""
    return PAGES[operation.dialect.contract]


def sufficient_scopes(operation: Operation) -> set[str]:
    """The scopes each of which is enough for an operation, of those its contract knows."""
    besides = page(operation).others.get(operation.path, ())
    if besides is None:
        return set(known_scopes(operation))
    if operation.path in page(operation).instead:
        return set(page(operation).instead[operation.path])
    reads = operation.method == "GET"
    if operation.path in page(operation).areas:
        kind = "read" if reads else "write"
        return {"*", kind, f"{page(operation).areas[operation.path]}:{kind}"}
    return {*(page(operation).reads if reads else page(operation).writes), *besides}


def known_scopes(operation: Operation) -> list[str]:
    """All scopes the contract speaks of, and some that it does not."""
    said = page(operation)
    by_path = (*said.others.values(), *said.instead.values())
    others = chain.from_iterable(scopes or () for scopes in by_path)
    of_areas = {f"{area}:{kind}" for area in said.areas.values() for kind in ("read", "write")}
    return sorted({*said.reads, *said.writes, *others, *of_areas, *NEVER_ENOUGH})


def client(operation: Operation, **changes: str) -> ContractClient:
    """The operation's contract for a caller that may do everything but for the changes."""
    contract = operation.dialect.contract
    return ContractClient(operations(contract), caller(contract, role="owner") | changes)


def call(api: ContractClient, operation: Operation, ids: Mapping[str, str] | None = None) -> Reply:
    """Call an operation as its first example does, with path parameters that name nothing."""
    absent = {name: new_id() for name in ("id", "payment_method_id", "subscription_id")}
    example = next(iter(operation.examples), Example(title="no more than has to be", body={}))
    takes_key = operation.idempotency_key is not IdempotencyKey.IGNORED
    return api.send(
        operation.method,
        f"{operation.path.format(**absent | dict(ids or {}))}?{urlencode(example.query)}",
        example.body if operation.body is not None else None,
        {IDEMPOTENCY_HEADER: str(uuid.uuid4())} if takes_key else {},
    )


def outcome(reply: Reply) -> Outcome:
    """Status and code of an error, wherever the contract puts the code."""
    error = reply.json.get("error", reply.json)
    return reply.status, error["code"] if "code" in error else error["type"].rpartition(":")[2]


def create_records(api: ContractClient) -> dict[str, str]:
    """Create a client, with a payment method where the contract shows them; ids by parameter."""
    creation = next(one for one in api.operations if one.status == 201 and "{" not in one.path)
    reply = call(api, creation)
    assert reply.status == 201, reply.text
    client_id = reply.json.get("data", reply.json)["id"]
    if not any("{payment_method_id}" in operation.path for operation in api.operations):
        return {"id": client_id}
    method = PaymentMethod(
        id=new_id(), client_id=client_id, type=PaymentMethodType.CARD, token="pm_1"
    )
    tenant = Tenant(api.context["workspaceId"], api.context["mode"])
    payment_methods = PaymentMethods(client_store(), payment_method_store())
    payment_methods.attach(tenant, method, Author("operator", now()), default=True)
    subscribing = next(one for one in api.operations if one.path == "/webhooks" and one.body)
    webhook_id = call(api, subscribing).json["id"]
    return {"id": client_id, "payment_method_id": method.id, "subscription_id": webhook_id}


def shown(api: ContractClient, ids: Mapping[str, str]) -> list[Any]:
    """Everything the contract shows of the records."""
    reads = [operation for operation in api.operations if operation.method == "GET"]
    return [call(api, operation, ids).json for operation in reads]
