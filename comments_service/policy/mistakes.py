"""What is wrong with a part of a document, in words for those who write it, not for programmers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


class Unusable(ValueError):
    """A value of the right type that cannot be used; says why in both languages."""

    def __init__(self, english: str, korean: str) -> None:
        super().__init__(english)
        self.korean = korean


# By pydantic's type of error: English, Korean.
_WORDS = {
    "missing": ("this is missing", "빠져 있습니다"),
    "extra_forbidden": ("there is no such setting", "이런 설정은 없습니다"),
    "unexpected_keyword_argument": ("there is no such setting", "이런 설정은 없습니다"),
    "union_tag_invalid": (
        "there is no such filter; there are {filters}",
        "이런 필터는 없습니다. 있는 것: {filters}",
    ),
    "union_tag_not_found": ("`filter` is missing", "`filter`가 빠져 있습니다"),
    "literal_error": ("must be {expected}", "{expected} 가운데 하나여야 합니다"),
    "enum": ("must be {expected}", "{expected} 가운데 하나여야 합니다"),
    "string_type": ("must be a text, in quotation marks", "따옴표로 묶은 글이어야 합니다"),
    "string_too_short": ("must not be empty", "비어 있을 수 없습니다"),
    "string_too_long": (
        "must have at most {max_length} characters",
        "{max_length}자 이하여야 합니다",
    ),
    "string_pattern_mismatch": (
        "does not have the right form ({pattern})",
        "형식이 맞지 않습니다 ({pattern})",
    ),
    "int_type": ("must be a whole number, without quotation marks", "따옴표 없는 정수여야 합니다"),
    "int_from_float": ("must be a whole number", "정수여야 합니다"),
    "float_type": ("must be a number, without quotation marks", "따옴표 없는 수여야 합니다"),
    "finite_number": ("must be a number", "수여야 합니다"),
    "bool_type": ("must be true or false", "true 또는 false여야 합니다"),
    "greater_than": ("must be more than {gt}", "{gt}보다 커야 합니다"),
    "greater_than_equal": ("must be {ge} or more", "{ge} 이상이어야 합니다"),
    "less_than": ("must be less than {lt}", "{lt}보다 작아야 합니다"),
    "less_than_equal": ("must be {le} or less", "{le} 이하여야 합니다"),
    "tuple_type": ("must be a list", "목록이어야 합니다"),
    "too_short": ("must have {min_length} or more", "{min_length}개 이상이어야 합니다"),
    "dataclass_type": ("must be a mapping of names to values", "이름과 값의 짝이어야 합니다"),
    "timezone_aware": (
        "must say its offset, as in 2026-11-24T12:00:00+09:00",
        "2026-11-24T12:00:00+09:00처럼 시간대가 있어야 합니다",
    ),
}
_MEMBER = re.compile(r"<[\w.]+: ('[^']*')>")
_TIMES = (
    "must be a time such as 2026-11-24T12:00:00+09:00",
    "2026-11-24T12:00:00+09:00 같은 시각이어야 합니다",
)


def told(mistake: Mapping[str, Any]) -> tuple[str, str | None]:
    """A pydantic error's words in English and, where there are any, in Korean."""
    context: Mapping[str, Any] = mistake.get("ctx", {})
    if isinstance(error := context.get("error"), Unusable):
        return str(error), error.korean
    kind = mistake["type"]
    words = _TIMES if kind.startswith("datetime") else _WORDS.get(kind)
    if words is None:
        return mistake["msg"].removeprefix("Value error, "), None
    values: dict[str, Any] = {
        **context,
        "filters": context.get("expected_tags", "").replace("'", ""),
    }
    if "expected" in context:
        values["expected"] = _MEMBER.sub(r"\1", context["expected"])
    english, korean = (text.format_map(values) for text in words)
    return english, korean.replace(" or ", ", ")
