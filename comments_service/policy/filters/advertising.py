"""Advertising and fraud: what is on offer, how it is offered, and where to turn.

One cue alone is news ("casino revenue fell", "the messenger was updated"). Cues of different kinds
add up, and only their sum is a finding, so that a reader may write about gambling and about loans.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass as plain_dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from comments_service.policy import lexicon
from comments_service.policy.case import Case
from comments_service.policy.matching import Matcher, WordList
from comments_service.policy.patterns import Entry
from comments_service.policy.use import STRICT, Check, Placed, Use
from comments_service.policy.verdict import Finding
from comments_service.text.urls import is_within

NAME = "advertising"
MESSAGE = {
    "ko": "광고나 홍보로 보이는 내용이 있습니다.",
    "en": "This looks like advertising.",
}

_CERTAIN, _OFFER, _LURE = range(3)
_LISTS = ("advertising-certain", "advertising-offers", "advertising-lures")
# What a cue adds, by kind: the first different one, the second, and so on.
_WEIGHTS = {_CERTAIN: (1.0, 1.0), _OFFER: (0.5, 0.1), _LURE: (0.3, 0.2, 0.1)}
# A contact or a link, which are in no list.
_PLACE = -1
# Readers cite these; a link there sells nothing.
_TRUSTED = frozenset(
    {"t.co", "gov", "edu", "int", "mil", "go.kr", "ac.kr", "or.kr", "re.kr", "gov.uk", "ac.uk"}
    | {"youtube.com", "youtu.be", "naver.com", "daum.net", "arxiv.org"}
    | {"wikipedia.org", "apnews.com", "reuters.com", "bbc.com", "bbc.co.uk", "nytimes.com"}
    | {"theguardian.com", "cnn.com", "washingtonpost.com", "yna.co.kr", "kbs.co.kr", "hani.co.kr"}
)
_WEAK = frozenset({_OFFER, _LURE})
_CONTACT_WEIGHT, _LINK_WEIGHT, _TRUSTED_LINK_WEIGHT = 0.8, 0.5, 0.1

_MESSENGER = re.compile(
    r"""(?:카(?:카오)?톡방?|텔레그램|텔레|텔그|라인|위챗|디코|오픈채팅|오픈톡|옵챗)
        \s?(?:아이디|친추|문의|상담|추가|주세요|연락|검색|으?로|id|[:@=➜→▶])*\s?@?[a-z][a-z0-9_.]{2,}
    |\b(?:kakao(?:talk)?|telegram|whats?app|wechat|signal|viber|skype|snapchat|discord|line|tg)
        \s?(?:id|me|at|on|[:=➜→▶])*\s?
        (?:@[a-z0-9_.]{3,}|[a-z][a-z0-9_.]*\d[a-z0-9_.]*|\+?\d[\d\s-]{6,})""",
    re.VERBOSE,
)
_WARNING = re.compile(
    "속지|조심|주의|피해|사기|단속|처벌|중독|근절|검거|신고|차단|금지|예방|수사|기소|징역|논란|"
    r"scams?\b|beware|warning|victims?\b|arrest|fraud|addict|regulat|crack ?down|banned|lawsuit"
)
# A warning that leads nowhere is one; with a contact it may be the bait ("no scam").
_WARNING_WEIGHT, _BAIT_WEIGHT = -1.2, -0.6
# How Korean opinions end and Korean advertisements do not.
_OPINION = re.compile(
    "(?:네요|군요|나요|까요|던데요?|었다|았다|했다|한다|된다|는다|겠다|싶다|같다|없다|있다|아요|어요|해야|합시다|말자|"
    "반대|찬성|확대|강화|규제|논란|소식|기사|증가|감소|인상|인하|너무하|지요|죠|음|길|듯)[\\s.!?~ㅋㅎㅠㅜ]*$"
)
_OPINION_WEIGHT = -0.3


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class Advertising(Use):
    """`phrases` are certain signs besides those that ship. Cues must add up to `threshold`."""

    filter: Literal["advertising"]
    phrases: tuple[Entry, ...] = ()
    exceptions: Annotated[tuple[Entry, ...], Field(alias="except")] = ()
    threshold: Annotated[float, Field(gt=0, le=5)] = 1.0


@plain_dataclass(frozen=True, slots=True)
class Cue:
    """Something an advertisement has, at `start` to `end` of the folded text."""

    source: int
    weight: float
    start: int
    end: int


def prepare(placed: Sequence[Placed[Advertising]]) -> Check:
    """Put the cues, and each clause's own phrases, into one automaton."""
    shipped = [lexicon.load(name) for name in _LISTS]
    own = [WordList(each.use.phrases, each.use.exceptions) for each in placed]
    matcher = Matcher([*shipped, *own])

    least = min(each.use.threshold for each in placed)

    def check(case: Case) -> Iterator[Finding]:
        cues = [*_words(case, matcher), *_links(case)]
        if not cues and least > _CONTACT_WEIGHT:
            return
        cues += _contacts(case.folded.text)
        doubt = _doubt(case.folded.text, leads=any(cue.source == _PLACE for cue in cues))
        for source, each in enumerate(placed, start=len(shipped)):
            counted = [cue for cue in cues if cue.source < len(shipped) or cue.source == source]
            total = doubt + sum(cue.weight for cue in counted)
            if counted and total >= each.use.threshold:
                heaviest = max(counted, key=lambda cue: cue.weight)
                span = case.body_span(heaviest.start, heaviest.end)
                yield each.finding(NAME, "cues", MESSAGE, span, weight=round(total, 2))

    return check


def _words(case: Case, matcher: Matcher) -> Iterator[Cue]:
    """The words that count: of each list the first few different ones, each place once, and none
    that only stands in a link."""
    text = case.folded.text
    # Only what is certain is worth looking for in disguise.
    certain = [hit for hit in matcher.hits(case) if hit.source not in _WEAK]
    weak = [hit for hit in matcher.plain_hits(text) if hit.source in _WEAK]
    seen: defaultdict[int, set[str]] = defaultdict(set)
    taken = [(link.start, link.end) for link in case.links]
    for hit in (*certain, *weak):
        words = seen[hit.source]
        word = text[hit.start : hit.end]
        weights = _WEIGHTS.get(hit.source, _WEIGHTS[_CERTAIN])
        if word in words or len(words) >= len(weights):
            continue
        if any(hit.start < end and start < hit.end for start, end in taken):
            continue
        yield Cue(hit.source, weights[len(words)], hit.start, hit.end)
        words.add(word)
        taken.append((hit.start, hit.end))


def _contacts(text: str) -> Iterator[Cue]:
    if contact := _MESSENGER.search(text):
        yield Cue(_PLACE, _CONTACT_WEIGHT, *contact.span())


def _links(case: Case) -> Iterator[Cue]:
    for link in case.links[:1]:
        trusted = is_within(link.host, _TRUSTED)
        weight = _TRUSTED_LINK_WEIGHT if trusted else _LINK_WEIGHT
        yield Cue(_PLACE, weight, link.start, link.end)


def _doubt(text: str, *, leads: bool) -> float:
    """What speaks against an advertisement; `leads` if it has a contact or a link."""
    weight = _BAIT_WEIGHT if leads else _WARNING_WEIGHT
    warning = weight if _WARNING.search(text) else 0.0
    opinion = _OPINION_WEIGHT if _OPINION.search(text) else 0.0
    return warning + opinion
