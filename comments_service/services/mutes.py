"""Mutes: authors whom a reader does not want to see. Known to that reader alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from comments_service.errors import FieldError, InvalidRequest, NotFound
from comments_service.models import Mute, User
from comments_service.services import accounts
from comments_service.services.actor import Actor
from comments_service.services.transaction import reading, transaction

SHOWN = 1_000
"""The most mutes that an overlay names."""

_OF = (
    select(Mute.muted_user_id)
    .where(Mute.user_id == bindparam("user_id"))
    .order_by(Mute.muted_user_id)
    .limit(SHOWN)
)
_ONESELF = FieldError("/path/user_id", "Must be somebody else.", ko="본인은 숨길 수 없습니다.")


def add(actor: Actor, user_id: int, *, now: datetime) -> None:
    """Hide `user_id` from the actor; again is no error.

    Raises `NotFound`, `InvalidRequest` for oneself, `AccountSuspended`.
    """
    if user_id == actor.user_id:
        raise InvalidRequest(errors=(_ONESELF,))
    with transaction() as session:
        accounts.refuse_suspended(actor, now=now)
        muted = session.get(User, user_id)
        if muted is None or muted.deleted_at is not None:
            raise NotFound
        session.execute(
            _insert_unless_there(session.get_bind().dialect.name).values(
                user_id=actor.user_id, muted_user_id=user_id, created_at=now
            )
        )


def remove(actor: Actor, user_id: int, *, now: datetime) -> None:
    """Show `user_id` to the actor again; no error where they were never hidden.

    Raises `AccountSuspended`.
    """
    with transaction() as session:
        accounts.refuse_suspended(actor, now=now)
        session.execute(
            delete(Mute).where(Mute.user_id == actor.user_id, Mute.muted_user_id == user_id)
        )


def of(actor: Actor) -> tuple[int, ...]:
    """The users that the actor has muted."""
    with reading() as connection:
        return tuple(connection.execute(_OF, {"user_id": actor.user_id}).scalars())


def _insert_unless_there(dialect: str) -> postgresql.Insert | sqlite.Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(Mute).on_conflict_do_nothing()
