"""A writer's objection to the rejection or removal of their comment; one for each comment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Appeal(Base):
    __tablename__ = "appeal"

    comment_id: Mapped[int] = mapped_column(BigInt, ForeignKey("comment.id"), primary_key=True)
    site_id: Mapped[int | None] = mapped_column(BigInt)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    # `granted` or `upheld`, once somebody who did not decide the comment has judged it.
    outcome: Mapped[str | None] = mapped_column(String(8))
    decided_at: Mapped[datetime | None]
    decision_id: Mapped[int | None] = mapped_column(BigInt)

    __table_args__ = (
        Index("appeal_user", "user_id"),
        Index(
            "appeal_open",
            "site_id",
            "created_at",
            "comment_id",
            sqlite_where=sql("decided_at IS NULL"),
            postgresql_where=sql("decided_at IS NULL"),
        ),
    )
