"""Staff: who may moderate or administer, on which sites; invitations to it.

A role belongs to an account and is read at every request, so that taking it away works at once.
It is never granted by handle, which somebody else may get tomorrow, but by a provider's subject
or through an invitation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from comments_service.errors import Gone, InsufficientScope, LastAdmin, NotFound
from comments_service.identity.provider import ExternalIdentity
from comments_service.models import (
    Identity,
    Role,
    Site,
    StaffInvitation,
    StaffRole,
    StaffSession,
    User,
    db,
)
from comments_service.services import accounts, audit, identities, sites, tokens, totp
from comments_service.services.actor import Actor
from comments_service.services.audit import OPERATOR, AuditAction
from comments_service.services.identities import IdentityKey
from comments_service.services.ids import new_id
from comments_service.services.roles import RoleView
from comments_service.services.transaction import reading, transaction
from comments_service.services.views import EVERY_SITE

INVITATION_LIFE = timedelta(hours=24)

__all__ = ["Role", "RoleView"]  # for the edge, which sees no tables


@dataclass(frozen=True, slots=True)
class StaffView:
    """One of the staff, with the roles in force and the identities they log in with."""

    user_id: int
    display_name: str
    roles: tuple[RoleView, ...]
    identities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InvitationView:
    """What an invitation gives."""

    role: Role
    site: str | None
    expires_at: datetime


def roles_of(user_id: int) -> tuple[RoleView, ...]:
    """The roles that an account has now; none once it is deleted."""
    query = (
        select(StaffRole.role, StaffRole.site_id, Site.key)
        .join(User, User.id == StaffRole.user_id)
        .outerjoin(Site, Site.id == StaffRole.site_id)
        .where(
            StaffRole.user_id == user_id,
            StaffRole.revoked_at.is_(None),
            User.deleted_at.is_(None),
        )
        .order_by(StaffRole.id)
    )
    with reading() as connection:
        rows = connection.execute(query).all()
    return tuple(RoleView(Role(row.role), row.site_id, row.key) for row in rows)


def everybody() -> tuple[StaffView, ...]:
    """All who have a role, the longest-serving first."""
    serving = (
        select(User.id, User.display_name)
        .join(StaffRole, StaffRole.user_id == User.id)
        .where(StaffRole.revoked_at.is_(None), User.deleted_at.is_(None))
        .group_by(User.id, User.display_name)
        .order_by(User.id)
    )
    with reading() as connection:
        return tuple(
            StaffView(
                user_id=row.id,
                display_name=row.display_name,
                roles=roles_of(row.id),
                identities=_identities_of(row.id),
            )
            for row in connection.execute(serving).all()
        )


def grant(
    key: IdentityKey, role: Role, *, site: str | None, pepper: str, now: datetime
) -> StaffView:
    """Give a role to the account of an identity, which may log in here for the first time later.

    Doing it again is no error. Raises `UnknownSite`.
    """
    site_id = None if site is None else sites.get(site).id
    with transaction():
        user_id = _account_of(key, pepper=pepper, now=now)
        add_role(user_id, role, site_id=site_id, granted_by=None, now=now)
        display_name = accounts.display_name(user_id)
        return StaffView(user_id, display_name, roles_of(user_id), _identities_of(user_id))


def add_role(
    user_id: int,
    role: Role,
    *,
    site_id: int | None,
    granted_by: int | None,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Give an account a role in the open transaction; `granted_by` None: an operator.

    Its sessions end, so that the next has a new id (session fixation).
    """
    if any(given.role is role and given.site_id == site_id for given in roles_of(user_id)):
        return
    db.session.add(
        StaffRole(
            id=new_id(now),
            user_id=user_id,
            site_id=site_id,
            role=role,
            granted_by=granted_by,
            granted_at=now,
        )
    )
    db.session.flush()
    _end_sessions(user_id)
    _show_badge(user_id, roles_of(user_id))
    audit.record(
        AuditAction.STAFF_ROLE_GRANTED,
        actor=OPERATOR if granted_by is None else audit.user(granted_by),
        target=audit.user(user_id),
        site_id=site_id,
        reason=reason,
        after={"role": role.value},
        now=now,
    )


