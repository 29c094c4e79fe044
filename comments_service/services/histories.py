"""A reader's own comments, in every status and with what was found in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from comments_service.models import Appeal, Comment, Decision, DecisionKind, Site, Status, Verdict
from comments_service.services import accounts
from comments_service.services.actor import Actor
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading
from comments_service.services.views import (
    DecidedView,
    JudgedView,
    OwnAppealView,
    comment_view_alone,
    comments_with_articles,
    stored_finding_views,
)


@dataclass(frozen=True, slots=True)
class History:
    """Some of one's own comments, newest first; `next` is the id to go on below, or None."""

    items: tuple[JudgedView, ...]
    next: int | None


def page(actor: Actor, *, limit: int, below: int | None = None) -> History:
    """The actor's newest `limit` comments on the site of their token, or those before the id
    given."""
    query = (
        comments_with_articles()
        .where(Comment.author_id == actor.user_id, Site.id == accounts.own_site(actor))
        .order_by(Comment.id.desc())
        .limit(limit + 1)
    )
    if below is not None:
        query = query.where(Comment.id < below)
    with reading() as connection:
        rows = connection.execute(query).all()
        items = judged(connection, rows[:limit])
    return History(items, items[-1].comment.id if len(rows) > limit else None)


def judged(connection: Connection, rows: Sequence[AnyRow]) -> tuple[JudgedView, ...]:
    """Rows of `comments_with_articles` as their author sees them, each with its last verdict."""
    if not rows:
        return ()
    verdicts = connection.execute(
        select(Verdict.comment_id, Verdict.findings)
        .where(Verdict.comment_id.in_([row.id for row in rows]))
        .order_by(Verdict.comment_id, Verdict.id)
    )
    findings = {verdict.comment_id: verdict.findings for verdict in verdicts}
    decided = _decided(connection, [row.id for row in rows])
    appealed = _appealed(connection, [row.id for row in rows])
    return tuple(
        JudgedView(
            comment_view_alone(row, own=True),
            stored_finding_views(findings.get(row.id, [])),
            Status(row.status),
            row.body,
            decided.get(row.id),
            appealed.get(row.id),
        )
        for row in rows
    )


def _decided(connection: Connection, ids: Sequence[int]) -> dict[int, DecidedView]:
    """The last decision about each that was not taken back."""
    undone = select(Decision.undoes).where(
        Decision.comment_id.in_(ids), Decision.undoes.is_not(None)
    )
    query = (
        select(Decision.comment_id, Decision.kind, Decision.reason, Decision.created_at)
        .where(
            Decision.comment_id.in_(ids),
            Decision.kind != DecisionKind.UNDO,
            Decision.id.not_in(undone),
        )
        .order_by(Decision.comment_id, Decision.id)
    )
    return {
        row.comment_id: DecidedView(row.kind, row.reason, row.created_at)
        for row in connection.execute(query)
    }


def _appealed(connection: Connection, ids: Sequence[int]) -> dict[int, OwnAppealView]:
    query = select(Appeal.comment_id, Appeal.created_at, Appeal.outcome, Appeal.decided_at).where(
        Appeal.comment_id.in_(ids)
    )
    return {
        row.comment_id: OwnAppealView(row.created_at, row.outcome, row.decided_at)
        for row in connection.execute(query)
    }
