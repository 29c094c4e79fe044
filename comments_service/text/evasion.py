"""Other ways a suspicious stretch of a text may be read.

A plain word is left alone: only a stretch that shows a sign of disguise (a digit or sign inside a
word, letters set apart, drawn-out vowels, a keyboard left in the other language, a masked letter)
gets further readings, so that innocent words are never compared with more than themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from comments_service.text import jamo
from comments_service.text.folding import Folded

MOST_READINGS = 96
"""So that no text, however odd, costs more than a few milliseconds."""

_TOKEN = re.compile(r"\S+")
_PAUSE = re.compile(r"\w[.,!?~…]{2,}\w")
_BETWEEN_PAUSES = re.compile(r"(?:[^.,!?~…]|[.,!?~…](?![.,!?~…]))+")
_HANGUL = re.compile("[가-힣ㄱ-ㅣ]")
_LATIN = re.compile("[a-z]")

# --- Hangul ------------------------------------------------------------------------------------

_BROKEN_HANGUL = re.compile(r"(?:[가-힣ㄱ-ㅣ][^가-힣ㄱ-ㅣ\s]|[^가-힣ㄱ-ㅣ\s][가-힣ㄱ-ㅣ])")
_NOT_HANGUL = re.compile("[^가-힣ㄱ-ㅣ]+")
_EDGE_SIGNS = " .,!?~\"'“”‘’()[]<>…·:;-"
# Signs drawn for letters of Hangul. A longer sign is tried before what it begins with.
_DRAWN = {
    "^^": "ㅆ", "^": "ㅅ", "/\\": "ㅅ", "人": "ㅅ", "入": "ㅅ", "八": "ㅅ", "s": "ㅅ",
    "1": "ㅣ", "|": "ㅣ", "!": "ㅣ", "l": "ㅣ", "i": "ㅣ", "丨": "ㅣ", "│": "ㅣ", "┃": "ㅣ",
    "/": "ㅣ",
    "卜": "ㅏ", "ト": "ㅏ", "├": "ㅏ", "┣": "ㅏ", "r": "ㅏ", "h": "ㅐ",
    "一": "ㅡ", "ー": "ㅡ", "_": "ㅡ", "-": "ㅡ",
    "77": "ㄲ", "7": "ㄱ", "フ": "ㄱ", "乚": "ㄴ", "己": "ㄹ", "已": "ㄹ", "2": "ㄹ", "z": "ㄹ",
    "口": "ㅁ", "ロ": "ㅁ", "□": "ㅁ", "廿": "ㅂ", "日": "ㅂ", "田": "ㅂ", "甘": "ㅂ",
    "o": "ㅇ", "0": "ㅇ", "○": "ㅇ", "ス": "ㅈ", "ヌ": "ㅈ",
}  # fmt: skip
_DRAWN_PATTERN = re.compile("|".join(map(re.escape, _DRAWN)))
_VOWEL_AFTER = re.compile("[가-힣][ㅏ-ㅣ]")
_COVERED = re.compile("[*x○●◯□■?@#]+")
# 바ㅋ보, 바ㅡ보: a letter alone between two syllables.
_STRAY = re.compile("(?<=[가-힣])[ㄱ-ㅣ]+(?=[가-힣])")
_LOOSE_FINAL = re.compile("([가-힣])([ㄱㄴㄷㄹㅁㅂㅅㅆㅇㅈㅊㅌㅍ])(?![ㄱ-ㅣ])")
_HANGUL_RUN = re.compile(r"([가-힣ㄱ-ㅣ])\1+")
_LONG_HANGUL_RUN = re.compile(r"([가-힣ㄱ-ㅣ])\1{2,}")
_KOREAN_WORD = re.compile("[가-힣]+[.,!?~…]*")
_BEFORE_VOWEL = re.compile("[가-힣](?=[아-잏])")
_DRAWN_OUT = re.compile(r"([가-힣ㄱ-ㅣ])\1|[가-힣][아-잏]")
# What is heard when a vowel is drawn out: 벼어엉 is 병.
_ENDS_AS = dict(zip("ㅑㅕㅛㅠㅖㅒㅟㅢㅘㅝㅞㅙ", "ㅏㅓㅗㅜㅔㅐㅣㅣㅏㅓㅔㅐ", strict=True))

# --- Latin -------------------------------------------------------------------------------------

_LEET = {
    "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "i", "|": "i", "<": "c", "(": "c", "+": "t", "€": "e", "£": "l",
    "¥": "y", "¢": "c",
}  # fmt: skip
# Where a sign may be one of two letters, each is tried.
_LEET_CHOICES = tuple(
    str.maketrans(_LEET | other)
    for other in ({}, {"1": "l", "|": "l"}, {"v": "u"}, {"1": "l", "v": "u"})
)
# Letters built of several signs.
_BUILT = {
    "|<": "k",
    "|_|": "u",
    "|\\|": "n",
    "/\\": "a",
    "\\/": "v",
    "()": "o",
    "|)": "d",
    "|3": "b",
    "vv": "w",
}
_BUILT_PATTERN = re.compile("|".join(map(re.escape, _BUILT)))
# No English word has an l between two such consonants: shlt is shit.
_L_FOR_I = re.compile("(?<=[bcdfghjkmnpqrstvwxz])l(?=[bcdfghjkmnpqrstvwxz])")
_V_FOR_U = re.compile("(?<=[b-df-hj-np-tw-z])v(?=[b-df-hj-np-tw-z])")
_MOST_RUNS = 3
_LATIN_WORD = re.compile("[a-z]+[.,?…]*")
_BROKEN_LATIN = re.compile(r"[a-z][^a-z\s]|[^a-z\s][a-z]")
_NOT_LATIN = re.compile("[^a-z]+")
_LONG_RUN = re.compile(r"([a-z])\1{2,}")
_RUN = re.compile(r"([a-z])\1+")
_MASK = re.compile(r"[a-z]{1,10}(?:(?:[*#%&@$^_]+|-{2,}|[?!]+(?=[a-z]))[a-z]*)+")
_COVER = re.compile("[^a-z]")
_COVERING_SIGN = re.compile("[a-z](?:[*#%&@$^_]|--|[?!]+[a-z])")
_SPACED_LETTERS = re.compile(r"(?<!\S)(?:[a-z0-9@$!][ .,_*/|-]{1,3}){2,}[a-z0-9@$!](?![a-z0-9])")
_SPELLED_LETTER = re.compile("[a-z0-9@$!]")
_MOST_SKIPPED = 10
_CONSONANT_KEYS = "rRseEfaqQtTdwWczxvg"
_VOWEL_KEYS = "koiOjpuPhynbml"
_KOREAN_TYPED = re.compile(
    rf"(?<![a-zA-Z])(?:[{_CONSONANT_KEYS}][{_VOWEL_KEYS}]{{1,2}}[{_CONSONANT_KEYS}]{{0,2}})"
    r"{2,8}(?![a-zA-Z])"
)


class Reading(NamedTuple):
    """What the characters `start` to `end` of a folded text, `written` so, may stand for. In a
    `masked` reading every run of `*` covers as many letters, or one more."""

    text: str
    start: int
    end: int
    written: str
    masked: bool = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the folded text the characters `start` to `end` of the reading are, at least:
        what stands before and after them as it was written is left out."""
        first = _shared(self.text[:start], self.written)
        last = _shared(self.text[end:][::-1], self.written[::-1])
        if first + last >= len(self.written):
            return self.start, self.end
        return self.start + first, self.end - last


