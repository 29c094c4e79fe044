"""A request to forget a person that came from a provider, so that its status can be asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base


class DataDeletion(Base):
    """`code` is made from the subject with the service's key: the same request gives the same
    code, and the row says nothing of whom it is about."""

    __tablename__ = "data_deletion"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
