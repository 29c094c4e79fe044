"""A machine that calls the REST API, with scopes, and the account its comments are signed with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class ServiceClient(Base):
    __tablename__ = "service_client"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    client_id: Mapped[str] = mapped_column(String(64), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    # Until then, the secret before opens as well.
    previous_secret_hash: Mapped[str | None] = mapped_column(String(64))
    previous_until: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(String(100))
    scope: Mapped[str] = mapped_column(String(300))
    # None: every site.
    site_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("site.id"))
    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("user_account.id"))
    # Its own limit on writes, as the settings write it; None: an account's.
    rate_limit: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
