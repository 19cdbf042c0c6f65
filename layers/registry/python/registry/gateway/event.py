"""The event of API Gateway's Lambda proxy integration: the members that are read, and their types.

API Gateway sends no other events. Somebody can also invoke a function with an event of their own,
from the console for example, and such an event gets a response in the contract's shape.

Source: "Input format of a Lambda function for proxy integration", API Gateway Developer Guide.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from registry.domain.errors import BadRequest


def _characters(text: str) -> str:
    """The text; ValueError for a lone surrogate, which JSON can contain and UTF-8 cannot."""
    text.encode()
    return text


Text = Annotated[str, AfterValidator(_characters)]
Texts = dict[Text, Text]
RepeatedTexts = dict[Text, Annotated[list[Text], Field(min_length=1)]]

_NAMES = re.compile(r"{(\w+)}")


class _EventModel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True)


class RequestContext(_EventModel):
    """API Gateway's facts of the request.

    `authorizer` is the Lambda authorizer's context. `request_id` is kept with the change that the
    request makes, so it has to be short and of the characters that API Gateway uses.
    """

    authorizer: dict[str, Any] = Field(default_factory=dict)
    request_id: Annotated[str, Field(pattern=r"^[\w-]{1,64}$")] | None = None


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
