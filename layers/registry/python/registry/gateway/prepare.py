"""What a function does while it loads, so that its first caller does not wait for it.

Lambda loads a function at the full speed of a processor, whatever its memory; requests get a share
of one. With SnapStart it is done once for all copies.
"""

from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel

from registry.gateway.loading import loaded
from registry.gateway.operation import Operation
from registry.gateway.response import may_hold_numbers


def prepare(operation: Operation) -> None:
    """Build the models that a request to the operation uses, and load what it names.

    The store makes its own client, since the authorizer needs that, too.
    """
    for root in (operation.query, operation.body, operation.response_model):
        for model in _models(root):
            model.model_rebuild()
    may_hold_numbers(operation.response_model)
    for load in operation.prepare:
        load()
    loaded()


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """The models in an annotation, each one after those that its fields are made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for field in annotation.model_fields.values():
            yield from _models(field.annotation)
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
