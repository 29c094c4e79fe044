"""Deliveries: events on their way to webhooks, at least once and in order per article.

A worker claims a *run*: what waits for one webhook about one article, oldest first. It commits,
sends one after the other, and records each try; a failure ends the run, so that nothing overtakes.
Whoever dies over a run loses it after `HELD_FOR`, and another sends again what was not recorded.
Start reading at `claim`.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from sqlalchemy import CursorResult, and_, exists, insert, or_, select, update
from sqlalchemy.orm import aliased

from comments_service import metrics
from comments_service.errors import Conflict, NotFound
from comments_service.models import Delivery, DeliveryAttempt, DeliveryStatus, Event, Webhook, db
from comments_service.services import event_log, webhooks
from comments_service.services.actor import Actor
from comments_service.services.event_log import EventView
from comments_service.services.ids import new_id
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading, transaction
from comments_service.services.webhooks import WebhookView
from comments_service.webhooks.sending import Message, Receipt, Sender, body

__all__ = ["DeliveryStatus"]

TEST = "webhook.test"
"""The type of the message that the test button sends."""

HELD_FOR = timedelta(seconds=60)
"""How long after a worker's last sign of life its deliveries are another's to send."""

RUN = 20
"""Deliveries in one run."""

CANDIDATES = 64
PER_WEBHOOK = 4
"""Runs of one webhook at once: one that hangs leaves room for the others."""

BACK_OFF = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""From one try to the next (Standard Webhooks); after the last comes the dead letter."""

JITTER = 0.2
"""By which part a pause is longer or shorter, so that what failed together does not come back
together."""

Render = Callable[[EventView], Mapping[str, Any]]
"""An event as the API shows it; the edge knows how."""

