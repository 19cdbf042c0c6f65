"""The function module that a new endpoint begins with."""

from pydantic import BaseModel

from registry.domain.workspace import CONTRACTS
from registry.gateway.operation import NoParameters, Operation
from tools.generate.declarations import declared_in, route


def function_module(operation: Operation) -> str:
    """The source of an operation's function: it hands the request to its use case.

    The imports are in the formatter's order. The module is written once, where there is none; from
    then on it belongs to the contract.
    """
    contract, rooms = operation.dialect.contract, declared_in(operation)
    constant = operation.name.upper()
    body, query = operation.body, operation.query
    imports = [
        f"from {rooms} import use",
        f"from {rooms}.operations import {constant}",
        *_models(body, query),
        "from registry.gateway.endpoint import endpoint",
        *(["from registry.gateway.operation import NoParameters"] if query is NoParameters else []),
        f"from registry.gateway.request import {'NoBody, Request' if body is None else 'Request'}",
        "from registry.gateway.response import Response",
    ]
    parameters = f"{'NoBody' if body is None else body.__name__}, {query.__name__}"
    return "\n".join(
        [
            f'"""{CONTRACTS[contract].title}: `{route(operation)}`."""',
            "",
            *imports,
            "",
            "",
            f"@endpoint({constant})",
            f"def handler(request: Request[{parameters}]) -> Response:",
            f'    """{operation.summary}."""',
            f"    return use.{operation.name}(request)",
            "",
        ],
    )


def _models(body: type[BaseModel] | None, query: type[BaseModel]) -> list[str]:
    """The imports of an operation's own models, one line for each module that has some."""
    models = [model for model in (body, query) if model not in {None, NoParameters}]
    by_module: dict[str, list[str]] = {}
    for model in models:
        if model is not None:
            by_module.setdefault(model.__module__, []).append(model.__name__)
    return [
        f"from {module} import {', '.join(sorted(names))}"
        for module, names in sorted(by_module.items())
    ]