def revoke(
    user_id: int,
    *,
    role: Role | None,
    site: str | None,
    now: datetime,
    force: bool = False,
) -> tuple[RoleView, ...]:
    """Take roles from an account: those of the kind and the site given, all unless said.

    In force at the next request. The second factor goes with the last role, so that somebody who
    lost it can be let in anew. Returns what was taken. Raises `NotFound` where there is nothing
    to take, `UnknownSite`, and, unless `force`, `LastAdmin`.
    """
    site_id = None if site is None else sites.get(site).id
    with transaction():
        taken = [
            view
            for view in roles_of(user_id)
            if role in {None, view.role} and (site is None or view.site_id == site_id)
        ]
        if not taken:
            raise NotFound
        if not force:
            _refuse_last_admin(user_id, taken)
        _show_badge(user_id, [view for view in roles_of(user_id) if view not in taken])
        for view in taken:
            _take(user_id, view, actor=OPERATOR, now=now)
        if roles_of(user_id):
            _end_sessions(user_id)
        else:
            totp.remove(user_id, actor=OPERATOR, now=now)
    return tuple(taken)


def set_roles(
    actor: Actor, user_id: int, *, site_id: int, roles: Collection[Role], now: datetime
) -> tuple[RoleView, ...]:
    """Give a person these roles on a site and no others; those they then have there.

    Raises `InsufficientScope` unless the actor administers the site, `NotFound` for an account
    that is gone, `LastAdmin`.
    """
    if not actor.may(Role.ADMIN, site_id=site_id):
        raise InsufficientScope
    with transaction() as session:
        user = session.get(User, user_id)
        if user is None or user.deleted_at is not None:
            raise NotFound
        given = [view for view in roles_of(user_id) if view.site_id == site_id]
        taken = [view for view in given if view.role not in roles]
        _refuse_last_admin(user_id, taken)
        _show_badge(user_id, [view for view in roles_of(user_id) if view not in taken])
        for view in taken:
            _take(user_id, view, actor=actor.key, now=now)
        for role in sorted(set(roles)):
            add_role(user_id, role, site_id=site_id, granted_by=actor.user_id, now=now)
        left = roles_of(user_id)
        if taken and left:
            _end_sessions(user_id)
        elif taken:
            totp.remove(user_id, actor=actor.key, now=now)
        return tuple(view for view in left if view.site_id == site_id)


