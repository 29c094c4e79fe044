"""Names that no reader may go by: the newspaper's own, its staff's, and what looks like them.

An account comments on every site under one name, so a name that one site reserves is reserved.
"""

from __future__ import annotations

from sqlalchemy import select

from comments_service.models import Identity, Site
from comments_service.services import names
from comments_service.services.transaction import reading

PROVIDER_NAMES = {"twitter": "X", "facebook": "Facebook"}


def holds(name: str) -> bool:
    """Whether `name` reads like the name of a site or one that a site reserves."""
    wanted = names.skeleton(name)
    if not wanted:
        return False
    with reading() as connection:
        sites = connection.execute(select(Site.name, Site.settings)).all()
    return any(
        wanted == names.skeleton(reserved)
        for site_name, settings in sites
        for reserved in (site_name, *settings.get("reserved_names", ()))
    )


def told_apart(identity: Identity) -> str:
    """The name that a provider brought; a reserved one with what tells its bearer apart.

    Nobody can be refused their own name at a login.
    """
    if not holds(identity.name):
        return identity.name
    sign = f"@{identity.handle}" if identity.handle else PROVIDER_NAMES[identity.provider]
    return f"{names.cut(identity.name, to=names.LONGEST - len(sign) - 3)} ({sign})"
