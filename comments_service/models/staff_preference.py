"""How one of the staff likes their pages; without a row, as they come."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class StaffPreference(Base):
    __tablename__ = "staff_preference"

    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"), primary_key=True)
    # Whether single keys act (WCAG 2.2, 2.1.4).
    has_shortcuts: Mapped[bool]
