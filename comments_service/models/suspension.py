"""A person who may not write, with or without an end. In force at the next write."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Suspension(Base):
    __tablename__ = "suspension"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    # None: on every site.
    site_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("site.id"))
    reason: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime]
    until: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    # Who suspended and who lifted it; None: an operator.
    created_by: Mapped[int | None] = mapped_column(BigInt)
    lifted_by: Mapped[int | None] = mapped_column(BigInt)
    # For colleagues.
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (Index("suspension_user", "user_id"),)
