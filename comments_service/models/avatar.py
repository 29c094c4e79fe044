"""A reader's picture, fetched once from the provider and served from here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base


class Avatar(Base):
    __tablename__ = "avatar"

    # SHA-256 of `content`: its name, by which several accounts may share it.
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(16))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
