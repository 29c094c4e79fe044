"""A role as it counts in a request: what it allows, and where. `staff.py` gives and takes them."""

from __future__ import annotations

from dataclasses import dataclass

from comments_service.models import Role

__all__ = ["Role", "RoleView"]


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role on one site, or on all (`site_id` and `site` None); `site` is the site's key."""

    role: Role
    site_id: int | None = None
    site: str | None = None

    def covers(self, role: Role, site_id: int | None) -> bool:
        """Whether this role is enough for what takes `role` on that site; an admin moderates."""
        is_there = self.site_id is None or self.site_id == site_id
        return is_there and (self.role is role or self.role is Role.ADMIN)
