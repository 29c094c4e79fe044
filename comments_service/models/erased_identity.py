"""An identity erased while its account was suspended: only enough to recognise it again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class ErasedIdentity(Base):
    """`subject_hash` is keyed with the service's secret, so that nobody can try subjects."""

    __tablename__ = "erased_identity"

    subject_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    erased_at: Mapped[datetime]
