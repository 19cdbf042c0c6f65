"""The demo workspace with one credential per contract, and ``stack.json``, which lists them.

A person, a test or a client program reads ``stack.json`` to call the local stack::

    {"endpoint": "http://localhost:4566",
     "contracts": {
       "paytrum": {"base_url": "http://localhost:4566/paytrum",
                   "headers": {"Authorization": "Bearer ak_live_…"}},
       "alternative_payments": {"base_url": "…", "client_id": "…", "client_secret": "…"}}}

The secrets are kept there only: the registry keeps their hashes.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import Any, Final

from ops.cli.operator import Operator
from ops.cli.output import issued_json
from registry.domain.credential import Credential
from registry.domain.workspace import Contract, Plan, Workspace

WORKSPACE_NAME: Final = "Demo"
_ACCESS_KEYS: Final[tuple[str, ...]] = ("headers", "client_id", "client_secret")

Access = dict[str, Any]


def provide_access(
    operator: Operator,
    contracts: list[str],
    known: Mapping[str, Access],
) -> dict[str, Access]:
    """The credentials of each contract: the known one while it is valid, else a new one.

    Returns:
        ``{contract: {"headers": …}}``, or ``{"client_id": …, "client_secret": …}`` for an OAuth
        client.
    """
    workspace = _demo_workspace(operator)
    counting = [
        credential
        for credential in operator.credentials(workspace.id)
        if credential.revoked_at is None
    ]
    access = {}
    for contract in map(Contract, contracts):
        held = known.get(contract, {})
        if any(_is_access_of(held, credential) for credential in counting):
            access[str(contract)] = {name: held[name] for name in _ACCESS_KEYS if name in held}
        else:
            issued = issued_json(operator.create_credential(workspace.id, contract))
            access[str(contract)] = {name: issued[name] for name in _ACCESS_KEYS if name in issued}
    return access


def read_stack_file(path: Path) -> dict[str, Any]:
    """The content of ``stack.json``, or of an empty one."""
    if not path.exists():
        return {"endpoint": "", "contracts": {}}
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def write_stack_file(path: Path, endpoint: str, access: Mapping[str, Access]) -> None:
    """Write ``stack.json``, and ``stack.env`` for a shell; readable by their owner only."""
    content: dict[str, Any] = {
        "endpoint": endpoint,
        "contracts": {
            contract: {"base_url": f"{endpoint}/{contract}", **credentials}
            for contract, credentials in access.items()
        },
    }
    _write_privately(path, json.dumps(content, indent=2) + "\n")
    _write_privately(path.with_suffix(".env"), _shell_variables(content["contracts"]))


def _write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(text, "utf-8")
    partial.replace(path)


def _shell_variables(contracts: Mapping[str, Access]) -> str:
    """The same for a shell: ``PAYTRUM_URL`` and ``PAYTRUM_HEADER``, or ``…_CLIENT`` for ``-u``.

    They are exported, so that a program that the shell starts has them, too.
    """
    variables = {}
    for contract, access in contracts.items():
        prefix = contract.upper()
        variables[f"{prefix}_URL"] = access["base_url"]
        if "client_id" in access:
            variables[f"{prefix}_CLIENT"] = f"{access['client_id']}:{access['client_secret']}"
        for name, value in access.get("headers", {}).items():
            variables[f"{prefix}_HEADER"] = f"{name}: {value}"
    return "".join(f"export {name}={quote(value)}\n" for name, value in variables.items())


def _demo_workspace(operator: Operator) -> Workspace:
    """The workspace with the demo's name, created where there is none."""
    for workspace in operator.workspaces():
        if workspace.name == WORKSPACE_NAME:
            return workspace
    return operator.create_workspace(WORKSPACE_NAME, Plan.ENTERPRISE)


def _is_access_of(held: Access, credential: Credential) -> bool:
    """Whether an entry of ``stack.json`` holds this credential."""
    if "client_id" in held:
        return bool(held["client_id"] == credential.id)
    return any(credential.prefix in value for value in held.get("headers", {}).values())
