"""A person, or a service's account, that comments are signed with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt, Json


class User(Base):
    __tablename__ = "user_account"  # `user` is a reserved word in SQL

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    display_name: Mapped[str] = mapped_column(String(50))
    # A chosen name survives later logins; a provider's is refreshed by each.
    name_chosen: Mapped[bool] = mapped_column(default=False)
    # The provider last logged in with, shown beside the name.
    provider: Mapped[str | None] = mapped_column(String(16))
    # The hash of a row of `avatar`, which may be gone: then initials are shown.
    avatar: Mapped[str | None] = mapped_column(String(64))
    lang: Mapped[str | None] = mapped_column(String(2))
    # The keys of the sites whose staff this is, as `staff_role` has it; `*` is every site. Kept
    # here so that reading a thread costs no further look.
    staff_of: Mapped[list[str] | None] = mapped_column(Json)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "user_avatar",
            "avatar",
            sqlite_where=text("avatar IS NOT NULL"),
            postgresql_where=text("avatar IS NOT NULL"),
        ),
    )
