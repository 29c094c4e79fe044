"""Avatars: readers' pictures, fetched once at login and served from here.

A picture shown from the provider's own address would tell the provider who reads which article.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import structlog
from sqlalchemy import delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from comments_service.errors import NotFound
from comments_service.models import Avatar, User, db
from comments_service.outbound.deadline import Deadline
from comments_service.outbound.errors import OutboundError
from comments_service.outbound.fetch import Guard, fetch
from comments_service.services import accounts, pictures
from comments_service.services.pictures import Picture, PictureRefused
from comments_service.services.transaction import reading, transaction

MAX_BYTES = 256 * 1024
SECONDS = 5.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AvatarView:
    """A picture as it is served."""

    content: bytes
    media_type: str


def refresh(user_id: int, url: str, *, guard: Guard, now: datetime) -> None:
    """Fetch a provider's picture of somebody and let their threads show it.

    For at most five seconds, and never inside a transaction. Whatever goes wrong is logged, and
    leaves what was there: the earlier picture, or their initials.
    """
    try:
        picture = _fetch(url, guard)
    except (OutboundError, PictureRefused) as refused:
        log.info("avatar_refused", user_id=user_id, reason=str(refused))
        return
    keep(user_id, picture, now=now)


def _fetch(url: str, guard: Guard) -> Picture:
    """Raises `OutboundError` and `PictureRefused`."""
    answer = fetch(
        "GET",
        url,
        guard=guard,
        deadline=Deadline(SECONDS),
        headers={"Accept": "image/webp, image/png, image/jpeg, image/gif"},
        max_bytes=MAX_BYTES,
    )
    if answer.status != 200:
        raise PictureRefused(f"status {answer.status}")
    return pictures.check(answer.content)


def keep(user_id: int, picture: Picture, *, now: datetime) -> None:
    """Store a picture as the one of this account, if the account is still there."""
    name = sha256(picture.content).hexdigest()
    with transaction() as session:
        # Who posts a comment holds its article and refers to this row: that may go on.
        user = session.get(User, user_id, with_for_update={"key_share": True})
        if user is None or user.deleted_at is not None:
            return
        _store(name, picture, now=now)
        if user.avatar != name:
            before, user.avatar = user.avatar, name
            accounts.show_in_threads(user_id)
            drop(before)


def _store(name: str, picture: Picture, *, now: datetime) -> None:
    """Two accounts may bring the same picture at once."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    db.session.execute(
        dialect.insert(Avatar)
        .values(hash=name, media_type=picture.media_type, content=picture.content, created_at=now)
        .on_conflict_do_nothing()
    )


def drop(name: str | None) -> None:
    """Delete a picture in the open transaction, unless another account shows it."""
    if name is None:
        return
    db.session.flush()
    db.session.execute(
        delete(Avatar).where(Avatar.hash == name, ~exists().where(User.avatar == Avatar.hash))
    )


def get(name: str) -> AvatarView:
    """The picture with this hash. Raises `NotFound`."""
    with reading() as connection:
        row = connection.execute(
            select(Avatar.content, Avatar.media_type).where(Avatar.hash == name)
        ).one_or_none()
    if row is None:
        raise NotFound
    return AvatarView(row.content, row.media_type)
