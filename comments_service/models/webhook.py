"""Where a publisher's own service wants to be told of events."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Webhook(Base):
    """Secrets are made from the service's own, the id and a `generation`, and kept nowhere. Until
    `previous_until`, that of the generation before signs as well."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"))
    url: Mapped[str] = mapped_column(String(2048))
    events: Mapped[list[str]]
    status: Mapped[str] = mapped_column(String(16))
    generation: Mapped[int]
    previous_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("status in ('enabled', 'disabled', 'gone')", name="status"),
        Index("webhook_site", "site_id", "id"),
    )
