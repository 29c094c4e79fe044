"""The outbox: what happened, written in the commit that made it happen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Event(Base):
    """`position` is given after the commit, so that a reader of the log who has seen position n
    has seen all before it. Events of one article have ids in the order of their commits."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"))
    article_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("article.id"))
    type: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    position: Mapped[int | None] = mapped_column(BigInt)

    __table_args__ = (
        Index("event_position", "position", unique=True),
        Index("event_log", "site_id", "position"),
        # Deleting an article, as undoing an import does by thousands, looks for its events.
        Index("event_article", "article_id"),
        Index(
            "event_unplaced",
            "id",
            sqlite_where=text("position IS NULL"),
            postgresql_where=text("position IS NULL"),
        ),
    )
