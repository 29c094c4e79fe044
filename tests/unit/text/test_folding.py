from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.text.folding import fold

ODD = st.text(max_size=60) | st.text(
    st.sampled_from("ㄱㅏㄴㅅㅂ가각\u1100\u1161\u11a8ﾡￂa\u0301é𝐚ⓐаＡ\u200b\u3164 \n1①㈜ß🅰")
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＢＣ", "abc"),
        ("𝐛𝑜𝓁𝔡", "bold"),
        ("𝑕", "h"),
        ("ⓒⓘⓡⓒⓛⓔ", "circle"),
        ("🅰🅱🇨", "abc"),
        ("сору", "copy"),
        ("٠١２𝟛", "0123"),
        ("a–b—c−d", "a-b-c-d"),
        ("éçñ", "ecn"),
        ("c̶u̶t̶", "cut"),
        ("a\u200bb\u00adc\u3164d", "abcd"),
        ("ㅅㅏㄹㅏㅁ", "사람"),
        ("ﾵￂﾩￂﾱ", "사람"),
        (unicodedata.normalize("NFD", "사람"), "사람"),
        ("ㅅㅂ", "ㅅㅂ"),
        ("\u1109\u1107", "ㅅㅂ"),
        ("ㅋㅋㅠㅠ", "ㅋ큐ㅠ"),
        ("a\u3000b\tc\nd", "a b c\nd"),
        ("Straße", "strasse"),
    ],
)
def test_what_reads_alike_folds_alike(written: str, folded: str) -> None:
    assert fold(written).text == folded


@given(ODD)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(ODD)
def test_the_way_back_is_monotonic_and_stays_in_the_body(text: str) -> None:
    folded = fold(text)
    spans = [folded.span(index, index + 1) for index in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= other[1] and one[0] <= other[0] for one, other in pairwise(spans))


@given(ODD)
def test_what_a_span_covers_folds_to_what_it_stands_for(text: str) -> None:
    folded = fold(text)
    if folded.text:
        start, end = folded.span(0, len(folded.text))
        assert fold(text[start:end]).text == folded.text


def test_a_span_points_at_the_body_across_what_was_taken_out() -> None:
    folded = fold("a 👍🏽 b\u200bc")
    at = folded.text.index("bc")
    start, end = folded.span(at, at + 2)
    assert folded.body[start:end] == "b\u200bc"


def test_an_empty_span_is_where_it_is() -> None:
    folded = fold("가나")
    assert folded.span(1, 1) == (1, 1)
    assert folded.span(2, 2) == (2, 2)


@given(st.text(max_size=60))
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert fold(unicodedata.normalize("NFD", composed)).text == fold(composed).text
