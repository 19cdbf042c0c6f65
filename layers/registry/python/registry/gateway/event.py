"""The event of API Gateway's Lambda proxy integration: the members that are read, and their types.

API Gateway sends no other events. Somebody can also invoke a function with an event of their own,
from the console for example, and such an event gets a response in the contract's shape.

Every request is read here, and nothing is converted, so this is written without a model.

Source: "Input format of a Lambda function for proxy integration", API Gateway Developer Guide.
"""

import re
from collections.abc import Mapping
from itertools import chain
from typing import Any

from registry.domain.errors import BadRequest
from registry.domain.immutable import dataclass

Texts = Mapping[str, str]
RepeatedTexts = Mapping[str, list[str]]

_REQUEST_ID = re.compile(r"[\w-]{1,64}")
_NAMES = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Event:
    """The event; a map without members is None.

    Attributes:
        authorizer: the context of the Lambda authorizer; empty for a public operation.
        request_id: API Gateway's id of the request. It is kept with the change that the request
            makes, so it has to be short and of the characters that API Gateway uses.
    """

    headers: Texts | None
    multi_value_headers: RepeatedTexts | None
    multi_value_query_string_parameters: RepeatedTexts | None
    path_parameters: Texts | None
    authorizer: Mapping[str, Any]
    request_id: str | None
    body: str | None
    is_base64_encoded: bool


def read_event(raw: object, path: str) -> Event:
    """The members of an event that are read.

    Args:
        raw: the object with which the function was invoked.
        path: the path of the operation, whose path parameters have to be in the event.

    Raises:
        BadRequest: API Gateway does not send such an event.
    """
    try:
        members = _object(raw)
        context = _object(members["requestContext"])
        event = Event(
            headers=_texts(members.get("headers")),
            multi_value_headers=_repeated(members.get("multiValueHeaders")),
            multi_value_query_string_parameters=_repeated(
                members.get("multiValueQueryStringParameters")
            ),
            path_parameters=_texts(members.get("pathParameters")),
            authorizer=_object(context.get("authorizer", {})),
            request_id=_request_id(context.get("requestId")),
            body=_text(members.get("body")),
            is_base64_encoded=_flag(members.get("isBase64Encoded", False)),
        )
    except (KeyError, TypeError, UnicodeError) as error:
        raise BadRequest("The request did not come through the API.") from error
    if not (event.path_parameters or {}).keys() >= set(_NAMES.findall(path)):
        raise BadRequest("The request did not come through the API.")
    return event


def _object(value: object) -> dict[str, Any]:
    """A JSON object.

    Raises:
        TypeError: the value is none.
    """
    if not isinstance(value, dict):
        raise TypeError(value)
    return value


def _texts(value: object) -> Texts | None:
    """A map of texts, or None.

    Raises:
        TypeError: the value is neither.
        UnicodeError: there is a lone surrogate, which JSON can contain and UTF-8 cannot.
    """
    if value is None:
        return None
    texts = _object(value)
    "".join(chain(texts, texts.values())).encode()  # refuses all but texts
    return texts


def _repeated(value: object) -> RepeatedTexts | None:
    """A map to lists of texts, each with one at least, or None.

    Raises:
        TypeError, UnicodeError: as `_texts`.
    """
    if value is None:
        return None
    lists = _object(value)
    if not all(isinstance(texts, list) and texts for texts in lists.values()):
        raise TypeError(value)
    "".join(chain(lists, *lists.values())).encode()
    return lists


def _text(value: object) -> str | None:
    """A text, or None.

    Raises:
        TypeError, UnicodeError: as `_texts`.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()
    return value


def _request_id(value: object) -> str | None:
    """The id of a request, or None.

    Raises:
        TypeError: the value is neither.
    """
    if value is not None and not (isinstance(value, str) and _REQUEST_ID.fullmatch(value)):
        raise TypeError(value)
    return value


def _flag(value: object) -> bool:
    """A flag.

    Raises:
        TypeError: the value is none.
    """
    if not isinstance(value, bool):
        raise TypeError(value)
    return value
