"""How each of the staff likes the moderators' pages."""

from __future__ import annotations

from sqlalchemy import select

from comments_service.models import StaffPreference
from comments_service.services.transaction import reading, transaction


def has_shortcuts(user_id: int) -> bool:
    """Whether single keys act on this person's pages; they do until switched off."""
    query = select(StaffPreference.has_shortcuts).where(StaffPreference.user_id == user_id)
    with reading() as connection:
        chosen = connection.execute(query).scalar()
    return chosen is None or chosen


def set_shortcuts(user_id: int, *, on: bool) -> None:
    """Switch a person's shortcuts on or off."""
    with transaction() as session:
        row = session.get(StaffPreference, user_id, with_for_update=True)
        if row is None:
            session.add(StaffPreference(user_id=user_id, has_shortcuts=on))
        else:
            row.has_shortcuts = on
