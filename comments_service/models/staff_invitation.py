"""A one-time address that gives a role to whoever logs in through it first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class StaffInvitation(Base):
    __tablename__ = "staff_invitation"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    site_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("site.id"))
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("role in ('moderator', 'admin')", name="role"),
        Index("staff_invitation_expiry", "expires_at"),
    )
