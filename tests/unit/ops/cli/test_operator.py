"""An operator's changes, seen in the table and in API Gateway together."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from ops.cli.deployment import Deployment
from ops.cli.operator import Operator, OperatorError
from registry.domain.credential import hash_token, parse_client_secret, parse_token
from registry.domain.errors import Invalid, RaceLost, Unavailable
from registry.domain.identifiers import instant, new_id
from registry.domain.workspace import (
    Contract,
    Mode,
    Plan,
    Role,
    Subscription,
    UsagePlan,
    Workspace,
)
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import dynamodb_client

if TYPE_CHECKING:
    from types_boto3_apigateway.client import APIGatewayClient

Throttled = Callable[[], dict[str, list[str]]]


@pytest.fixture
def workspace(operator: Operator) -> Workspace:
    return operator.create_workspace("Acme")


@pytest.fixture
def api_keys(gateway: "APIGatewayClient", workspace: Workspace) -> Iterator[Callable[[], int]]:
    """Counts the API keys made since the test began; takes them away afterwards."""
    before = {key["id"] for key in gateway.get_api_keys()["items"]}

    def added() -> set[str]:
        return {key["id"] for key in gateway.get_api_keys()["items"]} - before

    yield lambda: len(added())
    for key in added():
        gateway.delete_api_key(apiKey=key)


@pytest.fixture
def fail(gateway: "APIGatewayClient") -> Iterator[Callable[[str], None]]:
    """Has API Gateway refuse an operation."""
    registered: list[str] = []

    def refuse(**_: object) -> Any:
        error = {"Code": "LimitExceededException", "Message": "too many"}
        return SimpleNamespace(status_code=429), {"Error": error, "ResponseMetadata": {}}

    def register(operation: str) -> None:
        registered.append(f"before-call.apigateway.{operation}")
        gateway.meta.events.register(registered[-1], refuse)

    yield register
    for event in registered:
        gateway.meta.events.unregister(event, refuse)


def test_the_default_plan_is_the_smallest_with_the_api(operator: Operator) -> None:
    plan = operator.create_workspace("Acme").plan

    assert plan.has_api
    assert not any(smaller.has_api for smaller in list(Plan)[: list(Plan).index(plan)])


def test_a_workspace_is_listed_and_shown(operator: Operator, workspace: Workspace) -> None:
    assert list(operator.workspaces()) == [workspace]
    assert operator.workspace(workspace.id) == workspace


@pytest.mark.parametrize("contract", Contract)
@pytest.mark.parametrize("mode", Mode)
def test_a_credential_is_kept_and_its_secret_given_out(
    operator: Operator, workspace: Workspace, contract: Contract, mode: Mode
) -> None:
    issued = operator.create_credential(workspace.id, contract, mode=mode)

    assert list(operator.credentials(workspace.id)) == [issued.credential]
    assert (issued.credential.contract, issued.credential.mode) == (contract, mode)
    assert issued.credential.expires_at is None


def test_an_api_key_resolves(
    operator: Operator, workspace: Workspace, credential_store: CredentialStore
) -> None:
    issued = operator.create_credential(workspace.id, Contract.ATHENTY)

    resolved = credential_store.resolve(hash_token(issued.secret))

    assert parse_token(Contract.ATHENTY, issued.secret) is not None
    assert resolved is not None
    assert resolved.credential == issued.credential


def test_a_client_secret_is_no_token(
    operator: Operator, workspace: Workspace, credential_store: CredentialStore
) -> None:
    issued = operator.create_credential(workspace.id, Contract.ALTERNATIVE_PAYMENTS)

    assert parse_client_secret(Contract.ALTERNATIVE_PAYMENTS, issued.secret) is not None
    assert credential_store.resolve(hash_token(issued.secret)) is None
    assert credential_store.oauth_client(issued.credential.id).secret_hash == hash_token(
        issued.secret
    )


@pytest.mark.parametrize(
    ("contract", "plan", "usage_plan"),
    [
        (Contract.PAYTRUM, Plan.FREE, "standard"),
        (Contract.ATHENTY, Plan.PROFESSIONAL, "standard"),
        (Contract.HOURSMITH, Plan.AGENCY, "business"),
        (Contract.PAYTRUM, Plan.ENTERPRISE, "enterprise"),
        (Contract.ALTERNATIVE_PAYMENTS, Plan.ENTERPRISE, "payments"),
    ],
)
def test_a_credential_is_throttled_by_its_plan(
    operator: Operator,
    throttled: Throttled,
    contract: Contract,
    plan: Plan,
    usage_plan: str,
) -> None:
    workspace = operator.create_workspace("Acme", plan)

    issued = operator.create_credential(workspace.id, contract)

    assert throttled() == {usage_plan: [issued.credential.api_key_id]}


def test_the_gateway_knows_the_usage_key_and_not_the_secret(
    operator: Operator, workspace: Workspace, gateway: "APIGatewayClient"
) -> None:
    issued = operator.create_credential(workspace.id, Contract.PAYTRUM)

    key = gateway.get_api_key(apiKey=issued.credential.api_key_id, includeValue=True)

    assert key["value"] == issued.credential.usage_key
    assert key["name"] == f"Acme, paytrum live, {instant(issued.credential.created_at)}"
    assert key["enabled"] is True
    assert issued.secret not in str(key)


def test_a_credential_expires_at_its_end(operator: Operator, workspace: Workspace) -> None:
    credential = operator.create_credential(
        workspace.id, Contract.PAYTRUM, expires_in=timedelta(days=30)
    ).credential

    assert credential.expires_at == credential.created_at + timedelta(days=30)


@pytest.mark.parametrize("operation", ["CreateApiKey", "CreateUsagePlanKey"])
def test_a_refusal_of_the_gateway_leaves_nothing_behind(
    operator: Operator,
    workspace: Workspace,
    api_keys: Callable[[], int],
    fail: Callable[[str], None],
    operation: str,
) -> None:
    fail(operation)

    with pytest.raises(ClientError):
        operator.create_credential(workspace.id, Contract.PAYTRUM)

    assert api_keys() == 0
    assert list(operator.credentials(workspace.id)) == []


def test_a_write_whose_response_is_lost_leaves_nothing_behind(
    operator: Operator, workspace: Workspace, api_keys: Callable[[], int]
) -> None:
    def lose(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://dynamodb.example")

    # after-call: the write was carried out, and its response is lost
    events = dynamodb_client().meta.events
    events.register("after-call.dynamodb.TransactWriteItems", lose)
    try:
        with pytest.raises(Unavailable):
            operator.create_credential(workspace.id, Contract.PAYTRUM)
    finally:
        events.unregister("after-call.dynamodb.TransactWriteItems", lose)

    items = dynamodb_client().scan(TableName="credentials")["Items"]
    assert [item["pk"]["S"] for item in items] == [f"WORKSPACE#{workspace.id}"]
    assert api_keys() == 0


def test_a_plan_changed_meanwhile_leaves_nothing_behind(
    operator: Operator, workspace: Workspace, api_keys: Callable[[], int]
) -> None:
    def change_plan(**_: object) -> None:
        events.unregister("before-call.dynamodb.TransactWriteItems", change_plan)
        operator.update_workspace(workspace.id, plan=Plan.ENTERPRISE)

    events = dynamodb_client().meta.events
    events.register("before-call.dynamodb.TransactWriteItems", change_plan)

    with pytest.raises(RaceLost):
        operator.create_credential(workspace.id, Contract.PAYTRUM)

    assert api_keys() == 0


@pytest.mark.parametrize(
    ("contract", "scopes", "role"),
    [(Contract.PAYTRUM, ["payments:read"], None), (Contract.ATHENTY, [], Role.ADMIN)],
)
def test_permissions_are_checked_before_anything_is_made(
    *,
    operator: Operator,
    workspace: Workspace,
    api_keys: Callable[[], int],
    contract: Contract,
    scopes: list[str],
    role: Role | None,
) -> None:
    with pytest.raises(Invalid):
        operator.create_credential(workspace.id, contract, scopes=scopes, role=role)

    assert api_keys() == 0


def test_a_missing_record_is_named(operator: Operator) -> None:
    unknown = new_id()

    with pytest.raises(OperatorError, match=unknown):
        operator.workspace(unknown)
    with pytest.raises(OperatorError, match=unknown):
        operator.update_workspace(unknown, plan=Plan.FREE)
    with pytest.raises(OperatorError, match=unknown):
        operator.create_credential(unknown, Contract.PAYTRUM)
    with pytest.raises(OperatorError, match=unknown):
        operator.credentials(unknown)
    with pytest.raises(OperatorError, match=unknown):
        operator.revoke_credential(unknown)


def test_a_contract_the_stack_does_not_serve_is_refused(
    deployment: Deployment, workspace: Workspace, api_keys: Callable[[], int]
) -> None:
    partial = replace(
        deployment,
        apis={Contract.PAYTRUM: deployment.apis[Contract.PAYTRUM]},
        usage_plans={UsagePlan.STANDARD: deployment.usage_plans[UsagePlan.STANDARD]},
    )

    with pytest.raises(OperatorError, match="athenty"):
        Operator(partial).create_credential(workspace.id, Contract.ATHENTY)

    assert api_keys() == 0


def test_revoking_flushes_the_contracts_cache_and_deletes_the_key(
    *,
    operator: Operator,
    workspace: Workspace,
    deployment: Deployment,
    flushed: list[str],
    throttled: Throttled,
    api_keys: Callable[[], int],
) -> None:
    issued = operator.create_credential(workspace.id, Contract.ATHENTY)

    revoked = operator.revoke_credential(issued.credential.id)

    api = deployment.apis[Contract.ATHENTY]
    assert revoked.revoked_at is not None
    assert flushed == [f"/restapis/{api}/stages/live/cache/authorizers"]
    assert api_keys() == 0


def test_revoking_twice_changes_nothing(operator: Operator, workspace: Workspace) -> None:
    issued = operator.create_credential(workspace.id, Contract.PAYTRUM)

    first = operator.revoke_credential(issued.credential.id)
    second = operator.revoke_credential(issued.credential.id)

    assert first == second


def test_an_interrupted_revocation_counts_and_can_be_finished(
    operator: Operator,
    workspace: Workspace,
    api_keys: Callable[[], int],
    gateway: "APIGatewayClient",
) -> None:
    issued = operator.create_credential(workspace.id, Contract.PAYTRUM)

    def refuse(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://apigateway.example")

    gateway.meta.events.register("before-call.apigateway.DeleteApiKey", refuse)
    with pytest.raises(ReadTimeoutError):
        operator.revoke_credential(issued.credential.id)
    gateway.meta.events.unregister("before-call.apigateway.DeleteApiKey", refuse)

    (credential,) = operator.credentials(workspace.id)
    assert credential.revoked_at is not None
    assert operator.revoke_credential(credential.id) == credential
    assert api_keys() == 0


def test_a_new_plan_moves_the_keys_and_flushes_every_cache(
    operator: Operator,
    workspace: Workspace,
    deployment: Deployment,
    flushed: list[str],
    throttled: Throttled,
) -> None:
    paytrum = operator.create_credential(workspace.id, Contract.PAYTRUM).credential
    athenty = operator.create_credential(workspace.id, Contract.ATHENTY).credential
    payments = operator.create_credential(workspace.id, Contract.ALTERNATIVE_PAYMENTS).credential

    changed = operator.update_workspace(workspace.id, plan=Plan.ENTERPRISE)

    assert operator.workspace(workspace.id) == changed
    assert changed.plan is Plan.ENTERPRISE
    assert {plan: sorted(keys) for plan, keys in throttled().items()} == {
        "enterprise": sorted([paytrum.api_key_id, athenty.api_key_id]),
        "payments": [payments.api_key_id],
    }
    assert sorted(flushed) == sorted(
        f"/restapis/{api}/stages/live/cache/authorizers" for api in deployment.apis.values()
    )


def test_a_lapsed_subscription_takes_effect_at_once(
    operator: Operator, workspace: Workspace, deployment: Deployment, flushed: list[str]
) -> None:
    operator.create_credential(workspace.id, Contract.HOURSMITH)

    changed = operator.update_workspace(workspace.id, subscription=Subscription.INACTIVE)

    assert changed.subscription is Subscription.INACTIVE
    assert len(flushed) == len(deployment.apis)


def test_revoked_keys_are_not_moved(
    operator: Operator, workspace: Workspace, throttled: Throttled
) -> None:
    revoked = operator.create_credential(workspace.id, Contract.PAYTRUM).credential
    operator.revoke_credential(revoked.id)

    operator.update_workspace(workspace.id, plan=Plan.AGENCY)

    assert "business" not in throttled()


def test_an_interrupted_change_is_finished_by_running_it_again(
    operator: Operator,
    workspace: Workspace,
    throttled: Throttled,
    gateway: "APIGatewayClient",
) -> None:
    credential = operator.create_credential(workspace.id, Contract.PAYTRUM).credential

    def refuse(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://apigateway.example")

    gateway.meta.events.register("before-call.apigateway.CreateUsagePlanKey", refuse)
    with pytest.raises(ReadTimeoutError):
        operator.update_workspace(workspace.id, plan=Plan.AGENCY)
    gateway.meta.events.unregister("before-call.apigateway.CreateUsagePlanKey", refuse)

    operator.update_workspace(workspace.id, plan=Plan.AGENCY)

    assert throttled() == {"business": [credential.api_key_id]}
