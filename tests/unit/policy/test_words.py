from __future__ import annotations

import unicodedata

import pytest

from comments_service.policy import Outcome
from tests.unit.policy.judging import blamed, judge, judge_words


@pytest.mark.parametrize(
    "body", ["바나나", "바나나는 싫다", "바나나를!", "저 바나나들이 또", "바나나야"]
)
def test_a_korean_word_is_found_with_its_particles(body: str) -> None:
    verdict = judge_words(body, "바나나")
    assert verdict.outcome is Outcome.REJECT
    assert blamed(verdict, body) == ["바나나"]


@pytest.mark.parametrize("body", ["바나나우유", "왕바나나킥", "바나 나무"])
def test_a_korean_word_inside_another_is_left_alone(body: str) -> None:
    assert judge_words(body, "바나나").outcome is Outcome.ALLOW


def test_a_star_opens_an_end() -> None:
    assert judge_words("바나나우유", "바나나*").outcome is Outcome.REJECT
    assert judge_words("생바나나", "*바나나").outcome is Outcome.REJECT


def test_brackets_stand_for_any_one_of_their_characters() -> None:
    assert judge_words("버나나", "[바버]나나").outcome is Outcome.REJECT
    assert judge_words("보나나", "[바버]나나").outcome is Outcome.ALLOW


@pytest.mark.parametrize("body", ["blockhead", "BLOCKHEADS", "those blockheads!"])
def test_an_english_word_is_found_with_its_inflections(body: str) -> None:
    assert judge_words(body, "blockhead").outcome is Outcome.REJECT


def test_an_exception_saves_the_phrase_it_stands_for() -> None:
    settings = {"except": ["banana republic"]}
    assert judge_words("a banana republic", "banana", **settings).outcome is Outcome.ALLOW
    assert judge_words("a banana", "banana", **settings).outcome is Outcome.REJECT


def test_brackets_may_hold_a_range_of_digits_or_letters() -> None:
    assert judge_words("바나나 7개", "바나나 [0-9]개").outcome is Outcome.REJECT
    assert judge_words("banana-q", "banana-[p-r]").outcome is Outcome.REJECT
    assert judge_words("banana-s", "banana-[p-r]").outcome is Outcome.ALLOW


def test_an_exception_saves_the_disguised_words_in_it_too() -> None:
    settings = {"except": ["바 나나*"]}
    assert judge_words("바 나나", "바나나", **settings).outcome is Outcome.ALLOW
    assert judge_words("바.나.나", "바나나", **settings).outcome is Outcome.REJECT


EVASIONS = {
    "inserted sign": "바*나나",
    "inserted digit": "바1나나",
    "set apart": "바 나 나",
    "letters": "ㅂㅏ나나",
    "drawn out": "바아아나나",
    "a letter between": "바ㅋ나나",
    "cut in two": "바나 나",
    "drawn letters": "ㅂrㄴrㄴr",
    "repeated": "바나나나나",
    "keyboard": "qksksk",
    "zero width": "바\u200d나나",
    "soft hyphen": "바\u00ad나나",
    "half width": "ﾲￂﾤￂﾤￂ",
    "struck out": "바\u0336나\u0336나\u0336",
    "decomposed": unicodedata.normalize("NFD", "바나나"),
}


@pytest.mark.parametrize("written", EVASIONS.values(), ids=EVASIONS)
def test_a_korean_word_is_found_in_disguise(written: str) -> None:
    body = f"저 {written} 또 왔네"
    verdict = judge_words(body, "바나나")
    assert verdict.outcome is Outcome.REJECT
    assert blamed(verdict, body) in ([written], ["바나나"])


