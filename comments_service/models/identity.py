"""Who somebody is at a provider. Matched by provider, app and subject; never by name or handle."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class Identity(Base):
    __tablename__ = "identity"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    provider: Mapped[str] = mapped_column(String(16))
    # Facebook's subjects are scoped to the app that asked; empty for X.
    client_app: Mapped[str] = mapped_column(String(64), default="")
    subject: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(50))
    handle: Mapped[str | None] = mapped_column(String(50))
    # Where the provider keeps the picture; never shown, only ever opened through `outbound`.
    avatar_url: Mapped[str | None] = mapped_column(String(2048))
    synced_at: Mapped[datetime]
    created_at: Mapped[datetime]
    deauthorized_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("provider", "client_app", "subject"),
        Index("identity_user", "user_id"),
        Index("identity_handle", "handle"),
    )
