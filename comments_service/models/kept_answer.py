"""The first answer to a request that carried an `Idempotency-Key`, kept for a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base


class KeptAnswer(Base):
    __tablename__ = "kept_answer"

    # SHA-256 over actor, method, path and key.
    scope_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    headers: Mapped[dict[str, str]]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]

    __table_args__ = (Index("kept_answer_age", "created_at"),)
