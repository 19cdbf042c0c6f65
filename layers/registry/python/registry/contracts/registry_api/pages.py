"""Pages of the registry's own lists, and the places in their cursors."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import BaseModel

from registry.domain.errors import FieldError, Invalid
from registry.gateway.cursor import Cursors
from registry.gateway.response import Response, page_response

Record = TypeVar("Record", bound=BaseModel)


def page_of(
    data: list[Record],
    places: Sequence[tuple[str, ...]],
    issued: Cursors,
    model: Callable[[list[Record], str | None], BaseModel],
) -> Response:
    """The response with a page of records; `places` has one more where more records follow."""

    def page(count: int) -> BaseModel:
        more = 0 < count < len(places)
        return model(data[:count], issued.issue(*places[count - 1]) if more else None)

    return page_response(data, page)


def place_of(after: str | None, issued: Cursors, form: str) -> tuple[str, ...] | None:
    """The place after which a page begins; None for the first page.

    Args:
        after: the cursor.
        issued: the cursors of the list.
        form: what a place of this list looks like. A workspace without a key for digests yet has
            cursors that somebody else could make.

    Raises:
        Invalid: the cursor was not issued for this list.
    """
    if after is None:
        return None
    place = issued.read(after, "after")
    if not re.fullmatch(form, " ".join(place)):
        raise Invalid(parameters=(FieldError(("after",), "cursor"),))
    return place
