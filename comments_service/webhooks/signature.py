"""Signatures after Standard Webhooks 1.0.0 (https://www.standardwebhooks.com), scheme `v1`."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from datetime import datetime
from hashlib import sha256

PREFIX = "whsec_"


def secret_of(key: bytes) -> str:
    """A key of 24 to 64 bytes, as its owner is shown it."""
    return PREFIX + b64encode(key).decode()


def headers(
    secret: str, message_id: str, body: bytes, *, sent_at: datetime, older: str | None = None
) -> dict[str, str]:
    """The headers that prove that `body` is ours, under `secret` (`whsec_…`) and, while it is
    being replaced, the `older` one: a receiver goes by whichever signature it can check."""
    timestamp = str(int(sent_at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    secrets = (secret,) if older is None else (secret, older)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(each, signed) for each in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    return f"v1,{b64encode(hmac.digest(key, signed, sha256)).decode()}"
