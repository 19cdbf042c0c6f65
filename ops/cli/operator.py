"""Workspaces and credentials, changed in the table and in API Gateway together.

A credential is two things: an item the authorizer reads, and an API Gateway key whose value only
the authorizer and the gateway know, which puts the credential into a usage plan. This module keeps
the two in step. The steps of each change are ordered so that an interrupted change can be run
again, and refuses too much rather than too little until then.
"""

import secrets
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from datetime import timedelta

from ops.cli.caller import await_key
from ops.cli.deployment import Deployment
from registry.domain.credential import (
    Credential,
    IssuedCredential,
    hash_token,
    issue_credential,
    permissions,
)
from registry.domain.errors import NotFound
from registry.domain.identifiers import instant, now
from registry.domain.workspace import (
    DEFAULT_REGION,
    Contract,
    Mode,
    Plan,
    Role,
    Subscription,
    Workspace,
    checked_name,
    new_workspace,
    usage_plan,
)
from registry.store.credentials import CredentialStore

# The smallest plan with the API: a first credential works, and no plan with the API costs less.
DEFAULT_PLAN = Plan.STUDIO
# API Gateway takes 20 to 128 letters and digits.
_USAGE_KEY_BYTES = 32


class OperatorError(Exception):
    """The command cannot be carried out; the message is a sentence that says why."""


def workspace_of(deployment: Deployment, workspace_id: str) -> Workspace:
    """A workspace of a deployment.

    Raises:
        OperatorError: there is no such workspace.
    """
    store = CredentialStore(deployment.dynamodb, deployment.credentials_table)
    try:
        return store.workspace(workspace_id)
    except NotFound as error:
        raise OperatorError(f"There is no workspace {workspace_id}.") from error


