"""The formats of webhooks, by contract.

A format is loaded when it is first asked for: the function that delivers starts with none of them,
and no contract's package is imported from here by name.
"""

from functools import cache
from importlib import import_module
from typing import cast

from registry.domain.webhook import Format
from registry.domain.workspace import Contract

# The modules that have a `FORMAT`. Paytrum's vendor has no webhooks.
_MODULES = {
    Contract.ATHENTY: "athenty.webhooks",
    Contract.HOURSMITH: "hoursmith.webhooks",
    Contract.ALTERNATIVE_PAYMENTS: "alternative_payments.webhooks",
    Contract.REGISTRY: "registry_api.webhooks.webhooks",
}
WITH_WEBHOOKS = tuple(_MODULES)


@cache
def format_of(contract: Contract) -> Format:
    """The format in which the endpoints of a contract are told.

    Raises:
        KeyError: the contract has no webhooks.
    """
    module = import_module(f"registry.contracts.{_MODULES[contract]}")
    return cast("Format", module.FORMAT)