def _shared(prefix: str, written: str) -> int:
    """How many characters of `written` to skip so as to have passed `prefix`; 0 if it is not
    written that way."""
    place, last = 0, ""
    for character in prefix:
        while place < len(written) and written[place] != character:
            if written[place].isalpha() and written[place] != last:
                return 0
            place += 1
        place, last = place + 1, character
    while place < len(written) and written[place] in _EDGE_SIGNS:
        place += 1
    return min(place, len(written))


def readings(folded: Folded) -> tuple[Reading, ...]:
    """Every further way to read parts of `folded`, none of them the text as it stands."""
    return tuple(islice(_all_readings(folded), MOST_READINGS))


def _all_readings(folded: Folded) -> Iterator[Reading]:
    text = folded.text
    tokens = list(_TOKEN.finditer(text))
    has_pauses = _PAUSE.search(text)
    may_be_masked = _COVERING_SIGN.search(text)
    for token in tokens:
        written = token[0]
        for other in _others_of(written):
            yield Reading(other, token.start(), token.end(), written)
        if has_pauses and _PAUSE.search(written):
            for part in _BETWEEN_PAUSES.finditer(written):
                start = token.start() + part.start()
                for other in _others_of(part[0]):
                    yield Reading(other, start, start + len(part[0]), part[0])
        if may_be_masked:
            yield from _masked(token)
    yield from _joined_hangul(tokens)
    yield from _spaced_letters(text)
    yield from _typed_as_latin(folded)


