"""Opaque tokens: 256 random bits that only their holder knows; the tables keep the SHA-256.

So many random bits need neither salt nor a slow hash: nobody can search them.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from enum import StrEnum


class Kind(StrEnum):
    """What a token is, as its first letters say."""

    ACCESS = "cst_a_"
    REFRESH = "cst_r_"
    SERVICE_SECRET = "cst_s_"  # noqa: S105  a prefix
    UNMARKED = ""


_RANDOM_PART = re.compile(r"[A-Za-z0-9_-]{43}")


def make(kind: Kind = Kind.UNMARKED) -> str:
    """A new token: the prefix of its kind and 43 characters of base64url."""
    return kind + secrets.token_urlsafe(32)


def is_kind(text: str, kind: Kind) -> bool:
    """Whether `text` has the form of a token of this kind, so that it is worth a look-up."""
    return text.startswith(kind) and bool(_RANDOM_PART.fullmatch(text.removeprefix(kind)))


def digest(token: str) -> str:
    """What the tables keep of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def challenge_of(code_verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 section 4.2)."""
    hashed = hashlib.sha256(code_verifier.encode()).digest()
    return urlsafe_b64encode(hashed).rstrip(b"=").decode()
