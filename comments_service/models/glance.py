"""That a moderator is looking at a comment right now; colleagues see it and leave it to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Glance(Base):
    __tablename__ = "glance"

    comment_id: Mapped[int] = mapped_column(BigInt, ForeignKey("comment.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    until: Mapped[datetime]
