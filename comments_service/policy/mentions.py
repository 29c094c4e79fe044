"""Whether a word is used or talked about.

"Nobody should be called a …" and "the word … is offensive" are what a newspaper's readers write
about a bad word. A mention is judged one step milder than a use.
"""

from __future__ import annotations

import re

_QUOTES = {"'": "'", '"': '"', "“": "”", "‘": "’", "「": "」", "<": ">", "`": "`"}
_AFTER_KOREAN = re.compile(
    r"""\W{0,2}
    (?:(?:이?라[고는]?|이?란|같은|등의?|따위의?|하는|와\ 같은|이나)\s?)?
    (?:\S{1,6}\s)?
    (?:말|표현|단어|욕설|욕|혐오|비하|멸칭|발언|용어|낙인|차별)""",
    re.VERBOSE,
)
_AFTER_ENGLISH = re.compile(
    r"""\W{0,3}(?:is|are|was|as|remains?)?\s?(?:an?|the)?\s?(?:\w+\s)?
    (?:slur|insult|word|term|offensive|unacceptable|wrong|hurtful|derogatory|not\ ok)""",
    re.VERBOSE,
)
_BEFORE_ENGLISH = re.compile(
    r"""(?:\bword|\bterms?|\bslurs?|\bcall(?:ed|ing|s)?(?:\ \w+){0,3}|\bsay(?:ing|s)?|\bsaid
    |\bus(?:e|es|ed|ing)|\bphrase|\binsult|\bdon't|\bnever|\bnobody|\bname)
    (?:\ an?|\ the|\ like|\ as|\ word)?\W{1,3}$""",
    re.VERBOSE,
)
_REACH_BEFORE, _REACH_AFTER = 40, 24


def is_mention(text: str, start: int, end: int) -> bool:
    """Whether the word at `start` to `end` of the folded `text` is quoted or named."""
    before, after = text[max(0, start - _REACH_BEFORE) : start], text[end : end + _REACH_AFTER]
    if before and after and _QUOTES.get(before[-1]) == after[0]:
        return True
    return bool(
        _AFTER_KOREAN.match(after) or _AFTER_ENGLISH.match(after) or _BEFORE_ENGLISH.search(before)
    )
