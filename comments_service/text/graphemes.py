"""Characters as a reader counts them: extended grapheme clusters (UAX #29)."""

from __future__ import annotations

import regex

_CLUSTER = regex.compile(r"\X")

# GB9c joins a linker (virama) and a consonant only where a consonant stands before the linker.
# regex 2026.11.15 joins them everywhere, so that the text is cut at the other places first.
_SIGNS = r"[\p{InCB=Extend}\p{InCB=Linker}]*"
_CONSONANT = r"\p{InCB=Consonant}"
_CUT = regex.compile(
    rf"(?<=\p{{InCB=Linker}}{_SIGNS})(?<!{_CONSONANT}{_SIGNS})(?={_CONSONANT})", regex.V1
)


def clusters(text: str) -> list[str]:
    """Cut `text` into its characters, in order; joined they are `text` again.

    Time grows with the square of a run of regional indicators (12 ms for 2,500), so bound the
    length of what a stranger sent before calling.
    """
    return [cluster for part in _CUT.split(text) for cluster in _CLUSTER.findall(part)]


def count(text: str) -> int:
    """Count the characters of `text`."""
    return len(clusters(text))
