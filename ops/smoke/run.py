"""A whole run: a workspace of its own, credentials for every contract, every check, clean-up."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import httpx

from ops.cli.caller import TIMEOUT_SECONDS, caller_headers
from ops.cli.deployment import Deployment
from ops.cli.operator import Operator
from ops.smoke.calls import Caller
from ops.smoke.clients import check_clients
from ops.smoke.credentials import NEW_KEY, check_new_key, check_outside_plan, check_revoked
from ops.smoke.findings import Findings
from ops.smoke.gateway import (
    HUGE_BODY,
    check_body,
    check_burst,
    check_huge_body,
    check_refusals,
    check_routes,
    check_workspace_name,
)
from ops.smoke.metrics import METRIC, check_metric
from ops.smoke.wire import WIRES, Wire
from registry.domain.credential import IssuedCredential
from registry.domain.identifiers import instant, now
from registry.domain.workspace import Contract, Mode, Plan, Workspace, usage_plan

_PLAN = Plan.STUDIO  # the smallest with the API, so that few requests exceed it


def smoke(deployment: Deployment, progress: Callable[[str], None]) -> Findings:
    """Make every check of a deployment over HTTP.

    The run makes one workspace, which stays with its clients, all in test mode. It revokes every
    credential that it makes.

    Args:
        deployment: the deployment to check.
        progress: takes the name of each part before it begins.
    """
    findings = Findings()
    operator = Operator(deployment)
    workspace = operator.create_workspace(f"Smoke Café Łódź 東京, {instant(now())}", _PLAN)
    for wire in WIRES:
        progress(f"{wire.contract}, at {deployment.base_urls[wire.contract]}")
        base_url = deployment.base_urls[wire.contract]
        with httpx.Client(base_url=base_url, timeout=TIMEOUT_SECONDS) as http, ExitStack() as end:
            _ContractRun(wire, deployment, operator, workspace, http, end, findings).check()
    if deployment.is_local:
        _leave_to_aws(findings)
    else:
        progress("CloudWatch")
        check_metric(findings)
    return findings


@dataclass(frozen=True)
class _ContractRun:
    """The checks of one contract, and the clean-up after them."""

    wire: Wire
    deployment: Deployment
    operator: Operator
    workspace: Workspace
    http: httpx.Client
    end: ExitStack
    findings: Findings

    def check(self) -> None:
        """Make every check, in an order in which none disturbs a later one."""
        wire, findings = self.wire, self.findings
        issued, call = self._credential()
        check_clients(wire, call, findings)
        if wire.contract is Contract.HOURSMITH:
            check_workspace_name(self.workspace.name, call, findings)
        check_routes(wire, call, findings)
        check_refusals(wire, call, findings)
        check_body(wire, call, findings)
        if not self.deployment.is_local:
            check_huge_body(wire, call, findings)
        check_burst(wire, call, findings)
        self.operator.revoke_credential(issued.credential.id)
        check_revoked(wire, call, findings)
        issued, call = self._credential()
        self.deployment.apigateway.delete_usage_plan_key(
            usagePlanId=self.deployment.usage_plans[usage_plan(wire.contract, _PLAN)],
            keyId=issued.credential.api_key_id,
        )
        check_outside_plan(wire, call, findings)

    def _credential(self) -> tuple[IssuedCredential, Caller]:
        """A new credential whose key API Gateway knows, and a caller with it."""
        issued = self.operator.create_credential(
            self.workspace.id,
            self.wire.contract,
            mode=Mode.TEST,
        )
        self.end.callback(self.operator.revoke_credential, issued.credential.id)
        if not self.deployment.is_local:
            check_new_key(self.operator, issued, self.findings)
        return issued, Caller(self.http, caller_headers(self.http, issued))


def _leave_to_aws(findings: Findings) -> None:
    """Record the checks that an emulator does not permit."""
    findings.leave_out(NEW_KEY, "the emulator knows a key at once")
    findings.leave_out(HUGE_BODY, "the emulator has no limit of 10 MB")
    findings.leave_out(
        "a body of 5 MB, refused by API Gateway",
        "the emulator invokes with any size, so here the function refused it",
    )
    findings.leave_out(
        "how long a revoked credential and a key outside its plan go on",
        "the emulator ends both at once",
    )
    findings.leave_out(METRIC, "the emulator makes no metrics of log lines")