class Operator:
    """Workspaces and credentials of one deployment.

    A method raises `OperatorError` where the command cannot be carried out, `Invalid` for values
    that cannot be accepted, `RaceLost` when someone else changed the record meanwhile, and
    `Unavailable` when DynamoDB does not respond. A refusal by API Gateway is botocore's
    `ClientError`.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._gateway = deployment.apigateway
        self._store = CredentialStore(deployment.dynamodb, deployment.credentials_table)

    # Workspaces

    def create_workspace(
        self,
        name: str,
        plan: Plan = DEFAULT_PLAN,
        *,
        region: str = DEFAULT_REGION,
        timezone: str | None = None,
    ) -> Workspace:
        """Make a workspace with an active subscription."""
        workspace = new_workspace(name, plan, at=now(), region=region, timezone=timezone)
        self._store.create_workspace(workspace)
        return workspace

    def workspaces(self) -> Iterator[Workspace]:
        """All workspaces, oldest first."""
        return self._store.workspaces()

    def workspace(self, workspace_id: str) -> Workspace:
        """The workspace with this id."""
        return workspace_of(self._deployment, workspace_id)

    def update_workspace(  # noqa: PLR0913 - one parameter per field that can change
        self,
        workspace_id: str,
        *,
        name: str | None = None,
        plan: Plan | None = None,
        subscription: Subscription | None = None,
        region: str | None = None,
        timezone: str | None = None,
        controller: str | None = None,
        notice: str | None = None,
        purpose: str | None = None,
        jurisdiction: str | None = None,
    ) -> Workspace:
        """Change a workspace; None leaves a field as it is. The change is in force on return.

        The authorizer's cached decisions are flushed, and the workspace's credentials move to the
        usage plans of its new plan. A second run with the same values finishes a change that was
        interrupted.
        """
        previous = self.workspace(workspace_id)
        workspace = previous.changed(
            at=now(),
            name=name,
            plan=plan,
            subscription=subscription,
            region=region,
            timezone=timezone,
            controller=controller,
            notice=notice,
            purpose=purpose,
            jurisdiction=jurisdiction,
        )
        self._store.replace_workspace(workspace, previous=previous)
        for contract in self._deployment.apis:
            self._forget_decisions(contract)
        for credential in self._store.credentials(workspace_id):
            if credential.revoked_at is None:
                self._put_into_usage_plan(
                    credential.api_key_id,
                    self._usage_plan_id(credential.contract, workspace.plan),
                )
        return workspace

    # Credentials

    def create_credential(  # noqa: PLR0913 - one parameter per thing to choose
        self,
        workspace_id: str,
        contract: Contract,
        *,
        mode: Mode = Mode.LIVE,
        scopes: Collection[str] = (),
        role: Role | None = None,
        expires_in: timedelta | None = None,
        name: str | None = None,
        user_id: str | None = None,
    ) -> IssuedCredential:
        """Make a credential and its API Gateway key: afterwards both exist, or neither."""
        workspace = self.workspace(workspace_id)
        allowed = permissions(contract, scopes, role)
        name = None if name is None else checked_name(name)
        self._api_id(contract)  # raises where the stack does not serve it
        usage_plan_id = self._usage_plan_id(contract, workspace.plan)
        at, usage_key = now(), secrets.token_hex(_USAGE_KEY_BYTES)
        with ExitStack() as undo:
            api_key_id = self._create_api_key(
                f"{workspace.name}, {contract} {mode}, {instant(at)}",
                usage_key,
            )
            undo.callback(self._delete_api_key, api_key_id)
            self._put_into_usage_plan(api_key_id, usage_plan_id)
            issued = issue_credential(
                workspace_id,
                contract,
                mode,
                allowed,
                api_key_id=api_key_id,
                usage_key=usage_key,
                at=at,
                expires_at=at + expires_in if expires_in else None,
                name=name,
                user_id=user_id,
            )
            token_hash = None if issued.credential.secret_hash else hash_token(issued.secret)
            undo.callback(
                self._store.discard_credential,
                issued.credential.id,
                token_hash=token_hash,
            )
            self._store.create_credential(
                issued.credential,
                token_hash=token_hash,
                workspace=workspace,
            )
            undo.pop_all()
        return issued

    def await_credential(self, issued: IssuedCredential) -> float | None:
        """Wait until API Gateway knows the key of a new credential.

        Returns:
            The seconds it took; None if it takes longer than `PATIENCE_SECONDS`.

        Raises:
            httpx.HTTPError: the API cannot be reached from here.
        """
        if self._deployment.is_local:
            return 0.0
        return await_key(self._deployment.base_urls[issued.credential.contract], issued)

    def credentials(self, workspace_id: str) -> Iterator[Credential]:
        """All credentials of a workspace, revoked ones too, oldest first."""
        self.workspace(workspace_id)
        return self._store.credentials(workspace_id)

    def credential(self, credential_id: str) -> Credential:
        """The credential with this id."""
        try:
            return self._store.credential(credential_id)
        except NotFound as error:
            raise OperatorError(f"There is no credential {credential_id}.") from error

    def rotate_credential(
        self, credential_id: str, overlap: timedelta
    ) -> tuple[IssuedCredential, Credential]:
        """Make a credential like another one, which expires after a time in which both count.

        The new one has the workspace, contract, mode, scopes, role, member and name of the other.
        If that was to expire, the new one lives as long as it was to live.

        Returns:
            The new credential, and the other one as it is now. Without an overlap it is revoked.
        """
        old, at = self.credential(credential_id), now()
        if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= at):
            raise OperatorError(f"The credential {credential_id} has ended; create another one.")
        issued = self.create_credential(
            old.workspace_id,
            old.contract,
            mode=old.mode,
            scopes=() if old.role else old.scopes,
            role=old.role,
            expires_in=None if old.expires_at is None else old.expires_at - old.created_at,
            name=old.name,
            user_id=old.user_id,
        )
        if not overlap:
            return issued, self.revoke_credential(credential_id)
        ending = self._store.expire_credential(credential_id, at + overlap)
        self._forget_decisions(ending.contract)
        return issued, ending

    def revoke_credential(self, credential_id: str) -> Credential:
        """Revoke a credential. It is refused from then on; revoking it twice changes nothing."""
        try:
            credential = self._store.revoke_credential(credential_id, now())
        except NotFound as error:
            raise OperatorError(f"There is no credential {credential_id}.") from error
        self._forget_decisions(credential.contract)
        self._delete_api_key(credential.api_key_id)
        return credential

    # API Gateway

    def _create_api_key(self, name: str, value: str) -> str:
        """Make a key of this value; returns its id."""
        response = self._gateway.create_api_key(
            name=name,
            description="Throttles one credential of the client registry. Callers never send it.",
            value=value,
            enabled=True,
        )
        return response["id"]

    def _delete_api_key(self, api_key_id: str) -> None:
        """Delete a key, unless it is gone already."""
        try:
            self._gateway.delete_api_key(apiKey=api_key_id)
        except self._gateway.exceptions.NotFoundException:
            return

    def _put_into_usage_plan(self, api_key_id: str, usage_plan_id: str) -> None:
        """Put a key into this usage plan and take it out of the registry's others.

        It is taken out first: API Gateway allows a key one usage plan for each stage.
        """
        if self._is_in_usage_plan(api_key_id, usage_plan_id):
            return
        for other in self._deployment.usage_plans.values():
            if other != usage_plan_id and self._is_in_usage_plan(api_key_id, other):
                self._gateway.delete_usage_plan_key(usagePlanId=other, keyId=api_key_id)
        self._gateway.create_usage_plan_key(
            usagePlanId=usage_plan_id,
            keyId=api_key_id,
            keyType="API_KEY",
        )

    def _is_in_usage_plan(self, api_key_id: str, usage_plan_id: str) -> bool:
        try:
            self._gateway.get_usage_plan_key(usagePlanId=usage_plan_id, keyId=api_key_id)
        except self._gateway.exceptions.NotFoundException:
            return False
        return True

    def _forget_decisions(self, contract: Contract) -> None:
        """Have the gateway ask the authorizer again for every credential of a contract."""
        self._gateway.flush_stage_authorizers_cache(
            restApiId=self._api_id(contract),
            stageName=self._deployment.stage,
        )

    def _api_id(self, contract: Contract) -> str:
        """The id of a contract's REST API.

        Raises:
            OperatorError: the stack does not serve the contract.
        """
        if contract not in self._deployment.apis:
            raise OperatorError(f"This stack does not serve the contract {contract}.")
        return self._deployment.apis[contract]

    def _usage_plan_id(self, contract: Contract, plan: Plan) -> str:
        """The id of the usage plan for a contract's credentials on a plan.

        Raises:
            OperatorError: the stack does not have it.
        """
        name = usage_plan(contract, plan)
        if name not in self._deployment.usage_plans:
            raise OperatorError(f"This stack has no usage plan {name}.")
        return self._deployment.usage_plans[name]
