"""Names of sites and articles, and how many of a list: what queries of several surfaces have."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

WHOLE = re.compile(r"-?[0-9]+")
JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))


def _printable(key: str) -> str:
    # Joiners have no shape of their own, but Persian, Hindi and emoji are spelt with them.
    if not key.translate(JOINERS).isprintable():
        raise PydanticCustomError("string_pattern_mismatch", "must be printable characters")
    return key


def _digits(value: object) -> object:
    """Python takes `1_0`, ` 5` and `5.0` for numbers as well."""
    if isinstance(value, str) and not WHOLE.fullmatch(value):
        raise PydanticCustomError("int_parsing", "must be a whole number")
    return value


ArticleKey = Annotated[
    str, StringConstraints(min_length=1, max_length=255), AfterValidator(_printable)
]
SiteKey = Annotated[str, StringConstraints(min_length=1, max_length=64)]
_Between = Annotated[int, Field(ge=1, le=100)]
Limit = Annotated[_Between, BeforeValidator(_digits, json_schema_input_type=_Between)]
