"""WordPress: WXR 1.0 to 1.2, an RSS feed with the comments of each item in it.

An item is known here by its address. Its own fields come before its comments, so that these need
not be kept until it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from comments_service.importers import moments, naming, xml_records
from comments_service.importers.html_text import to_text
from comments_service.importers.records import (
    BadRecord,
    ImportedAuthor,
    ImportedComment,
    Item,
    Status,
)
from comments_service.importers.xml_records import Record

PREFIXES = {"http://wordpress.org/export/": "wp", "http://purl.org/dc/": "dc"}
STATUSES: dict[str, Status] = {
    "1": "published",
    "0": "held",
    "spam": "rejected",
    "trash": "removed",
    "post-trashed": "removed",
}
OTHER_TYPES = {"pingback", "trackback"}


def read(path: Path) -> Iterator[Item]:
    """The comments of an export. Raises `MalformedFile`."""
    wanted = {"item", "wp:comment"}
    for record in xml_records.read(path, root="rss", wanted=wanted, prefixes=PREFIXES):
        if record.name != "wp:comment":
            continue
        place = f"line {record.line}"
        try:
            yield _comment(record, place)
        except BadRecord as error:
            yield error.at(place)


def _comment(record: Record, place: str) -> ImportedComment:
    if record.get("wp:comment_type") in OTHER_TYPES:
        raise BadRecord("not_a_comment", f"It is a {record.get('wp:comment_type')}.")
    item = record.outer
    if item is None:
        raise BadRecord("no_article", "The comment is in no item.")
    link, guid = item.get("link"), item.get("guid")
    article = naming.article(
        (link, guid if guid.startswith("http") else None), url=link, title=item.get("title")
    )
    own, parent = record.get("wp:comment_id"), record.get("wp:comment_parent")
    if not own:
        raise BadRecord("no_id", "The comment has no id.")
    approved = record.get("wp:comment_approved")
    if approved not in STATUSES:
        raise BadRecord("bad_status", f"{approved!r} is no status.")
    return ImportedComment(
        # Merged exports repeat ids from item to item.
        source=f"{link or guid} {own}",
        article=article,
        parent=f"{link or guid} {parent}" if parent not in {"", "0"} else None,
        author=_author(record),
        body=to_text(record.get("wp:comment_content"), keep_lines=True),
        status=STATUSES[approved],
        created_at=moments.of_text(_written(record)),
        place=place,
    )


def _written(record: Record) -> str:
    """In UTC; some exports have zeroes there and the time of the blog's own zone beside it."""
    utc = record.get("wp:comment_date_gmt")
    return record.get("wp:comment_date") if utc.startswith("0000") or not utc else utc


def _author(record: Record) -> ImportedAuthor:
    name = record.get("wp:comment_author")
    user = record.get("wp:comment_user_id")
    email = record.get("wp:comment_author_email").lower()
    if user not in {"", "0"} and name:
        # The name too: in merged exports numbers of users repeat.
        return ImportedAuthor(f"user {user} {name}", name)
    return ImportedAuthor(f"{name} {email}", name)
