"""What is commented on, with the counters that reads lean on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class ArticleStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    PREMODERATED = "premoderated"


class Article(Base):
    """`version` goes up with every change that a public read of the thread shows; `last_seq` is
    the greatest `seq` given out in it. Both change under this row's lock alone."""

    __tablename__ = "article"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"))
    key: Mapped[str] = mapped_column(String(255))
    url: Mapped[str | None] = mapped_column(String(2048))
    title: Mapped[str | None] = mapped_column(String(500))
    status: Mapped[str] = mapped_column(String(16), default=ArticleStatus.OPEN)
    comment_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(BigInt, default=0)
    last_seq: Mapped[int] = mapped_column(BigInt, default=0)
    pinned_comment_id: Mapped[int | None] = mapped_column(BigInt)
    # So many seconds must lie between two comments of one writer; 0: as they like.
    slow_mode_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    # `{"starts_at", "ends_at", "status"}`: see `services/article_windows.py`.
    windows: Mapped[list[dict[str, Any]] | None]
    # When one of them next begins or ends, until the worker has told of it.
    window_at: Mapped[datetime | None]
    # When the publisher last changed the article, as its CMS says.
    updated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("article_key", "site_id", "key", unique=True),
        Index(
            "article_window",
            "window_at",
            sqlite_where=text("window_at IS NOT NULL"),
            postgresql_where=text("window_at IS NOT NULL"),
        ),
        CheckConstraint("status in ('open', 'closed', 'premoderated')", name="status"),
        CheckConstraint("comment_count >= 0", name="comment_count"),
        CheckConstraint("slow_mode_seconds >= 0", name="slow_mode_seconds"),
        # Every post updates this row; free room on the page keeps that an in-place update.
        {"postgresql_with": {"fillfactor": 50}},
    )
