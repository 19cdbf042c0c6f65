"""The event of API Gateway's Lambda proxy integration: the members that are read, and their types.

API Gateway sends no other events. Somebody can also invoke a function with an event of their own,
from the console for example, and such an event gets a response in the contract's shape.

Source: "Input format of a Lambda function for proxy integration", API Gateway Developer Guide.
"""

import re
from itertools import chain
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from registry.domain.errors import BadRequest
from registry.gateway.wire import WireModel


def _characters(text: str) -> str:
    """The text; ValueError for a lone surrogate, which JSON can contain and UTF-8 cannot."""
    text.encode()
    return text


def _all_characters(texts: dict[str, str]) -> dict[str, str]:
    """As `_characters`, for the names and values of a map at once: most events have many."""
    _characters("".join((*texts, *texts.values())))
    return texts


def _all_repeated_characters(texts: dict[str, list[str]]) -> dict[str, list[str]]:
    """As `_all_characters`, for a map to lists."""
    _characters("".join((*texts, *chain.from_iterable(texts.values()))))
    return texts


Text = Annotated[str, AfterValidator(_characters)]
Texts = Annotated[dict[str, str], AfterValidator(_all_characters)]
RepeatedTexts = Annotated[
    dict[str, Annotated[list[str], Field(min_length=1)]],
    AfterValidator(_all_repeated_characters),
]

_NAMES = re.compile(r"{(\w+)}")


class _EventModel(WireModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True)


class RequestContext(_EventModel):
    """API Gateway's facts of the request; `authorizer` is the Lambda authorizer's context."""

    authorizer: dict[str, Any] = Field(default_factory=dict)


class Event(_EventModel):
    """The event; a map without members is null."""

    headers: Texts | None = None
    multi_value_headers: RepeatedTexts | None = None
    multi_value_query_string_parameters: RepeatedTexts | None = None
    path_parameters: Texts | None = None
    request_context: RequestContext
    body: Text | None = None
    is_base64_encoded: bool = False


def read_event(raw: object, path: str) -> Event:
    """The members of an event that are read.

    Args:
        raw: the object with which the function was invoked.
        path: the path of the operation, whose path parameters have to be in the event.

    Raises:
        BadRequest: API Gateway does not send such an event.
    """
    try:
        event = Event.model_validate(raw)
    except ValidationError as error:
        raise BadRequest("The request did not come through the API.") from error
    if not (event.path_parameters or {}).keys() >= set(_NAMES.findall(path)):
        raise BadRequest("The request did not come through the API.")
    return event
