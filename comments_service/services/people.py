"""People as moderators see them: found by name, with their record, and what colleagues noted.

A moderator knows of those who wrote or logged in on their sites, and of what they did there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    exists,
    func,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute

from comments_service.errors import NotFound
from comments_service.models import (
    Appeal,
    Comment,
    Decision,
    Identity,
    Report,
    Session,
    Status,
    Suspension,
    User,
    UserNote,
)
from comments_service.services import audit, dossiers, former_names, search, staff, suspensions
from comments_service.services.actor import Actor
from comments_service.services.audit import AuditAction
from comments_service.services.dossiers import DecisionView, Person, QueueItem
from comments_service.services.former_names import FormerNameView
from comments_service.services.ids import new_id
from comments_service.services.roles import RoleView
from comments_service.services.suspensions import SuspensionRecord
from comments_service.services.transaction import reading, transaction

RECORD = 1_000
"""So many of somebody's newest comments are counted."""

SUBJECT_SHOWN = 4
"""The end of a provider's subject tells two people of one name apart, and gives nobody away."""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody in a list of people."""

    id: int
    name: str
    provider: str | None
    joined_at: datetime
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class People:
    """Some people, the newest accounts first; `next` is the id to go on below, or None."""

    items: tuple[FoundPerson, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class IdentityEnd:
    """Who somebody is at a provider, as far as a moderator is told."""

    provider: str
    handle: str | None
    subject_end: str


@dataclass(frozen=True, slots=True)
class NoteView:
    id: int
    text: str
    author: Person
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """Reports of somebody's comments and by how many readers; those they made, how many of these
    were answered, and how many of those a moderator agreed with."""

    received: int
    reporters: int
    made: int
    answered: int
    agreed: int


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person's record on the sites of whoever asks."""

    person: FoundPerson
    identities: tuple[IdentityEnd, ...]
    counts: Mapping[Status, int]
    reports: ReportCounts
    appeals: Mapping[str, int]
    decisions: tuple[DecisionView, ...]
    notes: tuple[NoteView, ...]
    suspensions: tuple[SuspensionRecord, ...]
    suspension: SuspensionRecord | None
    roles: tuple[RoleView, ...]
    former_names: tuple[FormerNameView, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """Some of somebody's comments in every status, newest first."""

    items: tuple[QueueItem, ...]
    next: int | None


def find(actor: Actor, q: str | None, *, limit: int, below: int | None = None) -> People:
    """People whose name has words that begin so, or whose handle it is; without `q`, everybody."""
    query = select(
        User.id, User.display_name, User.provider, User.created_at, User.deleted_at
    ).where(_known_to(actor))
    if q is not None and q.strip():
        query = query.where(_is_called(q))
    if below is not None:
        query = query.where(User.id < below)
    with reading() as connection:
        rows = connection.execute(query.order_by(User.id.desc()).limit(limit + 1)).all()
    found = tuple(
        FoundPerson(
            row.id, row.display_name, row.provider, row.created_at, row.deleted_at is not None
        )
        for row in rows[:limit]
    )
    return People(found, found[-1].id if len(rows) > limit else None)


def get(actor: Actor, user_id: int, *, now: datetime) -> PersonView:
    """A person's record. Raises `NotFound`, also for somebody of another site's."""
    with reading() as connection:
        person = _person(connection, actor, user_id)
        past = suspensions.of_user(actor, user_id, now=now)
        wrote = Comment.author_id == user_id
        return PersonView(
            person=person,
            identities=_identities(connection, user_id),
            counts=_counts(connection, actor, user_id),
            reports=_reports(connection, actor, user_id),
            appeals=_appeals(connection, actor, user_id),
            decisions=tuple(
                dossiers.decisions(
                    connection,
                    _on_sites(actor, Decision.site_id)
                    & Decision.comment_id.in_(
                        select(Comment.id).where(wrote).order_by(Comment.id.desc()).limit(RECORD)
                    ),
                    limit=20,
                )[::-1]
            ),
            notes=_notes(connection, actor, user_id),
            suspensions=past,
            suspension=next((each for each in past if each.is_in_force), None),
            roles=tuple(
                role
                for role in staff.roles_of(user_id)
                if role.site_id is None or actor.reaches(role.site_id)
            ),
            former_names=former_names.of(user_id, now=now),
        )


def written(
    actor: Actor, user_id: int, *, limit: int, now: datetime, below: int | None = None
) -> Written:
    """What somebody wrote on the actor's sites. Raises `NotFound`."""
    query = (
        select(Comment.id)
        .where(Comment.author_id == user_id, _on_sites(actor, Comment.site_id))
        .order_by(Comment.id.desc())
        .limit(limit + 1)
    )
    if below is not None:
        query = query.where(Comment.id < below)
    with reading() as connection:
        _person(connection, actor, user_id)
        ids = list(connection.execute(query).scalars())
        items = dossiers.items(connection, ids[:limit], now=now)
    return Written(items, ids[limit - 1] if len(ids) > limit else None)


def note(actor: Actor, user_id: int, text: str, *, now: datetime) -> NoteView:
    """Tell colleagues something of a person. Raises `NotFound`."""
    with transaction() as session:
        _person(session.connection(), actor, user_id)
        known_on = _sites_knowing(session.connection(), actor, user_id)
        row = UserNote(
            id=new_id(now),
            user_id=user_id,
            # Those of several sites, but not of all, note it for the first that knows the person:
            # colleagues elsewhere have nothing to do with it.
            site_id=None if known_on is None else min(known_on),
            author_id=actor.user_id,
            body=text,
            created_at=now,
        )
        session.add(row)
        session.flush()
        author = session.execute(select(User.display_name).where(User.id == actor.user_id))
        view = NoteView(row.id, text, Person(actor.user_id, author.scalar_one()), now)
        audit.record(
            AuditAction.USER_NOTED,
            actor=actor.key,
            target=audit.user(user_id),
            site_id=row.site_id,
            after={"note_id": str(row.id)},
            now=now,
        )
    return view


def require_known(actor: Actor, user_id: int) -> None:
    """Raise `NotFound` unless the actor may know of this person."""
    with reading() as connection:
        _person(connection, actor, user_id)


def _person(connection: Connection, actor: Actor, user_id: int) -> FoundPerson:
    row = connection.execute(
        select(User.id, User.display_name, User.provider, User.created_at, User.deleted_at).where(
            User.id == user_id, _known_to(actor)
        )
    ).first()
    if row is None:
        raise NotFound
    return FoundPerson(
        row.id, row.display_name, row.provider, row.created_at, row.deleted_at is not None
    )


def _known_to(actor: Actor) -> ColumnElement[bool]:
    """Everybody to those of all sites; to others, who wrote, logged in or was suspended there."""
    if actor.site_ids is None:
        return true()
    here = sorted(actor.site_ids)
    return or_(
        exists().where(Comment.author_id == User.id, Comment.site_id.in_(here)),
        exists().where(Session.user_id == User.id, Session.site_id.in_(here)),
        exists().where(Suspension.user_id == User.id, Suspension.site_id.in_(here)),
    )


def _sites_knowing(connection: Connection, actor: Actor, user_id: int) -> set[int] | None:
    """Those of the actor's sites where the person wrote, logged in or was suspended; None for
    somebody of all sites."""
    if actor.site_ids is None:
        return None
    here = sorted(actor.site_ids)
    traces: CompoundSelect[Any] = union(
        select(Comment.site_id).where(Comment.author_id == user_id, Comment.site_id.in_(here)),
        select(Session.site_id).where(Session.user_id == user_id, Session.site_id.in_(here)),
        select(Suspension.site_id).where(
            Suspension.user_id == user_id, Suspension.site_id.in_(here)
        ),
    )
    return set(connection.execute(traces).scalars())


def _on_sites(
    actor: Actor, site_id: InstrumentedAttribute[Any], *, or_everywhere: bool = False
) -> ColumnElement[bool]:
    if actor.site_ids is None:
        return true()
    here = site_id.in_(sorted(actor.site_ids))
    return or_(site_id.is_(None), here) if or_everywhere else here


def _is_called(q: str) -> ColumnElement[bool]:
    called = Identity.handle == q.strip().removeprefix("@")
    by_handle = User.id.in_(select(Identity.user_id).where(called))
    wanted = search.words(q)
    if not wanted:
        return by_handle
    searched = search.source("user_account")
    by_name = select(search.id_of(searched)).where(search.matches(searched, wanted))
    return or_(User.id.in_(by_name), by_handle)


def _identities(connection: Connection, user_id: int) -> tuple[IdentityEnd, ...]:
    query = (
        select(Identity.provider, Identity.handle, Identity.subject)
        .where(Identity.user_id == user_id)
        .order_by(Identity.id)
    )
    return tuple(
        IdentityEnd(row.provider, row.handle, row.subject[-SUBJECT_SHOWN:])
        for row in connection.execute(query)
    )


def _counts(connection: Connection, actor: Actor, user_id: int) -> dict[Status, int]:
    newest = (
        select(Comment.status)
        .where(Comment.author_id == user_id, _on_sites(actor, Comment.site_id))
        .order_by(Comment.id.desc())
        .limit(RECORD)
    )
    return dict(Counter(Status(status) for status in connection.execute(newest).scalars()))


def _reports(connection: Connection, actor: Actor, user_id: int) -> ReportCounts:
    received = connection.execute(
        select(func.count(), func.count(Report.user_id.distinct()))
        .join(Comment, Comment.id == Report.comment_id)
        .where(Comment.author_id == user_id, _on_sites(actor, Comment.site_id))
    ).one()
    made = connection.execute(
        select(
            func.count(),
            func.count(Report.answered_at),
            func.count().filter(Report.agreed.is_(True)),
        )
        .join(Comment, Comment.id == Report.comment_id)
        .where(Report.user_id == user_id, _on_sites(actor, Comment.site_id))
    ).one()
    return ReportCounts(*received, *made)


def _appeals(connection: Connection, actor: Actor, user_id: int) -> dict[str, int]:
    query = (
        select(Appeal.outcome, func.count().label("times"))
        .where(Appeal.user_id == user_id, _on_sites(actor, Appeal.site_id))
        .group_by(Appeal.outcome)
    )
    return {row.outcome or "open": row.times for row in connection.execute(query)}


def _notes(connection: Connection, actor: Actor, user_id: int) -> tuple[NoteView, ...]:
    query = (
        select(
            UserNote.id,
            UserNote.body,
            UserNote.created_at,
            UserNote.author_id,
            User.display_name,
        )
        .join(User, User.id == UserNote.author_id)
        .where(UserNote.user_id == user_id, _on_sites(actor, UserNote.site_id, or_everywhere=True))
        .order_by(UserNote.id.desc())
        .limit(100)
    )
    return tuple(
        NoteView(row.id, row.body, Person(row.author_id, row.display_name), row.created_at)
        for row in connection.execute(query)
    )
