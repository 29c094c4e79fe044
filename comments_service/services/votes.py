"""Likes and dislikes: one a person, none on one's own, and the score that `popular` sorts by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from math import floor, sqrt

from sqlalchemy import ColumnElement, bindparam, delete, select, update

from comments_service.errors import NotFound, OwnComment
from comments_service.models import Comment, Status, Vote, db
from comments_service.services import articles, suspensions
from comments_service.services.actor import Actor
from comments_service.services.transaction import transaction

Z = 1.959963984540054
"""The standard normal's 97.5 % point, for an interval of 95 %."""

SCALE = 1_000_000_000

AT_ONCE = 500
"""Comments in one statement."""


@dataclass(frozen=True, slots=True)
class VoteCount:
    likes: int
    dislikes: int


def wilson_score(likes: int, dislikes: int) -> int:
    """The lower bound of the Wilson score interval (95 %) on likes, times 10⁹; 0 without votes.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927).
    """
    n = likes + dislikes
    if n == 0:
        return 0
    share = likes / n
    centre = share + Z * Z / (2 * n)
    margin = Z * sqrt((share * (1 - share) + Z * Z / (4 * n)) / n)
    return max(0, floor(SCALE * (centre - margin) / (1 + Z * Z / n)))


def cast(actor: Actor, comment_id: int, value: int | None, *, now: datetime) -> VoteCount:
    """Set the actor's vote to 1, to -1, or take it back (None); twice is as good as once.

    Raises `NotFound` unless the comment is published, `OwnComment`, `AccountSuspended`.
    """
    with transaction() as session:
        article = articles.lock_of_comment(comment_id)
        comment = session.get_one(Comment, comment_id)
        if actor.site_id not in {None, article.site_id}:
            raise NotFound
        suspensions.check(actor.user_id, site_id=article.site_id, now=now)
        if comment.status != Status.PUBLISHED:
            raise NotFound
        if comment.author_id == actor.user_id:
            raise OwnComment
        vote = session.get(Vote, (comment_id, actor.user_id))
        before = None if vote is None else vote.value
        if before != value:
            if vote is None and value is not None:
                session.add(
                    Vote(
                        comment_id=comment_id,
                        user_id=actor.user_id,
                        value=value,
                        created_at=now,
                    )
                )
            elif vote is not None and value is None:
                session.delete(vote)
            elif vote is not None and value is not None:
                vote.value = value
            comment.likes += (value == 1) - (before == 1)
            comment.dislikes += (value == -1) - (before == -1)
            comment.score = wilson_score(comment.likes, comment.dislikes)
            articles.touch(article.id)
        return VoteCount(comment.likes, comment.dislikes)


def take_back(which: ColumnElement[bool]) -> None:
    """Delete the votes that `which` picks, and count them no more, in the open transaction, whose
    caller holds the locks of the articles.

    What is taken off is what each vote brought: an imported comment has likes of which there is no
    vote.
    """
    lost = db.session.execute(
        select(Vote.comment_id, Vote.value).where(which).order_by(Vote.comment_id)
    ).all()
    db.session.execute(delete(Vote).where(which).execution_options(synchronize_session=False))
    likes = Counter(row.comment_id for row in lost if row.value == 1)
    dislikes = Counter(row.comment_id for row in lost if row.value == -1)
    ids = sorted({row.comment_id for row in lost})
    touched: set[int] = set()
    for start in range(0, len(ids), AT_ONCE):
        touched |= _uncount(ids[start : start + AT_ONCE], likes, dislikes)
    articles.touch_all(dict.fromkeys(touched, 0))


def _uncount(ids: list[int], likes: Counter[int], dislikes: Counter[int]) -> set[int]:
    """Take votes off these comments; the articles that they are under."""
    table = Comment.metadata.tables[Comment.__tablename__]
    columns = (table.c.id, table.c.article_id, table.c.likes, table.c.dislikes)
    rows = db.session.execute(select(*columns).where(table.c.id.in_(ids))).all()
    counts = [(row.id, row.likes - likes[row.id], row.dislikes - dislikes[row.id]) for row in rows]
    db.session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("b_id"))
        .values(
            likes=bindparam("b_likes"),
            dislikes=bindparam("b_dislikes"),
            score=bindparam("b_score"),
        ),
        [
            {"b_id": id_, "b_likes": up, "b_dislikes": down, "b_score": wilson_score(up, down)}
            for id_, up, down in counts
        ],
    )
    return {row.article_id for row in rows}
