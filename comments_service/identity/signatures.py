"""JSON Web Signatures and the keys that they are checked with (RFC 7515, RFC 7517).

Imported when the first assertion comes: few sites have any, and joserfc brings all of
`cryptography` along.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

Keys: TypeAlias = KeySet | OctKey

_WRONG = (JoseError, ValueError, TypeError, KeyError, RecursionError)


class Unusable(Exception):
    """No keys, or not signed by one of them, or of another form."""


def shared_secret(secret: str) -> Keys:
    """A key that both sides have."""
    return OctKey.import_key(secret)


def key_set(content: bytes) -> Keys:
    """The keys of a JWK Set. Raises `Unusable`."""
    try:
        return KeySet.import_key_set(orjson.loads(content))
    except _WRONG:
        raise Unusable from None


def claims(token: str, keys: Keys, algorithms: tuple[str, ...]) -> Any:
    """What a JWT says that one of `keys` has signed, unchecked. Raises `Unusable`."""
    try:
        return jwt.decode(token, keys, algorithms=list(algorithms)).claims
    except _WRONG:
        raise Unusable from None
