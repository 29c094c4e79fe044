"""Fields that several bodies and queries share."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from comments_service.services.ids import parse_id


def _printable(key: str) -> str:
    if not key.isprintable():
        raise PydanticCustomError("string_pattern_mismatch", "must be printable characters")
    return key


def _id(value: object) -> int:
    """An id as the API writes it; whatever else names nothing that exists."""
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "must be a string")
    return -1 if (number := parse_id(value)) is None else number


ArticleKey = Annotated[
    str, StringConstraints(min_length=1, max_length=255), AfterValidator(_printable)
]
SiteKey = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Id = Annotated[int, BeforeValidator(_id, json_schema_input_type=str)]
Limit = Annotated[int, Field(ge=1, le=100)]
