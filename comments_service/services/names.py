"""Display names: readers' own text, neither unique nor trusted, made fit to be shown."""

from __future__ import annotations

import unicodedata

import regex

from comments_service.text.folding import fold

LONGEST = 50
NAMELESS = "Reader"
DELETED = "탈퇴한 이용자 · Deleted user"

# Controls, bidi overrides, zero-width characters, Hangul fillers, unassigned code points: all that
# hides, reorders or shows nothing. Joiner and emoji selector hold 👨‍👩‍👧 together and may stay.
_UNSEEN = regex.compile(
    r"[[\p{C}\p{Default_Ignorable_Code_Point}\u2800]--[\s\u200d\ufe0f]]", regex.V1
)
_SHOWS_NOTHING = regex.compile(r"[\s\u200d\ufe0f]*")
_SPACE = regex.compile(r"\s+")
_CLUSTER = regex.compile(r"\X")
_NEITHER_LETTER_NOR_DIGIT = regex.compile(r"[^\p{L}\p{N}]+")
# What passes for another letter of the same alphabet (UTS #39 does the same with both sides).
_ALIKE = str.maketrans({"i": "l", "1": "l", "0": "o", "m": "rn"})
# More code points than a name of any script needs, so that the work stays small.
_READ_AT_MOST = 1000


def tidy(raw: str) -> str:
    """Return `raw` in NFC, on one line, with nothing that hides or reorders text.

    Empty where nothing is to be seen.
    """
    seen = _UNSEEN.sub("", raw[:_READ_AT_MOST])
    name = unicodedata.normalize("NFC", _SPACE.sub(" ", seen)).strip()
    return "" if _SHOWS_NOTHING.fullmatch(name) else name


def clean(raw: str) -> str:
    """Return a provider's name as a display name of 1 to 50 code points.

    A longer one is cut between two characters as a reader sees them (UAX #29); one with nothing
    to see becomes "Reader".
    """
    return cut(tidy(raw), to=LONGEST) or NAMELESS


def cut(name: str, *, to: int) -> str:
    """As many whole characters of `name` as fit into `to` code points."""
    kept = ""
    for cluster in _CLUSTER.findall(name):
        if len(kept) + len(cluster) > to:
            break
        kept += cluster
    return kept.strip()


def skeleton(name: str) -> str:
    """A form that names have in common which read alike: case, spaces, signs, accents, Hangul
    typed letter by letter and letters of other alphabets make no difference."""
    return _NEITHER_LETTER_NOR_DIGIT.sub("", fold(name).text).translate(_ALIKE)
