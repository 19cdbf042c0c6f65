"""What becomes of a credential: its key counts, leaves its usage plan, is revoked."""

from ops.cli.deployment import Deployment
from ops.cli.operator import Operator
from ops.smoke.calls import Caller, wait_for
from ops.smoke.findings import Findings, Seen, answer
from ops.smoke.wire import Wire
from registry.domain.credential import IssuedCredential
from registry.domain.workspace import Plan, usage_plan

NEW_KEY = "a new key counts"

# AWS does not say how long any of these takes; minutes would be a surprise.
_PATIENCE_SECONDS = 120.0


def check_new_key(operator: Operator, issued: IssuedCredential, findings: Findings) -> None:
    """Wait until a new credential counts."""

    def look() -> Seen:
        seconds = operator.await_credential(issued)
        return Seen("no") if seconds is None else Seen("yes", f"after {seconds:.0f} s")

    findings.expect(f"{issued.credential.contract}: {NEW_KEY}", "yes", look)


def check_key_outside_plan(
    wire: Wire,
    deployment: Deployment,
    plan: Plan,
    issued: IssuedCredential,
    call: Caller,
    findings: Findings,
) -> None:
    """Take a credential's key out of the workspace's usage plan, and call until that is felt."""
    deployment.apigateway.delete_usage_plan_key(
        usagePlanId=deployment.usage_plans[usage_plan(wire.contract, plan)],
        keyId=issued.credential.api_key_id,
    )
    _await(f"{wire.contract}: a key outside its plan", wire.forbidden, wire, call, findings)


def check_revocation(
    wire: Wire,
    operator: Operator,
    issued: IssuedCredential,
    call: Caller,
    findings: Findings,
) -> None:
    """Revoke a credential, and call until it is refused; 403 on the way is no surprise in AWS."""
    operator.revoke_credential(issued.credential.id)
    _await(f"{wire.contract}: a revoked credential", wire.unauthorized, wire, call, findings)


def _await(subject: str, wanted: str, wire: Wire, call: Caller, findings: Findings) -> None:
    def look() -> str:
        return answer(call("GET", wire.clients))

    findings.expect(subject, wanted, lambda: wait_for(wanted, look, seconds=_PATIENCE_SECONDS))
