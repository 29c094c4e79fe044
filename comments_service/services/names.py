"""Display names: readers' own text, neither unique nor trusted, made fit to be shown."""

from __future__ import annotations

import unicodedata

import regex

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
    return _cut(tidy(raw)) or NAMELESS


def _cut(name: str) -> str:
    kept = ""
    for cluster in _CLUSTER.findall(name):
        if len(kept) + len(cluster) > LONGEST:
            break
        kept += cluster
    return kept.strip()
