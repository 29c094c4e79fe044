"""Articles: the list, and what the desk sets for one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any

from flask import Response, request

from comments_service import clock
from comments_service.errors import InvalidRequest, NotFound
from comments_service.services import article_settings
from comments_service.services.article_settings import LONGEST_SLOW_MODE, ArticleSettings
from comments_service.services.article_windows import MOST, Window
from comments_service.services.ids import parse_id
from comments_service.services.views import ArticleStatus
from comments_service.web.http import cursor, staff
from comments_service.web.http.language import preferred_language
from comments_service.web.moderator import pages
from comments_service.web.moderator.article_words import WORDS
from comments_service.web.moderator.desk import Desk, current_desk

PER_PAGE = 50
OF_A_PERMALINK = re.compile(r"(?:.*#comment-)?([0-9]{1,19})")


class WrongField(Exception):
    """A field of the form, and the word that says what is wrong with it."""

    def __init__(self, field: str, word: str) -> None:
        super().__init__(word)
        self.field = field
        self.word = word


def articles() -> Response:
    """A site's articles, newest first, with a search."""
    desk = current_desk()
    words = request.args.get("q", "").strip()[:200]
    listing = f"moderator-articles:{desk.site.id}:{words}"
    place = request.args.get("cursor")
    page = article_settings.page(
        desk.site,
        limit=PER_PAGE,
        now=clock.now(),
        below=None if place is None else cursor.decode(listing, place),
        words=words,
    )
    return pages.show(
        "articles.html",
        desk=desk,
        here="articles",
        words=WORDS,
        items=page.items,
        q=words,
        next=None if page.next is None else cursor.encode(listing, page.next),
    )


def article() -> Response:
    """What is set for one article."""
    desk, key = current_desk(), _key()
    view = article_settings.read(desk.site, key, now=clock.now())
    return _form(desk, view, _as_set(view), saved="saved" in request.args)


def save_article() -> Response:
    """Set what the form says."""
    desk, key = current_desk(), _key()
    view = article_settings.read(desk.site, key, now=clock.now())
    try:
        wanted = _wanted(view)
        article_settings.change(staff.current_actor(), desk.site, key, wanted, now=clock.now())
    except WrongField as error:
        word = getattr(WORDS[error.word], preferred_language())
        return _form(desk, view, request.form, errors={error.field: word})
    except InvalidRequest as error:
        return _form(desk, view, request.form, errors=_told(error))
    return pages.go("moderator.article", site=desk.site.key, article=key, saved=1)


def comment_number(text: str) -> int | None:
    """The comment that somebody names by its address or its number."""
    match = OF_A_PERMALINK.fullmatch(text.strip())
    return parse_id(match[1]) if match else None


def _form(
    desk: Desk,
    view: ArticleSettings,
    form: Mapping[str, Any],
    *,
    errors: Mapping[str, str] | None = None,
    saved: bool = False,
) -> Response:
    return pages.show(
        "article.html",
        desk=desk,
        here="articles",
        words=WORDS,
        view=view,
        form=form,
        errors=errors or {},
        saved=saved,
        status=422 if errors else 200,
    )


def _as_set(view: ArticleSettings) -> dict[str, Any]:
    pinned = view.article.pinned_id
    return {
        "status": view.status.value,
        "slow_mode_seconds": view.slow_mode_seconds,
        "pinned": "" if pinned is None else str(pinned),
        "starts_at": "",
        "ends_at": "",
        "window_status": "closed",
        "updated_at": ""
        if view.updated_at is None
        else view.updated_at.astimezone(pages.SEOUL).strftime("%Y-%m-%dT%H:%M"),
    }


def _key() -> str:
    key = request.values.get("article", "")
    if not key.isprintable() or not 0 < len(key) <= 255:
        raise NotFound
    return key


def _wanted(view: ArticleSettings) -> dict[str, Any]:
    """The form as values. Raises `WrongField`."""
    form = request.form
    seconds, status = form.get("slow_mode_seconds", "").strip() or "0", form.get("status", "")
    if not (seconds.isascii() and seconds.isdigit() and int(seconds) <= LONGEST_SLOW_MODE):
        raise WrongField("slow_mode_seconds", "bad-number")
    pinned = comment_number(form["pinned"]) if form.get("pinned", "").strip() else None
    if pinned is None and form.get("pinned", "").strip():
        raise WrongField("pinned_comment_id", "bad-comment")
    return {
        "status": ArticleStatus(status) if status in set(ArticleStatus) else view.status,
        "slow_mode_seconds": int(seconds),
        "pinned_comment_id": pinned,
        "windows": _windows(view),
        **_updated_at(view),
    }


def _updated_at(view: ArticleSettings) -> dict[str, Any]:
    """When the article was corrected, where the form says otherwise than it did: to the minute."""
    text = request.form.get("updated_at", "")
    if text == _as_set(view)["updated_at"]:
        return {}
    try:
        return {"updated_at": _moment(text) if text else None}
    except WrongField:
        raise WrongField("updated_at", "bad-moment") from None


def _windows(view: ArticleSettings) -> list[Window]:
    dropped = set(request.form.getlist("drop"))
    kept = [window for place, window in enumerate(view.windows) if str(place) not in dropped]
    begin, end = request.form.get("starts_at", ""), request.form.get("ends_at", "")
    if begin or end:
        status = request.form.get("window_status", "closed")
        forced = ArticleStatus.PREMODERATED if status == "premoderated" else ArticleStatus.CLOSED
        kept.append(Window(_moment(begin), _moment(end), forced))
    if len(kept) > MOST:
        raise WrongField("windows", "too-many-windows")
    return kept


def _moment(text: str) -> datetime:
    """What `datetime-local` sends is Korea's time."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=pages.SEOUL)
    except ValueError:
        raise WrongField("windows", "bad-moment") from None
    if not MINYEAR < moment.year < MAXYEAR:
        raise WrongField("windows", "bad-moment")
    return moment


def _told(error: InvalidRequest) -> dict[str, str]:
    """By the first part of each pointer, which is the name of the part of the form."""
    korean = preferred_language() == "ko"
    return {
        each.pointer.split("/")[1]: (each.ko if korean and each.ko else each.detail)
        for each in error.errors
    }
