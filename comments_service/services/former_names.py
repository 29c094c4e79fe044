"""Former names: for ninety days a moderator can see what somebody was called before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from comments_service.models import FormerName, db
from comments_service.services.ids import new_id
from comments_service.services.transaction import reading

KEPT_FOR = timedelta(days=90)
SHOWN = 50


@dataclass(frozen=True, slots=True)
class FormerNameView:
    """A name that was replaced; `provider` None: it was chosen here."""

    provider: str | None
    name: str
    handle: str | None
    replaced_at: datetime


def note(
    user_id: int,
    name: str,
    *,
    now: datetime,
    provider: str | None = None,
    handle: str | None = None,
) -> None:
    """Keep a name that is about to be replaced, in the open transaction."""
    db.session.add(
        FormerName(
            id=new_id(now),
            user_id=user_id,
            provider=provider,
            name=name,
            handle=handle,
            replaced_at=now,
        )
    )


def of(user_id: int, *, now: datetime) -> tuple[FormerNameView, ...]:
    """An account's former names, the last one first."""
    query = (
        select(FormerName.provider, FormerName.name, FormerName.handle, FormerName.replaced_at)
        .where(FormerName.user_id == user_id, FormerName.replaced_at > now - KEPT_FOR)
        .order_by(FormerName.id.desc())
        .limit(SHOWN)
    )
    with reading() as connection:
        return tuple(FormerNameView(*row) for row in connection.execute(query))


def forget(user_id: int, *, provider: str | None = None) -> None:
    """Forget an account's former names, or those of one provider, in the open transaction."""
    statement = delete(FormerName).where(FormerName.user_id == user_id)
    if provider is not None:
        statement = statement.where(FormerName.provider == provider)
    db.session.execute(statement)
