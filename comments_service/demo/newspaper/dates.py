"""Times as each edition prints them: in the zone they carry, which is Korea's."""

from __future__ import annotations

from datetime import datetime

from comments_service.demo.newspaper.edition import Language


def masthead_date(at: datetime, language: Language) -> str:
    """`Monday, November 23, 2026`, `2026년 11월 23일 월요일`."""
    if language is Language.KO:
        return f"{at.year}년 {at.month}월 {at.day}일 {'월화수목금토일'[at.weekday()]}요일"
    return f"{at:%A, %B} {at.day}, {at.year}"


def dateline(at: datetime, language: Language) -> str:
    """`November 23, 2026, 09:30`, `2026.11.23 09:30`."""
    if language is Language.KO:
        return f"{at:%Y.%m.%d %H:%M}"
    return f"{at:%B} {at.day}, {at:%Y, %H:%M}"


def short_date(at: datetime, language: Language) -> str:
    """`Nov 23`, `11월 23일`."""
    if language is Language.KO:
        return f"{at.month}월 {at.day}일"
    return f"{at:%b} {at.day}"
