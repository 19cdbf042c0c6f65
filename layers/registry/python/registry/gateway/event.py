"""The event of API Gateway's Lambda proxy integration: what of it is read, and its types.

API Gateway sends nothing else. A function can also be invoked with an event of somebody's own, from
the console or by a mistake in a test, and such an event gets a response in the contract's shape.

Source: "Input format of a Lambda function for proxy integration", API Gateway Developer Guide.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from registry.domain.errors import BadRequest


def _characters(text: str) -> str:
    """A text without lone surrogates, which the JSON of an event can spell and UTF-8 cannot."""
    text.encode()
    return text


Text = Annotated[str, AfterValidator(_characters)]
Texts = dict[Text, Text]
RepeatedTexts = dict[Text, Annotated[list[Text], Field(min_length=1)]]

_NAMES = re.compile(r"{(\w+)}")


class _EventModel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True)


class RequestContext(_EventModel):
    """Facts of the gateway; `authorizer` is what the Lambda authorizer said of the credential."""

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


def read_event(sent: object, path: str) -> Event:
    """The event, with what is read of it and nothing else.

    Args:
        sent: what the function was invoked with.
        path: of the operation, whose path parameters have to be there.

    Raises:
        BadRequest: API Gateway does not send such an event.
    """
    try:
        event = Event.model_validate(sent)
    except ValidationError as error:
        raise BadRequest("The request did not come through the API.") from error
    if not (event.path_parameters or {}).keys() >= set(_NAMES.findall(path)):
        raise BadRequest("The request did not come through the API.")
    return event
