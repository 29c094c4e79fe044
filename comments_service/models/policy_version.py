"""A numbered, immutable Standards Board Policy of a site; one is in force."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class PolicyStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class PolicyVersion(Base):
    """The one in force is the published one with the greatest `version`."""

    __tablename__ = "policy_version"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    # The document as it was written (YAML or JSON): what a verdict is explained by.
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(String(500))
    # `user:<id>` or `service:<id>`; None: an operator, or before this was noted.
    created_by: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    __table_args__ = (Index("policy_version_number", "site_id", "version", unique=True),)
