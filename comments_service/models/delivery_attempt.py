"""One try to hand a delivery over, and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class DeliveryAttempt(Base):
    """`status_code` is the receiver's, unless there was no answer: then `failure` says why."""

    __tablename__ = "delivery_attempt"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    delivery_id: Mapped[int] = mapped_column(BigInt, ForeignKey("delivery.id"))
    at: Mapped[datetime]
    milliseconds: Mapped[int]
    status_code: Mapped[int | None]
    failure: Mapped[str | None] = mapped_column(String(32))

    __table_args__ = (Index("delivery_attempt_delivery", "delivery_id", "id"),)
