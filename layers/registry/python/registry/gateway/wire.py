"""The base classes and field types that the wire models of all contracts share.

A field that may be left out but must not be null is declared as
`Annotated[T | None, refusing, NotNull()] = None`: it is None in its model where the body leaves it
out, the validator refuses a null in the body with the contract's own kind of error, and `NotNull`
keeps null out of the OpenAPI document.
"""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

# A number of 18 digits fits into 64 bits, the size of an integer in most callers' languages.
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")

Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
E164 = Annotated[str, Field(json_schema_extra={"pattern": "^\\+[1-9][0-9]{1,14}$"})]
Alpha2 = Annotated[str, Field(json_schema_extra={"pattern": "^[A-Z]{2}$"})]


class WireModel(BaseModel):
    """A model of something on the wire.

    Its validator and its serializer are built when they are first used. A function imports the
    models of its whole contract and uses those of one operation, which `registry.gateway.prepare`
    builds beforehand.
    """

    model_config = ConfigDict(defer_build=True)


class RequestModel(WireModel):
    """A body or a query in camelCase; undeclared names are refused."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


class ResponseModel(WireModel):
    """A response in camelCase: constructed by Python names, serialised by aliases."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
    )


class NotNull:
    """Leaves null out of the JSON schema of a field that is None only where a body leaves it out.

    pydantic's `SkipJsonSchema[None]` does so too, but it makes the field a union of two, whose
    errors name the field and a choice: `name.none`.
    """

    def __get_pydantic_json_schema__(
        self,
        schema: CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> JsonSchemaValue:
        """The schema of the one choice that is not null."""
        choices: list[JsonSchemaValue] = handler(schema)["anyOf"]
        return next(choice for choice in choices if choice != {"type": "null"})


def whole_number(text: object) -> object:
    """The integer of a text of plain digits; any value other than text is returned unchanged.

    Raises:
        PydanticCustomError: kind `int_parsing`.
    """
    if not isinstance(text, str):
        return text
    if not _WHOLE_NUMBER.fullmatch(text):
        raise PydanticCustomError("int_parsing", "must be a whole number")
    return int(text)


Whole = Annotated[int, BeforeValidator(whole_number)]
