"""A publisher's signed login that has been exchanged: none is good twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class UsedAssertion(Base):
    """`jti_hash` is remembered until `expires_at`, when the assertion itself has ended."""

    __tablename__ = "used_assertion"

    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"), primary_key=True)
    jti_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime]

    __table_args__ = (Index("used_assertion_expiry", "expires_at"),)
