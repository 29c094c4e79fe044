"""What somebody was called before, so that a moderator recognises who has a new name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class FormerName(Base):
    __tablename__ = "former_name"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    # The provider that it came from; None for a name chosen here.
    provider: Mapped[str | None] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(50))
    handle: Mapped[str | None] = mapped_column(String(50))
    replaced_at: Mapped[datetime]

    __table_args__ = (
        Index("former_name_user", "user_id", "id"),
        Index("former_name_replaced", "replaced_at"),
    )
