"""The policy's answer to one text of one comment; an edit is judged again and adds a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Verdict(Base):
    __tablename__ = "verdict"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    comment_id: Mapped[int] = mapped_column(BigInt, ForeignKey("comment.id"))
    policy_version: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(8))
    # Findings with their message in every language; what a public answer shows is chosen later.
    findings: Mapped[list[dict[str, Any]]]
    created_at: Mapped[datetime]

    __table_args__ = (Index("verdict_comment", "comment_id", "id"),)
