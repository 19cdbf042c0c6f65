"""Query parameters: text that stands for something else."""

import re
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

# More digits would be more than the 64 bits callers have for a number.
_WHOLE = re.compile(r"-?[0-9]{1,18}")


def whole_number(text: object) -> object:
    """The number a text stands for, in plain digits; anything but text passes as it is.

    Raises:
        PydanticCustomError: kind `int_parsing`.
    """
    if not isinstance(text, str):
        return text
    if not _WHOLE.fullmatch(text):
        raise PydanticCustomError("int_parsing", "must be a whole number")
    return int(text)


Whole = Annotated[int, BeforeValidator(whole_number)]