def _others_of(written: str) -> tuple[str, ...]:
    return _cached(written) if len(written) <= _LONGEST_CACHED else _others(written)


def _others(written: str) -> tuple[str, ...]:
    """Other readings of one stretch without spaces, each once, none empty."""
    if _is_plain(written):
        return ()
    if _HANGUL.search(written):
        others = dict.fromkeys(_of_hangul(written))
    elif _LATIN.search(written):
        others = dict.fromkeys(_of_latin(written))
    else:
        return ()
    return tuple(other for other in others if other and other != written)


def _is_plain(written: str) -> bool:
    """Whether it is a word without a sign of disguise, as nearly all are; only to be quick."""
    if _KOREAN_WORD.fullmatch(written):
        return not (_HANGUL_RUN.search(written) or _is_drawn_out(written))
    if _LATIN_WORD.fullmatch(written):
        return not any(sign.search(written) for sign in (_RUN, _V_FOR_U, _L_FOR_I))
    return False


def _is_drawn_out(text: str) -> bool:
    """Whether a vowel may be: 바아, 벼어."""
    for place in _BEFORE_VOWEL.finditer(text):
        vowel, following = (jamo.letters(text[at])[1] for at in (place.start(), place.end()))
        if following in (vowel, _ENDS_AS.get(vowel)):
            return True
    return False


# Most words of a comment have been seen in another one.
_LONGEST_CACHED = 24
_cached = lru_cache(maxsize=1 << 15)(_others)


def _of_hangul(token: str) -> Iterator[str]:
    core = token.strip(_EDGE_SIGNS)
    if _BROKEN_HANGUL.search(token):
        bare = jamo.compose(_NOT_HANGUL.sub("", core))
        yield bare
        yield from _shortened(bare)
        drawn = _NOT_HANGUL.sub("", _DRAWN_PATTERN.sub(lambda match: _DRAWN[match[0]], token))
        yield _with_finals(jamo.compose(drawn))
        if _VOWEL_AFTER.search(drawn):  # 십ㅏㄹ is 시발: what ended a syllable begins the next
            yield jamo.compose(jamo.spell_out(drawn))
        yield _COVERED.sub("x", core)
    else:
        core = _NOT_HANGUL.sub("", core)
    if _LOOSE_FINAL.search(core):
        yield _with_finals(core)
    if _STRAY.search(core):
        bare = _STRAY.sub("", core)
        yield bare
        yield from _shortened(bare)
    if _DRAWN_OUT.search(core):
        yield from _shortened(core)


def _with_finals(text: str) -> str:
    """바보ㄹ is 바볼."""
    return _LOOSE_FINAL.sub(_attach, text)


def _attach(match: re.Match[str]) -> str:
    initial, vowel, final = jamo.letters(match[1])
    return match[0] if final != "\0" else jamo.syllable(initial, vowel, match[2])


