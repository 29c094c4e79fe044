"""Slow mode: so many seconds between two comments of one writer under one article."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select

from comments_service.errors import SlowMode
from comments_service.models import Comment, StaffRole
from comments_service.services.actor import Actor
from comments_service.services.ids import first_id
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading


def check(actor: Actor, article: AnyRow, *, now: datetime) -> None:
    """Raise `SlowMode` where this writer's last comment under `article` (a row, locked) is too
    young, whatever became of it. The newsdesk's own people and services need not wait."""
    seconds = article.slow_mode_seconds
    if not seconds or actor.is_service:
        return
    wait = timedelta(seconds=seconds)
    last = select(func.max(Comment.created_at)).where(
        Comment.author_id == actor.user_id,
        Comment.id >= first_id(now - wait),  # for the index
        Comment.article_id == article.id,
    )
    is_staff = exists().where(
        StaffRole.user_id == actor.user_id,
        StaffRole.revoked_at.is_(None),
        or_(StaffRole.site_id.is_(None), StaffRole.site_id == article.site_id),
    )
    with reading() as connection:
        row = connection.execute(select(last.scalar_subquery().label("at"), is_staff)).one()
    if row.at is None or row[1] or row.at + wait <= now:
        return
    left = math.ceil((row.at + wait - now).total_seconds())
    raise SlowMode(retry_after=left, seconds=seconds)
