"""Where the audit log ends. Its one row is what writers queue on, and what shows a cut-off end."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class AuditHead(Base):
    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInt)
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
