"""What follows for a thread when a comment appears in it or disappears.

Counters are kept, never counted: every change of a comment's status goes through `change`, and a
new comment's through `publish`, inside the transaction that holds the article's row.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, or_, update

from comments_service.models import Comment, Status, db
from comments_service.services import articles
from comments_service.services.transaction import writing


def is_shown(reply_count: Any) -> ColumnElement[bool]:
    """Whether a root with so many published replies has a place in its thread: of its own, or as a
    tombstone that keeps theirs."""
    return or_(Comment.status == Status.PUBLISHED, reply_count > 0)


def publish(comment: Any, *, last_seq: int | None = None) -> None:
    """`comment` (a row or object) is now published: its article and its root count it."""
    if comment.root_id is not None:
        _count_reply(comment.root_id, +1)
    articles.touch(comment.article_id, comments=+1, last_seq=last_seq)


def change(comment: Comment, status: Status) -> None:
    """Give `comment` another status. With published replies it stays as a tombstone; a root that
    was one loses its place with its last reply."""
    was, was_visible = comment.status, comment.visible
    if was == status:
        return
    is_tombstone = comment.root_id is None and comment.reply_count > 0
    is_published = status is Status.PUBLISHED
    comment.status, comment.visible = status, int(is_published or is_tombstone)
    db.session.flush()
    if is_published:
        publish(comment)
    elif was == Status.PUBLISHED:
        if comment.root_id is not None:
            _count_reply(comment.root_id, -1)
        articles.touch(comment.article_id, comments=-1)
    elif was_visible or comment.visible:
        articles.touch(comment.article_id)


_replies = Comment.reply_count + bindparam("by")
_COUNT_REPLY = (
    update(Comment.metadata.tables["comment"])
    .where(Comment.id == bindparam("of"))
    .values(reply_count=_replies, visible=case((is_shown(_replies), 1), else_=0))
)


def _count_reply(root_id: int, by: int) -> None:
    writing().execute(_COUNT_REPLY, {"of": root_id, "by": by})
