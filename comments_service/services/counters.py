"""What follows for a thread when a comment appears in it or disappears.

Counters are kept, never counted: every change of a comment's status goes through `publish` or
`withdraw`, inside the transaction that holds the article's row.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, update

from comments_service.models import Comment, Status, db
from comments_service.services import articles


def publish(comment: Any, *, last_seq: int | None = None) -> None:
    """`comment` (a row or object) is now published: its article and its root count it."""
    if comment.root_id is not None:
        _count_reply(comment.root_id, +1)
    articles.touch(comment.article_id, comments=+1, last_seq=last_seq)


def withdraw(comment: Comment, status: Status) -> None:
    """`comment` was published and is now `status`. With published replies it stays as a
    tombstone; a root that was one loses its place with its last reply."""
    comment.status = status
    comment.visible = 1 if comment.root_id is None and comment.reply_count > 0 else 0
    if status not in {Status.REMOVED, Status.DELETED}:
        comment.visible = 0
    db.session.flush()
    if comment.root_id is not None:
        _count_reply(comment.root_id, -1)
    articles.touch(comment.article_id, comments=-1)


def _count_reply(root_id: int, by: int) -> None:
    count = Comment.reply_count + by
    shown = case((Comment.status == Status.PUBLISHED, 1), (count > 0, Comment.visible), else_=0)
    tombstone = (Comment.status.in_((Status.REMOVED, Status.DELETED))) & (count > 0)
    db.session.execute(
        update(Comment)
        .where(Comment.id == root_id)
        .values(reply_count=count, visible=case((tombstone, 1), else_=shown))
        .execution_options(synchronize_session=False)
    )
