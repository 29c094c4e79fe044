"""A comment, and the indexes that every public read of a thread walks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Status(StrEnum):
    PUBLISHED = "published"
    HELD = "held"
    REJECTED = "rejected"
    REMOVED = "removed"
    DELETED = "deleted"


class Comment(Base):
    """`seq` is the time of writing in microseconds, made unique within the article: every sort and
    cursor uses it and never `id`, for which PostgreSQL would walk the primary key of all
    articles. `visible` is 1 for what a public read shows (published, or a tombstone with
    published replies): a plain integer, so that both databases match the partial indexes."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(BigInt, ForeignKey("article.id"))
    # Its article's; the database puts it in where an insert leaves it out, so it is never None.
    site_id: Mapped[int | None] = mapped_column(BigInt)
    root_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("comment.id"))
    parent_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("comment.id"))
    author_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    seq: Mapped[int] = mapped_column(BigInt)
    body: Mapped[str] = mapped_column(Text)
    lang: Mapped[str | None] = mapped_column(String(2))
    status: Mapped[str] = mapped_column(String(16))
    visible: Mapped[int] = mapped_column(SmallInteger)
    likes: Mapped[int] = mapped_column(default=0)
    dislikes: Mapped[int] = mapped_column(default=0)
    # floor(1e9 × the lower bound of the Wilson interval); 0 without votes.
    score: Mapped[int] = mapped_column(BigInt, default=0)
    # Published comments in a root's list.
    reply_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    # The first report that no moderator has looked at yet.
    reported_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "status in ('published', 'held', 'rejected', 'removed', 'deleted')", name="status"
        ),
        CheckConstraint("visible in (0, 1)", name="visible"),
        CheckConstraint("status <> 'published' or visible = 1", name="published_is_visible"),
        CheckConstraint("(root_id is null) = (parent_id is null)", name="reply_has_root"),
        CheckConstraint("likes >= 0 and dislikes >= 0 and reply_count >= 0", name="counters"),
        Index(
            "comment_thread",
            "article_id",
            "seq",
            sqlite_where=text("root_id IS NULL AND visible = 1"),
            postgresql_where=text("root_id IS NULL AND visible = 1"),
        ),
        Index(
            "comment_thread_popular",
            "article_id",
            "score",
            "seq",
            sqlite_where=text("root_id IS NULL AND visible = 1"),
            postgresql_where=text("root_id IS NULL AND visible = 1"),
        ),
        # Of all replies, not only those that show: deleting a root looks for whatever names it.
        Index(
            "comment_root",
            "root_id",
            "visible",
            "seq",
            sqlite_where=text("root_id IS NOT NULL"),
            postgresql_where=text("root_id IS NOT NULL"),
        ),
        Index(
            "comment_parent",
            "parent_id",
            sqlite_where=text("parent_id IS NOT NULL"),
            postgresql_where=text("parent_id IS NOT NULL"),
        ),
        Index("comment_author", "author_id", "id"),
        Index("comment_seq", "article_id", "seq", unique=True),
        Index("comment_site", "site_id", "status", "id"),
        Index("comment_article", "article_id", "status", "id"),
        Index(
            "comment_reported",
            "site_id",
            "reported_at",
            "id",
            sqlite_where=text("reported_at IS NOT NULL"),
            postgresql_where=text("reported_at IS NOT NULL"),
        ),
        Index(
            "comment_queue",
            "status",
            "id",
            sqlite_where=text("status <> 'published'"),
            postgresql_where=text("status <> 'published'"),
        ),
    )
