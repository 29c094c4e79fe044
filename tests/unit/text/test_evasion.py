from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.text.evasion import MOST_READINGS, Reading, readings
from comments_service.text.folding import fold


def read(body: str) -> set[str]:
    return {reading.text for reading in readings(fold(body))}


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("바1보", "바보"),
        ("바 보", "바보"),
        ("ㅂ|보", "비보"),
        ("바보오오", "바보"),
        ("바아보", "바보"),
        ("하안글", "한글"),
        ("바보ㄹ", "바볼"),
        ("gksrmf", "한글"),
        ("b4n4n4", "banana"),
        ("bana-na", "banana"),
        ("b a n a n a", "banana"),
        ("bananaaaa", "banana"),
        ("bvnch", "bunch"),
        ("he1lo", "hello"),
    ],
)
def test_a_disguised_word_is_read_as_it_is_meant(body: str, meant: str) -> None:
    assert meant in read(body)


@pytest.mark.parametrize("body", ["좋은 기사 감사합니다", "what a fine day", "2026-11-23", ""])
def test_a_plain_text_has_no_other_reading(body: str) -> None:
    assert read(body) == set()


def test_a_masked_word_keeps_its_gaps() -> None:
    assert Reading("b*n*na", 2, 8, "b*n*na", masked=True) in readings(fold("a b*n*na"))


def test_a_reading_knows_where_its_part_stands() -> None:
    reading = next(r for r in readings(fold("(you,bana-na)!")) if r.text == "youbanana")
    start, end = reading.span(3, 9)
    assert "(you,bana-na)!"[start:end] == "bana-na"


@given(st.text(max_size=300))
def test_readings_are_few_and_stay_in_the_text(text: str) -> None:
    folded = fold(text)
    found = readings(folded)
    assert len(found) <= MOST_READINGS
    assert all(0 <= r.start < r.end <= len(folded.text) for r in found)
    for reading in found:
        start, end = reading.span(0, len(reading.text))
        assert reading.start <= start <= end <= reading.end
