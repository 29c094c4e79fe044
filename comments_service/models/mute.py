"""One reader's wish not to see another's comments; the other never learns of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Mute(Base):
    __tablename__ = "mute"

    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"), primary_key=True)
    muted_user_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("user_account.id"), primary_key=True
    )
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("user_id <> muted_user_id", name="not_oneself"),
        Index("mute_muted_user", "muted_user_id"),
    )
