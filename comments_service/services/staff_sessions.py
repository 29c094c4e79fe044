"""Moderators' sessions: a cookie of 256 random bits, whose hash is a row that can be ended.

Idle for an hour or twelve hours old, a session is over. What is sensitive asks for a login of the
last quarter of an hour (`StaffMember.require_fresh_login`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, update

from comments_service.errors import (
    NoStaffRole,
    NotFound,
    ReauthenticationRequired,
    SecondFactorRequired,
    Unauthenticated,
)
from comments_service.identity.provider import ExternalIdentity
from comments_service.models import StaffSession, User, db
from comments_service.services import accounts, audit, staff, tokens, totp
from comments_service.services.audit import AuditAction
from comments_service.services.ids import new_id
from comments_service.services.rows import AnyRow
from comments_service.services.staff import Role, RoleView
from comments_service.services.totp import TotpMode
from comments_service.services.transaction import reading, transaction

IDLE_LIFE = timedelta(minutes=60)
ABSOLUTE_LIFE = timedelta(hours=12)
FRESH_LOGIN = timedelta(minutes=15)
# Noting every request would make a write of each read.
NOTED_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Whoever makes a request with a moderator's session. `roles` are those of this moment."""

    user_id: int
    display_name: str
    session_id: int
    token_hash: str
    roles: tuple[RoleView, ...]
    authenticated_at: datetime
    second_factor_at: datetime | None

    def may(self, role: Role, *, site_id: int | None) -> bool:
        """Whether they may do what takes `role` on that site (None: on every site)."""
        return any(own.covers(role, site_id) for own in self.roles)

    def require_fresh_login(self, now: datetime) -> None:
        """Raise `ReauthenticationRequired` unless they logged in within fifteen minutes."""
        if now - self.authenticated_at > FRESH_LOGIN:
            raise ReauthenticationRequired

    def require_second_factor(self, mode: TotpMode) -> None:
        """Raise `SecondFactorRequired` if a code is still owed in this session."""
        if mode is TotpMode.OFF or self.second_factor_at is not None:
            return
        if mode is TotpMode.REQUIRED or totp.is_enrolled(self.user_id):
            raise SecondFactorRequired


@dataclass(frozen=True, slots=True)
class StaffSessionView:
    """A session as its owner, or an operator, sees it."""

    id: int
    user_id: int
    display_name: str
    network: str
    created_at: datetime
    last_seen_at: datetime


def log_in(
    external: ExternalIdentity, *, network: str, replaces: str | None, pepper: str, now: datetime
) -> str:
    """Begin a session for a person who has just come back from their provider; its cookie.

    `replaces` is the cookie that the browser brought: whatever it was, it is good no more (session
    fixation). Raises `NoStaffRole`, and then leaves nothing behind, not even an account.
    """
    with transaction():
        user_id = accounts.sign_in(external, pepper=pepper, now=now).user_id
        return begin(user_id, network=network, replaces=replaces, now=now)


def accept_invitation(
    token: str,
    external: ExternalIdentity,
    *,
    network: str,
    replaces: str | None,
    pepper: str,
    now: datetime,
) -> str:
    """Use an invitation up for a person who has just come back from their provider, and begin
    their session; its cookie. Raises `NotFound` and `Gone`."""
    with transaction():
        user_id = staff.accept(token, external, pepper=pepper, now=now)
        return begin(user_id, network=network, replaces=replaces, now=now)


def begin(user_id: int, *, network: str, replaces: str | None, now: datetime) -> str:
    """Begin a session for an account; its cookie. Raises `NoStaffRole`."""
    if not staff.roles_of(user_id):
        raise NoStaffRole
    token = tokens.make()
    with transaction() as session:
        if replaces is not None:
            session.execute(
                delete(StaffSession).where(StaffSession.token_hash == tokens.digest(replaces))
            )
        session.add(
            StaffSession(
                id=new_id(now),
                token_hash=tokens.digest(token),
                user_id=user_id,
                network=network,
                created_at=now,
                last_seen_at=now,
                expires_at=now + ABSOLUTE_LIFE,
                authenticated_at=now,
            )
        )
        _audit(AuditAction.STAFF_LOGGED_IN, user_id, now=now)
    log.info("staff_logged_in", user_id=user_id)
    return token


