"""What holds of every text, whatever a stranger sends."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from comments_service.text.body import Fault, check
from comments_service.text.graphemes import clusters, count
from comments_service.text.normalise import normalise

# Characters that meet in a rule: alone they are rare, together they break naive implementations.
MEETING = (
    "\r\n\t\u2028\u0085 \u3000\u200b\u200d\ufeff\u202e\u0301\u0316\u0345e"
    "가\u1100\u1161\u11a8क\u094d👩🏽🇰\ud83d\ude00"
)

anything = st.text(st.characters(exclude_categories=())) | st.text(st.sampled_from(MEETING))
readable = anything.filter(lambda text: check(text).fault is not Fault.MALFORMED)


@given(anything)
@example("e\u200b\u0301")
@example("\n\u200b\n\u200b\n")
@example(" \u2000\u0301 ")
def test_normalising_twice_is_normalising_once(raw: str) -> None:
    once = normalise(raw)

    assert normalise(once) == once


@given(anything)
def test_what_is_kept_is_composed(raw: str) -> None:
    assert unicodedata.is_normalized("NFC", normalise(raw))


@given(anything)
def test_what_is_kept_has_nothing_blank_at_its_ends(raw: str) -> None:
    body = normalise(raw)

    assert body == body.strip()
    assert "\n\n\n" not in body
    assert not {"\r", "\u2028", "\u200b", "\ufeff", "\u202e"} & set(body)


@given(anything)
def test_characters_joined_are_the_text_again(text: str) -> None:
    assert "".join(clusters(text)) == text
    assert count(text) <= len(text)


@given(anything, st.integers(min_value=0, max_value=5))
def test_every_text_is_judged_and_always_alike(raw: str, limit: int) -> None:
    assert check(raw, limit) == check(raw, limit)


@given(readable)
def test_a_kept_body_is_judged_like_the_text_it_came_from(raw: str) -> None:
    checked = check(raw)

    assert check(checked.body) == checked


@given(readable, st.integers(min_value=0, max_value=20))
def test_a_text_is_too_long_only_beyond_the_limit(raw: str, limit: int) -> None:
    checked = check(raw, limit)

    if checked.fault is not Fault.EMPTY:
        assert (checked.fault is Fault.TOO_LONG) == (checked.length > limit)


def test_trimming_takes_what_unicode_calls_white_space_and_nothing_else() -> None:
    for code_point in range(sys.maxunicode + 1):
        character = chr(code_point)
        if normalise(f"a{character}b") == "ab":
            continue  # taken out wherever it stands
        assert (normalise(f"{character}a") == "a") == character.isspace(), hex(code_point)
