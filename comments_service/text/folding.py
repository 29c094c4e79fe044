"""One form for matching, the same for what a list says and for what a reader wrote.

Folding takes away what does not change how a text reads: case, width, style (𝐛𝐨𝐥𝐝, ⓒircled),
accents, invisible characters, look-alike letters of other scripts, kinds of dashes, Hangul written
letter by letter. It keeps spaces, digits and signs; what those may hide is `evasion.py`'s business.

A body is folded only to be compared. What is stored and shown is the body, and a `Folded` knows for
each of its characters which ones of the body it came from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from comments_service.text import jamo
from comments_service.text.confusables import LATIN_OF

# Letters to Unicode, but blank: the Hangul fillers, and Braille without a dot.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_INVISIBLE_CATEGORIES = frozenset({"Mn", "Me", "Cf", "Cc", "Cs"})
_HALF_WIDTH_JAMO = range(0xFFA1, 0xFFDD)
# Runs of A to Z, a to z in one style after another. Unicode leaves holes where an older character
# exists (U+1D455 for U+210E), which fonts fill all the same.
_MATHEMATICAL_LETTERS = range(0x1D400, 0x1D6A4)
_CONJOINING = re.compile("[\u1100-\u1112\u1161-\u1175\u11a8-\u11c2]")
_CONJOINED = re.compile(
    "[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[\uac00-\ud7a3][\u11a8-\u11c2]"
)
_VOWEL = re.compile(f"[{jamo.VOWELS}]")


def _letters_of_conjoining(text: str) -> str:
    return text.translate(jamo.LETTER_OF_CONJOINING)


def _without_marks(text: str) -> str:
    return "".join(
        character
        for character in text
        if unicodedata.category(character) not in _INVISIBLE_CATEGORIES
    )


def _fold_character(character: str) -> str:
    if character == "\n" or character.isspace():
        return "\n" if character == "\n" else " "
    if character in _BLANK or unicodedata.category(character) in _INVISIBLE_CATEGORIES:
        return ""
    if ord(character) in _HALF_WIDTH_JAMO:
        return _letters_of_conjoining(unicodedata.normalize("NFKC", character))
    if jamo.is_syllable(character) or _CONJOINING.match(character):
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character in LATIN_OF:
        return LATIN_OF[character]
    if unicodedata.category(character) == "Pd" or character == "\u2212":
        return "-"
    if ord(character) in _MATHEMATICAL_LETTERS:
        return chr(ord("a") + (ord(character) - _MATHEMATICAL_LETTERS.start) % 26)
    decomposed = _without_marks(unicodedata.normalize("NFKD", character)).casefold()
    recomposed = unicodedata.normalize("NFC", decomposed)
    return _letters_of_conjoining("".join(LATIN_OF.get(part, part) for part in recomposed))


class _Table(dict[int, str]):
    """What each character folds to, worked out when it is first met."""

    def __missing__(self, code_point: int) -> str:
        folded = self[code_point] = _fold_character(chr(code_point))
        return folded


_TABLE = _Table()


def _compose_conjoined(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", match[0])


# After the table: what stands together becomes one, in this order.
_STEPS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_CONJOINED, _compose_conjoined),
    (_CONJOINING, lambda match: _letters_of_conjoining(match[0])),
    (jamo.SPELLED_SYLLABLE, lambda match: jamo.compose(match[0])),
)


@dataclass(frozen=True)
class Folded:
    """A body's folded `text`, and the way back."""

    body: str
    text: str

    @cached_property
    def _in_place(self) -> bool:
        """Whether each character of `text` stands where it stood in the body."""
        if len(self.text) != len(self.body):
            return False
        # Where nothing was taken out or added, as long as before means that nothing was joined.
        return self.text == self.body.lower() or all(
            len(_TABLE[ord(character)]) == 1 for character in set(self.body)
        )

    @cached_property
    def _spans(self) -> tuple[tuple[int, int], ...]:
        """For each character of `text`, where in the body it starts and ends."""
        characters: list[str] = []
        spans: list[tuple[int, int]] = []
        for index, character in enumerate(self.body):
            for part in _TABLE[ord(character)]:
                characters.append(part)
                spans.append((index, index + 1))
        for pattern, replacement in _STEPS:
            characters, spans = _rewrite(characters, spans, pattern, replacement)
        return tuple(spans)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters `start` to `end` of `text` are in the body, in code points.

        An empty span is one at the same place.
        """
        if self._in_place:
            return start, max(start, end)
        if start >= end:
            here = self._spans[start][0] if start < len(self._spans) else len(self.body)
            return here, here
        return self._spans[start][0], self._spans[end - 1][1]


def _rewrite(
    characters: list[str],
    spans: list[tuple[int, int]],
    pattern: re.Pattern[str],
    replacement: Callable[[re.Match[str]], str],
) -> tuple[list[str], list[tuple[int, int]]]:
    """Replace like `pattern.sub`; each new character spans all that it stands for."""
    new_characters: list[str] = []
    new_spans: list[tuple[int, int]] = []
    done = 0
    for match in pattern.finditer("".join(characters)):
        start, end = match.span()
        new_characters += characters[done:start]
        new_spans += spans[done:start]
        for character in replacement(match):
            new_characters.append(character)
            new_spans.append((spans[start][0], spans[end - 1][1]))
        done = end
    return new_characters + characters[done:], new_spans + spans[done:]


def fold(body: str) -> Folded:
    """Fold `body`, any text whatever. Folding what is folded changes nothing."""
    text = body.translate(_TABLE)
    if _CONJOINING.search(text):
        for pattern, replacement in _STEPS:
            text = pattern.sub(replacement, text)
    elif _VOWEL.search(text):
        text = jamo.compose(text)
    return Folded(body, text)
