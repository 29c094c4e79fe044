"""A one-time code on its way to the widget: sixty seconds, bound to the verifier it holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class AuthorizationCode(Base):
    __tablename__ = "authorization_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    identity_id: Mapped[int] = mapped_column(BigInt, ForeignKey("identity.id"))
    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"))
    redirect_uri: Mapped[str] = mapped_column(String(2048))
    code_challenge: Mapped[str] = mapped_column(String(43))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    # What the first use gave, to be revoked by a second use.
    session_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("login_session.id"))

    __table_args__ = (Index("authorization_code_expiry", "expires_at"),)
