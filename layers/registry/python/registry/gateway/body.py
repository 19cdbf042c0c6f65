"""Body fields that may be left out and must not be null.

Such a field is None in its wire model where the body leaves it out. It is declared as
`Annotated[T | None, refusing, NotNull()] = None`: the validator refuses a null that was sent, with
the contract's own kind of error, and `NotNull` keeps it out of the OpenAPI document.
"""

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class NotNull:
    """Leaves null out of the JSON schema of a field that is None only where it is left out.

    pydantic's `SkipJsonSchema[None]` does so too, but makes the field a union of two, whose errors
    name the field and a choice: `name.none`.
    """

    def __get_pydantic_json_schema__(
        self,
        schema: CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> JsonSchemaValue:
        """The schema of the one choice that is not null."""
        choices: list[JsonSchemaValue] = handler(schema)["anyOf"]
        return next(choice for choice in choices if choice != {"type": "null"})
