"""JSON Lines as this service exports them, and as anybody can write them by hand.

Comments name their article and author by key and id; lines of type `article` and `user` say more
of those, and come before. There may be a million users, so these wait in a file of SQLite's, not
in memory. A comment may also bring its `author` along (`{"id", "name"}`).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Literal, cast

from comments_service.importers import moments, sources
from comments_service.importers.records import (
    ARTICLE_STATUSES,
    STATUSES,
    BadRecord,
    ImportedArticle,
    ImportedAuthor,
    ImportedComment,
    ImportedVote,
    Item,
    MalformedFile,
    Status,
)

PROVIDERS = {"twitter", "facebook"}
LANGUAGES = {"ko", "en"}
LONGEST_KEY, LONGEST_URL, LONGEST_TITLE, LONGEST_ID = 255, 2048, 500, 200
MOST_ALIASES = 100

Value = Mapping[str, Any]


def read(path: Path) -> Iterator[Item]:
    """The articles, comments and votes of a file. Raises `MalformedFile`."""
    with sources.opened(path) as source, closing(sqlite3.connect("")) as kept:
        people = _People(kept)
        for number, line in sources.lines(source):
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                raise MalformedFile("The line is no JSON.", line=number) from None
            if not isinstance(value, dict) or not isinstance(value.get("type"), str):
                raise MalformedFile("The line is no JSON object with a type.", line=number)
            place = f"line {number}"
            try:
                item = _item(value, people, place)
            except BadRecord as error:
                item = error.at(place)
            if item is not None:
                yield item


class _People:
    """The users that the file told of so far, on disk."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("CREATE TABLE person (id TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")

    def add(self, value: Value) -> None:
        said = (_id(value, "id"), json.dumps(value))
        self._connection.execute("INSERT OR REPLACE INTO person VALUES (?, ?)", said)

    def get(self, user_id: str, inline: object) -> ImportedAuthor:
        found = self._connection.execute("SELECT value FROM person WHERE id = ?", (user_id,))
        row = found.fetchone()
        value = json.loads(row[0]) if row else inline
        if not isinstance(value, dict):
            raise BadRecord("no_author", f"Nothing was told of the user {user_id!r}.")
        provider, lang, created = (value.get(n) for n in ("provider", "lang", "created_at"))
        return ImportedAuthor(
            source=user_id,
            name=value["name"] if isinstance(value.get("name"), str) else "",
            provider=provider if provider in PROVIDERS else None,
            lang=lang if lang in LANGUAGES else None,
            created_at=moments.of_text(created) if isinstance(created, str) else None,
        )


def _item(value: Value, people: _People, place: str) -> Item | None:
    match value["type"]:
        case "site":
            return None
        case "user":
            people.add(value)
            return None
        case "article":
            return _article(value)
        case "comment":
            return _comment(value, people, place)
        case "vote":
            return _vote(value, people, place)
        case other:
            raise BadRecord("unknown_type", f"{other!r} is no type of line.")


def _article(value: Value) -> ImportedArticle:
    aliases = value.get("aliases") or []
    status = value.get("status")
    if not isinstance(aliases, list) or len(aliases) > MOST_ALIASES:
        raise BadRecord("malformed", "aliases is no list of at most 100 keys.")
    if status is not None and status not in ARTICLE_STATUSES:
        raise BadRecord("bad_status", f"{status!r} is no status.")
    updated = _text(value, "updated_at")
    return ImportedArticle(
        key=_key(value.get("key")),
        url=_text(value, "url", LONGEST_URL),
        title=_text(value, "title", LONGEST_TITLE),
        aliases=tuple(_key(alias) for alias in aliases),
        status=status,
        updated_at=moments.of_text(updated) if updated else None,
    )


def _comment(value: Value, people: _People, place: str) -> ImportedComment:
    status = value.get("status", "published")
    if status not in STATUSES:
        raise BadRecord("bad_status", f"{status!r} is no status.")
    article = value.get("article")
    inline = value.get("author")
    author_id = value.get("author_id")
    if author_id is None and isinstance(inline, dict):
        author_id = inline.get("id") or f"name {inline.get('name')}"
    parent, edited, lang = (value.get(n) for n in ("parent_id", "edited_at", "lang"))
    body = value.get("body")
    if not isinstance(body, str):
        raise BadRecord("malformed", "body is no text.")
    return ImportedComment(
        source=_id(value, "id"),
        # The key alone, or an object as the API has it.
        article=_article(article)
        if isinstance(article, dict)
        else ImportedArticle(key=_key(article)),
        parent=None if parent is None else _id(value, "parent_id"),
        author=people.get(str(author_id)[:LONGEST_ID], inline),
        body=body,
        status=cast("Status", status),
        created_at=moments.of_text(_text(value, "created_at")),
        edited_at=moments.of_text(edited) if isinstance(edited, str) else None,
        likes=moments.count(value.get("likes", 0)),
        dislikes=moments.count(value.get("dislikes", 0)),
        lang=lang if lang in LANGUAGES else None,
        pinned=value.get("pinned") is True,
        place=place,
    )


def _vote(value: Value, people: _People, place: str) -> ImportedVote:
    given = value.get("value")
    if given not in {1, -1} or isinstance(given, bool | float):
        raise BadRecord("malformed", "value is neither 1 nor -1.")
    return ImportedVote(
        comment=_id(value, "comment_id"),
        voter=people.get(_id(value, "user_id"), value.get("user")),
        value=cast("Literal[1, -1]", given),
        created_at=moments.of_text(_text(value, "created_at")),
        place=place,
    )


def _id(value: Value, name: str) -> str:
    found = value.get(name)
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_ID:
        raise BadRecord("no_id", f"{name} is no id.")
    return found


def _key(found: object) -> str:
    if isinstance(found, str) and found.isprintable() and 0 < len(found) <= LONGEST_KEY:
        return found
    raise BadRecord("no_article", "The article has no key of 1 to 255 printable characters.")


def _text(value: Value, name: str, longest: int = LONGEST_ID) -> str | None:
    found = value.get(name)
    if found is None or (isinstance(found, str) and len(found) <= longest):
        return found
    raise BadRecord("malformed", f"{name} is no text of at most {longest} characters.")
