"""Whether a text can be a comment's body at all: readable, visible, and short enough."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import regex

from comments_service.text.graphemes import clusters
from comments_service.text.normalise import normalise

DEFAULT_LIMIT = 250
"""Characters a comment may have."""

MAX_CODE_POINTS = 2_500
"""Of a normalised body: ten for each character, where the longest emoji in use has ten."""

MAX_CLUSTER = 32
"""Code points in one character. The Stream-Safe Text Format (UAX #15) allows 30 marks in a row."""

MAX_RAW = 4 * MAX_CODE_POINTS
"""Code points as sent. NFC makes at most four into one, so nothing legible needs more."""

_LONE_SURROGATE = regex.compile(r"\p{Surrogate}")

# Default_Ignorable_Code_Point holds the Hangul fillers (U+115F, U+1160, U+3164, U+FFA0);
# the blank Braille pattern is a symbol to Unicode and has to be named.
_VISIBLE = regex.compile(r"[^\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]")


class Fault(StrEnum):
    """Why a text cannot be a comment. Where several apply, the first of these."""

    MALFORMED = "malformed"
    EMPTY = "empty"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class CheckedBody:
    """What `check` found.

    `body` is the normalised text, `length` its number of characters. A malformed text is not cut
    into characters: its `body` is empty and its `length` the number of code points as sent.
    """

    body: str
    length: int
    fault: Fault | None


def check(raw: str, limit: int = DEFAULT_LIMIT) -> CheckedBody:
    """Normalise `raw` and judge it against `limit` characters. Never raises.

    Malformed is a lone surrogate, or more than `MAX_RAW`, `MAX_CODE_POINTS` or `MAX_CLUSTER`;
    empty is a text of which nothing can be seen.
    """
    if len(raw) > MAX_RAW or _LONE_SURROGATE.search(raw):
        return _malformed(raw)
    body = normalise(raw)
    if len(body) > MAX_CODE_POINTS:
        return _malformed(raw)
    characters = clusters(body)
    if any(len(character) > MAX_CLUSTER for character in characters):
        return _malformed(raw)
    return CheckedBody(body, len(characters), _fault_of_readable(body, len(characters), limit))


def _malformed(raw: str) -> CheckedBody:
    return CheckedBody("", len(raw), Fault.MALFORMED)


def _fault_of_readable(body: str, length: int, limit: int) -> Fault | None:
    if not _VISIBLE.search(body):
        return Fault.EMPTY
    return Fault.TOO_LONG if length > limit else None
