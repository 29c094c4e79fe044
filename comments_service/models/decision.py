"""What a moderator decided about a comment: rows are added and never changed.

What is undone stays, and the undoing is a row of its own.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class DecisionKind(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    REMOVE = "remove"
    RESTORE = "restore"
    UPHOLD = "uphold"
    UNDO = "undo"


class Decision(Base):
    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    # Decisions made by one request, which can be undone together.
    batch_id: Mapped[int] = mapped_column(BigInt)
    comment_id: Mapped[int] = mapped_column(BigInt, ForeignKey("comment.id"))
    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"))
    # `user:<id>` or `service:<id>`, and the account whose name is shown.
    actor: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(16))
    # A clause of the policy in force, or `other`.
    reason: Mapped[str | None] = mapped_column(String(64))
    # For colleagues.
    note: Mapped[str | None] = mapped_column(String(500))
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    policy_version: Mapped[int]
    # Whether it answered the writer's appeal.
    on_appeal: Mapped[bool]
    # The decision that this one takes back.
    undoes: Mapped[int | None] = mapped_column(BigInt, ForeignKey("decision.id"))
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(
            "kind in ('approve', 'reject', 'remove', 'restore', 'uphold', 'undo')", name="kind"
        ),
        CheckConstraint("(kind = 'undo') = (undoes is not null)", name="undo_names_its_decision"),
        Index("decision_comment", "comment_id", "id"),
        Index("decision_batch", "batch_id"),
        Index("decision_site", "site_id", "id"),
        Index("decision_user", "user_id"),
        # Each is taken back once.
        Index("decision_undoes", "undoes", unique=True),
    )
