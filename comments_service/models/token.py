"""Access and refresh tokens, kept as SHA-256 of 256 random bits and nothing else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class AccessToken(Base):
    """Belongs to a session (a reader's) or to a service client."""

    __tablename__ = "access_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("login_session.id"))
    service_client_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("service_client.id"))
    scope: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(session_id is null) <> (service_client_id is null)", name="one_owner"),
        Index("access_token_session", "session_id"),
        Index("access_token_expiry", "expires_at"),
    )


class RefreshToken(Base):
    """One link of a session's chain; `rotated_at` is set when its child is given out."""

    __tablename__ = "refresh_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[int] = mapped_column(BigInt, ForeignKey("login_session.id"))
    parent_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        Index("refresh_token_session", "session_id"),
        Index("refresh_token_parent", "parent_hash"),
        Index("refresh_token_expiry", "expires_at"),
    )
