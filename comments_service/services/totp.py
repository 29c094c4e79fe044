"""A second factor for staff: one-time codes by time (RFC 6238: HMAC-SHA-1, 30 seconds, 6 digits).

X offers no way to make somebody log in afresh, so a code from the moderator's own app stands for
it. Whether staff must have one is a setting (`TotpMode`).
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote, urlencode

from sqlalchemy import delete, select

from comments_service.errors import FieldError, InvalidRequest, NotFound
from comments_service.models import StaffTotp, db
from comments_service.services import audit, tokens
from comments_service.services.audit import AuditAction
from comments_service.services.transaction import reading, transaction

STEP_SECONDS = 30
DIGITS = 6
# A clock may be off by one step in either direction (RFC 6238 section 5.2).
DRIFT_STEPS = 1


class TotpMode(StrEnum):
    """Whether staff give a code after their provider's login."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    """Those who have set it up."""

    OFF = "off"


def code_at(key: bytes, step: int) -> str:
    """The code of a time step, counted from 1970 (RFC 4226 section 5.3)."""
    mac = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_at(moment: datetime) -> int:
    """The time step that `moment` falls in."""
    return int(moment.timestamp()) // STEP_SECONDS


def is_enrolled(user_id: int) -> bool:
    """Whether this account has a second factor that works."""
    query = select(StaffTotp.user_id).where(
        StaffTotp.user_id == user_id, StaffTotp.confirmed_at.is_not(None)
    )
    with reading() as connection:
        return connection.execute(query).first() is not None


def begin(user_id: int, *, pepper: str, now: datetime) -> str:
    """Make a new key for an account and return it in Base32, to be put into an app.

    It counts once a code has come from it (`confirm`). Raises `NotFound` where the account has a
    working one, which must be removed first.
    """
    with transaction() as session:
        row = session.get(StaffTotp, user_id, with_for_update=True)
        if row is not None and row.confirmed_at is not None:
            raise NotFound
        if row is None:
            row = StaffTotp(user_id=user_id)
            session.add(row)
        row.seed, row.created_at, row.last_step = tokens.make(), now, 0
        return b32encode(_key(row.seed, pepper)).decode()


def unconfirmed(user_id: int, *, pepper: str) -> str:
    """The key that `begin` made, to be shown again until it is in use. Raises `NotFound`."""
    query = select(StaffTotp.seed).where(
        StaffTotp.user_id == user_id, StaffTotp.confirmed_at.is_(None)
    )
    with reading() as connection:
        seed = connection.execute(query).scalar_one_or_none()
    if seed is None:
        raise NotFound
    return b32encode(_key(seed, pepper)).decode()


def address(secret: str, *, issuer: str, account: str) -> str:
    """The `otpauth:` address by which an app takes the key over."""
    query = urlencode({"secret": secret, "issuer": issuer})
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"


def confirm(user_id: int, code: str, *, pepper: str, now: datetime) -> None:
    """Put a new key into use with its first code. Raises `InvalidRequest` for a wrong one."""
    with transaction():
        row = _accept(user_id, code, pepper=pepper, now=now)
        if row.confirmed_at is None:
            row.confirmed_at = now
            owner = audit.user(user_id)
            audit.record(AuditAction.STAFF_SECOND_FACTOR_ADDED, actor=owner, target=owner, now=now)


def check(user_id: int, code: str, *, pepper: str, now: datetime) -> None:
    """Take a code of the account's working key, once. Raises `InvalidRequest`."""
    with transaction():
        if _accept(user_id, code, pepper=pepper, now=now).confirmed_at is None:
            raise _wrong_code()


def remove(user_id: int, *, actor: str, now: datetime) -> None:
    """Take an account's second factor away. Again is no error. `actor` as the audit log has it."""
    with transaction() as session:
        was_there = is_enrolled(user_id)
        session.execute(delete(StaffTotp).where(StaffTotp.user_id == user_id))
        if was_there:
            audit.record(
                AuditAction.STAFF_SECOND_FACTOR_REMOVED,
                actor=actor,
                target=audit.user(user_id),
                now=now,
            )


def _accept(user_id: int, code: str, *, pepper: str, now: datetime) -> StaffTotp:
    """The row whose key made `code`, which from now on counts as used."""
    row = db.session.get(StaffTotp, user_id, with_for_update=True)
    if row is None:
        raise _wrong_code()
    key, current = _key(row.seed, pepper), step_at(now)
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        is_right = hmac.compare_digest(code_at(key, step).encode(), code.encode())
        if is_right and step > row.last_step:
            row.last_step = step
            return row
    raise _wrong_code()


def _key(seed: str, pepper: str) -> bytes:
    """160 bits, as RFC 4226 section 4 asks for."""
    return hmac.new(pepper.encode(), f"totp:{seed}".encode(), hashlib.sha256).digest()[:20]


def _wrong_code() -> InvalidRequest:
    return InvalidRequest(
        errors=(
            FieldError("/code", "not the current code, or used before", "맞지 않거나 이미 쓴 코드"),
        )
    )
