"""Whoever makes this request."""

from __future__ import annotations

from dataclasses import dataclass

from comments_service.services.roles import Role, RoleView

READER_SCOPE = "comment"


@dataclass(frozen=True, slots=True)
class Actor:
    """Made by `sessions.authenticate` from an access token, or from a moderator's session.

    A reader has a session, one site and the scope `comment`; a service client has its own scopes
    and, unless it was made for one, no site (`site_id` None: every site); a moderator has `roles`
    of this moment, no scope, and the sites of the roles.
    """

    user_id: int
    site_id: int | None
    scopes: frozenset[str]
    session_id: int | None = None
    service_client_id: int | None = None
    roles: tuple[RoleView, ...] = ()
    # A service's own limit on writes; None: an account's.
    rate_limit: str | None = None

    @property
    def is_service(self) -> bool:
        return self.service_client_id is not None

    def may(self, role: Role, *, site_id: int | None) -> bool:
        """Whether this is a moderator who may do what takes `role` on that site."""
        return any(own.covers(role, site_id) for own in self.roles)

    def reaches(self, site_id: int) -> bool:
        """Whether that site is one of those which this actor has to do with."""
        sites = self.site_ids
        return sites is None or site_id in sites

    @property
    def site_ids(self) -> frozenset[int] | None:
        """The sites which this actor has to do with; None: every site."""
        own = [role.site_id for role in self.roles] or [self.site_id]
        return None if None in own else frozenset(id_ for id_ in own if id_ is not None)

    @property
    def key(self) -> str:
        """Names the actor in rate limits, kept answers and the audit log; stable over refreshed
        tokens."""
        if self.is_service:
            return f"service:{self.service_client_id}"
        return f"user:{self.user_id}"