def _shortened(text: str) -> Iterator[str]:
    """Take drawn-out vowels back (바아아보 is 바보, 하안글 is 한글), then repeated characters."""
    out: list[str] = []
    for character in text:
        if out and jamo.is_syllable(character) and jamo.is_syllable(out[-1]):
            initial, vowel, final = jamo.letters(character)
            before = jamo.letters(out[-1])
            drawn_out = vowel in (before[1], _ENDS_AS.get(before[1]))
            if initial == "ㅇ" and drawn_out and before[2] in ("\0", final):
                out[-1] = jamo.syllable(before[0], before[1], final)
                continue
        out.append(character)
    short = "".join(out)
    yield short
    if _HANGUL_RUN.search(short):
        yield _LONG_HANGUL_RUN.sub(r"\1\1", short)
        yield _HANGUL_RUN.sub(r"\1", short)


def _of_latin(token: str) -> Iterator[str]:
    if _BROKEN_LATIN.search(token) and "://" not in token:
        for core in (token, token.strip(_EDGE_SIGNS)):
            for other in _LEET_CHOICES:
                letters = _NOT_LATIN.sub("", core.translate(other))
                yield letters
                yield from _without_runs(letters)
        yield _NOT_LATIN.sub("", token)
    elif _V_FOR_U.search(token):
        yield _V_FOR_U.sub("u", token)
    if _BUILT_PATTERN.search(token):
        built = _BUILT_PATTERN.sub(lambda match: _BUILT[match[0]], token)
        yield _NOT_LATIN.sub("", built.translate(_LEET_CHOICES[0]))
    if _L_FOR_I.search(token):
        yield _L_FOR_I.sub("i", token)
    yield from _without_runs(_NOT_LATIN.sub("", token))


def _without_runs(letters: str) -> Iterator[str]:
    """foooll is fool, and fol: long runs shortened, then each run, then all."""
    if not _RUN.search(letters):
        return
    if _LONG_RUN.search(letters):
        yield _LONG_RUN.sub(r"\1\1", letters)
        yield _LONG_RUN.sub(r"\1", letters)
    for run in islice(_RUN.finditer(letters), _MOST_RUNS):
        yield letters[: run.start()] + run[1] + letters[run.end() :]
    yield _RUN.sub(r"\1", letters)


def _masked(token: re.Match[str]) -> Iterator[Reading]:
    found = _MASK.match(token[0])
    if found and len(found[0]) >= 3:
        text = _COVER.sub("*", found[0])
        yield Reading(text, token.start(), token.start() + found.end(), found[0], masked=True)


def _joined_hangul(tokens: list[re.Match[str]]) -> Iterator[Reading]:
    """바 보, 바 나 나, 바 보같은: syllables set apart, and what follows the last."""
    for index, token in enumerate(tokens):
        if token.end() - token.start() != 1 or not _HANGUL.match(token[0]):
            continue
        joined = token[0]
        for following in tokens[index + 1 : index + 5]:
            if not _HANGUL.match(following[0]):
                break
            joined += following[0]
            written = token.string[token.start() : following.end()]
            yield Reading(_NOT_HANGUL.sub("", joined), token.start(), following.end(), written)
            if len(following[0]) > 1:
                break


def _spaced_letters(text: str) -> Iterator[Reading]:
    """b a n a n a, and what ends like it: the letters before may be words of their own."""
    for match in _SPACED_LETTERS.finditer(text):
        letters = list(_SPELLED_LETTER.finditer(text, *match.span()))
        word = "".join(letter[0] for letter in letters).translate(_LEET_CHOICES[0])
        for skipped, letter in enumerate(letters[: min(len(letters) - 2, _MOST_SKIPPED)]):
            written = text[letter.start() : match.end()]
            yield Reading(word[skipped:], letter.start(), match.end(), written)


def _typed_as_latin(folded: Folded) -> Iterator[Reading]:
    """qkqh is 바보 with the keyboard left in English. Capitals count, so the body is read too."""
    for match in _KOREAN_TYPED.finditer(folded.text):
        start, end = folded.span(*match.span())
        typed = folded.body[start:end]
        for keys in dict.fromkeys((match[0], typed if typed.isascii() else match[0])):
            korean = jamo.from_keyboard(keys)
            if not _LATIN.search(korean.casefold()):
                yield Reading(korean, *match.span(), match[0])
