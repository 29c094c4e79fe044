"""A login under way: from our authorize endpoint to the provider's return, ten minutes at most."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Purpose(StrEnum):
    READER = "reader"
    STAFF = "staff"
    LINK = "link"
    PAGE = "page"


class PendingLogin(Base):
    __tablename__ = "pending_login"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    # SHA-256 of our own state toward the provider, and of the cookie of the browser that started.
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    provider: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(16))
    site_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("site.id"))
    user_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("user_account.id"))
    redirect_uri: Mapped[str | None] = mapped_column(String(2048))
    response_mode: Mapped[str | None] = mapped_column(String(16))
    client_state: Mapped[str | None] = mapped_column(String(128))
    code_challenge: Mapped[str | None] = mapped_column(String(43))
    # Toward the provider; erased when it is used.
    code_verifier: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    consumed_at: Mapped[datetime | None]

    __table_args__ = (Index("pending_login_expiry", "expires_at"),)
