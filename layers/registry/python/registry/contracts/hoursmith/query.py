"""The query of Hoursmith's client list: its order, its filters and the bounds of its dates."""

from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from registry.domain.instants import read_iso_8601
from registry.domain.text import Blank, Plain, limited
from registry.gateway.cursor import claimed_place
from registry.gateway.wire import RequestModel, Whole
from registry.store.listing import Order

_ORDERS = {
    "createdAt": Order.CREATED,
    "id": Order.CREATED,  # ids are in order of creation
    "name": Order.NAME,
    "updatedAt": Order.UPDATED,
}


def first_moment(text: object) -> object:
    """The instant of an ISO timestamp, UTC where it names no zone; a bare date is its midnight.

    Raises:
        PydanticCustomError: kind `instant`.
    """
    return _moment(text, time.min)


def last_moment(text: object) -> object:
    """As `first_moment`, but a bare date is the last moment of its day.

    Raises:
        PydanticCustomError: kind `instant`.
    """
    return _moment(text, time.max)


def _cursor(text: str) -> str:
    """What is no cursor of any list is refused here, beside the other bad parameters."""
    claimed_place(text)
    return text


_Cursor = Annotated[str, AfterValidator(_cursor)]
_Search = Annotated[str, limited(200), Plain]
_From = Annotated[datetime, BeforeValidator(first_moment, json_schema_input_type=date | datetime)]
_To = Annotated[datetime, BeforeValidator(last_moment, json_schema_input_type=date | datetime)]
_Sort = Literal[
    "createdAt",
    "-createdAt",
    "id",
    "-id",
    "name",
    "-name",
    "updatedAt",
    "-updatedAt",
]


class ListClients(RequestModel):
    """The query of `GET /api/v1/clients`."""

    cursor: _Cursor | None = None
    limit: Annotated[Whole, Field(ge=1, le=200)] = 50
    sort: _Sort = "-createdAt"
    search: Annotated[_Search | None, Blank] = None
    created_at_from: _From | None = None
    created_at_to: _To | None = None
    updated_at_from: _From | None = None
    updated_at_to: _To | None = None

    @field_validator("created_at_to", "updated_at_to")
    @classmethod
    def _after_start(cls, end: datetime | None, info: ValidationInfo) -> datetime | None:
        start = info.data.get(f"{str(info.field_name).removesuffix('_to')}_from")
        if start is not None and end is not None and end < start:
            raise PydanticCustomError("before_start", "must not be before the start")
        return end

    @property
    def order(self) -> Order:
        """What the list goes by."""
        return _ORDERS[self.sort.removeprefix("-")]

    @property
    def descending(self) -> bool:
        """Whether it goes downwards."""
        return self.sort.startswith("-")

    def filters(self) -> dict[str, str | None]:
        """What a cursor is bound to, in one spelling for each meaning."""
        bounds = ("created_at_from", "created_at_to", "updated_at_from", "updated_at_to")
        given = {name: getattr(self, name) for name in bounds}
        return {
            "sort": self.sort,
            "search": self.search.casefold() if self.search else None,
            **{name: at.isoformat() if at else None for name, at in given.items()},
        }


def _moment(text: object, of_a_date: time) -> object:
    if not isinstance(text, str):
        return text
    try:
        return read_iso_8601(text, of_a_date)
    except ValueError as error:
        raise PydanticCustomError("instant", "must be a date or an ISO timestamp") from error
