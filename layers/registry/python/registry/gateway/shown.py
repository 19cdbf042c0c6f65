"""What is shown: types of text whose form a caller may rely on."""

from typing import Annotated

from pydantic import Field

Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
E164 = Annotated[str, Field(json_schema_extra={"pattern": "^\\+[1-9][0-9]{1,14}$"})]
Alpha2 = Annotated[str, Field(json_schema_extra={"pattern": "^[A-Z]{2}$"})]
