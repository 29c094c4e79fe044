"""CSV with a header: the least that any other system can be made to write.

Columns: `id`, `article` or `article_url` (or both), `body`, `created_at`; and, where they are
known, `article_title`, `parent_id`, `author_id`, `author`, `status`, `edited_at`, `likes`,
`dislikes`, `lang`. Others are ignored.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from comments_service.importers import moments, naming, sources
from comments_service.importers.records import (
    STATUSES,
    BadRecord,
    ImportedAuthor,
    ImportedComment,
    Item,
    MalformedFile,
)

NEEDED = {"id", "body", "created_at"}
NAMING = {"article", "article_url"}


def read(path: Path) -> Iterator[Item]:
    """The comments of a table. Raises `MalformedFile`."""
    with sources.opened(path) as source:
        numbered = _Numbered(source)
        rows = csv.reader(numbered, strict=True)
        try:
            header = [name.strip().lower() for name in next(rows, [])]
            _check(header)
            began = numbered.line + 1
            for row in rows:
                yield _item(dict(zip(header, row, strict=False)), f"line {began}")
                began = numbered.line + 1
        except csv.Error as error:
            raise MalformedFile(f"The table is broken: {error}.", line=numbered.line) from None


class _Numbered:
    """Lines for the csv module, which tells no numbers of those inside a quoted field."""

    def __init__(self, source: BinaryIO) -> None:
        self._lines = sources.lines(source, empty=True)
        self.line = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.line, text = next(self._lines)
        return text


def _check(header: list[str]) -> None:
    missing = NEEDED - set(header)
    if missing:
        raise MalformedFile(f"There is no column {', '.join(sorted(missing))}.", line=1)
    if not NAMING & set(header):
        raise MalformedFile("There is neither a column article nor article_url.", line=1)


def _item(row: Mapping[str, str], place: str) -> Item:
    try:
        return _comment(row, place)
    except BadRecord as error:
        return error.at(place)


def _comment(row: Mapping[str, str], place: str) -> ImportedComment:
    own = row.get("id", "").strip()
    status = row.get("status", "").strip() or "published"
    if not own:
        raise BadRecord("no_id", "The comment has no id.")
    if status not in STATUSES:
        raise BadRecord("bad_status", f"{status!r} is no status.")
    key, url = row.get("article", "").strip(), row.get("article_url", "").strip()
    article = naming.article((key, url), url=url or None, title=row.get("article_title"))
    parent, edited = row.get("parent_id", "").strip(), row.get("edited_at", "").strip()
    name = row.get("author", "").strip()
    lang = row.get("lang", "").strip()
    return ImportedComment(
        source=own,
        article=article,
        parent=parent or None,
        author=ImportedAuthor(row.get("author_id", "").strip() or f"name {name}", name),
        body=row.get("body", ""),
        status=status,
        created_at=moments.of_text(row.get("created_at")),
        edited_at=moments.of_text(edited) if edited else None,
        likes=moments.count(row.get("likes", "")),
        dislikes=moments.count(row.get("dislikes", "")),
        lang=lang if lang in {"ko", "en"} else None,
        place=place,
    )
