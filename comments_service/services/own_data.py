"""Everything the service keeps of a person, for that person. `privacy.py` forgets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import select

from comments_service.models import (
    Appeal,
    Article,
    Comment,
    CommentEdit,
    Decision,
    FormerName,
    Identity,
    Mute,
    Notification,
    Report,
    Session,
    Site,
    Suspension,
    User,
    Verdict,
    Vote,
)
from comments_service.services.actor import Actor
from comments_service.services.rows import AnySelect
from comments_service.services.transaction import reading

Record: TypeAlias = dict[str, object]
"""One row: names as in the API, ids as text, times as `datetime`."""


@dataclass(frozen=True, slots=True)
class Export:
    """All data held of an account. Tokens are not in it: of those only hashes are held."""

    account: Record
    identities: tuple[Record, ...]
    former_names: tuple[Record, ...]
    sessions: tuple[Record, ...]
    comments: tuple[Record, ...]
    verdicts: tuple[Record, ...]
    earlier_texts: tuple[Record, ...]
    decisions: tuple[Record, ...]
    appeals: tuple[Record, ...]
    notifications: tuple[Record, ...]
    votes: tuple[Record, ...]
    reports: tuple[Record, ...]
    mutes: tuple[Record, ...]
    suspensions: tuple[Record, ...]


def export(actor: Actor) -> Export:
    """Everything held of the actor's account, suspended or not."""
    user_id = actor.user_id
    return Export(
        account=_records(_account(user_id))[0],
        identities=_records(_identities(user_id)),
        former_names=_records(
            select(
                FormerName.provider, FormerName.name, FormerName.handle, FormerName.replaced_at
            ).where(FormerName.user_id == user_id)
        ),
        sessions=_records(_sessions(user_id)),
        comments=_records(_comments(user_id)),
        verdicts=_records(_verdicts(user_id)),
        earlier_texts=_records(_earlier_texts(user_id)),
        decisions=_records(_decisions(user_id)),
        appeals=_records(_appeals(user_id)),
        notifications=_records(_notifications(user_id)),
        votes=_records(
            select(Vote.comment_id, Vote.value, Vote.created_at).where(Vote.user_id == user_id)
        ),
        reports=_records(
            select(Report.comment_id, Report.reason, Report.note, Report.created_at).where(
                Report.user_id == user_id
            )
        ),
        mutes=_records(select(Mute.muted_user_id, Mute.created_at).where(Mute.user_id == user_id)),
        suspensions=_records(_suspensions(user_id)),
    )


def _account(user_id: int) -> AnySelect:
    return select(User.id, User.display_name, User.name_chosen, User.lang, User.created_at).where(
        User.id == user_id
    )


def _identities(user_id: int) -> AnySelect:
    return select(
        Identity.provider,
        Identity.subject,
        Identity.name,
        Identity.handle,
        Identity.avatar_url,
        Identity.created_at,
        Identity.synced_at,
    ).where(Identity.user_id == user_id)


def _sessions(user_id: int) -> AnySelect:
    return (
        select(
            Session.id,
            Site.key.label("site"),
            Session.origin,
            Session.created_at,
            Session.expires_at,
            Session.revoked_at,
        )
        .join(Site, Session.site_id == Site.id)
        .where(Session.user_id == user_id)
        .order_by(Session.id)
    )


def _comments(user_id: int) -> AnySelect:
    return (
        select(
            Comment.id,
            Site.key.label("site"),
            Article.key.label("article"),
            Comment.parent_id,
            Comment.body,
            Comment.lang,
            Comment.status,
            Comment.created_at,
            Comment.edited_at,
        )
        .join_from(Comment, Article, Comment.article_id == Article.id)
        .join(Site, Article.site_id == Site.id)
        .where(Comment.author_id == user_id)
        .order_by(Comment.id)
    )


def _verdicts(user_id: int) -> AnySelect:
    return (
        select(
            Verdict.comment_id,
            Verdict.policy_version,
            Verdict.outcome,
            Verdict.findings,
            Verdict.created_at,
        )
        .join(Comment, Verdict.comment_id == Comment.id)
        .where(Comment.author_id == user_id)
        .order_by(Verdict.id)
    )


def _earlier_texts(user_id: int) -> AnySelect:
    return (
        select(CommentEdit.comment_id, CommentEdit.body, CommentEdit.replaced_at)
        .join(Comment, CommentEdit.comment_id == Comment.id)
        .where(Comment.author_id == user_id)
        .order_by(CommentEdit.id)
    )


def _decisions(user_id: int) -> AnySelect:
    """About the person's comments; who made them is not theirs to know."""
    return (
        select(
            Decision.comment_id,
            Decision.kind.label("decision"),
            Decision.reason,
            Decision.before,
            Decision.after,
            Decision.created_at,
        )
        .join(Comment, Decision.comment_id == Comment.id)
        .where(Comment.author_id == user_id)
        .order_by(Decision.id)
    )


def _appeals(user_id: int) -> AnySelect:
    return select(
        Appeal.comment_id, Appeal.text, Appeal.created_at, Appeal.outcome, Appeal.decided_at
    ).where(Appeal.user_id == user_id)


def _notifications(user_id: int) -> AnySelect:
    return (
        select(
            Notification.kind,
            Notification.comment_id,
            Notification.created_at,
            Notification.read_at,
        )
        .where(Notification.user_id == user_id)
        .order_by(Notification.id)
    )


def _suspensions(user_id: int) -> AnySelect:
    return select(
        Suspension.reason, Suspension.created_at, Suspension.until, Suspension.lifted_at
    ).where(Suspension.user_id == user_id)


def _records(query: AnySelect) -> tuple[Record, ...]:
    with reading() as connection:
        return tuple(_record(row) for row in connection.execute(query).mappings())


def _record(row: Mapping[Any, object]) -> Record:
    """Ids as the API writes them: text."""
    return {
        name: str(value) if isinstance(value, int) and name.endswith("id") else value
        for name, value in row.items()
    }
