"""What follows for a thread when a comment appears in it or disappears.

Counters are kept, never counted: every change of a comment's status goes through `change`, and a
new comment's through `publish`, inside the transaction that holds the article's row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, or_, update

from comments_service.models import Comment, Status, db
from comments_service.services import articles
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import writing

AT_ONCE = 500
"""Values in one list of a statement."""


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


def delete_all(comments: Sequence[AnyRow]) -> None:
    """`change` to deleted for many at once (rows with `id`, `article_id`, `root_id`, `status` and
    `visible`), whose articles the caller holds: some statements in all, not some for each."""
    keeps_place = and_(Comment.root_id.is_(None), Comment.reply_count > 0)
    for start in range(0, len(comments), AT_ONCE):
        part = [comment.id for comment in comments[start : start + AT_ONCE]]
        writing().execute(
            update(_table)
            .where(_table.c.id.in_(part))
            .values(
                status=Status.DELETED, visible=case((keeps_place, 1), else_=0), reported_at=None
            )
        )
    published = [comment for comment in comments if comment.status == Status.PUBLISHED]
    fewer = Counter(comment.root_id for comment in published if comment.root_id is not None)
    if fewer:
        lost = [{"of": root_id, "by": -count} for root_id, count in sorted(fewer.items())]
        writing().execute(_COUNT_REPLY, lost)
    gone = Counter(comment.article_id for comment in published)
    seen = {comment.article_id for comment in comments if comment.visible}
    articles.touch_all({article_id: -gone[article_id] for article_id in seen})


_table = Comment.metadata.tables["comment"]
_replies = Comment.reply_count + bindparam("by")
_COUNT_REPLY = (
    update(_table)
    .where(Comment.id == bindparam("of"))
    .values(reply_count=_replies, visible=case((is_shown(_replies), 1), else_=0))
)


def _count_reply(root_id: int, by: int) -> None:
    writing().execute(_COUNT_REPLY, {"of": root_id, "by": by})
