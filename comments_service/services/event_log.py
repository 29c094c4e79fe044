"""The log of events: places in it, given after the commit, and pages of it.

An event gets its `position` from whoever comes first, a worker or a reader, one placer at a time.
A position is given only to what has been committed, so whoever has seen position n has seen all
before it. In the same transaction the event goes on its way to the webhooks that want it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from comments_service.errors import EventsGone, FieldError, InvalidRequest
from comments_service.models import (
    Article,
    Comment,
    Delivery,
    DeliveryStatus,
    Event,
    Site,
    Status,
    Verdict,
    Webhook,
    db,
)
from comments_service.policy import Action, Finding, mask
from comments_service.services import articles
from comments_service.services.events import EventType
from comments_service.services.ids import new_id
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading, transaction
from comments_service.services.views import (
    ArticleView,
    CommentView,
    comment_view_alone,
    comments_with_articles,
)

BATCH = 500
PLACING = 0x0EBE_57E2
"""The number of PostgreSQL's lock for placers; SQLite has one writer anyway."""

TOLD = (Status.PUBLISHED, Status.HELD, Status.REJECTED)
"""The comments whose text a service may read: what is removed or deleted has none any more."""


@dataclass(frozen=True, slots=True)
class EventView:
    """What happened, with the comment and the article as they are now; None where it was about
    none, or they are gone."""

    id: int
    type: EventType
    created_at: datetime
    position: int
    data: Mapping[str, Any]
    comment: CommentView | None
    article: ArticleView | None


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, oldest first. `next` is the position to go on from, or None at the end."""

    items: tuple[EventView, ...]
    next: int | None


def place(*, now: datetime) -> int:
    """Give places to at most `BATCH` events that have none, and say how many those were."""
    unplaced = Event.position.is_(None)
    with reading() as connection:
        if connection.execute(select(Event.id).where(unplaced).limit(1)).scalar() is None:
            return 0
    with transaction() as session:
        if db.engine.dialect.name == "postgresql":
            session.execute(select(func.pg_advisory_xact_lock(PLACING)))
        rows = session.execute(
            select(Event.id, Event.site_id, Event.article_id, Event.type)
            .where(unplaced)
            .order_by(Event.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return 0
        last = session.execute(select(func.max(Event.position))).scalar() or 0
        places = {row.id: last + number for number, row in enumerate(rows, start=1)}
        session.execute(
            update(Event),
            [{"id": event_id, "position": place} for event_id, place in places.items()],
        )
        _send_on_their_way(rows, places, now=now)
        return len(rows)


def place_all(*, now: datetime) -> None:
    """Give places to all that have none, for a reader who wants everything up to now."""
    while place(now=now) == BATCH:
        pass


def _send_on_their_way(rows: Sequence[AnyRow], places: Mapping[int, int], *, now: datetime) -> None:
    wanting = db.session.execute(
        select(Webhook.id, Webhook.site_id, Webhook.events).where(
            Webhook.site_id.in_({row.site_id for row in rows}), Webhook.status == "enabled"
        )
    ).all()
    deliveries = [
        {
            "id": new_id(now),
            "webhook_id": webhook.id,
            "event_id": row.id,
            "article_id": row.article_id,
            "position": places[row.id],
            "status": DeliveryStatus.PENDING,
            "tries": 0,
            "next_at": now,
            "created_at": now,
        }
        for row in rows
        for webhook in wanting
        if webhook.site_id == row.site_id and row.type in webhook.events
    ]
    if deliveries:
        db.session.execute(insert(Delivery), deliveries)


def page(
    site_id: int,
    *,
    limit: int,
    after: int | None = None,
    position: int | None = None,
    types: Collection[EventType] = (),
    now: datetime,
) -> EventPage:
    """Events of a site that have a place, after the event `after` or after `position`, or from
    the first that is kept; of these `types`, or of all. A fixed number of queries.

    Raises `EventsGone` where some that came after are no longer kept, and `InvalidRequest` for an
    `after` that is no event of this site.
    """
    with reading() as connection:
        if after is not None:
            position = _position_of(connection, after, site_id)
        if position is not None:
            gone = connection.scalar(select(Site.events_gone_position).where(Site.id == site_id))
            if position < (gone or 0):
                raise EventsGone
        query = (
            select(Event.__table__)
            .where(Event.site_id == site_id, Event.position > (position or 0))
            .order_by(Event.position)
            .limit(limit + 1)
        )
        if types:
            query = query.where(Event.type.in_(set(types)))
        rows = connection.execute(query).all()
    items = _views(rows[:limit], now=now)
    return EventPage(items, items[-1].position if len(rows) > limit else None)


def forget(*, before: datetime, most: int) -> int:
    """Delete the oldest events, none from after `before`, at most so many, and say how many. Each
    site remembers where its log begins from then on.

    It is a beginning of the log that goes, so one that a delivery is still kept of keeps all
    after it too; and the last of all stays, which the next place is counted from.
    """
    last = db.session.scalar(select(func.max(Event.position))) or 0
    rows = db.session.execute(
        select(
            Event.id,
            Event.site_id,
            Event.position,
            Event.created_at,
            exists().where(Delivery.event_id == Event.id).label("is_wanted"),
        )
        .where(Event.position < last)
        .order_by(Event.position)
        .limit(most)
    ).all()
    old = list(takewhile(lambda row: row.created_at <= before and not row.is_wanted, rows))
    for row in {row.site_id: row for row in old}.values():
        begins = {"events_gone_id": row.id, "events_gone_position": row.position}
        db.session.execute(_quietly(update(Site).where(Site.id == row.site_id).values(**begins)))
    for start in range(0, len(old), BATCH):
        ids = [row.id for row in old[start : start + BATCH]]
        db.session.execute(_quietly(delete(Event).where(Event.id.in_(ids))))
    return len(old)


def _quietly(statement: Any) -> Any:
    """A change that no object in the session needs to know of."""
    return statement.execution_options(synchronize_session=False)


def read(event_id: int, *, now: datetime) -> EventView:
    """One event that has a place, as it would be read from the log now."""
    with reading() as connection:
        rows = connection.execute(select(Event.__table__).where(Event.id == event_id)).all()
    return _views(rows, now=now)[0]


def _views(rows: Sequence[AnyRow], *, now: datetime) -> tuple[EventView, ...]:
    comments = _comments({int(row.data["comment_id"]) for row in rows if "comment_id" in row.data})
    about = _articles({row.article_id for row in rows if row.article_id is not None}, now=now)
    return tuple(
        EventView(
            id=row.id,
            type=EventType(row.type),
            created_at=row.created_at,
            position=row.position,
            data=row.data,
            comment=comments.get(int(row.data.get("comment_id", 0))),
            article=about.get(row.article_id),
        )
        for row in rows
    )


def _comments(ids: Collection[int]) -> dict[int, CommentView]:
    """The comments with the text that may be sent on: what was found to be personal data in one
    that is held is masked, as it is before a rejected one is stored."""
    if not ids:
        return {}
    with reading() as connection:
        rows = connection.execute(comments_with_articles().where(Comment.id.in_(ids))).all()
        held = {row.id for row in rows if row.status == Status.HELD}
        verdicts = connection.execute(
            select(Verdict.comment_id, Verdict.findings)
            .where(Verdict.comment_id.in_(held))
            .order_by(Verdict.comment_id, Verdict.id)
        ).all()
    findings = {verdict.comment_id: verdict.findings for verdict in verdicts}
    return {row.id: _told(row, findings.get(row.id, [])) for row in rows}


def _told(row: AnyRow, findings: Sequence[dict[str, Any]]) -> CommentView:
    view = comment_view_alone(row, own=row.status in TOLD)
    if view.body is None or not findings:
        return view
    found = [Finding(**{**each, "action": Action(each["action"])}) for each in findings]
    return replace(view, body=mask(view.body, found))


def _articles(ids: Collection[int], *, now: datetime) -> dict[int, ArticleView]:
    if not ids:
        return {}
    table = Article.__table__
    query = (
        select(table, Site.key.label("site_key"))
        .join_from(table, Site, Site.id == table.c.site_id)
        .where(table.c.id.in_(ids))
    )
    with reading() as connection:
        rows = connection.execute(query).all()
    return {row.id: articles.view(row, site=row.site_key, now=now) for row in rows}


def _position_of(connection: Connection, event_id: int, site_id: int) -> int:
    """The place of an event of this site; of the last that is no longer kept, which whoever has
    seen it missed nothing after."""
    found = connection.scalar(
        select(Event.position).where(Event.id == event_id, Event.site_id == site_id)
    )
    if found is not None:
        return found
    row = connection.execute(
        select(Site.events_gone_id, Site.events_gone_position).where(Site.id == site_id)
    ).one()
    if event_id == row.events_gone_id:
        return int(row.events_gone_position)
    if row.events_gone_id is not None and 0 < event_id < row.events_gone_id:
        raise EventsGone
    raise _unknown_event()


def _unknown_event() -> InvalidRequest:
    wrong = FieldError(
        "/query/after", "Is no event of this site.", ko="이 사이트의 이벤트가 아닙니다."
    )
    return InvalidRequest(errors=(wrong,))
