"""Webhooks: where publishers' services want to be told of events; deliveries are in
`deliveries.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from comments_service.errors import FieldError, InvalidRequest, NotFound
from comments_service.models import Delivery, DeliveryAttempt, DeliveryStatus, Site, Webhook, db
from comments_service.services import audit, sites
from comments_service.services.actor import Actor
from comments_service.services.audit import AuditAction
from comments_service.services.events import EventType
from comments_service.services.ids import new_id
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading, transaction
from comments_service.webhooks.sending import Sender

OVERLAP = timedelta(hours=24)
"""How long the secret before signs as well, after a rotation."""

ENABLED, DISABLED, GONE = "enabled", "disabled", "gone"


@dataclass(frozen=True, slots=True)
class WebhookView:
    """An endpoint. `status` is `gone` after its receiver answered 410."""

    id: int
    site: str
    site_id: int
    url: str
    events: tuple[EventType, ...]
    status: str
    generation: int
    previous_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookPage:
    """Some endpoints, oldest first; `next` is the id to go on from, or None."""

    items: tuple[WebhookView, ...]
    next: int | None


def create(
    actor: Actor,
    *,
    site: str,
    url: str,
    events: Iterable[EventType],
    sender: Sender,
    now: datetime,
) -> WebhookView:
    """Register an endpoint for these types of events.

    Raises `UnknownSite`, `NotFound`, and `InvalidRequest` for an address that nothing may be
    sent to.
    """
    of = sites.run_by(actor, site)
    _check(url, sender)
    with transaction() as session:
        row = Webhook(
            id=new_id(now),
            site_id=of.id,
            url=url,
            events=_each_once(events),
            status=ENABLED,
            generation=1,
            created_at=now,
        )
        session.add(row)
        session.flush()
        _record(AuditAction.WEBHOOK_CREATED, actor, row, now=now)
        return _view(row, of.key)


def page(actor: Actor, *, site: str | None, limit: int, after: int = 0) -> WebhookPage:
    """The endpoints of a site, or of all that the actor may know of. Raises `UnknownSite`,
    `NotFound`."""
    site_ids = actor.site_ids if site is None else {sites.run_by(actor, site).id}
    query = (
        select(Webhook.__table__, Site.key.label("site_key"))
        .join_from(Webhook, Site, Site.id == Webhook.site_id)
        .where(Webhook.id > after)
        .order_by(Webhook.id)
        .limit(limit + 1)
    )
    if site_ids is not None:
        query = query.where(Webhook.site_id.in_(site_ids))
    with reading() as connection:
        rows = connection.execute(query).all()
    items = tuple(_view(row, row.site_key) for row in rows[:limit])
    return WebhookPage(items, items[-1].id if len(rows) > limit else None)


def get(actor: Actor, webhook_id: int) -> WebhookView:
    """The endpoint with this id. Raises `NotFound`."""
    query = (
        select(Webhook.__table__, Site.key.label("site_key"))
        .join_from(Webhook, Site, Site.id == Webhook.site_id)
        .where(Webhook.id == webhook_id)
    )
    with reading() as connection:
        row = connection.execute(query).first()
    if row is None or not actor.reaches(row.site_id):
        raise NotFound
    return _view(row, row.site_key)


def change(
    actor: Actor,
    webhook_id: int,
    *,
    url: str | None,
    events: Collection[EventType] | None,
    enabled: bool | None,
    sender: Sender,
    now: datetime,
) -> WebhookView:
    """Change what is not None. What waits for an endpoint that is switched off becomes dead
    letters. Raises `NotFound`, `InvalidRequest`."""
    if url is not None:
        _check(url, sender)
    with transaction():
        row, key = _locked(actor, webhook_id)
        row.url = row.url if url is None else url
        row.events = row.events if events is None else _each_once(events)
        if enabled is not None:
            row.status = ENABLED if enabled else DISABLED
        if row.status != ENABLED:
            give_up_waiting(row.id, now=now)
        _record(AuditAction.WEBHOOK_CHANGED, actor, row, now=now)
        return _view(row, key)


def rotate(actor: Actor, webhook_id: int, *, now: datetime) -> WebhookView:
    """Give an endpoint its next secret; the one before signs as well for `OVERLAP`. Raises
    `NotFound`."""
    with transaction():
        row, key = _locked(actor, webhook_id)
        row.generation += 1
        row.previous_until = now + OVERLAP
        _record(AuditAction.WEBHOOK_ROTATED, actor, row, now=now)
        return _view(row, key)


def remove(actor: Actor, webhook_id: int, *, now: datetime) -> None:
    """Forget an endpoint with all that was or is to be delivered to it. Raises `NotFound`."""
    with transaction() as session:
        row, _ = _locked(actor, webhook_id)
        own = select(Delivery.id).where(Delivery.webhook_id == row.id)
        session.execute(delete(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(own)))
        session.execute(delete(Delivery).where(Delivery.webhook_id == row.id))
        _record(AuditAction.WEBHOOK_REMOVED, actor, row, now=now)
        session.delete(row)


def signing(row: WebhookView | AnyRow, *, now: datetime) -> tuple[int, ...]:
    """The generations whose secrets sign now, the newest first."""
    if row.previous_until is not None and now < row.previous_until:
        return (row.generation, row.generation - 1)
    return (row.generation,)


def give_up_waiting(webhook_id: int, *, now: datetime) -> None:
    """In the open transaction, make dead letters of what waits for an endpoint."""
    db.session.execute(
        update(Delivery)
        .where(Delivery.webhook_id == webhook_id, Delivery.status == DeliveryStatus.PENDING)
        .values(status=DeliveryStatus.DEAD, ended_at=now, claim=None, held_until=None)
        .execution_options(synchronize_session=False)
    )


def _locked(actor: Actor, webhook_id: int) -> tuple[Webhook, str]:
    row = db.session.get(Webhook, webhook_id, with_for_update=True)
    if row is None or not actor.reaches(row.site_id):
        raise NotFound
    return row, sites.by_id(row.site_id).key


def _check(url: str, sender: Sender) -> None:
    if sender.refuses(url):
        wrong = FieldError(
            "/url",
            "Must be an https address on the public internet.",
            ko="공개 인터넷의 https 주소여야 합니다.",
        )
        raise InvalidRequest(errors=(wrong,))


def _each_once(events: Iterable[EventType]) -> list[str]:
    """In the order they were named in."""
    return list(dict.fromkeys(event.value for event in events))


def _record(action: AuditAction, actor: Actor, row: Webhook, *, now: datetime) -> None:
    audit.record(
        action,
        actor=actor.key,
        target=f"webhook:{row.id}",
        site_id=row.site_id,
        after={"events": row.events, "status": row.status, "generation": row.generation},
        now=now,
    )


def _view(row: Webhook | AnyRow, site: str) -> WebhookView:
    return WebhookView(
        id=row.id,
        site=site,
        site_id=row.site_id,
        url=row.url,
        events=tuple(EventType(event) for event in row.events),
        status=row.status,
        generation=row.generation,
        previous_until=row.previous_until,
        created_at=row.created_at,
    )
