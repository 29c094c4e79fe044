"""One request to an address that somebody else chose: an avatar's, a webhook's.

What speaks HTTP is imported by the first request: most processes that serve readers send none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from comments_service.outbound.deadline import Deadline
from comments_service.outbound.errors import Failure, OutboundError

MAX_URL_CHARACTERS = 2048
DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Where a request may go.

    `hosts` are exact names, or suffixes when they begin with a dot (`.fbcdn.net`); None allows
    any name. `ports` are the allowed ones; None allows any. `allow_private` admits names that
    resolve to private, loopback and other addresses outside the public internet.
    """

    hosts: frozenset[str] | None
    schemes: frozenset[str] = frozenset({"https"})
    ports: frozenset[int] | None = frozenset({443})
    allow_private: bool = False

    def check(self, url: str) -> None:
        """Raises `OutboundError` (address refused) for an address outside what is allowed."""
        if not self._allows(url):
            raise OutboundError(Failure.ADDRESS_REFUSED)

    def _allows(self, url: str) -> bool:
        from urllib3.exceptions import LocationParseError  # noqa: PLC0415
        from urllib3.util import parse_url  # noqa: PLC0415

        if len(url) > MAX_URL_CHARACTERS or not is_plain(url):
            return False
        try:
            parts = parse_url(url)
        except LocationParseError:
            return False
        return (
            parts.scheme in self.schemes
            and parts.auth is None
            and (self.ports is None or (parts.port or DEFAULT_PORTS[parts.scheme]) in self.ports)
            and self._allows_host(parts.host or "")
        )

    def _allows_host(self, host: str) -> bool:
        if self.hosts is None:
            return host != ""
        return any(
            host.endswith(allowed) if allowed.startswith(".") else host == allowed
            for allowed in self.hosts
        )


def is_plain(url: str) -> bool:
    """Whether no parser reads more into `url` than is seen: visible ASCII, no backslash."""
    return url.isascii() and url.isprintable() and not set(url) & {"\\", " "}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: any status but a redirect's, and the whole body. Header names match in
    any case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def fetch(
    method: str,
    url: str,
    *,
    guard: Guard,
    deadline: Deadline,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    max_bytes: int | None = None,
    authorities: str | None = None,
) -> Answer:
    """Send one request where `guard` allows it, before `deadline`, for at most `max_bytes`
    (64 KiB unless given).

    The name is looked up once; the connection goes to an address that was checked, with the
    name in `Host` and in TLS. `authorities` is a file of CA certificates. Raises `OutboundError`.
    """
    from requests import Session  # noqa: PLC0415
    from requests.exceptions import InvalidURL  # noqa: PLC0415

    from comments_service.outbound import adapter as wire  # noqa: PLC0415

    guard.check(url)
    adapter = wire.GuardedAdapter(
        deadline=deadline,
        allow_private=guard.allow_private,
        max_bytes=max_bytes or wire.MAX_BYTES,
        authorities=authorities or wire.AUTHORITIES,
    )
    with wire.guarded(Session(), adapter) as session:
        try:
            response = session.request(method, url, headers=headers, data=content)
        except InvalidURL:
            raise OutboundError(Failure.ADDRESS_REFUSED) from None
    return Answer(response.status_code, response.headers, response.content)
