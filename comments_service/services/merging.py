"""Merging: two accounts of one person become one, when an operator has made sure that they are.

Never done by itself: whoever can make a provider say a name could otherwise take an account over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Column, ColumnElement, Table, and_, delete, or_, select, update
from sqlalchemy.orm import aliased

from comments_service.models import (
    AuthorizationCode,
    Comment,
    Decision,
    Mute,
    PendingLogin,
    Report,
    ServiceClient,
    Session,
    StaffRole,
    User,
    Vote,
    db,
)
from comments_service.services import (
    accounts,
    articles,
    audit,
    former_names,
    identities,
    names,
    sessions,
    votes,
)
from comments_service.services.audit import AuditAction
from comments_service.services.sessions import RevokedBecause
from comments_service.services.transaction import transaction

STAY = frozenset({Session.__tablename__, Decision.__tablename__})
"""Tables whose rows stay with the old account: its sessions have ended, and decisions are final
(staff is not merged, so that nobody's are among them)."""

log = structlog.get_logger()


class CannotMerge(Exception):
    """These two accounts are not made one; the text says why."""


def merge(from_id: int, into_id: int, *, reason: str, now: datetime) -> None:
    """Make `from_id` part of `into_id`: identities, comments, votes, reports, mutes, suspensions.

    Every suspension of either holds from now on. Where both voted or reported, the account that
    stays wins; nobody's vote stands on what is now their own. Raises `CannotMerge`.
    """
    with transaction() as session:
        old, new = _accounts(from_id, into_id)
        articles.lock_touched_by(from_id, into_id)
        votes.take_back(_own_or_twice(Vote, from_id, into_id))
        _drop_reports(from_id, into_id)
        _drop_mutes(from_id, into_id)
        for table in (AuthorizationCode, PendingLogin):
            session.execute(delete(table).where(table.user_id == from_id))
        sessions.revoke_all(from_id, RevokedBecause.ACCOUNT_MERGED, now=now)
        former_names.note(into_id, old.display_name, now=now)
        session.flush()
        _move_rows(from_id, into_id)
        old.display_name, old.name_chosen, old.deleted_at = names.DELETED, False, now
        old.provider = old.avatar = old.lang = None
        accounts.show_in_threads(new.id)
        audit.record(
            AuditAction.USER_MERGED,
            actor=audit.OPERATOR,
            target=audit.user(into_id),
            reason=reason,
            before={"account": audit.user(from_id)},
            now=now,
        )
    log.info("accounts_merged", user_id=into_id)


def _accounts(from_id: int, into_id: int) -> tuple[User, User]:
    """Both, their identities locked. Raises `CannotMerge`."""
    if from_id == into_id:
        raise CannotMerge("That is one account.")
    of = {user_id: identities.lock_all(user_id) for user_id in sorted((from_id, into_id))}
    if not all(of.values()):
        raise CannotMerge("One of them is no account that somebody logs in to.")
    providers = [{identity.provider for identity in own} for own in of.values()]
    if providers[0] & providers[1]:
        raise CannotMerge("Both have an identity of the same provider.")
    for table in (ServiceClient, StaffRole):
        if db.session.scalar(select(table.id).where(table.user_id == from_id).limit(1)):
            raise CannotMerge("The account to go belongs to a service, or to one of the staff.")
    return db.session.get_one(User, from_id), db.session.get_one(User, into_id)


def _own_or_twice(table: type[Vote | Report], from_id: int, into_id: int) -> ColumnElement[bool]:
    """Rows of either account that the one account may not have."""
    other, comment = aliased(table), aliased(Comment)
    twice = select(other.comment_id).where(other.user_id == into_id)
    own = select(comment.id).where(comment.author_id.in_((from_id, into_id)))
    return or_(
        and_(table.user_id == from_id, table.comment_id.in_(twice)),
        and_(table.user_id.in_((from_id, into_id)), table.comment_id.in_(own)),
    )


def _drop_reports(from_id: int, into_id: int) -> None:
    which = _own_or_twice(Report, from_id, into_id)
    db.session.execute(delete(Report).where(which).execution_options(synchronize_session=False))


def _drop_mutes(from_id: int, into_id: int) -> None:
    """Of each other, and those that both have."""
    both, other = (from_id, into_id), aliased(Mute)
    muted = select(other.muted_user_id).where(other.user_id == into_id)
    muting = select(other.user_id).where(other.muted_user_id == into_id)
    which = or_(
        and_(Mute.user_id.in_(both), Mute.muted_user_id.in_(both)),
        and_(Mute.user_id == from_id, Mute.muted_user_id.in_(muted)),
        and_(Mute.muted_user_id == from_id, Mute.user_id.in_(muting)),
    )
    db.session.execute(delete(Mute).where(which).execution_options(synchronize_session=False))


def _move_rows(from_id: int, into_id: int) -> None:
    """Whatever names the old account now names the new one."""
    for table in db.metadata.sorted_tables:
        for column in _of_accounts(table):
            if table.name not in STAY:
                moved = update(table).where(column == from_id).values({column.name: into_id})
                db.session.execute(moved)
    db.session.expire_all()


def _of_accounts(table: Table) -> list[Column[Any]]:
    account = db.metadata.tables[User.__tablename__]
    return [
        column
        for column in table.columns
        if any(key.column.table is account for key in column.foreign_keys)
    ]
