"""An event on its way to a webhook."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


PENDING = text("status = 'pending'")


class Delivery(Base):
    """A worker holds a delivery until `held_until`; whoever writes with another `claim` has lost
    it. Those of one webhook and article leave in the order of their `position`, the event's; a
    test has neither event nor article."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    webhook_id: Mapped[int] = mapped_column(BigInt, ForeignKey("webhook.id"))
    event_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("event.id"))
    article_id: Mapped[int | None] = mapped_column(BigInt)
    position: Mapped[int] = mapped_column(BigInt)
    status: Mapped[str] = mapped_column(String(16))
    # How often it was tried since it was asked for, or asked for again.
    tries: Mapped[int]
    next_at: Mapped[datetime]
    claim: Mapped[int | None] = mapped_column(BigInt)
    held_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("status in ('pending', 'delivered', 'dead')", name="status"),
        Index("delivery_webhook", "webhook_id", "id"),
        Index("delivery_event", "event_id", "webhook_id", unique=True),
        Index("delivery_due", "next_at", sqlite_where=PENDING, postgresql_where=PENDING),
        Index(
            "delivery_order",
            "webhook_id",
            "article_id",
            "position",
            sqlite_where=PENDING,
            postgresql_where=PENDING,
        ),
        Index("delivery_claim", "claim"),
        Index("delivery_ended", "ended_at"),
    )
