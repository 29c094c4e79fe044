"""What one reader alone sees of a thread: their votes, whom they muted, and their comments that
nobody else may read. Laid over the public answer, which has nothing about the viewer in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from comments_service.errors import WrongSite
from comments_service.models import ArticleStatus, Comment, Status, Vote
from comments_service.services import articles, histories, mutes, suspensions
from comments_service.services.actor import Actor
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading
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


def _votes(actor: Actor, article_id: int) -> dict[int, int]:
    query = (
        select(Vote.comment_id, Vote.value)
        .join(Comment, Vote.comment_id == Comment.id)
        .where(Vote.user_id == actor.user_id, Comment.article_id == article_id)
    )
    with reading() as connection:
        return {row.comment_id: row.value for row in connection.execute(query)}


def _own(actor: Actor, article_id: int, status: Status) -> tuple[JudgedView, ...]:
    query = (
        comments_with_articles()
        .where(
            Comment.author_id == actor.user_id,
            Comment.article_id == article_id,
            Comment.status == status,
        )
        .order_by(Comment.id.desc())
        .limit(SHOWN)
    )
    with reading() as connection:
        return histories.judged(connection, connection.execute(query).all())
