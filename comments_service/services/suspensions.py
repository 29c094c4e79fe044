"""Who may not write, and until when. Read at every write, so that it is in force at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, select

from comments_service.errors import AccountSuspended
from comments_service.models import Suspension
from comments_service.services.transaction import looking_up


@dataclass(frozen=True, slots=True)
class SuspensionView:
    """`until` None: until it is lifted."""

    until: datetime | None
    reason: str


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
