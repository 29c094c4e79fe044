"""What waits, as an operator watches it: bounded, whatever has piled up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from comments_service.models import Comment, Event, Job, JobStatus, Status
from comments_service.services.rows import AnySelect
from comments_service.services.transaction import reading

MOST = 10_000
"""Beyond so many, how many more there are makes no difference to whoever is woken by it."""


@dataclass(frozen=True, slots=True)
class Backlogs:
    """How many wait, at most `MOST`; and for how many seconds the oldest held comment has."""

    held_comments: int
    oldest_held_seconds: float
    unfinished_jobs: int
    unplaced_events: int


def measure(*, now: datetime) -> Backlogs:
    held = select(Comment.id).where(Comment.status == Status.HELD)
    unfinished = select(Job.id).where(Job.status.in_((JobStatus.QUEUED, JobStatus.RUNNING)))
    unplaced = select(Event.id).where(Event.position.is_(None))
    oldest = (
        select(Comment.created_at)
        .where(Comment.status == Status.HELD)
        .order_by(Comment.id)
        .limit(1)
    )
    with reading() as connection:

        def count(query: AnySelect) -> int:
            few = query.limit(MOST).subquery()
            return connection.execute(select(func.count()).select_from(few)).scalar_one()

        since = connection.execute(oldest).scalar()
        return Backlogs(
            held_comments=count(held),
            oldest_held_seconds=(now - since).total_seconds() if since else 0.0,
            unfinished_jobs=count(unfinished),
            unplaced_events=count(unplaced),
        )
