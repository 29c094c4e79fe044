"""An imported comment's text: whole and normalised, whatever limit there is for new ones.

It was written under another system's rules, and cutting it would put words into its writer's
mouth. What stands behind the limit holds for it too: nothing invisible, nothing broken.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

from comments_service.importers.records import ImportedComment, Skipped
from comments_service.text.body import MAX_CLUSTER
from comments_service.text.normalise import normalise

LONGEST = 20_000
"""Code points. A longer one is cut there, and the report says so."""

LONGEST_READ = 200_000

_VISIBLE = regex.compile(r"[^\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]")
_SURROGATE = regex.compile(r"\p{Surrogate}")
_CLUSTER = regex.compile(r"\X")
_MARKS = regex.compile(rf"(?:\p{{M}}|\p{{Cf}}){{{MAX_CLUSTER},}}")


@dataclass(frozen=True, slots=True)
class Text:
    """What is kept; `note` where that is not all that there was."""

    body: str
    note: Skipped | None = None


def prepared(comment: ImportedComment) -> Text | Skipped:
    """The text to keep, or why there is none. A deleted comment has no text, but a place."""
    if comment.status == "deleted":
        return Text("")
    raw = comment.body[:LONGEST_READ]
    if _SURROGATE.search(raw):
        return Skipped(comment.place, "malformed", "The text has half a character in it.")
    body = normalise(raw)
    if not _VISIBLE.search(body):
        return Skipped(comment.place, "empty", "There is nothing visible in the text.")
    if _MARKS.search(body) and any(len(c) > MAX_CLUSTER for c in _CLUSTER.findall(body)):
        return Skipped(comment.place, "malformed", "A character has too many marks.")
    if len(body) <= LONGEST and len(comment.body) <= LONGEST_READ:
        return Text(body)
    kept = normalise(_whole_characters(body))
    cut = Skipped(comment.place, "shortened", f"The text had {len(comment.body)} code points.")
    return Text(kept, cut)


def _whole_characters(body: str) -> str:
    end = 0
    for match in _CLUSTER.finditer(body, endpos=LONGEST + MAX_CLUSTER):
        if match.end() > LONGEST:
            break
        end = match.end()
    return body[:end]
