"""One login of one person on one site: the family that its tokens belong to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Session(Base):
    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    identity_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("identity.id"))
    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"))
    origin: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    # However often it is refreshed, a login ends here.
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(32))

    __table_args__ = (
        Index("login_session_user", "user_id"),
        Index("login_session_expiry", "expires_at"),
    )
