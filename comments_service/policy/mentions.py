"""Whether a word is used or talked about.

"Nobody should be called a …" and "the word … is a slur" are what a newspaper's readers write about
a bad word. A word that is *named* is judged one step milder than a use; one that is only
*reported* may still be meant, so it is never more than held.
"""

from __future__ import annotations

import re

_QUOTES = {"'": "'", '"': '"', "“": "”", "‘": "’", "「": "」", "<": ">", "`": "`"}
_PHRASE_QUOTES = {'"': '"', "“": "”", "「": "」"}
_NAMED_AFTER = re.compile(
    r"""\W{0,2}
    (?:
        (?:(?:[가-힣]{0,2}[라다](?!고)는?|이?란|같은|등의?|따위의?|하는|와\ 같은|이나)\s?)?
        (?:(?!\S*라고\s)\S{1,6}\s)?
        (?:말|표현|단어|욕설|욕|혐오|비하|멸칭|발언|용어|낙인|차별)
    |
        이?라?(?:라는|란)\s(?:\S{1,8}\s)?
        (?:어원|뜻|의미|유래|옛말|\S?우리말|노래|가사|제목|이름|별명|별칭|속담|사투리|은어|호칭|멸칭|소설|영화|책)
    |
        의?\s(?:어원|유래|뜻|논란|대신)
    |
        (?:은|는|이란)\s(?:\S{1,8}\s){0,2}(?:혐오|비하|차별|멸칭|비속어|욕설)\S{0,2}\s?(?:표현|말|단어|용어|입니다|이다|임)
    |
        (?:is|are|was|as)\s(?:an?|the)?\s?(?:\w+\s)?(?:slur|insult|word|term|derogatory)
    )""",
    re.VERBOSE,
)
_NAMED_BEFORE = re.compile(r"\b(?:word|term|slur|phrase|insult)s?\W{1,3}$")
_REPORTED_AFTER = re.compile(
    r"""\W{0,2}(?:
        (?:아|야|놈|년|새끼)?들?(?:이?라고|이?란|이?라는|이?라니|이?라며)(?![가-힣])
    |   (?:아|야|놈|년|새끼)?들?(?:이?라고)?\s?(?:운운|타령)
    |   \s?(?:소리|취급)(?:를|나|만|까지)?\s?(?:듣|들|하|당|받)
    |
        s?\s?(?:is|are|was|were|as|remains?|isn't|aren't)?\s?(?:an?|the)?\s?(?:\w+\s){0,2}
        (?:offensive|unacceptable|wrong|hurtful|disgusting|never|not\ ok|sexist|racist|homophobic
        |what|is\ what)\b
    )""",
    re.VERBOSE,
)
_REPORTED_BEFORE = re.compile(
    r"""\b(?:call(?:ed|ing|s)?(?:\ \w+){0,3}|say(?:ing|s)?(?:\ that)?(?:\ \w+){0,4}|said
    |us(?:e|es|ed|ing)|shout(?:ed|ing)?|yell(?:ed|ing)?|scream(?:ed|ing)?|chant(?:ed|ing)?|wrote|writ(?:es|ing|ten)
    |spray(?:ed|ing)?|scrawl(?:ed|ing)?|tweet(?:ed|ing)?|hurl(?:ed|ing)?|names?|don't|never|nobody)
    (?:\ an?|\ the|\ like|\ as|\ word)?\W{1,3}$""",
    re.VERBOSE,
)
_REACH_BEFORE, _REACH_AFTER = 40, 24


def is_named(text: str, start: int, end: int) -> bool:
    """Whether the word at `start` to `end` of the folded `text` stands in quotation marks of its
    own, or is spoken of as a word."""
    before, after = _around(text, start, end)
    if before and after and _QUOTES.get(before[-1]) == after[0]:
        return True
    return bool(_NAMED_AFTER.match(after) or _NAMED_BEFORE.search(before))


def is_reported(text: str, start: int, end: int) -> bool:
    """Whether the word is in somebody's mouth: quoted in a phrase, said, or what one calls."""
    before, after = _around(text, start, end)
    return bool(
        _is_in_quotes(before, after)
        or _REPORTED_AFTER.match(after)
        or _REPORTED_BEFORE.search(before)
    )


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    return text[max(0, start - _REACH_BEFORE) : start], text[end : end + _REACH_AFTER]


def _is_in_quotes(before: str, after: str) -> bool:
    opened = max(before.rfind(mark) for mark in _PHRASE_QUOTES)
    if opened < 0 or _PHRASE_QUOTES[before[opened]] not in after:
        return False
    return before.count(before[opened]) % 2 == 1
