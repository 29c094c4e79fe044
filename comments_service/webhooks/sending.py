"""One message to one endpoint: signed, sent once, and what came of it."""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import orjson

from comments_service.outbound.addresses import is_public, resolve, stays_here
from comments_service.outbound.deadline import Deadline
from comments_service.outbound.errors import Failure, OutboundError
from comments_service.outbound.fetch import DEFAULT_PORTS, Guard, fetch
from comments_service.webhooks import signature

SEND_SECONDS = 10.0
LOOK_UP_SECONDS = 2.0
MAX_ANSWER = 16 * 1024
"""What a receiver answers is of no interest but its status."""

GONE = 410


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves: `id` is the same at every try, `secrets` the newest first."""

    id: str
    url: str
    secrets: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a try: the receiver's status, or why there was none."""

    milliseconds: int
    status_code: int | None
    failure: str | None

    @property
    def is_received(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def is_gone(self) -> bool:
        """The receiver wants to hear no more (Standard Webhooks)."""
        return self.status_code == GONE


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends to endpoints on the public internet; also to private addresses, over plain http and
    to any port, where `allow_private` is on. `secret_key` is the service's: every endpoint's
    secret comes from it."""

    secret_key: str
    allow_private: bool = False
    seconds: float = SEND_SECONDS

    def secret(self, webhook_id: int, generation: int) -> str:
        """The secret (`whsec_…`) of an endpoint in this generation."""
        label = f"webhook\0{webhook_id}\0{generation}".encode()
        return signature.secret_of(hmac.digest(self.secret_key.encode(), label, sha256))

    def refuses(self, url: str) -> bool:
        """Whether nothing will ever be sent there: not https, or not on the public internet.

        A name that cannot be looked up now is not refused; each try looks it up again.
        """
        try:
            self._guard().check(url)
            if self.allow_private:
                return False
            parts = urlsplit(url)
            if stays_here(parts.hostname or ""):
                return True
            port = parts.port or DEFAULT_PORTS[parts.scheme.lower()]
            found = resolve(parts.hostname or "", port, Deadline(LOOK_UP_SECONDS))
        except OutboundError as error:
            return error.failure is Failure.ADDRESS_REFUSED
        except ValueError:
            return True
        return not all(is_public(address) for address in found)

    def send(self, message: Message, *, sent_at: datetime) -> Receipt:
        """Post a message once. Never raises."""
        began = time.monotonic()
        status_code, failure = None, None
        newest, *older = message.secrets
        signed = signature.headers(
            newest, message.id, message.body, sent_at=sent_at, older=older[0] if older else None
        )
        try:
            answer = fetch(
                "POST",
                message.url,
                guard=self._guard(),
                deadline=Deadline(self.seconds),
                headers={
                    "Content-Type": "application/json",
                    "User-Agent": "comments_service",
                    **signed,
                },
                content=message.body,
                max_bytes=MAX_ANSWER,
            )
            status_code = answer.status
        except OutboundError as error:
            failure = error.failure.value
        return Receipt(int((time.monotonic() - began) * 1000), status_code, failure)

    def _guard(self) -> Guard:
        if self.allow_private:
            schemes = frozenset({"http", "https"})
            return Guard(hosts=None, schemes=schemes, ports=None, allow_private=True)
        return Guard(hosts=None, ports=None)


def body(event_type: str, *, timestamp: str | None, data: Mapping[str, Any]) -> bytes:
    """The body of a message about an event."""
    return orjson.dumps({"type": event_type, "timestamp": timestamp, "data": dict(data)})
