"""What one reader alone sees of a thread: their votes, whom they muted, and their comments that
nobody else may read. Laid over the public answer, which has nothing about the viewer in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from comments_service.errors import WrongSite
from comments_service.models import ArticleStatus, Comment, Status, Vote
from comments_service.services import articles, histories, mutes, suspensions
from comments_service.services.actor import Actor
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading, reading_together
from comments_service.services.views import JudgedView, comments_with_articles

SHOWN = 20
"""Own held and rejected comments, the newest of each."""


@dataclass(frozen=True, slots=True)
class Overlay:
    votes: dict[int, int]
    held: tuple[JudgedView, ...]
    rejected: tuple[JudgedView, ...]
    muted: tuple[int, ...]
    can: tuple[str, ...]


def get(actor: Actor, site: SiteView, key: str, *, now: datetime) -> Overlay:
    """The reader's overlay of an article's thread. Raises `WrongSite`."""
    if actor.site_id != site.id:
        raise WrongSite
    with reading_together():
        return _get(actor, site, key, now=now)


def _get(actor: Actor, site: SiteView, key: str, *, now: datetime) -> Overlay:
    article = articles.get(site, key, now=now)
    suspended = suspensions.current(actor.user_id, site_id=site.id, now=now)
    may_comment = suspended is None and article.status is not ArticleStatus.CLOSED
    can = [*(["comment"] if may_comment else []), *([] if suspended else ["vote", "report"])]
    return Overlay(
        votes=_votes(actor, article.id),
        held=_own(actor, article.id, Status.HELD),
        rejected=_own(actor, article.id, Status.REJECTED),
        muted=mutes.of(actor),
        can=tuple(can),
    )


_VOTES = (
    select(Vote.comment_id, Vote.value)
    .join(Comment, Vote.comment_id == Comment.id)
    .where(Vote.user_id == bindparam("user_id"), Comment.article_id == bindparam("article_id"))
)
_OWN = (
    comments_with_articles()
    .where(
        Comment.author_id == bindparam("user_id"),
        Comment.article_id == bindparam("article_id"),
        Comment.status == bindparam("status"),
    )
    .order_by(Comment.id.desc())
    .limit(SHOWN)
)


def _votes(actor: Actor, article_id: int) -> dict[int, int]:
    with reading() as connection:
        rows = connection.execute(_VOTES, {"user_id": actor.user_id, "article_id": article_id})
        return {row.comment_id: row.value for row in rows}


def _own(actor: Actor, article_id: int, status: Status) -> tuple[JudgedView, ...]:
    values = {"user_id": actor.user_id, "article_id": article_id, "status": status}
    with reading() as connection:
        return histories.judged(connection, connection.execute(_OWN, values).all())
