"""A submission under judgement: what several filters need of it, worked out at most once."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise

import regex

from comments_service.policy import mentions
from comments_service.policy.verdict import History, Submission
from comments_service.text.evasion import Reading, readings
from comments_service.text.folding import Folded, fold
from comments_service.text.urls import Link, find_links

_CLUSTER = regex.compile(r"\X")
_LATIN_WORD = re.compile("[a-z]+")
_TWO_HANGUL_WORDS = re.compile("(?<![가-힣])([가-힣]{2,4}) (?=([가-힣]{1,3})(?![가-힣]))")
_HANGUL_STRETCH = re.compile("[가-힣ㄱ-ㅎ]+")
_CONSONANT = re.compile("[ㄱ-ㅆㅈ-ㅊㅌㅍ]")
_CONSONANT_BESIDE = re.compile("[가-힣][ㄱ-ㅆㅈ-ㅊㅌㅍ]|[ㄱ-ㅆㅈ-ㅊㅌㅍ][가-힣]")
_SHORTEST_HALVED = 4
_SMALL_WORDS = frozenset(
    "am an as at be by do go he hi if in is it me my no of oh ok on or so to us we".split(" ")  # noqa: SIM905 - as a list it fills a screen
)
# What is a character of its own wherever it stands.
_PLAIN = regex.compile(r"[\n -~가-힣ㄱ-ㅣ“”‘’…·ㆍ—–、。，！？～♡♥★☆€£×÷°]*")


@dataclass
class Case:
    """Not frozen only because `cached_property` needs a place to keep what it found."""

    submission: Submission
    history: History = field(default_factory=History)
    _named: dict[tuple[int, int], bool] = field(default_factory=dict, repr=False)

    @cached_property
    def folded(self) -> Folded:
        return fold(self.submission.body)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        return readings(self.folded)

    @cached_property
    def plain_readings(self) -> tuple[tuple[Reading, ...], str, list[int]]:
        """Readings without masked letters, their texts one a line, and where each line ends."""
        plain = tuple(reading for reading in self.readings if not reading.masked)
        ends = list(accumulate(len(reading.text) + 1 for reading in plain))
        return plain, "\n".join(reading.text for reading in plain), ends

    @cached_property
    def halves(self) -> list[tuple[str, int, int]]:
        """Latin words that follow one another, put together (ban ana), and where they stand; not
        two of the small words that follow one another all the time."""
        words = [(match[0], *match.span()) for match in _LATIN_WORD.finditer(self.folded.text)]
        return [
            (first + second, start, end)
            for (first, start, _), (second, _, end) in pairwise(words)
            if len(first) + len(second) >= _SHORTEST_HALVED
            and not (first in _SMALL_WORDS and second in _SMALL_WORDS)
        ]

    @cached_property
    def korean_halves(self) -> list[tuple[str, int, int]]:
        """The same for Hangul, where the first is longer than a syllable, as syllables set apart
        are among the readings."""
        return [
            (pair[1] + pair[2], pair.start(), pair.end(2))
            for pair in _TWO_HANGUL_WORDS.finditer(self.folded.text)
        ]

    @cached_property
    def with_consonants(self) -> list[tuple[str, int]]:
        """Stretches of Hangul in which consonants alone may stand for syllables (바나ㄴ), and where
        they begin. ㅋ and ㅎ are laughter, ㅇ is a nod."""
        text = self.folded.text
        if not _CONSONANT.search(text):
            return []
        return [
            (stretch[0], stretch.start())
            for stretch in _HANGUL_STRETCH.finditer(text)
            if _CONSONANT_BESIDE.search(stretch[0])
        ]

    def is_named(self, start: int, end: int) -> bool:
        """Whether the word at `start` to `end` of the folded text is only spoken of as a word."""
        place = (start, end)
        if place not in self._named:
            self._named[place] = mentions.is_named(self.folded.text, start, end)
        return self._named[place]

    @cached_property
    def links(self) -> list[Link]:
        return find_links(self.folded.text)

    @cached_property
    def _edges(self) -> list[int] | None:
        """Where characters (grapheme clusters) begin and end; `None` if every code point is one."""
        body = self.submission.body
        if _PLAIN.fullmatch(body):
            return None
        return [0, *(match.end() for match in _CLUSTER.finditer(body))]

    def body_span(self, start: int, end: int) -> tuple[int, int]:
        """Characters `start` to `end` of the folded text, in code points of the body, widened to
        whole characters as a reader counts them."""
        return self.on_edges(*self.folded.span(start, end))

    def on_edges(self, start: int, end: int) -> tuple[int, int]:
        """Widen a span of the body to whole grapheme clusters."""
        if self._edges is None:
            return start, end
        first = self._edges[bisect_right(self._edges, start) - 1]
        last = self._edges[bisect_left(self._edges, end)]
        return first, last
