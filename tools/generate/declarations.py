"""The declarations that everything is generated from."""

import sys
from functools import cache
from importlib import import_module

from registry.domain.workspace import CONTRACTS, Contract
from registry.gateway.operation import Dialect, Operation


@cache
def operations(contract: Contract) -> tuple[Operation, ...]:
    """The operations of a contract, in the order of their declarations."""
    declared: tuple[Operation, ...] = import_module(
        f"registry.contracts.{CONTRACTS[contract].package}.operations"
    ).OPERATIONS
    return declared


def all_operations() -> list[Operation]:
    """The operations of every contract."""
    return [operation for contract in CONTRACTS for operation in operations(contract)]


def dialect(contract: Contract) -> Dialect:
    """How a contract's API speaks, whichever operation is called; a public one may differ."""
    return next(each.dialect for each in operations(contract) if not each.public)


def declared_in(operation: Operation) -> str:
    """The package with the rooms of an operation: of its contract, or of one of its resources.

    Such as `registry.contracts.paytrum` or `registry.contracts.registry_api.clients`.
    """
    contract = f"registry.contracts.{package(operation)}"
    operations(operation.dialect.contract)  # imports the declarations
    return next(
        name.removesuffix(".operations")
        for name in sorted(sys.modules, reverse=True)
        if name.startswith(f"{contract}.")
        and name.endswith(".operations")
        and getattr(sys.modules[name], operation.name.upper(), None) is operation
    )


def module_name(operation: Operation) -> str:
    """The module of an operation's function, such as `paytrum.create_client`."""
    return f"{package(operation)}.{operation.name}"


def package(operation: Operation) -> str:
    """The folder of an operation's function and event, such as `paytrum`."""
    return CONTRACTS[operation.dialect.contract].package


def route(operation: Operation) -> str:
    """Method and path, as documents write them: `GET /v1/clients`."""
    return f"{operation.method} {operation.path}"


def logical_id(operation: Operation) -> str:
    """An operation's function in the template, such as `PaytrumCreateClient`."""
    name = "".join(part.capitalize() for part in operation.name.split("_"))
    return f"{CONTRACTS[operation.dialect.contract].logical_id}{name}"
