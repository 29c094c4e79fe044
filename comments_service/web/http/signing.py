"""What only this service can have made: HMAC-SHA-256 with the newest signing key.

Signatures of older keys hold as long as their key is in the settings, so that a key can be
replaced while pages made with the one before are still open.
"""

from __future__ import annotations

import hashlib
import hmac

from comments_service.web.http.settings import settings


def sign(text: str) -> str:
    """The signature of `text`, in hexadecimal."""
    return _signature(settings().signed_with[0], text)


def is_signed(text: str, given: str) -> bool:
    """Whether `given` is a signature of `text` by any of our keys."""
    candidates = [_signature(key, text) for key in settings().signed_with]
    return any(hmac.compare_digest(made.encode(), given.encode()) for made in candidates)


def _signature(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
