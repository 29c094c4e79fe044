"""A moderator's second factor: an app that makes one-time codes (RFC 6238)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class StaffTotp(Base):
    __tablename__ = "staff_totp"

    user_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("user_account.id"), primary_key=True, autoincrement=False
    )
    # The key is made of this and the service's secret, so that a copy of the table is not enough.
    seed: Mapped[str] = mapped_column(String(43))
    # The last time step whose code was taken, so that none is taken twice.
    last_step: Mapped[int] = mapped_column(BigInt, default=0)
    created_at: Mapped[datetime]
    # None: shown, but no code has come from it yet.
    confirmed_at: Mapped[datetime | None]
