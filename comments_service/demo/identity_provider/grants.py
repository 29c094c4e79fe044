"""Authorization codes and access tokens, in memory."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from comments_service.demo.identity_provider.people import Person

CODE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person allowed a client to learn, and what the client must show again."""

    person: Person
    redirect_uri: str
    scopes: frozenset[str]
    code_challenge: str | None


class CodeRefused(Exception):
    """A code cannot be exchanged; `why` tells the providers' different answers apart."""

    class Why(StrEnum):
        UNKNOWN = "unknown"
        EXPIRED = "expired"
        USED = "used"

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class Grants:
    """Every code and token given out by this process. `now` returns seconds since the epoch."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._codes: dict[str, tuple[Grant, float]] = {}
        self._used: set[str] = set()
        self._tokens: dict[str, Grant] = {}

    def issue_code(self, grant: Grant) -> str:
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._codes[code] = (grant, self._now() + CODE_SECONDS)
        return code

    def redeem(self, code: str, provider: str) -> Grant:
        """The grant behind `code`, which is spent by this, whatever the client gets wrong next.

        Raises `CodeRefused`, also for a code of the other provider.
        """
        with self._lock:
            if code in self._used:
                raise CodeRefused(CodeRefused.Why.USED)
            grant, expires_at = self._codes.pop(code, (None, 0.0))
            if grant is None or grant.person.provider != provider:
                raise CodeRefused(CodeRefused.Why.UNKNOWN)
            self._used.add(code)
            if self._now() >= expires_at:
                raise CodeRefused(CodeRefused.Why.EXPIRED)
            return grant

    def issue_token(self, grant: Grant) -> str:
        token = secrets.token_urlsafe(48)
        with self._lock:
            self._tokens[token] = grant
        return token

    def of_token(self, token: str | None, provider: str) -> Grant | None:
        with self._lock:
            grant = self._tokens.get(token or "")
        return grant if grant is not None and grant.person.provider == provider else None

    def revoke_token(self, token: str) -> None:
        with self._lock:
            self._tokens.pop(token, None)
