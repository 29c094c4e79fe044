"""A moderator's login in one browser, kept here so that it can be ended at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class StaffSession(Base):
    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    # SHA-256 of the cookie.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    # Where it was begun: a network, not an address.
    network: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    # However often it is used, it ends here.
    expires_at: Mapped[datetime]
    # The last proof of who this is: a provider's login, or a code from the second factor.
    authenticated_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None]

    __table_args__ = (
        Index("staff_session_user", "user_id"),
        Index("staff_session_expiry", "expires_at"),
    )
