"""What an entry of a word list means, and where a word ends.

An entry is a word or phrase. A plain entry is a whole word: in English with its usual inflections
(`word`, `words`, `wordy`), in Korean with the particles and endings that follow a noun or stem.
`*` at an end leaves that end open, `[…]` stands for any one of the characters in it (`[0-9a]`: a
digit or an a). Everything else is literal; there are no regular expressions, so no entry can be
slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from comments_service.policy.mistakes import Unusable
from comments_service.text.folding import fold

MOST_VARIANTS = 512
_PART = re.compile(r"\[([^\[\]]+)\]|([^\[\]])")
_RANGE = re.compile("([0-9])-([0-9])|([a-z])-([a-z])")
_ENTRY = re.compile(r"\*?(?:\[[^\[\]*]+\]|[^\[\]*])+\*?")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One literal to look for in folded text, and whether its ends may stand inside a word."""

    literal: str
    open_left: bool
    open_right: bool


def check_entry(entry: str) -> str:
    """Return `entry` if it can be used, else raise `Unusable` saying why not."""
    if not _ENTRY.fullmatch(entry):
        raise Unusable(
            "brackets must be closed and filled, and * may only stand at the ends",
            "대괄호는 닫히고 채워져 있어야 하며, *는 양 끝에만 쓸 수 있습니다",
        )
    count = 1
    for group, _ in _PART.findall(entry.strip("*")):
        count *= max(len(_characters(group)), 1)
    if count > MOST_VARIANTS:
        raise Unusable(
            f"stands for {count} words, at most {MOST_VARIANTS} are allowed",
            f"낱말 {count}개를 뜻합니다. {MOST_VARIANTS}개까지 쓸 수 있습니다",
        )
    if any(not variant.strip() for variant in _variants(entry)):
        raise Unusable("has no visible character", "보이는 글자가 없습니다")
    return entry


Entry = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(check_entry)]
"""An entry as a document's setting."""


@lru_cache(maxsize=1 << 14)
def patterns(entry: str) -> tuple[Pattern, ...]:
    """All literals that a checked `entry` stands for. Several filters name the same lists."""
    return tuple(
        Pattern(literal, entry.startswith("*"), entry.endswith("*"))
        for literal in dict.fromkeys(_variants(entry))
    )


def _variants(entry: str) -> Iterator[str]:
    if "[" not in entry:
        yield fold(entry.strip("*")).text
        return
    choices = [_characters(group) or literal for group, literal in _PART.findall(entry.strip("*"))]
    for characters in product(*choices):
        yield fold("".join(characters)).text


def _characters(group: str) -> str:
    """What stands between brackets, ranges of digits and Latin letters written out."""
    return _RANGE.sub(_written_out, group)


def _written_out(found: re.Match[str]) -> str:
    first, last = sorted(ord(end) for end in found.groups() if end)
    return "".join(map(chr, range(first, last + 1)))


_INFLECTION = re.compile(r"(?:'?s|es|ed|d|er|ers|est|ing|in|in'|y|ies|ish|ty|n)?(?![a-z0-9])")
_COPULA = (
    "이?(?:다|네|네요|야|냐|니|나|라|라고|라서|라는|라니|란|랑|며|면|면서|지|지만|죠|고|거든|군|구나|더라|어|에요|"
    "예요|여|였|었|인데|입니다|임|인|인가|인지)[가-힣]{0,3}"
)
_DOING = "(?:하|해|했|한|할|함|합|되|돼|됐|된|될|됨|시키|떨|부리|짓|질)[가-힣]{0,4}"
_PARTICLE = (
    "은|는|이|가|을|를|의|에|에게|한테|에서|께|로|으로|와|과|랑|이랑|하고|도|만|까지|부터|보다|처럼|"
    "같이|같은|같다|같네|같아|같은데|마다|조차|마저|밖에|뿐|이나|나|든|이든|아|야|여|이여|요|님|씨|들아|"
    "이고|랑은|에는|에도|은요|이요|임|인|이라|라"
)
_KOREAN_END = re.compile(
    rf"(?:들|놈|년|련|새끼|자식|것|거|충|짓|질|님)?(?:들)?(?:(?:{_PARTICLE})(?:은|는|도|만|요)?|{_COPULA}|{_DOING})?(?![가-힣])"
)
_JAMO_END = re.compile(r"(?![ㄱ-ㅎ])|[ㄴㄹㄷㅅㅋㅎㅌㅇ]")
_KOREAN_START = re.compile(
    r"(?:^|[^가-힣])(?:이런?|그런?|저런?|요|니|네|내|개|씹|존나|졸라|좆|왕|핵|아|야|와|ㅋ+|미친|시발|씨발|병신|쌍|쌩)?$"
)
_JAMO_START = re.compile(r"(?:^|[^ㄱ-ㅎ]|[ㅋㅎㅇㅉ])$")
_LONGEST_START = 4


def _is_korean(character: str) -> bool:
    return "가" <= character <= "힣"


def _is_jamo(character: str) -> bool:
    return "ㄱ" <= character <= "ㅣ"


def begins_word(text: str, start: int) -> bool:
    """Whether a word may begin at `start` of the folded `text`."""
    if start == 0:
        return True
    first, before = text[start], text[start - 1]
    if _is_korean(first):
        return not _is_korean(before) or bool(
            _KOREAN_START.search(text[max(0, start - _LONGEST_START) : start])
        )
    if _is_jamo(first):
        return bool(_JAMO_START.search(before))
    return not (first.isalnum() and before.isalnum() and before.isascii())


def ends_word(text: str, end: int) -> bool:
    """Whether a word may end at `end` of the folded `text`, endings and particles aside."""
    if end == len(text):
        return True
    last = text[end - 1]
    if _is_korean(last):
        return bool(_KOREAN_END.match(text, end))
    if _is_jamo(last):
        return bool(_JAMO_END.match(text, end))
    return not last.isalnum() or bool(_INFLECTION.match(text, end))
