"""What a reader is told: somebody answered them, or a moderator decided."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class NotificationKind(StrEnum):
    REPLY = "reply"
    DECISION = "decision"
    REPORT = "report"
    BLIND = "blind"


class Notification(Base):
    """`comment_id` is the reply, the comment decided on or put out of sight, or the one that was
    reported."""

    __tablename__ = "notification"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(16))
    comment_id: Mapped[int] = mapped_column(BigInt, ForeignKey("comment.id"))
    decision_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("decision.id"))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind in ('reply', 'decision', 'report', 'blind')", name="kind"),
        Index("notification_user", "user_id", "site_id", "id"),
        Index(
            "notification_unread",
            "user_id",
            "site_id",
            "id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index("notification_comment", "comment_id"),
        # A reply that is published, held and published again is told of once.
        Index(
            "notification_reply",
            "comment_id",
            "user_id",
            unique=True,
            sqlite_where=text("kind = 'reply'"),
            postgresql_where=text("kind = 'reply'"),
        ),
        Index(
            "notification_decision",
            "decision_id",
            sqlite_where=text("decision_id IS NOT NULL"),
            postgresql_where=text("decision_id IS NOT NULL"),
        ),
    )
