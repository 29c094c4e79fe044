"""Names that no reader may go by: the newspaper's own, its staff's, and what looks like them.

An account comments on every site under one name, so a name that one site reserves is reserved.
"""

from __future__ import annotations

from itertools import chain

from sqlalchemy import select

from comments_service.models import Identity, Site, StaffRole, User
from comments_service.services import names
from comments_service.services.transaction import reading

PROVIDER_NAMES = {"twitter": "X", "facebook": "Facebook", "publisher": "Member"}


def holds(name: str, *, user_id: int) -> bool:
    """Whether `name`, which this user would go by, reads like one that is not theirs to bear."""
    wanted = names.skeleton(name)
    return wanted != "" and any(
        wanted == names.skeleton(reserved) for reserved in _not_for(user_id)
    )


def _not_for(user_id: int) -> list[str]:
    """The names of all sites, those that they reserve, and those of their staff but this user."""
    staff = (
        select(User.display_name)
        .join(StaffRole, StaffRole.user_id == User.id)
        .where(StaffRole.revoked_at.is_(None), User.id != user_id)
    )
    with reading() as connection:
        of_staff = connection.scalars(staff).all()
        sites = connection.execute(select(Site.name, Site.settings)).all()
    of_sites = ((name, *settings.get("reserved_names", ())) for name, settings in sites)
    return [*of_staff, *chain.from_iterable(of_sites)]


def told_apart(identity: Identity) -> str:
    """The name that a provider brought; a reserved one with what tells its bearer apart.

    Nobody can be refused their own name at a login.
    """
    if not holds(identity.name, user_id=identity.user_id):
        return identity.name
    sign = f"@{identity.handle}" if identity.handle else PROVIDER_NAMES[identity.provider]
    return f"{names.cut(identity.name, to=names.LONGEST - len(sign) - 3)} ({sign})"
