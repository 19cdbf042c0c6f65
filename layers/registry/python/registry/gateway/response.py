"""HTTP responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from registry.domain import document


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response.

    Attributes:
        status: the HTTP status.
        body: JSON text.
        headers: beside `Content-Type`.
    """

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


def json_text(model: BaseModel, *, exclude_none: bool = False) -> str:
    """The JSON text of a wire model: keys in the order of the model, by their aliases.

    With `exclude_none`, keys without a value are left out instead of being null.
    """
    return document.render(model.model_dump(by_alias=True, exclude_none=exclude_none))


def json_response(
    status: int,
    model: BaseModel,
    headers: Mapping[str, str] | None = None,
    *,
    exclude_none: bool = False,
) -> Response:
    """A response with a wire model as its body, see `json_text`."""
    return Response(status, json_text(model, exclude_none=exclude_none), headers or {})


def proxy_response(response: Response) -> dict[str, object]:
    """The response in the shape that API Gateway takes from a Lambda proxy integration."""
    return {
        "statusCode": response.status,
        "headers": {"Content-Type": "application/json", **response.headers},
        "body": response.body,
        "isBase64Encoded": False,
    }
