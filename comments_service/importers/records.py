"""What an export file holds, in our words, before anything is known of what is here already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

Status: TypeAlias = Literal["published", "held", "rejected", "removed", "deleted"]
ArticleStatus: TypeAlias = Literal["open", "closed", "premoderated"]

STATUSES: tuple[Status, ...] = ("published", "held", "rejected", "removed", "deleted")
ARTICLE_STATUSES: tuple[ArticleStatus, ...] = ("open", "closed", "premoderated")


@dataclass(frozen=True, slots=True)
class ImportedArticle:
    """`key` is what it is to be known by here; `aliases` its other names where it came from.
    `status` None: the file does not say."""

    key: str
    url: str | None = None
    title: str | None = None
    aliases: tuple[str, ...] = ()
    status: ArticleStatus | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportedAuthor:
    """`source` tells people apart within the file and may have an address in it: it is hashed with
    a secret before it is kept. Nobody can log in as the author until they claim to be them."""

    source: str
    name: str
    provider: str | None = None
    lang: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportedComment:
    """`source` names the comment within all files of the format; `parent` likewise what it
    answers. `body` is plain text, not yet normalised. `place` is where in the file it is."""

    source: str
    article: ImportedArticle
    parent: str | None
    author: ImportedAuthor
    body: str
    status: Status
    created_at: datetime
    place: str
    edited_at: datetime | None = None
    likes: int = 0
    dislikes: int = 0
    lang: str | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class ImportedVote:
    """Whose a like or dislike is; the comment's own numbers count it already."""

    comment: str
    voter: ImportedAuthor
    value: Literal[1, -1]
    created_at: datetime
    place: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that cannot be taken: `reason` is one word for counting, `detail` for people."""

    place: str
    reason: str
    detail: str


Item: TypeAlias = ImportedArticle | ImportedComment | ImportedVote | Skipped
Importer: TypeAlias = Callable[[Path], Iterator[Item]]
"""Reads a file of one format. Raises `MalformedFile`."""


class MalformedFile(Exception):
    """The file is not of its format. `line` and `column` count from 1, where there are lines."""

    def __init__(self, detail: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.line = line
        self.column = column


class BadRecord(Exception):
    """Raised within an importer, and told as `Skipped` with the record's place."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail

    def at(self, place: str) -> Skipped:
        return Skipped(place, self.reason, self.detail)
