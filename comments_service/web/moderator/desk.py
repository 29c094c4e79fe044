"""Whose desk a page is on: a moderator, the sites they work for, and the one they look at."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from comments_service.errors import NotFound
from comments_service.services import sites
from comments_service.services.sites import SiteView
from comments_service.services.staff import Role
from comments_service.services.staff_sessions import StaffMember
from comments_service.web.http import staff


@dataclass(frozen=True, slots=True)
class Desk:
    """`site` is the one looked at, among the member's `sites`."""

    member: StaffMember
    sites: tuple[SiteView, ...]
    site: SiteView

    def may(self, role: Role) -> bool:
        """Whether the member may do what takes `role` here."""
        return self.member.may(role, site_id=self.site.id)


def own_sites(member: StaffMember) -> tuple[SiteView, ...]:
    """The sites that the member has a role on, by name."""
    ids = [role.site_id for role in member.roles]
    return sites.among(None if None in ids else {number for number in ids if number is not None})


def any_desk() -> Desk | None:
    """The desk of the member's first site; None before there is any."""
    member = staff.current_member()
    own = own_sites(member)
    return Desk(member, own, own[0]) if own else None


def current_desk(key: str | None = None) -> Desk:
    """The desk of the site with this key, or of the one in `?site=`; the first unless said.

    Raises `NotFound` where the member has no such site.
    """
    member = staff.current_member()
    own = own_sites(member)
    wanted = key if key is not None else request.values.get("site")
    for site in own:
        if wanted is None or site.key == wanted:
            return Desk(member, own, site)
    raise NotFound
