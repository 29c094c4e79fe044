"""A second moderator's blind answer about a comment that one has decided: how far they agree."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Rejudgement(Base):
    """Changes nothing about the comment."""

    __tablename__ = "rejudgement"

    decision_id: Mapped[int] = mapped_column(BigInt, ForeignKey("decision.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"))
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    would_publish: Mapped[bool]
    created_at: Mapped[datetime]

    __table_args__ = (Index("rejudgement_site", "site_id", "decision_id"),)
