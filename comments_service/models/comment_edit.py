"""A text that its writer has replaced by another, kept for the moderators."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class CommentEdit(Base):
    __tablename__ = "comment_edit"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    comment_id: Mapped[int] = mapped_column(BigInt, ForeignKey("comment.id"))
    # What stood there before.
    body: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime]

    __table_args__ = (Index("comment_edit_comment", "comment_id", "id"),)
