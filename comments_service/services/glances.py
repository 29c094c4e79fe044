"""Glances: who of the moderators has which comment before them, so that two do not read the same.

A glance holds nothing back: whoever decides first has decided.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite

from comments_service.errors import NotFound
from comments_service.models import Comment, Glance, db
from comments_service.services.actor import Actor
from comments_service.services.transaction import transaction

LASTS = timedelta(seconds=60)


def note(actor: Actor, comment_id: int, *, now: datetime) -> None:
    """The actor looks at a comment; where a colleague does already, theirs stands.

    Raises `NotFound`, also for another site's.
    """
    with transaction() as session:
        site_id = session.execute(select(Comment.site_id).where(Comment.id == comment_id)).scalar()
        if site_id is None or not actor.reaches(site_id):
            raise NotFound
        on_postgresql = db.engine.dialect.name == "postgresql"
        insert = postgresql.insert if on_postgresql else sqlite.insert
        values = {"user_id": actor.user_id, "until": now + LASTS}
        session.execute(
            insert(Glance)
            .values(comment_id=comment_id, **values)
            .on_conflict_do_update(
                index_elements=["comment_id"],
                set_=values,
                where=or_(Glance.user_id == actor.user_id, Glance.until <= now),
            )
        )
