"""Rendering: Korean or English, whole without JavaScript, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Response, current_app, make_response, render_template, request, url_for

from comments_service.services import staff_preferences
from comments_service.services.staff_sessions import StaffMember
from comments_service.web.http import csrf
from comments_service.web.http.language import preferred_language
from comments_service.web.http.problems import Words
from comments_service.web.http.staff import SAFE_METHODS
from comments_service.web.moderator.desk import Desk
from comments_service.web.moderator.words import WORDS

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types sc-mod"
)

# Name, address, and the letter that leads there after "g".
NAVIGATION = (
    ("queue", "moderator.queue", "Q"),
    ("people", "moderator.people", "P"),
    ("articles", "moderator.articles", "A"),
    ("policies", "moderator.policies", "O"),
    ("statistics", "moderator.statistics", "S"),
    ("audit", "moderator.audit", "L"),
)
SEOUL = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True, slots=True)
class Entry:
    """One of the navigation."""

    name: str
    address: str
    key: str


def show(
    template: str,
    *,
    member: StaffMember | None = None,
    desk: Desk | None = None,
    here: str = "",
    words: Mapping[str, Words] | None = None,
    status: int = 200,
    **values: Any,
) -> Response:
    """Render a page; with a `member`, in their name and with the token that its forms need.

    A page of a `desk` has its navigation, in which it is `here`. `words` are the page's own, beside
    those that all share.
    """
    language = preferred_language()
    if desk is not None:
        member = desk.member
    html = render_template(
        f"moderator/{template}",
        lang=language,
        words={name: getattr(text, language) for name, text in {**WORDS, **(words or {})}.items()},
        member=member,
        site=desk.site if desk else None,
        sites=desk.sites if desk else (),
        here=here,
        navigation=_navigation(desk) if desk else (),
        has_shortcuts=member is not None and staff_preferences.has_shortcuts(member.user_id),
        moment=moment,
        csrf_token=csrf.token(member.token_hash) if member else None,
        **values,
    )
    response = make_response(html, status)
    response.headers["Content-Language"] = language
    response.vary.add("Accept-Language")
    return response


def _navigation(desk: Desk) -> tuple[Entry, ...]:
    return tuple(
        Entry(name, url_for(endpoint, site=desk.site.key), key)
        for name, endpoint, key in NAVIGATION
        if endpoint in current_app.view_functions
    )


def moment(value: datetime) -> str:
    """A moment as it is written on a page, in Korea's time: `2026-11-24 21:00`."""
    return value.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M")


def go(endpoint: str = "moderator.home", **values: Any) -> Response:
    """On to another page, so that reloading does not send a form again."""
    return Response(status=303, headers={"Location": url_for(endpoint, **values)})


def back() -> Response:
    """Back to the page of ours that the form was on."""
    page = urlsplit(request.headers.get("Referer", ""))
    if not page.path.startswith(f"{url_for('moderator.home')}") or page.netloc != request.host:
        return go()
    address = f"{page.path}?{page.query}" if page.query else page.path
    return Response(status=303, headers={"Location": address})


def wanted() -> bool:
    """Whether the answer is to be a page: a browser's own navigation, and no script's request."""
    if request.method in SAFE_METHODS:
        return True
    kinds = ["application/json", "text/html"]
    return request.accept_mimetypes.best_match(kinds) == "text/html"
