"""Disqus: the XML of its export (disqus.com/api/schemas/1.0/disqus.xsd).

Threads come before the posts that name them and are few; they are kept while the posts stream by.
A thread is known here by the publisher's own identifier, if it has one, or by its address.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from comments_service.importers import moments, naming, xml_records
from comments_service.importers.html_text import to_text
from comments_service.importers.records import (
    BadRecord,
    ImportedArticle,
    ImportedAuthor,
    ImportedComment,
    Item,
    Status,
)
from comments_service.importers.xml_records import Record

PREFIXES = {"http://disqus.com/disqus-internals": "dsq", "http://disqus.com": ""}


def read(path: Path) -> Iterator[Item]:
    """The comments of an export. Raises `MalformedFile`."""
    threads: dict[str, ImportedArticle | BadRecord] = {}
    records = xml_records.read(path, root="disqus", wanted={"thread", "post"}, prefixes=PREFIXES)
    for record in records:
        if record.name == "thread":
            if record.outer is None:
                threads[record.attributes.get("@dsq:id", "")] = _thread(record)
            else:  # the post's reference to one
                record.outer.attributes["thread@dsq:id"] = record.attributes.get("@dsq:id", "")
            continue
        place = f"line {record.line}"
        try:
            yield _comment(record, threads, place)
        except BadRecord as error:
            yield error.at(place)


def _thread(record: Record) -> ImportedArticle | BadRecord:
    """A thread nobody wrote in may be as broken as it likes; it is refused with its posts."""
    link = record.get("link")
    try:
        return naming.article((record.get("id"), link), url=link or None, title=record.get("title"))
    except BadRecord as error:
        return error


def _comment(
    record: Record, threads: dict[str, ImportedArticle | BadRecord], place: str
) -> ImportedComment:
    thread_id = record.attributes.get("thread@dsq:id", "")
    article = threads.get(thread_id)
    if article is None:
        raise BadRecord("no_article", f"There is no thread {thread_id!r}.")
    if isinstance(article, BadRecord):
        raise article
    parent = record.attributes.get("parent@dsq:id")
    status = _status(record)
    return ImportedComment(
        source=_source(record),
        article=article,
        parent=f"post {parent}" if parent else None,
        author=_author(record),
        body="" if status == "deleted" else to_text(record.get("message")),
        status=status,
        created_at=moments.of_text(record.get("createdAt")),
        place=place,
    )


def _source(record: Record) -> str:
    """Some posts have no id of their own; what was said by whom and when is theirs alone."""
    own = record.attributes.get("@dsq:id") or record.get("id")
    if own:
        return f"post {own}"
    parts = [record.get(name) for name in ("createdAt", "author/name", "author/email", "message")]
    return "post " + sha256("\0".join(parts).encode()).hexdigest()


def _status(record: Record) -> Status:
    if record.get("isSpam") == "true":
        return "rejected"
    return "deleted" if record.get("isDeleted") == "true" else "published"


def _author(record: Record) -> ImportedAuthor:
    username = record.get("author/username")
    name = record.get("author/name")
    source = username or f"{name} {record.get('author/email').lower()}"
    return ImportedAuthor(source, name or username)