def authenticate(token: str, *, now: datetime) -> StaffMember:
    """Whose session this cookie is. Raises `Unauthenticated`, and `NoStaffRole` for somebody whose
    last role was taken away, whose session then ends."""
    with reading() as connection:
        row = connection.execute(
            select(StaffSession.__table__, User.display_name)
            .join(User, User.id == StaffSession.user_id)
            .where(StaffSession.token_hash == tokens.digest(token))
        ).one_or_none()
    if row is None:
        raise Unauthenticated
    if row.expires_at <= now or row.last_seen_at + IDLE_LIFE <= now:
        _delete(row.id)
        raise Unauthenticated
    roles = staff.roles_of(row.user_id)
    if not roles:
        _delete(row.id)
        raise NoStaffRole
    if now - row.last_seen_at >= NOTED_EVERY:
        with transaction() as session:
            session.execute(
                update(StaffSession).where(StaffSession.id == row.id).values(last_seen_at=now)
            )
    return _member(row, roles)


def pass_second_factor(member: StaffMember, code: str, *, pepper: str, now: datetime) -> None:
    """Take a code of the member's second factor, which counts as logging in afresh.

    Raises `InvalidRequest` for a wrong one.
    """
    with transaction():
        totp.check(member.user_id, code, pepper=pepper, now=now)
        _note_second_factor(member, now=now)


def add_second_factor(member: StaffMember, code: str, *, pepper: str, now: datetime) -> None:
    """Put the member's new second factor into use with its first code. Raises `InvalidRequest`."""
    with transaction():
        totp.confirm(member.user_id, code, pepper=pepper, now=now)
        _note_second_factor(member, now=now)


def log_out(member: StaffMember, *, now: datetime) -> None:
    """End the member's own session."""
    with transaction():
        _delete(member.session_id)
        _audit(AuditAction.STAFF_LOGGED_OUT, member.user_id, now=now)


def end(member: StaffMember, session_id: int, *, now: datetime) -> None:
    """End another session of the member's own. Raises `NotFound`."""
    with transaction() as session:
        ended = session.scalar(
            delete(StaffSession)
            .where(StaffSession.id == session_id, StaffSession.user_id == member.user_id)
            .returning(StaffSession.id)
        )
        if ended is None:
            raise NotFound
        _audit(AuditAction.STAFF_SESSION_ENDED, member.user_id, now=now)


def end_all(*, user_id: int | None, now: datetime) -> int:
    """End all sessions, or one person's; how many there were. For operators."""
    with transaction() as session:
        whose = StaffSession.user_id == user_id if user_id is not None else StaffSession.id > 0
        owners = session.scalars(
            delete(StaffSession).where(whose).returning(StaffSession.user_id)
        ).all()
        for owner in sorted(set(owners)):
            _audit(AuditAction.STAFF_SESSION_ENDED, owner, now=now, actor=audit.OPERATOR)
    return len(owners)


def list_sessions(*, user_id: int | None, now: datetime) -> tuple[StaffSessionView, ...]:
    """The sessions that are not over, of one person or of all, the newest first."""
    query = (
        select(
            StaffSession.id,
            StaffSession.user_id,
            User.display_name,
            StaffSession.network,
            StaffSession.created_at,
            StaffSession.last_seen_at,
        )
        .join(User, User.id == StaffSession.user_id)
        .where(StaffSession.expires_at > now, StaffSession.last_seen_at > now - IDLE_LIFE)
        .order_by(StaffSession.id.desc())
    )
    if user_id is not None:
        query = query.where(StaffSession.user_id == user_id)
    with reading() as connection:
        return tuple(StaffSessionView(*row) for row in connection.execute(query))


def _member(row: AnyRow, roles: tuple[RoleView, ...]) -> StaffMember:
    return StaffMember(
        user_id=row.user_id,
        display_name=row.display_name,
        session_id=row.id,
        token_hash=row.token_hash,
        roles=roles,
        authenticated_at=row.authenticated_at,
        second_factor_at=row.second_factor_at,
    )


def _note_second_factor(member: StaffMember, *, now: datetime) -> None:
    db.session.execute(
        update(StaffSession)
        .where(StaffSession.id == member.session_id)
        .values(second_factor_at=now, authenticated_at=now)
    )


def _delete(session_id: int) -> None:
    with transaction() as session:
        session.execute(delete(StaffSession).where(StaffSession.id == session_id))


def _audit(action: AuditAction, user_id: int, *, now: datetime, actor: str | None = None) -> None:
    target = audit.user(user_id)
    audit.record(action, actor=actor or target, target=target, now=now)