def _take(user_id: int, view: RoleView, *, actor: str, now: datetime) -> None:
    """Take a role in the open transaction."""
    db.session.execute(
        update(StaffRole)
        .where(
            StaffRole.user_id == user_id,
            StaffRole.role == view.role,
            StaffRole.site_id.is_not_distinct_from(view.site_id),
            StaffRole.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    audit.record(
        AuditAction.STAFF_ROLE_REVOKED,
        actor=actor,
        target=audit.user(user_id),
        site_id=view.site_id,
        before={"role": view.role.value},
        now=now,
    )


def invite(
    role: Role, *, site: str | None, now: datetime, life: timedelta = INVITATION_LIFE
) -> str:
    """Make an invitation and return its token, of which only the hash is kept.

    Raises `UnknownSite`.
    """
    site_id = None if site is None else sites.get(site).id
    token = tokens.make()
    with transaction() as session:
        invitation = StaffInvitation(
            id=new_id(now),
            token_hash=tokens.digest(token),
            site_id=site_id,
            role=role,
            created_at=now,
            expires_at=now + life,
        )
        session.add(invitation)
        audit.record(
            AuditAction.STAFF_INVITED,
            actor=OPERATOR,
            target=f"invitation:{invitation.id}",
            site_id=site_id,
            after={"role": role.value},
            now=now,
        )
    return token


def invitation(token: str, *, now: datetime) -> InvitationView:
    """What an invitation gives, without using it up: mail scanners look at every address.

    Raises `NotFound`, and `Gone` where it was accepted before or has expired.
    """
    query = (
        select(
            StaffInvitation.role,
            StaffInvitation.expires_at,
            StaffInvitation.accepted_at,
            Site.key,
        )
        .outerjoin(Site, Site.id == StaffInvitation.site_id)
        .where(StaffInvitation.token_hash == tokens.digest(token))
    )
    with reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound
    if row.accepted_at is not None or row.expires_at <= now:
        raise Gone
    return InvitationView(Role(row.role), row.key, row.expires_at)


def accept(token: str, external: ExternalIdentity, *, pepper: str, now: datetime) -> int:
    """Use an invitation up for a person who has just logged in, and return their account's id.

    Raises `NotFound` and `Gone` as `invitation` does; of two at once, one gets the role.
    """
    with transaction() as session:
        invitation(token, now=now)
        taken = session.execute(
            update(StaffInvitation)
            .where(
                StaffInvitation.token_hash == tokens.digest(token),
                StaffInvitation.accepted_at.is_(None),
            )
            .values(accepted_at=now)
            .returning(StaffInvitation.id, StaffInvitation.role, StaffInvitation.site_id)
        ).one_or_none()
        if taken is None:
            raise Gone
        user_id = accounts.sign_in(external, pepper=pepper, now=now).user_id
        add_role(
            user_id,
            Role(taken.role),
            site_id=taken.site_id,
            granted_by=None,
            reason=f"invitation:{taken.id}",
            now=now,
        )
        return user_id


def _account_of(key: IdentityKey, *, pepper: str, now: datetime) -> int:
    """The account of an identity, made without a name where it has never logged in."""
    identity = identities.find(key)
    if identity is not None:
        return identity.user_id
    unseen = ExternalIdentity(
        provider=key.provider,
        client_app=key.client_app,
        subject=key.subject,
        name="",
        handle=None,
        avatar_url=None,
    )
    return accounts.sign_in(unseen, pepper=pepper, now=now).user_id


def _refuse_last_admin(user_id: int, taken: Iterable[RoleView]) -> None:
    """Raise `LastAdmin` if nobody else could administer what these roles do.

    The rows stay locked, so that two admins cannot take each other's role at once.
    """
    for view in taken:
        if view.role is not Role.ADMIN:
            continue
        others = (
            select(StaffRole.id)
            .join(User, User.id == StaffRole.user_id)
            .where(
                StaffRole.role == Role.ADMIN,
                StaffRole.revoked_at.is_(None),
                or_(StaffRole.site_id.is_(None), StaffRole.site_id == view.site_id),
                User.deleted_at.is_(None),
            )
            .order_by(StaffRole.id)
            .with_for_update(of=StaffRole)
        )
        admins = db.session.execute(others.add_columns(StaffRole.user_id)).all()
        if all(admin.user_id == user_id for admin in admins):
            raise LastAdmin


def _show_badge(user_id: int, roles: Iterable[RoleView]) -> None:
    """Let the account's comments tell whose staff it is, which its name never does.

    Before anything is written to the audit log: threads are locked here.
    """
    staff_of = sorted({view.site or EVERY_SITE for view in roles})
    user = db.session.get_one(User, user_id)
    if (user.staff_of or []) != staff_of:
        user.staff_of = staff_of or None
        accounts.show_in_threads(user_id)


def _end_sessions(user_id: int) -> None:
    db.session.execute(delete(StaffSession).where(StaffSession.user_id == user_id))


def _identities_of(user_id: int) -> tuple[str, ...]:
    query = (
        select(Identity.provider, Identity.subject)
        .where(Identity.user_id == user_id)
        .order_by(Identity.id)
    )
    with reading() as connection:
        return tuple(f"{row.provider}:{row.subject}" for row in connection.execute(query))
