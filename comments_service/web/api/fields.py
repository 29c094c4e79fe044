"""Fields that several bodies and queries share."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from typing import Annotated, Literal
from unicodedata import category

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from comments_service.errors import NotFound
from comments_service.services.ids import parse_id
from comments_service.web.http.fields import ArticleKey, Limit, SiteKey

__all__ = [
    "ArticleKey",
    "Id",
    "ItemId",
    "Limit",
    "Moment",
    "Note",
    "Readable",
    "SiteKey",
    "Title",
    "Url",
    "VoteValue",
    "Window",
    "path_id",
]

WINDOW = re.compile(r"([0-9]{1,3})([hd])")
WINDOWS = (
    "^(?:[1-9][0-9]?|[1-6][0-9]{2}|7[01][0-9]|720)h$"  # as `_window` has it, for the document
    "|^(?:[1-9]|[12][0-9]|30)d$"
)
UNIT_HOURS = {"h": 1, "d": 24}
LONGEST_WINDOW = timedelta(days=30)
LAYOUT = dict.fromkeys(map(ord, "\n\r\t"))
UNREADABLE = {"Cc", "Cs"}
"""Unicode's categories of control characters and of halves of surrogate pairs."""


def _on_one_line(text: str) -> str:
    """What no reader could see has no place in a title or an address."""
    if any(category(char) in UNREADABLE for char in text):
        raise PydanticCustomError("control_characters", "must have no control characters")
    return text


def _readable(text: str) -> str:
    """The same for what may run over several lines."""
    _on_one_line(text.translate(LAYOUT))
    return text


def _id(value: object) -> int:
    """An id as the API writes it; whatever else names nothing that exists."""
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "must be a string")
    return -1 if (number := parse_id(value)) is None else number


def _whole(value: object) -> object:
    """A literal 1 takes `true` and `1.0` as well, which are equal to it in Python."""
    if type(value) is not int:
        raise PydanticCustomError("int_type", "must be a whole number")
    return value


def _window(value: object) -> timedelta:
    """The hours or days until now, `24h` or `7d`: one hour to thirty days."""
    match = WINDOW.fullmatch(value) if isinstance(value, str) else None
    span = timedelta(hours=int(match[1]) * UNIT_HOURS[match[2]]) if match else timedelta(0)
    if not timedelta(0) < span <= LONGEST_WINDOW:
        raise PydanticCustomError("window", "must be 1h to 720h or 1d to 30d")
    return span


def _moment(value: object) -> datetime:
    """RFC 3339, with its offset: a time of day alone is another moment in every place. Not of the
    calendar's first and last year, parts of which are in none elsewhere."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not MINYEAR < moment.year < MAXYEAR:
        raise PydanticCustomError("moment", "must be an RFC 3339 time with an offset")
    return moment


ItemId = ArticleKey | Annotated[int, Field(ge=-(2**53), le=2**53)]
"""The caller's own name for a thing, which comes back as it was sent."""

Id = Annotated[int, BeforeValidator(_id, json_schema_input_type=str)]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment, json_schema_input_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Window = Annotated[
    timedelta,
    BeforeValidator(_window, json_schema_input_type=str),
    WithJsonSchema({"type": "string", "pattern": WINDOWS}),
]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2048), AfterValidator(_on_one_line)]
Title = Annotated[str, StringConstraints(max_length=500), AfterValidator(_on_one_line)]
Readable = Annotated[str, AfterValidator(_readable)]
Note = Annotated[Readable, StringConstraints(max_length=500)]
VoteValue = Annotated[Literal[1, -1], BeforeValidator(_whole)]


def path_id(text: str) -> int:
    """The id in a path. Raises `NotFound` where it cannot be one."""
    number = parse_id(text)
    if number is None:
        raise NotFound
    return number
