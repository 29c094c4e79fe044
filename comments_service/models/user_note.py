"""What moderators of a site tell each other about a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class UserNote(Base):
    __tablename__ = "user_note"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    # None: for the moderators of every site.
    site_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("site.id"))
    author_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    body: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[datetime]

    __table_args__ = (Index("user_note_user", "user_id", "id"),)
