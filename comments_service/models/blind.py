"""A comment out of sight for some weeks, because somebody whom it is about asked for it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt

OPEN = text("resolved_at IS NULL")


class BlindOutcome(StrEnum):
    """How it ended; by itself where nobody resolved it in time."""

    RESTORED = "restored"
    DELETED = "deleted"
    EXPIRED = "expired"


class Blind(Base):
    """Each step has its time. `requester` and the texts are for the desk alone."""

    __tablename__ = "blind"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    comment_id: Mapped[int] = mapped_column(BigInt, ForeignKey("comment.id"))
    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"))
    requester: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))
    # `user:<id>` or `service:<id>`.
    created_by: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    objection: Mapped[str | None] = mapped_column(Text)
    objected_at: Mapped[datetime | None]
    # None as well once it has expired.
    resolved_by: Mapped[str | None] = mapped_column(String(40))
    resolved_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))

    __table_args__ = (
        CheckConstraint("outcome in ('restored', 'deleted', 'expired')", name="outcome"),
        CheckConstraint("(outcome is null) = (resolved_at is null)", name="resolved_has_outcome"),
        CheckConstraint("(objection is null) = (objected_at is null)", name="objection_has_time"),
        # One at a time.
        Index("blind_open", "comment_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("blind_due", "ends_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("blind_site", "site_id", "id"),
        Index("blind_comment", "comment_id", "id"),
    )
