"""Remark42: its backup, JSON lines after a first line about the file, usually gzip.

A file that is one object with a tree of comments in it is read as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from comments_service.importers import moments, naming, sources
from comments_service.importers.html_text import to_text
from comments_service.importers.records import (
    BadRecord,
    ImportedAuthor,
    ImportedComment,
    Item,
    MalformedFile,
)

LARGEST_TREE = 64 * 1024 * 1024


def read(path: Path) -> Iterator[Item]:
    """The comments of a backup. Raises `MalformedFile`."""
    with sources.opened(path) as source:
        first = True
        for number, line in sources.lines(source):
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                if first:
                    break  # perhaps one object over many lines
                raise MalformedFile("The line is no JSON.", line=number) from None
            if not isinstance(value, dict):
                raise MalformedFile("The line is no JSON object.", line=number)
            if first and "comments" in value:
                yield from _tree(value["comments"])
                return
            if not (first and "id" not in value):
                yield _item(value, f"line {number}")
            elif "version" not in value:
                raise MalformedFile("The first line has no version.", line=number)
            first = False
        else:
            return
    yield from _tree(_object(path))


def _object(path: Path) -> Any:
    with sources.opened(path) as source:
        raw = source.read(LARGEST_TREE + 1)
    if len(raw) > LARGEST_TREE:
        raise MalformedFile("The file is neither JSON lines nor a small JSON object.")
    try:
        value = json.loads(raw)
    except json.JSONDecodeError as error:
        raise MalformedFile(
            f"The file is no JSON: {error.msg}.", line=error.lineno, column=error.colno
        ) from None
    except (ValueError, RecursionError):
        raise MalformedFile("The file is no JSON in UTF-8.", line=1) from None
    if not isinstance(value, dict) or "comments" not in value:
        raise MalformedFile("The object has no comments.", line=1)
    return value["comments"]


def _tree(nodes: Any, place: str = "comment") -> Iterator[Item]:
    """Comments that have their replies in them, or are a plain list."""
    for number, node in enumerate(nodes if isinstance(nodes, list) else ()):
        here = f"{place} {number + 1}"
        if not isinstance(node, dict):
            yield BadRecord("malformed", "It is no JSON object.").at(here)
            continue
        value = node.get("comment", node)
        yield _item(value if isinstance(value, dict) else {}, here)
        yield from _tree(node.get("replies"), f"{here}, reply")


def _item(value: Mapping[str, Any], place: str) -> Item:
    try:
        return _comment(value, place)
    except BadRecord as error:
        return error.at(place)


def _comment(value: Mapping[str, Any], place: str) -> ImportedComment:
    own = _text(value, "id")
    locator = value.get("locator")
    url = _text(locator, "url") if isinstance(locator, dict) else ""
    if not own:
        raise BadRecord("no_id", "The comment has no id.")
    likes, dislikes = _votes(value)
    deleted = value.get("delete") is True
    edit = value.get("edit")
    edited = _text(edit, "time") if isinstance(edit, dict) else ""
    parent = _text(value, "pid")
    return ImportedComment(
        source=f"{url} {own}",
        article=naming.article((url,), url=url, title=_text(value, "title")),
        parent=f"{url} {parent}" if parent else None,
        author=_author(value.get("user")),
        body="" if deleted else _text(value, "orig") or to_text(_text(value, "text")),
        status="deleted" if deleted else "published",
        created_at=moments.of_text(_text(value, "time")),
        edited_at=moments.of_text(edited) if edited else None,
        likes=likes,
        dislikes=dislikes,
        pinned=value.get("pin") is True,
        place=place,
    )


def _votes(value: Mapping[str, Any]) -> tuple[int, int]:
    """Who voted how is told in some backups, the difference in all."""
    votes = value.get("votes")
    if isinstance(votes, dict) and votes:
        likes = sum(vote is True for vote in votes.values())
        return likes, len(votes) - likes
    score = value.get("score")
    if not isinstance(score, int):
        return 0, 0
    return moments.count(score), moments.count(-score)


def _author(user: Any) -> ImportedAuthor:
    if not isinstance(user, dict):
        return ImportedAuthor("nobody", "")
    name = _text(user, "name")
    return ImportedAuthor(_text(user, "id") or f"name {name}", name)


def _text(value: Any, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
