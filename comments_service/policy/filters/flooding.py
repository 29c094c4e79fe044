"""Texts that crowd others out: said before, said by everyone at once, or hardly text at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from comments_service.policy.case import Case
from comments_service.policy.use import STRICT, Check, Placed, Use
from comments_service.policy.verdict import Finding, PastText, Texts
from comments_service.text.folding import fold

NAME = "flooding"
MESSAGES: dict[str, Texts] = {
    "own-repetition": {
        "ko": "같은 내용을 되풀이해 올리고 있습니다.",
        "en": "You have posted much the same text before.",
    },
    "others-repetition": {
        "ko": "여러 계정이 올린 글과 내용이 거의 같습니다.",
        "en": "Other accounts have posted much the same text.",
    },
    "rate": {"ko": "댓글을 너무 빨리 올리고 있습니다.", "en": "You are posting too fast."},
    "repeated-characters": {
        "ko": "같은 글자가 지나치게 반복됩니다.",
        "en": "The same character is repeated too often.",
    },
    "capitals": {
        "ko": "대문자로만 쓰지 말아 주세요.",
        "en": "Please do not write in capitals throughout.",
    },
}

_SHINGLE = 3
_SHORTEST_COMPARED = 12
_NO_TEXT = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[A-Za-z]")
_CAPITAL = re.compile(r"[A-Z]")
_FEWEST_LETTERS = 40
_PIECE = 4
_SPACES = frozenset(" \n")

Share = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1, le=10_000)]


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class Flooding(Use):
    """A text counts as said before if it shares `similarity` of its three-character pieces with
    another; `own_repeats` of the writer's, or `others_repeats` of other writers', within `minutes`
    are a finding. So are more than `rate` comments in a minute, `repeated_characters` in a row, and
    a share of `capitals` among Latin letters. `null` turns a rule off."""

    filter: Literal["flooding"]
    minutes: Count = 60
    similarity: Share = 0.8
    own_repeats: Count | None = 2
    others_repeats: Count | None = 5
    rate: Count | None = 5
    repeated_characters: Annotated[int, Field(ge=5, le=2500)] | None = 40
    capitals: Share | None = 0.8


def prepare(placed: Sequence[Placed[Flooding]]) -> Check:
    """Compile the runs to look for."""
    runs = [
        re.compile(rf"(\S)(?:\s?\1){{{each.use.repeated_characters - 1},}}")
        if each.use.repeated_characters
        else None
        for each in placed
    ]

    def check(case: Case) -> Iterator[Finding]:
        for each, run in zip(placed, runs, strict=True):
            for rule in _rules(each.use, case):
                yield each.finding(NAME, rule, MESSAGES[rule])
            text, most = case.folded.text, each.use.repeated_characters
            if run and most and _may_repeat(text, most) and (match := run.search(text)):
                rule = "repeated-characters"
                yield each.finding(NAME, rule, MESSAGES[rule], case.body_span(*match.span()))

    return check


def _rules(use: Flooding, case: Case) -> Iterator[str]:
    history, now = case.history, case.submission.now
    if now is not None:
        since = now - timedelta(minutes=use.minutes)
        if use.own_repeats and _repeats(use, case, history.own, since) >= use.own_repeats:
            yield "own-repetition"
        if use.others_repeats and _repeats(use, case, history.others, since) >= use.others_repeats:
            yield "others-repetition"
        last_minute = sum(past.sent_at > now - timedelta(minutes=1) for past in history.own)
        if use.rate and last_minute >= use.rate:
            yield "rate"
    if use.capitals and _is_in_capitals(case.submission.body, use.capitals):
        yield "capitals"


def _is_in_capitals(body: str, share: float) -> bool:
    letters = len(_LETTER.findall(body))
    return letters >= _FEWEST_LETTERS and len(_CAPITAL.findall(body)) >= share * letters


def _may_repeat(text: str, times: int) -> bool:
    """Whether a character may stand `times` times in a row. A run so long covers one of these few
    pieces whole, so the text need not be searched at every place."""
    return any(
        len(set(text[at : at + _PIECE]) - _SPACES) <= 1
        for at in range(0, len(text) - _PIECE + 1, times - _PIECE + 1)
    )


def _repeats(use: Flooding, case: Case, past: Sequence[PastText], since: datetime) -> int:
    text = _NO_TEXT.sub("", case.folded.text)
    if len(text) < _SHORTEST_COMPARED:
        return sum(each.sent_at >= since and each.body == case.submission.body for each in past)
    pieces = _pieces(text)
    return sum(
        _likeness(pieces, _pieces(_NO_TEXT.sub("", fold(each.body).text))) >= use.similarity
        for each in past
        if each.sent_at >= since
    )


def _pieces(text: str) -> frozenset[str]:
    return frozenset(text[at : at + _SHINGLE] for at in range(len(text) - _SHINGLE + 1))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The Jaccard index: the share of pieces that both have."""
    return len(one & other) / (len(one | other) or 1)
