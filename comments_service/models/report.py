"""One reader's objection to one comment; a second one by the same reader changes nothing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class ReportReason(StrEnum):
    ABUSE = "abuse"
    HATE = "hate"
    OBSCENE = "obscene"
    SPAM = "spam"
    PRIVACY = "privacy"
    FALSE = "false"
    OTHER = "other"


class Report(Base):
    __tablename__ = "report"

    comment_id: Mapped[int] = mapped_column(BigInt, ForeignKey("comment.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    # In hundredths: how much it counts towards holding the comment.
    weight: Mapped[int] = mapped_column(SmallInteger, default=100)
    # When a moderator answered it, whether they agreed, and by which decision.
    answered_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]
    decision_id: Mapped[int | None] = mapped_column(BigInt)

    __table_args__ = (
        CheckConstraint(
            "reason in ('abuse', 'hate', 'obscene', 'spam', 'privacy', 'false', 'other')",
            name="reason",
        ),
        Index("report_user", "user_id"),
        Index(
            "report_answered",
            "user_id",
            "answered_at",
            sqlite_where=text("answered_at IS NOT NULL"),
            postgresql_where=text("answered_at IS NOT NULL"),
        ),
    )
