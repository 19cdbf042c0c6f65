"""Alternative Payments in process, on empty tables."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import boto3
import pytest

from registry.contracts.alternative_payments.operations import OPERATIONS
from registry.domain.credential import IssuedCredential, issue_credential, permissions
from registry.domain.identifiers import now
from registry.domain.workspace import Contract, Mode, Plan, new_workspace
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import dynamodb_client
from tests.contract_client import ContractClient, caller
from tests.template import create_table

Issue = Callable[..., IssuedCredential]


@pytest.fixture
def payments(tables: None) -> ContractClient:
    """A caller with an access token that may do everything."""
    return ContractClient(OPERATIONS, caller("alternative_payments"))


@pytest.fixture
def credentials(aws: None, monkeypatch: pytest.MonkeyPatch) -> CredentialStore:
    """The Credentials table, empty."""
    create_table(boto3.client("dynamodb"), "CredentialsTable", "credentials")
    monkeypatch.setenv("CREDENTIALS_TABLE", "credentials")
    return CredentialStore(dynamodb_client(), "credentials")


@pytest.fixture
def issue(credentials: CredentialStore) -> Issue:
    """Makes an OAuth client: of which contract and mode, with which scopes, ending when."""
    workspace = new_workspace("Acme Holding", Plan.ENTERPRISE, at=now())
    credentials.create_workspace(workspace)

    def make(
        *scopes: str,
        mode: Mode = Mode.LIVE,
        ends_in: timedelta | None = None,
    ) -> IssuedCredential:
        contract = Contract.ALTERNATIVE_PAYMENTS
        issued = issue_credential(
            workspace.id,
            contract,
            mode,
            permissions(contract, scopes, None),
            api_key_id="k",
            usage_key="u",
            at=now(),
            expires_at=now() + ends_in if ends_in else None,
        )
        credentials.create_credential(issued.credential, token_hash=None, workspace=workspace)
        return issued

    return make


@pytest.fixture
def create(payments: ContractClient) -> Callable[..., dict[str, Any]]:
    """Makes a customer of these fields."""

    def make(**fields: object) -> dict[str, Any]:
        reply = payments.send("POST", "/customers", fields)
        assert reply.status == 201, reply.text
        return cast("dict[str, Any]", reply.json)

    return make
