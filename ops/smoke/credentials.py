"""A credential's life: its key becomes known, leaves its usage plan, and is revoked."""

from ops.cli.operator import Operator
from ops.smoke.calls import Caller, wait_for
from ops.smoke.findings import Findings, Seen, in_words
from ops.smoke.wire import Wire
from registry.domain.credential import IssuedCredential

NEW_KEY = "a new key counts"

# AWS does not say how long any of these takes; minutes would be a surprise.
_PATIENCE_SECONDS = 120.0


def check_new_key(operator: Operator, issued: IssuedCredential, findings: Findings) -> None:
    """Wait until API Gateway knows the key of a new credential."""

    def look() -> Seen:
        seconds = operator.await_credential(issued)
        return Seen("no") if seconds is None else Seen("yes", f"after {seconds:.0f} s")

    findings.expect(f"{issued.credential.contract}: {NEW_KEY}", "yes", look)


def check_outside_plan(wire: Wire, call: Caller, findings: Findings) -> None:
    """Call with a credential whose key has left its usage plan, until it is refused."""
    _await(f"{wire.contract}: a key outside its plan", wire.forbidden, wire, call, findings)


def check_revoked(wire: Wire, call: Caller, findings: Findings) -> None:
    """Call with a revoked credential until it is refused; in AWS 403 can come before 401."""
    _await(f"{wire.contract}: a revoked credential", wire.unauthorized, wire, call, findings)


def _await(subject: str, wanted: str, wire: Wire, call: Caller, findings: Findings) -> None:
    """Repeat the list with a credential until it is refused as wanted."""

    def look() -> str:
        return in_words(call("GET", wire.clients))

    findings.expect(subject, wanted, lambda: wait_for(wanted, look, seconds=_PATIENCE_SECONDS))
