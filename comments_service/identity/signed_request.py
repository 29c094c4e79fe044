"""Facebook's `signed_request`: how it says that a person left our app or wants to be forgotten.

Source: developers.facebook.com, "Parsing the Signed Request", "Data Deletion Request Callback".
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from comments_service.errors import InvalidSignedRequest

LONGEST = 4096
# Facebook does not ask for this; it keeps an old message from being sent again for ever.
OLDEST = timedelta(hours=24)
_USER_ID = re.compile(r"[0-9]{1,32}")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """Whom the message is about: a subject of the app whose secret signed it."""

    subject: str


def parse(text: str, *, secret: str, now: datetime) -> SignedRequest:
    """Check the signature over the encoded payload, and only then look inside.

    Raises `InvalidSignedRequest` for whatever this app's secret did not sign within a day.
    """
    encoded_signature, dot, encoded_payload = text.partition(".")
    if len(text) > LONGEST or not dot or "." in encoded_payload or not text.isascii():
        raise InvalidSignedRequest
    expected = hmac.new(secret.encode(), encoded_payload.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(expected, _decode(encoded_signature)):
        raise InvalidSignedRequest
    return _checked(_decode(encoded_payload), now=now)


def _decode(encoded: str) -> bytes:
    try:
        return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        raise InvalidSignedRequest from None


def _checked(payload: bytes, *, now: datetime) -> SignedRequest:
    try:
        fields: Any = json.loads(payload)
    except (ValueError, RecursionError):
        raise InvalidSignedRequest from None
    if not isinstance(fields, dict):
        raise InvalidSignedRequest
    subject, issued_at = fields.get("user_id"), fields.get("issued_at")
    if str(fields.get("algorithm")).upper() != "HMAC-SHA256":
        raise InvalidSignedRequest
    if not isinstance(subject, str) or not _USER_ID.fullmatch(subject):
        raise InvalidSignedRequest
    oldest = OLDEST.total_seconds()
    # What is no number (NaN) is no moment within a day either.
    if not isinstance(issued_at, int | float) or not abs(now.timestamp() - issued_at) <= oldest:
        raise InvalidSignedRequest
    return SignedRequest(subject=subject)
