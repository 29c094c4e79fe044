"""Finding the words of all lists in a text at once, as they stand and in disguise."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from comments_service.policy.case import Case
from comments_service.policy.patterns import Pattern, begins_word, ends_word, patterns
from comments_service.text.jamo import initials

_ENDINGS = ("", "s", "es", "ed", "er", "ers", "ing", "y", "in")
_SHORTEST_HIDDEN = 4
_LONGEST_SYLLABLES = 5
_HANGUL_WORD = re.compile(f"[가-힣]{{2,{_LONGEST_SYLLABLES}}}")


@dataclass(frozen=True, slots=True)
class WordList:
    """Entries and exceptions; `patterns.py` says what an entry may be."""

    words: tuple[str, ...]
    exceptions: tuple[str, ...] = ()


class Hit(NamedTuple):
    """A word of list number `source`, at `start` to `end` of the folded text. `guessed` if the
    writer left letters out, so that it may be another word."""

    start: int
    end: int
    source: int
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    pattern: Pattern
    source: int
    is_exception: bool


class Matcher:
    """All word lists of a policy in one automaton. Immutable once made."""

    def __init__(self, lists: Sequence[WordList]) -> None:
        entries: defaultdict[str, list[_Entry]] = defaultdict(list)
        for entry in _entries(lists):
            entries[entry.pattern.literal].append(entry)
        self._entries = tuple(map(tuple, entries.values()))
        self._automaton = AhoCorasick(list(entries), store_patterns=False)
        self._whole = {
            literal: tuple(entry.source for entry in group if not entry.is_exception)
            for literal, group in entries.items()
            if len(literal) >= _SHORTEST_HIDDEN and literal.isascii() and literal.isalpha()
        }
        self._by_initial: defaultdict[str, list[str]] = defaultdict(list)
        for literal in self._whole:
            self._by_initial[literal[0]].append(literal)
        self._korean = {
            literal: tuple(entry.source for entry in group if not entry.is_exception)
            for literal, group in entries.items()
            if _HANGUL_WORD.fullmatch(literal)
        }
        self._by_initials: defaultdict[str, list[str]] = defaultdict(list)
        for literal in self._korean:
            self._by_initials[initials(literal)].append(literal)

    def hits(self, case: Case) -> list[Hit]:
        """All words found, in order; of those that overlap in one list, the plainest and then the
        shortest: a disguise is shown without what is around it."""
        plain, excepted = self._search(case.folded.text)
        kept = _outermost(plain) if plain else plain
        disguised = {
            *self._search_readings(case),
            *self._search_halves(case),
            *self._search_consonants(case),
        }
        if disguised:
            taken: defaultdict[int, list[Hit]] = defaultdict(list)
            for hit in (*kept, *excepted):
                taken[hit.source].append(hit)
            for hit in sorted(disguised, key=lambda hit: (hit.end - hit.start, hit)):
                if not any(_overlap(hit, other) for other in taken[hit.source]):
                    kept.append(hit)
                    taken[hit.source].append(hit)
        return kept

    def plain_hits(self, text: str) -> list[Hit]:
        """The words of the folded `text` that stand in it undisguised, exceptions apart."""
        return self._search(text)[0]

    def _search(self, text: str) -> tuple[list[Hit], list[Hit]]:
        """The words that stand in `text`, and the exceptions, which are no hits."""
        hits: list[Hit] = []
        excepted: list[Hit] = []
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for entry in self._entries[index]:
                if not (entry.pattern.open_left or begins_word(text, start)):
                    continue
                if not (entry.pattern.open_right or ends_word(text, end)):
                    continue
                (excepted if entry.is_exception else hits).append(Hit(start, end, entry.source))
        if excepted:
            hits = [hit for hit in hits if not any(_excuses(other, hit) for other in excepted)]
        return hits, excepted

    def _search_readings(self, case: Case) -> Iterator[Hit]:
        if not case.readings:
            return
        plain, text, ends = case.plain_readings
        for hit in self.plain_hits(text):
            number = bisect_right(ends, hit.start)
            offset = ends[number] - len(plain[number].text) - 1
            yield Hit(*plain[number].span(hit.start - offset, hit.end - offset), hit.source)
        unmasked: dict[str, list[int]] = {}
        for reading in case.readings:
            if reading.masked:
                if reading.text not in unmasked:
                    unmasked[reading.text] = self._unmasked(reading.text)
                for source in unmasked[reading.text]:
                    yield Hit(reading.start, reading.end, source, guessed=True)

    def _search_halves(self, case: Case) -> Iterator[Hit]:
        """ban ana: a word cut in two."""
        for word, start, end in case.halves:
            for source in self._whole.get(word, ()):
                yield Hit(start, end, source)

        for word, start, end in case.korean_halves:
            for source in self._korean.get(word, ()):
                yield Hit(start, end, source)

    def _search_consonants(self, case: Case) -> Iterator[Hit]:
        """바나ㄴ, ㅂ나나: a syllable's consonant for the syllable. It may be another word."""
        found: dict[str, set[tuple[int, int, int]]] = {}
        for stretch, offset in case.with_consonants:
            if stretch not in found:
                found[stretch] = set(self._spelt_with_consonants(stretch))
            for start, end, source in found[stretch]:
                yield Hit(offset + start, offset + end, source, guessed=True)

    def _spelt_with_consonants(self, stretch: str) -> Iterator[tuple[int, int, int]]:
        letters = initials(stretch)
        for start, first in enumerate(stretch):
            if start and not "ㄱ" <= first <= "ㅎ":
                continue
            for end in range(start + 2, min(len(stretch), start + _LONGEST_SYLLABLES) + 1):
                for word in self._by_initials.get(letters[start:end], ()):
                    if _spells(stretch[start:end], word):
                        for source in self._korean[word]:
                            yield start, end, source

    def _unmasked(self, text: str) -> list[int]:
        """The lists that have a word which `text`, with `*` for its masked letters, may be."""
        shape = re.compile(
            re.sub(r"\*+", lambda run: f"[a-z]{{{len(run[0])},{len(run[0]) + 1}}}", text)
        )
        words = (
            word
            for word in self._by_initial.get(text[0], ())
            if any(shape.fullmatch(word + ending) for ending in _ENDINGS)
        )
        return list(dict.fromkeys(source for word in words for source in self._whole[word]))


def _entries(lists: Sequence[WordList]) -> Iterator[_Entry]:
    for source, words in enumerate(lists):
        for is_exception, group in ((False, words.words), (True, words.exceptions)):
            for entry in group:
                for pattern in patterns(entry):
                    yield _Entry(pattern, source, is_exception)


def _spells(written: str, word: str) -> bool:
    """Whether `written` is `word` with consonants for some of its syllables, but not for all."""
    same = sum(ours == theirs for ours, theirs in zip(written, word, strict=True))
    return 0 < same < len(word) and all(
        ours == theirs or "ㄱ" <= ours <= "ㅎ" for ours, theirs in zip(written, word, strict=True)
    )


def _covers(outer: Hit, inner: Hit) -> bool:
    return outer.source == inner.source and outer.start <= inner.start and inner.end <= outer.end


def _excuses(exception: Hit, hit: Hit) -> bool:
    return exception.source == hit.source and exception.start <= hit.start < exception.end


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _outermost(hits: Iterable[Hit]) -> list[Hit]:
    """Drop every hit that lies inside another of the same list."""
    kept: list[Hit] = []
    for hit in sorted(set(hits), key=lambda hit: (hit.source, hit.start, -hit.end)):
        if not (kept and _covers(kept[-1], hit)):
            kept.append(hit)
    return kept
