"""Second looks: every twentieth decision is shown to another moderator, who is not told of it.

Their answer changes nothing about the comment: it says how far the desk agrees with itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from comments_service.errors import NotFound
from comments_service.models import Article, Comment, Decision, DecisionKind, Rejudgement
from comments_service.services.actor import Actor
from comments_service.services.ids import first_id
from comments_service.services.rows import AnySelect
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading, transaction

ONE_IN = 20
"""Every twentieth: 5 %."""

WITHIN = timedelta(days=14)
"""What was decided earlier is not shown any more."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A comment to be judged anew: the words and their place, and nothing of what was decided."""

    decision_id: int
    body: str
    lang: str | None
    article: str
    parent: str | None
    left: int


def sample(site_id: int, *, since: datetime, until: datetime) -> AnySelect:
    """The ids of the decisions that are shown again."""
    undoing = Decision.__table__.alias("undoing")
    return select(Decision.id).where(
        Decision.site_id == site_id,
        Decision.id >= first_id(since),
        Decision.id < first_id(until + timedelta(microseconds=1)),
        # The lowest bits count up; above them is the microsecond.
        Decision.id % ONE_IN == 0,
        Decision.kind != DecisionKind.UNDO,
        ~select(undoing.c.id).where(undoing.c.undoes == Decision.id).exists(),
    )


def next_for(actor: Actor, site: SiteView, *, now: datetime) -> Sampled | None:
    """The oldest of the sample that somebody else decided and nobody has judged again."""
    parent = Comment.__table__.alias("parent")
    judged = select(Rejudgement.decision_id).where(Rejudgement.decision_id == Decision.id).exists()
    mine = sample(site.id, since=now - WITHIN, until=now).where(
        Decision.user_id != actor.user_id, ~judged
    )
    query = (
        mine.join(Comment, Comment.id == Decision.comment_id)
        .join(Article, Article.id == Comment.article_id)
        .outerjoin(parent, parent.c.id == Comment.parent_id)
        .add_columns(
            Comment.body,
            Comment.lang,
            func.coalesce(Article.title, Article.key).label("article"),
            parent.c.body.label("parent"),
        )
        .where(Comment.body != "")
        .order_by(Decision.id)
        .limit(1)
    )
    with reading() as connection:
        row = connection.execute(query).first()
        if row is None:
            return None
        left = connection.execute(select(func.count()).select_from(mine.subquery())).scalar_one()
    return Sampled(row.id, row.body, row.lang, row.article, row.parent, left)


def judge(actor: Actor, decision_id: int, *, would_publish: bool, now: datetime) -> None:
    """Keep the actor's answer; the first of several. Raises `NotFound`, also for one's own."""
    with transaction() as session:
        decision = session.get(Decision, decision_id)
        if (
            decision is None
            or not actor.reaches(decision.site_id)
            or decision.user_id == actor.user_id
            or decision_id % ONE_IN
        ):
            raise NotFound
        if session.get(Rejudgement, decision_id) is None:
            session.add(
                Rejudgement(
                    decision_id=decision_id,
                    site_id=decision.site_id,
                    user_id=actor.user_id,
                    would_publish=would_publish,
                    created_at=now,
                )
            )
