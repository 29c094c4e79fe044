"""A small model of abusive language, Korean and English: n-grams and what each weighs.

A text's score is the sum of the weights of all n-grams in it, each counted once. The n-grams are
found by one automaton per view, so a comment costs some tens of microseconds. `bench/policy/train.py`
makes the data files from labelled comments; their licence stands beside them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from ahocorasick_rs import AhoCorasick

from comments_service.text import jamo

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")

_TOKENS: dict[Language, re.Pattern[str]] = {
    "ko": re.compile(r"\S+"),
    "en": re.compile(r"[a-z0-9']+|[^\sa-z0-9']+"),
}
_DIGITS = str.maketrans("123456789", "000000000")
_LINE_SHAPE = "{letters}{weight}\t{ngram}"


@dataclass(frozen=True, slots=True)
class View:
    """A text as the model reads it: tokens between single spaces, digits alike. `places` says for
    each token where it starts in the view and in the text."""

    text: str
    places: tuple[tuple[int, int], ...]

    def back(self, index: int) -> int:
        """The place in the text of the character at `index` of the view."""
        here, there = max((p for p in self.places if p[0] <= index), default=(index, 0))
        return there + index - here


def view(text: str, language: Language) -> View:
    """Read the folded `text` as the model does."""
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    length = 1
    for token in _TOKENS[language].finditer(text):
        parts.append(token[0])
        places.append((length, token.start()))
        length += len(token[0]) + 1
    return View(f" {' '.join(parts)} ".translate(_DIGITS), tuple(places))


@dataclass(frozen=True, slots=True)
class Score:
    """`probability` that the text is abusive; 0.5 is where few clean comments are. `start` to
    `end` of the folded text weighed most."""

    probability: float
    start: int
    end: int


class NgramModel:
    """The weights of one language."""

    def __init__(
        self, language: Language, *, bias: float, surface: dict[str, float], letters: dict[str, float]
    ) -> None:
        self.language = language
        self._bias = bias
        self._surface_weights = tuple(surface.values())
        self._surface = AhoCorasick(list(surface), store_patterns=False)
        self._letter_weights = tuple(letters.values())
        self._letters = AhoCorasick(list(letters), store_patterns=False) if letters else None

    def score(self, text: str) -> Score:
        """Weigh the folded `text`."""
        seen = view(text, self.language)
        matches = self._surface.find_matches_as_indexes(seen.text, overlapping=True)
        total = self._bias
        weights = self._surface_weights
        for index in {match[0] for match in matches}:
            total += weights[index]
        if self._letters:
            spelled = jamo.spell_out(seen.text)
            found = self._letters.find_matches_as_indexes(spelled, overlapping=True)
            weights = self._letter_weights
            for index in {match[0] for match in found}:
                total += weights[index]
        start, end = self._heaviest(matches, seen) if total > 0 else (0, 0)
        return Score(1 / (1 + math.exp(-max(min(total, 30), -30))), start, end)

    def _heaviest(self, matches: list[tuple[int, int, int]], seen: View) -> tuple[int, int]:
        """The token whose n-grams weigh most, as a span of the text."""
        weight_at = [0.0] * (len(seen.text) + 1)
        for index, start, end in matches:
            share = self._surface_weights[index] / (end - start)
            for place in range(start, end):
                weight_at[place] += share
        best, span = -math.inf, (0, 0)
        for here, there in seen.places:
            length = seen.text.index(" ", here) - here
            weight = sum(weight_at[here : here + length])
            if weight > best:
                best, span = weight, (there, there + length)
        return span


@cache
def load(language: Language) -> NgramModel:
    """Read the model of `language`, once per process."""
    file = resources.files("comments_service.policy").joinpath(f"model_data/{language}.tsv")
    return read(file.read_text(encoding="utf-8"), language)


def read(source: str, language: Language) -> NgramModel:
    """Make a model of a data file: a line with bias and the worth of one step, then one line for
    each n-gram: `s` (as it stands) or `l` (in letters), its weight in steps, a tab, the n-gram."""
    header, *lines = source.rstrip("\n").split("\n")
    bias, step = map(float, header.split("\t"))
    weights: dict[str, dict[str, float]] = {"s": {}, "l": {}}
    for line in lines:
        weight, ngram = line.split("\t")
        weights[weight[0]][ngram] = int(weight[1:]) * step
    return NgramModel(language, bias=bias, surface=weights["s"], letters=weights["l"])


def languages_of(text: str) -> Iterator[Language]:
    """The languages to read the folded `text` in: Korean if it has any Hangul, English if it has
    more than a few Latin letters."""
    hangul = sum("ㄱ" <= character <= "ㅣ" or "가" <= character <= "힣" for character in text)
    latin = sum("a" <= character <= "z" for character in text)
    if hangul:
        yield "ko"
    if latin > hangul or not hangul:
        yield "en"
