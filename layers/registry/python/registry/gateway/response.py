"""HTTP responses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from registry.domain import document
from registry.domain.immutable import dataclass


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response.

    Attributes:
        status: the HTTP status.
        body: JSON text.
        headers: the headers beside those that every response has.
    """

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


# A page ends before Lambda's limit of 6 MB for a response.
# Source: `docs/mapping.md`, "Common to all contracts".
MAX_PAGE_BYTES = 5_000_000
# Room for the members of a page beside its records.
_ENVELOPE_BYTES = 10_000
# Source: `docs/mapping.md`, "Common to all contracts".
JSON_TYPE = "application/json"
EVERY_RESPONSE = {
    "Content-Type": JSON_TYPE,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=31536000",
}


def json_text(model: BaseModel, *, exclude_none: bool = False) -> str:
    """The JSON text of a wire model: keys in the order of the model, by their aliases.

    With `exclude_none`, keys without a value are left out instead of being null.
    """
    if may_hold_numbers(type(model)):
        return document.render(model.model_dump(by_alias=True, exclude_none=exclude_none))
    # The same text, in half of the time.
    return model.model_dump_json(by_alias=True, exclude_none=exclude_none)


@cache
def may_hold_numbers(model: type[BaseModel]) -> bool:
    """Whether a model can hold JSON that a caller wrote, whose numbers keep their text.

    pydantic would write such numbers as texts.
    """
    return any(_is_any(field.annotation) for field in model.model_fields.values())


def _is_any(annotation: object) -> bool:
    """Whether values of a type, or in them, can be anything."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return may_hold_numbers(annotation)
    return annotation is Any or any(map(_is_any, get_args(annotation)))


def json_response(
    status: int,
    model: BaseModel,
    headers: Mapping[str, str] | None = None,
    *,
    exclude_none: bool = False,
) -> Response:
    """A response with a wire model as its body, see `json_text`."""
    return Response(status, json_text(model, exclude_none=exclude_none), headers or {})


def page_response(records: Sequence[BaseModel], page: Callable[[int], BaseModel]) -> Response:
    """The response with a page of a list, of at most `MAX_PAGE_BYTES`.

    Args:
        records: the records of the page, in the direction of reading.
        page: makes the wire model of the page that ends after this number of records.
    """
    response = json_response(200, page(len(records)))
    if len(response.body.encode()) <= MAX_PAGE_BYTES:
        return response
    fitting, size = 0, _ENVELOPE_BYTES
    for record in records:
        size += len(json_text(record).encode()) + 1
        if size > MAX_PAGE_BYTES and fitting:
            break
        fitting += 1
    return json_response(200, page(fitting))


def proxy_response(response: Response) -> dict[str, object]:
    """The response in the shape that API Gateway takes from a Lambda proxy integration."""
    return {
        "statusCode": response.status,
        "headers": {**EVERY_RESPONSE, **response.headers},
        "body": response.body,
        "isBase64Encoded": False,
    }
