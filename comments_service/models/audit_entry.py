"""What people did with power over others: entries are added and never changed.

Each carries the hash of the one before it, so that a change or a gap shows; a trigger of the
database refuses both in the first place.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class AuditEntry(Base):
    __tablename__ = "audit_entry"

    # 1, 2, 3, … without a gap.
    seq: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    # `user:<id>`, `service:<id>` or `operator` (the command line).
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    # `user:<id>`, `comment:<id>`, …
    target: Mapped[str] = mapped_column(String(80))
    # None: not about one site.
    site_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("site.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (
        Index("audit_entry_site", "site_id", "seq"),
        Index("audit_entry_target", "target", "seq"),
    )
