"""Whoever makes this request."""

from __future__ import annotations

from dataclasses import dataclass

READER_SCOPE = "comment"


@dataclass(frozen=True, slots=True)
class Actor:
    """Made by `sessions.authenticate` from an access token.

    A reader has a session, one site and the scope `comment`; a service client has its own scopes
    and, unless it was made for one, no site (`site_id` None: every site).
    """

    user_id: int
    site_id: int | None
    scopes: frozenset[str]
    session_id: int | None = None
    service_client_id: int | None = None

    @property
    def is_service(self) -> bool:
        return self.service_client_id is not None

    @property
    def key(self) -> str:
        """Names the actor in rate limits and kept answers; stable over refreshed tokens."""
        if self.is_service:
            return f"service:{self.service_client_id}"
        return f"user:{self.user_id}"