log = structlog.get_logger()
_random = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Run:
    """What one worker has claimed: deliveries of one webhook, in the order they leave."""

    claim: int
    webhook_id: int
    delivery_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AttemptView:
    """A try; `failure` where no answer came."""

    at: datetime
    milliseconds: int
    status_code: int | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery with its tries, oldest first. A test's has no event."""

    id: int
    webhook_id: int
    message_id: str
    event_id: int | None
    type: str
    status: DeliveryStatus
    next_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    attempts: tuple[AttemptView, ...]


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Some deliveries, newest first; `next` is the id to go on from, or None."""

    items: tuple[DeliveryView, ...]
    next: int | None


def claim(
    *, now: datetime, most: int, in_flight: Mapping[int, int] | None = None
) -> tuple[Run, ...]:
    """Take up to `most` runs that are due and nobody's. `in_flight` says how many runs of each
    webhook the caller has taken and not finished."""
    taken = Counter(in_flight or {})
    runs: list[Run] = []
    with transaction():
        for head in _heads(now):
            if len(runs) == most:
                break
            if taken[head.webhook_id] < PER_WEBHOOK:
                taken[head.webhook_id] += 1
                runs.append(_take(head, now=now))
    return tuple(runs)


def _heads(now: datetime) -> list[AnyRow]:
    """What is due, and first of its webhook and article."""
    earlier = aliased(Delivery)
    is_first = ~exists().where(
        earlier.webhook_id == Delivery.webhook_id,
        earlier.article_id == Delivery.article_id,
        earlier.status == DeliveryStatus.PENDING,
        earlier.position < Delivery.position,
    )
    is_free = or_(Delivery.held_until.is_(None), Delivery.held_until < now)
    query = (
        select(Delivery.id, Delivery.webhook_id, Delivery.article_id, Delivery.position)
        .join(Webhook, Webhook.id == Delivery.webhook_id)
        .where(
            Delivery.status == DeliveryStatus.PENDING,
            Delivery.next_at <= now,
            is_free,
            is_first,
            Webhook.status == webhooks.ENABLED,
        )
        .order_by(Delivery.next_at)
        .limit(CANDIDATES)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    return list(db.session.execute(query).all())


def _take(head: AnyRow, *, now: datetime) -> Run:
    ids = [head.id]
    if head.article_id is not None:
        followers = (
            select(Delivery.id, Delivery.held_until)
            .where(
                Delivery.webhook_id == head.webhook_id,
                Delivery.article_id == head.article_id,
                Delivery.status == DeliveryStatus.PENDING,
                Delivery.position > head.position,
            )
            .order_by(Delivery.position)
            .limit(RUN - 1)
            .with_for_update()
        )
        for row in db.session.execute(followers):
            if row.held_until is not None and row.held_until >= now:
                break
            ids.append(row.id)
    run = Run(secrets.randbits(62), head.webhook_id, tuple(ids))
    db.session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids))
        .values(claim=run.claim, held_until=now + HELD_FOR)
        .execution_options(synchronize_session=False)
    )
    return run


def carry_out(run: Run, *, sender: Sender, render: Render, clock: Callable[[], datetime]) -> None:
    """Send a run's deliveries one after the other, until one fails or the run is another's."""
    try:
        for delivery_id in run.delivery_ids:
            message = _message(run, delivery_id, sender=sender, render=render, now=clock())
            if message is None:
                break
            sent_at = clock()
            receipt = sender.send(message, sent_at=sent_at)
            if not _record(run, delivery_id, receipt, sent_at=sent_at, now=clock()):
                break
    finally:
        with transaction():
            _write(Delivery.claim == run.claim, claim=None, held_until=None)


def _message(
    run: Run, delivery_id: int, *, sender: Sender, render: Render, now: datetime
) -> Message | None:
    """What to send, as things are now; None where the delivery is no longer ours to send."""
    query = (
        select(Delivery.event_id, Delivery.created_at, Webhook.__table__)
        .join(Webhook, Webhook.id == Delivery.webhook_id)
        .where(
            Delivery.id == delivery_id,
            Delivery.claim == run.claim,
            Delivery.status == DeliveryStatus.PENDING,
            Webhook.status == webhooks.ENABLED,
        )
    )
    with reading() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    generations = webhooks.signing(row, now=now)
    return Message(
        id=_message_id(delivery_id, row.event_id, run.webhook_id),
        url=row.url,
        secrets=tuple(sender.secret(run.webhook_id, each) for each in generations),
        body=_body(row, render, now=now),
    )


def _body(row: AnyRow, render: Render, *, now: datetime) -> bytes:
    if row.event_id is None:
        told: Mapping[str, Any] = {
            "type": TEST,
            "timestamp": row.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "data": {"webhook_id": str(row.id)},
        }
    else:
        told = render(event_log.read(row.event_id, now=now))
    return body(told["type"], timestamp=told["timestamp"], data=told["data"])


def _message_id(delivery_id: int, event_id: int | None, webhook_id: int) -> str:
    """The same at every try, another for every event and endpoint."""
    return f"msg_{event_id or delivery_id}_{webhook_id}"


def _record(
    run: Run, delivery_id: int, receipt: Receipt, *, sent_at: datetime, now: datetime
) -> bool:
    """Keep what came of a try; whether the run may go on."""
    mine = and_(
        Delivery.id == delivery_id,
        Delivery.claim == run.claim,
        Delivery.status == DeliveryStatus.PENDING,
    )
    with transaction() as session:
        row = session.execute(
            select(Delivery.tries, Delivery.article_id, Delivery.position)
            .where(mine)
            .with_for_update()
        ).first()
        if row is None:
            return False
        session.execute(
            insert(DeliveryAttempt).values(
                id=new_id(now),
                delivery_id=delivery_id,
                at=sent_at,
                milliseconds=receipt.milliseconds,
                status_code=receipt.status_code,
                failure=receipt.failure,
            )
        )
        tries = row.tries + 1
        ended = {"tries": tries, "ended_at": now, "claim": None, "held_until": None}
        if receipt.is_received:
            outcome = "delivered"
            _write(mine, status=DeliveryStatus.DELIVERED, **ended)
            _keep_hold(run, row, now=now)
        elif receipt.is_gone or tries > len(BACK_OFF):
            outcome = "gone" if receipt.is_gone else "dead"
            _write(mine, status=DeliveryStatus.DEAD, **ended)
            if receipt.is_gone:
                _switch_off(run.webhook_id, now=now)
        else:
            outcome = "failed"
            _put_off(mine, run, row, until=now + _pause(tries), tries=tries)
    _tell(outcome, run, receipt)
    return receipt.is_received


def _keep_hold(run: Run, row: AnyRow, *, now: datetime) -> None:
    """Show a sign of life. What had to wait behind a delivery that failed is due again."""
    _write(Delivery.claim == run.claim, held_until=now + HELD_FOR)
    if row.tries > 0:
        _write(and_(_behind(run, row), Delivery.next_at > now), next_at=now)


def _put_off(mine: Any, run: Run, row: AnyRow, *, until: datetime, tries: int) -> None:
    """Try again later; whatever must not overtake waits as long, so that no claim looks at it."""
    _write(mine, tries=tries, next_at=until, claim=None, held_until=None)
    _write(and_(_behind(run, row), Delivery.next_at < until), next_at=until)


def _behind(run: Run, row: AnyRow) -> Any:
    return and_(
        Delivery.webhook_id == run.webhook_id,
        Delivery.article_id == row.article_id,
        Delivery.status == DeliveryStatus.PENDING,
        Delivery.position > row.position,
    )


def _pause(tries: int) -> timedelta:
    return BACK_OFF[tries - 1] * _random.uniform(1 - JITTER, 1 + JITTER)


def _switch_off(webhook_id: int, *, now: datetime) -> None:
    """The receiver is gone: nothing more is sent until somebody switches it on again."""
    db.session.execute(
        update(Webhook)
        .where(Webhook.id == webhook_id)
        .values(status=webhooks.GONE)
        .execution_options(synchronize_session=False)
    )
    webhooks.give_up_waiting(webhook_id, now=now)


def _write(where: Any, **values: Any) -> int:
    result = db.session.execute(
        update(Delivery).where(where).values(**values).execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", result).rowcount


def _tell(outcome: str, run: Run, receipt: Receipt) -> None:
    metrics.WEBHOOK_TRIES.labels(outcome).inc()
    if outcome != "delivered":
        log.warning(
            "webhook_failed",
            webhook_id=run.webhook_id,
            outcome=outcome,
            status_code=receipt.status_code,
            failure=receipt.failure,
        )


def send_test(actor: Actor, webhook_id: int, *, now: datetime) -> DeliveryView:
    """Send a message of type `webhook.test` to an endpoint. Raises `NotFound`, and `Conflict`
    where it is switched off."""
    with transaction() as session:
        webhook = _switched_on(actor, webhook_id)
        row = Delivery(
            id=new_id(now),
            webhook_id=webhook.id,
            position=0,
            status=DeliveryStatus.PENDING,
            tries=0,
            next_at=now,
            created_at=now,
        )
        session.add(row)
        session.flush()
        return _views([row])[0]


def retry(
    actor: Actor, delivery_id: int, *, webhook_id: int | None = None, now: datetime
) -> DeliveryView:
    """Send a delivery again, with all its tries before it; one that waits is due at once.

    Raises `NotFound`, also for one that is not of `webhook_id`, and `Conflict` where the endpoint
    is switched off.
    """
    with transaction() as session:
        row = session.get(Delivery, delivery_id, with_for_update=True)
        if row is None or webhook_id not in {None, row.webhook_id}:
            raise NotFound
        _switched_on(actor, row.webhook_id)
        row.status, row.tries, row.next_at, row.ended_at = DeliveryStatus.PENDING, 0, now, None
        row.claim = row.held_until = None
        session.flush()
        return _views([row])[0]


def _switched_on(actor: Actor, webhook_id: int) -> WebhookView:
    webhook = webhooks.get(actor, webhook_id)
    if webhook.status != webhooks.ENABLED:
        raise Conflict
    return webhook


def page(
    webhook: WebhookView,
    *,
    limit: int,
    before: int | None = None,
    status: DeliveryStatus | None = None,
) -> DeliveryPage:
    """The deliveries of an endpoint, newest first; the dead letters are those of status `dead`."""
    query = (
        select(Delivery.__table__)
        .where(Delivery.webhook_id == webhook.id)
        .order_by(Delivery.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(Delivery.id < before)
    if status is not None:
        query = query.where(Delivery.status == status)
    with reading() as connection:
        rows = connection.execute(query).all()
    items = _views(rows[:limit])
    return DeliveryPage(items, items[-1].id if len(rows) > limit else None)


def _views(rows: Collection[Delivery | AnyRow]) -> tuple[DeliveryView, ...]:
    ids = [row.id for row in rows]
    of_events = {row.event_id for row in rows if row.event_id is not None}
    tries: dict[int, list[AttemptView]] = {}
    with reading() as connection:
        types = {
            row.id: row.type
            for row in connection.execute(
                select(Event.id, Event.type).where(Event.id.in_(of_events))
            )
        }
        for row in connection.execute(
            select(DeliveryAttempt.__table__)
            .where(DeliveryAttempt.delivery_id.in_(ids))
            .order_by(DeliveryAttempt.id)
        ):
            tried = AttemptView(row.at, row.milliseconds, row.status_code, row.failure)
            tries.setdefault(row.delivery_id, []).append(tried)
    return tuple(
        DeliveryView(
            id=row.id,
            webhook_id=row.webhook_id,
            message_id=_message_id(row.id, row.event_id, row.webhook_id),
            event_id=row.event_id,
            type=TEST if row.event_id is None else types[row.event_id],
            status=DeliveryStatus(row.status),
            next_at=row.next_at if row.status == DeliveryStatus.PENDING else None,
            created_at=row.created_at,
            ended_at=row.ended_at,
            attempts=tuple(tries.get(row.id, ())),
        )
        for row in rows
    )
