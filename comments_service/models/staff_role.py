"""Who may moderate or administer, on one site or on all, since when and until when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Role(StrEnum):
    MODERATOR = "moderator"
    ADMIN = "admin"


class StaffRole(Base):
    __tablename__ = "staff_role"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    # None: on every site.
    site_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("site.id"))
    role: Mapped[str] = mapped_column(String(16))
    # None: an operator, on the command line.
    granted_by: Mapped[int | None] = mapped_column(BigInt, ForeignKey("user_account.id"))
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("role in ('moderator', 'admin')", name="role"),
        # Each role once. Two indexes, since no NULL equals another.
        Index(
            "staff_role_on_site",
            "user_id",
            "site_id",
            "role",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index(
            "staff_role_everywhere",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("site_id IS NULL AND revoked_at IS NULL"),
            postgresql_where=text("site_id IS NULL AND revoked_at IS NULL"),
        ),
    )
