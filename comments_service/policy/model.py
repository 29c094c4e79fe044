"""A small model of abusive language, Korean and English: n-grams and what each weighs.

A text's score is the sum of the weights of all n-grams in it, each counted once. The n-grams are
found by automata, so a comment costs some tens of microseconds. `bench/policy/train.py` makes the
data files from labelled comments; their licence stands beside them.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterable
from functools import cache
from importlib import resources
from itertools import accumulate
from typing import Literal

from ahocorasick_rs import AhoCorasick

from comments_service.text import jamo

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")

_TOKENS: dict[Language, re.Pattern[str]] = {
    "ko": re.compile(r"\S+"),
    "en": re.compile(r"[a-z0-9']+|[^\sa-z0-9']+"),
}
_HANGUL = re.compile("[가-힣ㄱ-ㅣ]+")
_LATIN = re.compile("[a-z]+")
_DIGITS = str.maketrans("123456789", "000000000")
_LARGEST = 30.0

Matches = list[tuple[int, int, int]]
"""Which n-gram, from where, to where."""


def view(text: str, language: Language) -> str:
    """The folded `text` as the model reads it: tokens between single spaces, digits alike."""
    return f" {' '.join(_TOKENS[language].findall(text))} ".translate(_DIGITS)


class NgramModel:
    """The weights of one language."""

    def __init__(
        self,
        language: Language,
        *,
        bias: float,
        step: float,
        surface: _Ngrams,
        letters: _Ngrams | None,
    ) -> None:
        self.language = language
        self._bias = bias
        self._step = step
        self._surface = surface
        self._letters = letters

    def probability(self, text: str) -> float:
        """How likely the folded `text` is abusive; few clean comments are over 0.5."""
        seen = view(text, self.language)
        return self._probability(seen, self._surface.matches(seen))

    def heaviest(self, text: str) -> tuple[int, int]:
        """Where in the folded `text` the token stands whose n-grams weigh most."""
        seen = view(text, self.language)
        return self._heaviest(text, seen, self._surface.matches(seen))

    def suspect(self, text: str, threshold: float) -> tuple[float, tuple[int, int]] | None:
        """The probability and the heaviest token, if the probability is over `threshold`."""
        seen = view(text, self.language)
        matches = self._surface.matches(seen)
        probability = self._probability(seen, matches)
        if probability <= threshold:
            return None
        return probability, self._heaviest(text, seen, matches)

    def _probability(self, seen: str, matches: Matches) -> float:
        steps = self._surface.weigh(matches)
        if self._letters:
            steps += self._letters.weigh(self._letters.matches(jamo.spell_out(seen)))
        total = self._bias + steps * self._step
        return 1 / (1 + math.exp(-max(min(total, _LARGEST), -_LARGEST)))

    def _heaviest(self, text: str, seen: str, matches: Matches) -> tuple[int, int]:
        weight_before = self._surface.weight_before(seen, matches)
        best, span, here = -math.inf, (0, 0), 1
        for token in _TOKENS[self.language].finditer(text):
            there = here + token.end() - token.start()
            weight = weight_before[there] - weight_before[here]
            if weight > best:
                best, span = weight, token.span()
            here = there + 1
        return span


class _Ngrams:
    """N-grams and their weights in whole steps, so that no order of adding changes a sum."""

    def __init__(self, ngrams: list[str], weights: Iterable[int]) -> None:
        self._weights = array("b", weights)
        if len(self._weights) != len(ngrams):
            raise ValueError("not each n-gram has its weight")
        self._automaton = AhoCorasick(ngrams, store_patterns=False)

    def matches(self, text: str) -> Matches:
        return self._automaton.find_matches_as_indexes(text, overlapping=True)

    def weigh(self, matches: Matches) -> int:
        return sum(map(self._weights.__getitem__, {match[0] for match in matches}))

    def weight_before(self, text: str, matches: Matches) -> list[float]:
        """What speaks for abuse, every match's weight spread over the characters it covers: at
        each place the sum of what is before it."""
        change_at = [0.0] * (len(text) + 1)
        for index, start, end in matches:
            weight = self._weights[index]
            if weight > 0:
                share = weight / (end - start)
                change_at[start] += share
                change_at[end] -= share
        return [0.0, *accumulate(accumulate(change_at))]


@cache
def load(language: Language) -> NgramModel:
    """Read the model of `language`, once per process."""
    file = resources.files("comments_service.policy").joinpath(f"model_data/{language}.tsv")
    return read(file.read_text(encoding="utf-8"), language)


def read(source: str, language: Language) -> NgramModel:
    """Make a model of a data file. Its lines: bias and the worth of one step; then the n-grams as
    they stand and how many steps each weighs, all between tabs; then, where there are any, the same
    of n-grams in letters. Few long lines are read far faster than many short ones."""
    header, *lines = source.rstrip("\n").split("\n")
    bias, step = map(float, header.split("\t"))
    surface, *letters = (
        _Ngrams(lines[at].split("\t"), map(int, lines[at + 1].split("\t")))
        for at in range(0, len(lines), 2)
    )
    return NgramModel(
        language, bias=bias, step=step, surface=surface, letters=next(iter(letters), None)
    )


def languages_of(text: str) -> tuple[Language, ...]:
    """The languages to read the folded `text` in: Korean if it has any Hangul, English if it has
    none or more Latin letters than Hangul."""
    hangul = len("".join(_HANGUL.findall(text)))
    if not hangul:
        return ("en",)
    latin = len("".join(_LATIN.findall(text)))
    return ("ko", "en") if latin > hangul else ("ko",)
