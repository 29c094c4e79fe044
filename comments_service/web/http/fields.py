"""Names of sites and articles, and how many of a list: what queries of several surfaces have."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))


def _printable(key: str) -> str:
    # Joiners have no shape of their own, but Persian, Hindi and emoji are spelt with them.
    if not key.translate(JOINERS).isprintable():
        raise PydanticCustomError("string_pattern_mismatch", "must be printable characters")
    return key


ArticleKey = Annotated[
    str, StringConstraints(min_length=1, max_length=255), AfterValidator(_printable)
]
SiteKey = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Limit = Annotated[int, Field(ge=1, le=100)]
