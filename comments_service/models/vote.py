"""One person's like or dislike of one comment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Vote(Base):
    __tablename__ = "vote"

    comment_id: Mapped[int] = mapped_column(BigInt, ForeignKey("comment.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"), primary_key=True)
    value: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("value in (-1, 1)", name="value"),
        Index("vote_user", "user_id"),
    )
