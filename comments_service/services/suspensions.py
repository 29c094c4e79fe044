"""Who may not write, and until when. Read at every write, so that it is in force at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, or_, select, update
from sqlalchemy.orm import aliased

from comments_service.errors import (
    AccountSuspended,
    FieldError,
    InsufficientScope,
    InvalidRequest,
    NotFound,
)
from comments_service.models import Role, Site, StaffRole, Suspension, User, db
from comments_service.services import audit, events
from comments_service.services.actor import Actor
from comments_service.services.audit import AuditAction
from comments_service.services.events import EventType
from comments_service.services.ids import new_id
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import looking_up, reading, transaction


@dataclass(frozen=True, slots=True)
class SuspensionView:
    """`until` None: until it is lifted."""

    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class SuspensionRecord:
    """A suspension as moderators see it; `site` None: on every site. `reason` is what the person
    is told, `note` what colleagues are."""

    id: int
    user_id: int
    site: str | None
    until: datetime | None
    reason: str
    note: str | None
    created_at: datetime
    created_by: str | None
    lifted_at: datetime | None
    lifted_by: str | None
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class NewSuspension:
    """`site_id` None: on every site."""

    user_id: int
    site_id: int | None
    until: datetime | None
    reason: str
    note: str | None = None


_LONGEST = (
    select(Suspension.until, Suspension.reason)
    .where(
        Suspension.user_id == bindparam("user_id"),
        Suspension.lifted_at.is_(None),
        or_(Suspension.site_id.is_(None), Suspension.site_id == bindparam("site_id")),
        or_(Suspension.until.is_(None), Suspension.until > bindparam("now")),
    )
    .order_by(Suspension.until.is_(None).desc(), Suspension.until.desc())
    .limit(1)
)


def current(user_id: int, *, site_id: int, now: datetime) -> SuspensionView | None:
    """The suspension in force that lasts longest, if there is one."""
    values = {"user_id": user_id, "site_id": site_id, "now": now}
    with looking_up() as connection:
        row = connection.execute(_LONGEST, values).first()
    return SuspensionView(row.until, row.reason) if row else None


def check(user_id: int, *, site_id: int, now: datetime) -> None:
    """Raise `AccountSuspended` with `until` and `reason` if the account may not write."""
    found = current(user_id, site_id=site_id, now=now)
    if found is not None:
        raise AccountSuspended(until=found.until, reason=found.reason)


def own_site_of(actor: Actor) -> int | None:
    """The site that an actor who names none means: their only one, or every one (None).

    Raises `InvalidRequest` for somebody of several.
    """
    if actor.site_ids is None:
        return None
    if len(actor.site_ids) > 1:
        several = FieldError(
            "/site", "Say on which site.", ko="어느 사이트에 적용할지 적어 주세요."
        )
        raise InvalidRequest(errors=(several,))
    return min(actor.site_ids)


def suspend(actor: Actor, wanted: NewSuspension, *, now: datetime) -> SuspensionRecord:
    """Suspend a person from their next write on. That the actor may know of them is checked.

    Raises `InvalidRequest` for an end that is past, `NotFound` for an account that is gone or a
    site that is not the actor's, `InsufficientScope` where the person is of the staff there and
    the actor does not administer it.
    """
    if wanted.until is not None and wanted.until <= now:
        past = FieldError("/until", "Must lie in the future.", ko="앞으로의 시각이어야 합니다.")
        raise InvalidRequest(errors=(past,))
    if wanted.site_id is None and actor.site_ids is not None:
        raise NotFound
    if wanted.site_id is not None and not actor.reaches(wanted.site_id):
        raise NotFound
    with transaction() as session:
        user = session.get(User, wanted.user_id)
        if user is None or user.deleted_at is not None:
            raise NotFound
        _check_may_change(actor, wanted.user_id, wanted.site_id)
        row = Suspension(
            id=new_id(now),
            user_id=wanted.user_id,
            site_id=wanted.site_id,
            reason=wanted.reason,
            note=wanted.note,
            until=wanted.until,
            created_at=now,
            created_by=actor.user_id,
        )
        session.add(row)
        session.flush()
        _tell_sites(row, now=now)
        audit.record(
            AuditAction.USER_SUSPENDED,
            actor=actor.key,
            target=audit.user(wanted.user_id),
            site_id=wanted.site_id,
            reason=wanted.reason,
            after={
                "suspension_id": str(row.id),
                "until": None if wanted.until is None else wanted.until.isoformat(),
            },
            now=now,
        )
        return _records(Suspension.id == row.id, now=now)[0]


def lift(actor: Actor, suspension_id: int, *, now: datetime) -> None:
    """End a suspension; again is no error.

    Raises `NotFound`, also for another site's, and `InsufficientScope` where the person is of the
    staff there and the actor does not administer it, or is that person: nobody who was suspended
    lets themselves back in.
    """
    with transaction() as session:
        row = session.get(Suspension, suspension_id)
        if row is None or not _reaches(actor, row.site_id):
            raise NotFound
        _check_may_change(actor, row.user_id, row.site_id)
        if row.user_id == actor.user_id:
            raise InsufficientScope
        if row.lifted_at is not None:
            return
        session.execute(
            update(Suspension)
            .where(Suspension.id == suspension_id)
            .values(lifted_at=now, lifted_by=actor.user_id)
        )
        audit.record(
            AuditAction.SUSPENSION_LIFTED,
            actor=actor.key,
            target=audit.user(row.user_id),
            site_id=row.site_id,
            before={"suspension_id": str(row.id)},
            now=now,
        )


def of_user(actor: Actor, user_id: int, *, now: datetime) -> tuple[SuspensionRecord, ...]:
    """A person's suspensions on the actor's sites and on all, the newest first."""
    which = Suspension.user_id == user_id
    if actor.site_ids is not None:
        here = Suspension.site_id.in_(sorted(actor.site_ids))
        which = which & or_(Suspension.site_id.is_(None), here)
    return _records(which, now=now)


def _reaches(actor: Actor, site_id: int | None) -> bool:
    return actor.site_ids is None if site_id is None else actor.reaches(site_id)


def _check_may_change(actor: Actor, user_id: int, site_id: int | None) -> None:
    """Raise `InsufficientScope` for one of the staff there, unless the actor administers it."""
    if _is_staff(user_id, site_id) and not actor.may(Role.ADMIN, site_id=site_id):
        raise InsufficientScope


def _is_staff(user_id: int, site_id: int | None) -> bool:
    query = select(StaffRole.id).where(StaffRole.user_id == user_id, StaffRole.revoked_at.is_(None))
    if site_id is not None:
        query = query.where(or_(StaffRole.site_id.is_(None), StaffRole.site_id == site_id))
    return db.session.execute(query.limit(1)).first() is not None


def _tell_sites(row: Suspension, *, now: datetime) -> None:
    if row.site_id is not None:
        site_ids = [row.site_id]
    else:
        site_ids = list(db.session.execute(select(Site.id).order_by(Site.id)).scalars())
    for site_id in site_ids:
        events.record(
            EventType.USER_SUSPENDED,
            site_id=site_id,
            data={"user_id": str(row.user_id), "suspension_id": str(row.id)},
            now=now,
        )


def _records(which: ColumnElement[bool], *, now: datetime) -> tuple[SuspensionRecord, ...]:
    maker, lifter = aliased(User), aliased(User)
    query = (
        select(
            Suspension.__table__,
            Site.key.label("site"),
            maker.display_name.label("maker"),
            lifter.display_name.label("lifter"),
        )
        .outerjoin(Site, Site.id == Suspension.site_id)
        .outerjoin(maker, maker.id == Suspension.created_by)
        .outerjoin(lifter, lifter.id == Suspension.lifted_by)
        .where(which)
        .order_by(Suspension.id.desc())
        .limit(100)
    )
    with reading() as connection:
        return tuple(_record(row, now=now) for row in connection.execute(query))


def _record(row: AnyRow, *, now: datetime) -> SuspensionRecord:
    return SuspensionRecord(
        id=row.id,
        user_id=row.user_id,
        site=row.site,
        until=row.until,
        reason=row.reason,
        note=row.note,
        created_at=row.created_at,
        created_by=row.maker,
        lifted_at=row.lifted_at,
        lifted_by=row.lifter,
        is_in_force=row.lifted_at is None and (row.until is None or row.until > now),
    )
