"""What a moderator sets for an article: open, closed or premoderated, now or for some time; a
pinned comment; slow mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from comments_service.errors import FieldError, InvalidRequest
from comments_service.models import Article, ArticleStatus, Comment, Status, db
from comments_service.services import article_windows, articles, audit, events
from comments_service.services.actor import Actor
from comments_service.services.article_windows import Window
from comments_service.services.audit import AuditAction
from comments_service.services.events import EventType
from comments_service.services.rows import AnyRow
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading, transaction
from comments_service.services.views import ArticleView

LONGEST_SLOW_MODE = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class ArticleSettings:
    """An article for the desk: `article.status` is the one in force, `status` what was set;
    `updated_at` is when its text was last corrected."""

    article: ArticleView
    status: ArticleStatus
    slow_mode_seconds: int
    windows: tuple[Window, ...]
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some articles, newest first; `next` is the id to go on below, or None."""

    items: tuple[ArticleSettings, ...]
    next: int | None


def read(site: SiteView, key: str, *, now: datetime) -> ArticleSettings:
    """How the article is set; one that nobody wrote about is open."""
    row = articles.find(site, key)
    if row is None:
        return ArticleSettings(articles.unknown(site, key), ArticleStatus.OPEN, 0, ())
    return _view(row, site, now)


def page(
    site: SiteView,
    *,
    limit: int,
    now: datetime,
    below: int | None = None,
    words: str = "",
) -> Page:
    """The site's articles whose title or key contains `words`, newest first."""
    query = (
        select(Article.__table__)
        .where(Article.site_id == site.id)
        .order_by(Article.id.desc())
        .limit(limit + 1)
    )
    if words:
        query = query.where(
            Article.title.icontains(words, autoescape=True)
            | Article.key.icontains(words, autoescape=True)
        )
    if below is not None:
        query = query.where(Article.id < below)
    with reading() as connection:
        rows = connection.execute(query).all()
    items = tuple(_view(row, site, now) for row in rows[:limit])
    return Page(items, items[-1].article.id if len(rows) > limit else None)


def change(
    actor: Actor, site: SiteView, key: str, wanted: Mapping[str, Any], *, now: datetime
) -> ArticleSettings:
    """Set what `wanted` names (`status`, `pinned_comment_id`, `slow_mode_seconds`, `windows`,
    `updated_at`) and leave the rest. An article that nobody wrote about is made.

    Raises `InvalidRequest` with the field, and then changes nothing.
    """
    with transaction():
        row = articles.lock(site, key, url=None, title=None, now=now)
        _check(row, wanted)
        values = {name: _stored(name, value, now) for name, value in wanted.items()}
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if changed:
            was_closed = article_windows.status_in_force(row, now) is ArticleStatus.CLOSED
            when = {} if "windows" not in wanted else {"window_at": _next_edge(wanted, now)}
            db.session.execute(
                update(Article).where(Article.id == row.id).values(**changed, **when)
            )
            articles.touch(row.id)
            before = {name: getattr(row, name) for name in changed}
            row = articles.lock_by_id(row.id)
            is_closed = article_windows.status_in_force(row, now) is ArticleStatus.CLOSED
            if is_closed and not was_closed:
                _record_closed(row, now)
            audit.record(
                AuditAction.ARTICLE_CHANGED,
                actor=actor.key,
                target=f"article:{row.id}",
                site_id=site.id,
                before=_plain(before),
                after=_plain(changed),
                now=now,
            )
        return _view(row, site, now)


def pass_window(*, now: datetime) -> bool:
    """Tell that a window of some article began or ended, which nobody's request does; whether
    there was one. Of several moments of an article that are over, the first."""
    due = select(Article.id).where(Article.window_at <= now).order_by(Article.window_at).limit(1)
    with reading() as connection:
        article_id = connection.execute(due).scalar()
    if article_id is None:
        return False
    locking = select(Article.__table__).where(Article.id == article_id).with_for_update()
    with transaction() as session:
        row = session.execute(locking).first()
        if row is None or row.window_at is None or row.window_at > now:
            return True  # somebody was quicker
        before = article_windows.status_in_force(row, row.window_at - timedelta(microseconds=1))
        after = article_windows.status_in_force(row, row.window_at)
        if after is not before:
            _tell_of_window(row, before, after, now=now)
        following = article_windows.next_change(row, row.window_at)
        session.execute(update(Article).where(Article.id == article_id).values(window_at=following))
    return True


def _tell_of_window(
    row: AnyRow, before: ArticleStatus, after: ArticleStatus, *, now: datetime
) -> None:
    if after is ArticleStatus.CLOSED:
        _record_closed(row, now)
    audit.record(
        AuditAction.ARTICLE_WINDOW_PASSED,
        actor=audit.OPERATOR,
        target=f"article:{row.id}",
        site_id=row.site_id,
        before={"status_in_force": before.value},
        after={"status_in_force": after.value, "at": row.window_at.isoformat()},
        now=now,
    )


def _record_closed(row: AnyRow, now: datetime) -> None:
    events.record(
        EventType.ARTICLE_CLOSED, site_id=row.site_id, article_id=row.id, data={}, now=now
    )


def _next_edge(wanted: Mapping[str, Any], now: datetime) -> datetime | None:
    return article_windows.next_edge(wanted["windows"] or (), now)


def _check(row: AnyRow, wanted: Mapping[str, Any]) -> None:
    for place, window in enumerate(wanted.get("windows") or ()):
        if window.ends_at <= window.starts_at:
            raise _wrong(
                f"/windows/{place}/ends_at",
                "A window ends after it begins.",
                "끝나는 시각은 시작하는 시각보다 뒤여야 합니다.",
            )
    pinned = wanted.get("pinned_comment_id")
    if pinned is None:
        return
    query = select(Comment.id).where(
        Comment.id == pinned,
        Comment.article_id == row.id,
        Comment.root_id.is_(None),
        Comment.status == Status.PUBLISHED,
    )
    if db.session.execute(query).first() is None:
        raise _wrong(
            "/pinned_comment_id",
            "Is no published comment of this article, or is a reply.",
            "이 기사에 게시된 댓글이 아니거나 답글입니다.",
        )


def _wrong(pointer: str, detail: str, ko: str) -> InvalidRequest:
    return InvalidRequest(errors=(FieldError(pointer, detail, ko=ko),))


def _stored(name: str, value: Any, now: datetime) -> Any:
    """The value of a column; windows that are over are dropped."""
    if name == "windows":
        return [window.as_json() for window in article_windows.ahead(value, now)] or None
    return value


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Ids as strings, as everywhere in the log, and moments as text."""
    plain = dict(values)
    if plain.get("pinned_comment_id") is not None:
        plain["pinned_comment_id"] = str(plain["pinned_comment_id"])
    if plain.get("updated_at") is not None:
        plain["updated_at"] = plain["updated_at"].isoformat()
    return plain


def _view(row: AnyRow, site: SiteView, now: datetime) -> ArticleSettings:
    return ArticleSettings(
        article=articles.view(row, site=site.key, now=now),
        status=ArticleStatus(row.status),
        slow_mode_seconds=row.slow_mode_seconds,
        windows=article_windows.ahead(article_windows.of(row.windows), now),
        updated_at=row.updated_at,
    )
