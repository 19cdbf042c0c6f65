"""The queries of Alternative Payments' lists: pages both ways and, for customers, filters."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from registry.domain.errors import FieldError, Invalid
from registry.domain.identifiers import is_id
from registry.domain.instants import read_rfc_3339
from registry.domain.text import Blank, Plain, limited
from registry.gateway.cursor import Cursors
from registry.gateway.wire import Whole


def moment(text: object) -> object:
    """The instant of an RFC 3339 time with an offset; anything but text passes as it is.

    Raises:
        PydanticCustomError: kind `instant`.
    """
    if not isinstance(text, str):
        return text
    try:
        return read_rfc_3339(text)
    except ValueError as error:
        raise PydanticCustomError("instant", "must be an RFC 3339 time") from error


_Moment = Annotated[datetime, BeforeValidator(moment, json_schema_input_type=datetime)]
_Text = Annotated[str, limited(200), Plain]
_Sought = Annotated[str, limited(128, at_least=1), Plain]


class PageQuery(BaseModel):
    """Which page of a list: an empty cursor is none."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[Whole, Field(ge=1, le=100)] = 100
    after: Annotated[str | None, Blank] = None
    before: Annotated[str | None, Blank] = None

    @field_validator("before")
    @classmethod
    def _one_direction(cls, before: str | None, info: ValidationInfo) -> str | None:
        if before is not None and info.data.get("after") is not None:
            raise PydanticCustomError("exclusive", "one or the other", {"other": "after"})
        return before

    @property
    def backwards(self) -> bool:
        """Whether the page before a place is asked for."""
        return self.before is not None

    def start(self, issued: Cursors) -> str | None:
        """The id of the record the page begins beyond; None for the first page.

        Raises:
            Invalid: the cursor was not issued for this list.
        """
        name, cursor = ("after", self.after) if self.before is None else ("before", self.before)
        if cursor is None:
            return None
        match issued.read(cursor, name):
            case (identifier,) if is_id(identifier):
                return identifier
        raise Invalid(parameters=(FieldError((name,), "cursor"),))


class ListCustomers(PageQuery):
    """The query of `GET /customers`; `external_id` is an addition to the vendor's."""

    created_at_start: _Moment | None = None
    created_at_end: _Moment | None = None
    company_name: Annotated[_Text | None, Blank] = None
    external_id: _Sought | None = None

    @field_validator("created_at_end")
    @classmethod
    def _after_start(cls, end: datetime | None, info: ValidationInfo) -> datetime | None:
        start = info.data.get("created_at_start")
        if start is not None and end is not None and end < start:
            facts = {"start": "created_at_start"}
            raise PydanticCustomError("before_start", "not before the start", facts)
        return end

    def filters(self) -> dict[str, str | None]:
        """What a cursor is bound to, in one spelling for each meaning."""
        start, end = self.created_at_start, self.created_at_end
        return {
            "created_at_start": start.isoformat() if start else None,
            "created_at_end": end.isoformat() if end else None,
            "company_name": self.company_name.casefold() if self.company_name else None,
            "external_id": self.external_id,
        }
