"""Another key under which an article is known: an AMP page, another edition, one merged into it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class ArticleAlias(Base):
    __tablename__ = "article_alias"

    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    article_id: Mapped[int] = mapped_column(BigInt, ForeignKey("article.id"))
    created_at: Mapped[datetime]

    __table_args__ = (Index("article_alias_article", "article_id", "key"),)
