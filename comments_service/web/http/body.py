"""Bodies and queries, checked against pydantic models before a view sees them.

`@blueprint.input(Model)` is APIFlask's, which also puts the model into the OpenAPI document; this
module replaces how it reads a request, so that every mistake has the answer the contract names:
415 for another media type, 400 for what is no JSON, 422 with a pointer for each wrong field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar, get_origin

import orjson
from apiflask.schema_adapters.pydantic import PydanticAdapter
from apiflask.schema_adapters.registry import registry
from flask import Request, request
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from comments_service.errors import FieldError, InvalidRequest
from comments_service.web.http.language import preferred_language
from comments_service.web.http.problems import Words

P = ParamSpec("P")
R = TypeVar("R")

JSON_MEDIA_TYPES = re.compile(r"application/(?:[\w.-]+\+)?json")
# orjson refuses an escaped lone surrogate as no Unicode text. The contract has a better answer for
# one inside a comment, so such a body is read by the standard library's parser instead.
ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

WORDS = {
    "missing": Words("필수 항목입니다.", "This field is required."),
    "extra_forbidden": Words("알 수 없는 항목입니다.", "There is no such field."),
    "string_type": Words("문자열이어야 합니다.", "Must be a string."),
    "string_unicode": Words("깨진 글자가 있습니다.", "Has broken characters."),
    "control_characters": Words("제어 문자는 쓸 수 없습니다.", "Must have no control characters."),
    "string_too_short": Words("너무 짧습니다.", "Must have at least {min_length} character(s)."),
    "string_too_long": Words(
        "{max_length}자 이하여야 합니다.", "Must have at most {max_length} characters."
    ),
    "string_pattern_mismatch": Words("형식이 맞지 않습니다.", "Does not have the right form."),
    "int_type": Words("정수여야 합니다.", "Must be a whole number."),
    "int_parsing": Words("정수여야 합니다.", "Must be a whole number."),
    "int_parsing_size": Words("너무 큰 수입니다.", "Is too large a number."),
    "window": Words("1h~720h 또는 1d~30d 형식이어야 합니다.", "Must be 1h to 720h, or 1d to 30d."),
    "moment": Words(
        "시간대가 있는 RFC 3339 시각이어야 합니다.", "Must be an RFC 3339 time with an offset."
    ),
    "greater_than_equal": Words("{ge} 이상이어야 합니다.", "Must be {ge} or more."),
    "less_than_equal": Words("{le} 이하여야 합니다.", "Must be {le} or less."),
    "literal_error": Words("{expected} 중 하나여야 합니다.", "Must be {expected}."),
    "enum": Words("{expected} 중 하나여야 합니다.", "Must be {expected}."),
    "model_type": Words("객체여야 합니다.", "Must be an object."),
    "model_attributes_type": Words("객체여야 합니다.", "Must be an object."),
    "repeated": Words("같은 값이 두 번 있습니다.", "Names one twice."),
    "too_long": Words("{max_length}개 이하여야 합니다.", "Must have at most {max_length} items."),
    "too_short": Words("{min_length}개 이상이어야 합니다.", "Must have {min_length} or more."),
}
OTHERWISE = Words("쓸 수 없는 값입니다.", "Is not a valid value.")


class Body(BaseModel):
    """A JSON body: exact types, no unknown field."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class Query(BaseModel):
    """A query string: numbers are parsed, unknown names are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


class MalformedJson(InvalidRequest):
    """The body is no JSON."""

    code = "malformed-json"


class UnsupportedMediaType(InvalidRequest):
    """The body is of another media type."""

    code = "unsupported-media-type"


class _Adapter(PydanticAdapter):
    """Reads JSON bodies and query strings in the contract's way."""

    def validate_input(self, request: Request, location: str, **_: Any) -> BaseModel:
        if location == "json":
            return checked(self.model_class, _json(request), part="body")
        return checked(self.model_class, _query(self.model_class, request), part="query")


def checked(model: type[BaseModel], data: Any, *, part: str) -> BaseModel:
    """`data` as a `model`. Raises `InvalidRequest` with a pointer for each wrong field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        language = preferred_language()
        raise InvalidRequest(
            errors=tuple(
                FieldError(_pointer(part, problem["loc"]), _told(problem, language))
                for problem in error.errors(include_input=False, include_url=False)
            )
        ) from None


def raw_body(request: Request) -> bytes:
    """The body as it was sent. Raises `RequestEntityTooLarge`.

    One that does not say its length (chunked) is cut by Werkzeug at the limit as if it ended
    there; asking for one byte more tells it from one that does.
    """
    limit = request.max_content_length
    if request.content_length is None and limit is not None:
        request.max_content_length = limit + 1
        if len(request.get_data()) > limit:
            raise RequestEntityTooLarge
    return request.get_data()


def accepts(limit: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a route's body have `limit` bytes, where the application's own limit is too small."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            request.max_content_length = limit
            return view(*args, **kwargs)

        return guarded

    return decorate


def _refuse_constant(name: str) -> NoReturn:
    """Python's parser takes NaN and Infinity, which are no JSON (RFC 8259 section 6)."""
    raise ValueError(name)


def _json(request: Request) -> Any:
    if not JSON_MEDIA_TYPES.fullmatch(request.mimetype):
        raise UnsupportedMediaType
    raw = raw_body(request)
    try:
        if ESCAPED_SURROGATE.search(raw):
            return json.loads(raw.decode(), parse_constant=_refuse_constant)
        return orjson.loads(raw)
    except (ValueError, RecursionError):
        raise MalformedJson from None


def _query(model: type[BaseModel], request: Request) -> dict[str, Any]:
    """Repeated names as a list where the model wants one, otherwise the first."""
    return {
        name: request.args.getlist(name)
        if get_origin(field.annotation) in {list, tuple}
        else request.args[name]
        for name, field in model.model_fields.items()
        if name in request.args
    }


def _pointer(part: str, location: tuple[int | str, ...]) -> str:
    """A JSON pointer (RFC 6901) into the body, `/article/key`; into the query, `/query/limit`."""
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in location]
    return "".join(f"/{step}" for step in (steps if part == "body" else [part, *steps]))


def _told(problem: Mapping[str, Any], language: str) -> str:
    words = WORDS.get(problem["type"], OTHERWISE)
    context = problem.get("ctx", {})
    if language == "ko" and "expected" in context:
        context = {**context, "expected": context["expected"].replace(" or ", ", ")}
    return str(getattr(words, language)).format_map(context)


registry.register("pydantic", _Adapter)
