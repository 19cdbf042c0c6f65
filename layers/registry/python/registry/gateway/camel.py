"""Wire models of the contracts that speak camelCase."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Sent(BaseModel):
    """What a caller sends, in a body or a query: names that are not declared are refused."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


class Shown(BaseModel):
    """What is answered: made by its Python names, written by its aliases."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
    )
