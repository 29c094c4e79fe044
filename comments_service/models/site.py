"""A publisher: its key, its exact origins, what it has switched on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Site(Base):
    __tablename__ = "site"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    # `scheme://host[:port]`, lower case, default port dropped; compared whole, never by pattern.
    origins: Mapped[list[str]]
    # None: every provider that is configured.
    providers: Mapped[list[str] | None]
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    # The newest event of this site that is no longer kept; None: all are.
    events_gone_id: Mapped[int | None] = mapped_column(BigInt)
    events_gone_position: Mapped[int | None] = mapped_column(BigInt)
