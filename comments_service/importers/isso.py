"""Isso: its SQLite file, opened so that nothing in it can run and nothing can be written to it.

An article is known by its path, which is all that Isso keeps of its address; texts are Markdown as
their writers typed it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from comments_service.importers import moments, naming
from comments_service.importers.records import (
    BadRecord,
    ImportedAuthor,
    ImportedComment,
    Item,
    MalformedFile,
    Status,
)

HEADER = b"SQLite format 3\0"
STATUSES: dict[int, Status] = {1: "published", 2: "held", 4: "deleted"}
TABLES = {"threads", "comments"}
BATCH = 500
LONGEST_VALUE = 4 * 1024 * 1024
QUERY = """
    SELECT comments.id, comments.parent, comments.created, comments.modified, comments.mode,
           comments.text, comments.author, comments.email, comments.likes, comments.dislikes,
           threads.uri, threads.title
    FROM comments LEFT JOIN threads ON threads.id = comments.tid
    ORDER BY comments.id
"""


def read(path: Path) -> Iterator[Item]:
    """The comments of a database. Raises `MalformedFile`."""
    with path.open("rb") as source:
        if source.read(len(HEADER)) != HEADER:
            raise MalformedFile("The file is no SQLite database.")
    try:
        with closing(_opened(path)) as connection:
            rows = connection.execute(QUERY)
            while batch := rows.fetchmany(BATCH):
                for row in batch:
                    yield _item(row)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise MalformedFile(f"The database cannot be read: {error}.") from None


def _opened(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True)
    connection.row_factory = sqlite3.Row
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {pragma}")
    # A view of the same name could be made of anything.
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    if not {row["name"] for row in found} >= TABLES:
        connection.close()
        raise MalformedFile("The database is not Isso's: it has no threads and comments.")
    return connection


def _item(row: sqlite3.Row) -> Item:
    place = f"comment {row['id']}"
    try:
        return _comment(row, place)
    except BadRecord as error:
        return error.at(place)


def _comment(row: sqlite3.Row, place: str) -> ImportedComment:
    uri = _text(row["uri"])
    if not uri:
        raise BadRecord("no_article", "The comment's thread is gone.")
    status = STATUSES.get(row["mode"])
    if status is None:
        raise BadRecord("bad_status", f"{row['mode']!r} is no status.")
    edited = row["modified"]
    return ImportedComment(
        source=f"{uri} {row['id']}",
        article=naming.article((uri,), url=None, title=_text(row["title"])),
        parent=None if row["parent"] is None else f"{uri} {row['parent']}",
        author=_author(row),
        body=_text(row["text"]),
        status=status,
        created_at=moments.of_seconds(row["created"]),
        edited_at=None if edited is None else moments.of_seconds(edited),
        likes=moments.count(row["likes"]),
        dislikes=moments.count(row["dislikes"]),
        place=place,
    )


def _author(row: sqlite3.Row) -> ImportedAuthor:
    name = _text(row["author"])
    return ImportedAuthor(f"{name} {_text(row['email']).lower()}", name or "Anonymous")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