ENGLISH_EVASIONS = {
    "leet": "bl0ckh3ad",
    "letters of signs": "bloc|<head",
    "spaced": "b l o c k h e a d",
    "dotted": "b.l.o.c.k.h.e.a.d",
    "hyphen": "block-head",
    "cut": "bloc khead",
    "repeated": "blooockhead",
    "zero width": "block\u200bhead",
    "homoglyph": "blосkhеad",
    "full width": "ｂｌｏｃｋｈｅａｄ",
    "mathematical": "𝐛𝐥𝐨𝐜𝐤𝐡𝐞𝐚𝐝",
    "circled": "ⓑⓛⓞⓒⓚⓗⓔⓐⓓ",
    "small capitals": "ʙʟᴏᴄᴋʜᴇᴀᴅ",
    "accents": "blóckhéad",
    "flags": "🅱🅻🅾🅲🅺🅷🅴🅰🅳",
}


@pytest.mark.parametrize("written", ENGLISH_EVASIONS.values(), ids=ENGLISH_EVASIONS)
def test_an_english_word_is_found_in_disguise(written: str) -> None:
    body = f"you {written}, really"
    verdict = judge_words(body, "blockhead")
    assert verdict.outcome is Outcome.REJECT
    assert blamed(verdict, body) == [written]


def test_a_masked_word_may_be_another_so_it_only_waits() -> None:
    assert judge_words("you bl***head", "blockhead").outcome is Outcome.HOLD


@pytest.mark.parametrize("written", ["바나ㄴ", "ㅂ나나", "바ㄴ나"])
def test_a_consonant_for_a_syllable_may_be_another_word_so_it_only_waits(written: str) -> None:
    body = f"저 {written} 또 왔네"
    verdict = judge_words(body, "바나나")
    assert verdict.outcome is Outcome.HOLD
    assert blamed(verdict, body) == [written]
    assert judge_words(f"{written}ㅋㅋㅋ", "바바바").outcome is Outcome.ALLOW


@pytest.mark.parametrize(
    "body",
    ["'blockhead'라는 말은 쓰지 맙시다", "the word blockhead is hurtful", "blockhead is a slur"],
)
def test_a_word_that_is_named_is_judged_one_step_milder(body: str) -> None:
    assert judge_words(body, "blockhead").outcome is Outcome.HOLD
    assert judge_words(body, "blockhead", action="hold").outcome is Outcome.ALLOW
    assert judge_words(body, "blockhead", mentions="use").outcome is Outcome.REJECT


@pytest.mark.parametrize(
    "body",
    [
        "he called me a blockhead",
        'she said "what a blockhead" twice',
        "blockhead라고 말했다",
        "saying that readers are blockheads is never acceptable",
        "the crowd chanted blockheads",
        "blockhead라며 소리를 질렀다",
        "blockhead 소리를 들었다",
        "blockhead 운운하는 댓글은 지워 주세요",
    ],
)
def test_a_word_that_is_reported_is_never_more_than_held(body: str) -> None:
    assert judge_words(body, "blockhead").outcome is Outcome.HOLD
    assert judge_words(body, "blockhead", action="hold").outcome is Outcome.HOLD


@pytest.mark.parametrize(
    "body",
    [
        "사건의 시발점을 찾아야 합니다",
        "이 열차의 시발역은 용산역입니다",
        "김씨 발언이 논란이 됐습니다",
        "도시 발전 계획을 환영합니다",
        "질병 신고 번호를 알려 주세요",
        "새끼손가락을 다쳤어요",
        "고양이 새끼가 태어났어요",
        "the assistant passed the assessment",
        "a cocktail in the peacock lounge",
        "Dick Baker won the race",
        "수달 새끼 세 마리가 태어났다",
        "한파가 닥쳐 피해가 컸다",
        "spicy noodles at the kung fu school",
        "ㄱㅅ합니다 ㅋㅋㅋ",
    ],
)
def test_words_that_only_resemble_a_bad_one_are_allowed(body: str) -> None:
    assert judge(body).outcome is Outcome.ALLOW


def test_no_pattern_of_a_moderator_can_be_slow() -> None:
    words = ["*" + "[가나다라]" * 4 + "*", "a" * 100, "*" + "a" * 50 + "*"]
    assert judge_words("a" * 2500 + "가나다라" * 600, *words).outcome is Outcome.REJECT
