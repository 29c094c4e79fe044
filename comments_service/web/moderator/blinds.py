"""Temporary blinds: which comments are out of sight on request, and the next step for each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import Response, request

from comments_service import clock
from comments_service.errors import CommentsError, NotFound
from comments_service.services import blinds
from comments_service.services.blinds import NewBlind, Resolution
from comments_service.web.http import staff
from comments_service.web.http.language import preferred_language
from comments_service.web.http.problems import PROBLEMS
from comments_service.web.moderator import pages
from comments_service.web.moderator.article_words import WORDS
from comments_service.web.moderator.articles import comment_number
from comments_service.web.moderator.desk import current_desk

SHOWN = 100


def show_blinds() -> Response:
    """The site's temporary blinds, those still open first."""
    return _page(saved="saved" in request.args)


def begin_blind() -> Response:
    """Put a comment out of sight."""
    desk, form = current_desk(), request.form
    number = comment_number(form.get("comment", ""))
    days = form.get("days", "30")
    requester, reason = form.get("requester", "").strip(), form.get("reason", "").strip()
    if number is None or not requester or not reason:
        return _page(wrong=getattr(WORDS["bad-comment"], preferred_language()), status=422)
    command = NewBlind(
        comment_id=number,
        requester=requester[:200],
        reason=reason[:500],
        lasts=timedelta(days=min(30, int(days)) if days.isdigit() and int(days) else 30),
    )
    try:
        blinds.begin(staff.current_actor(), command, now=clock.now())
    except CommentsError as error:
        return _refused(error)
    return pages.go("moderator.blinds", site=desk.site.key, saved=1)


def continue_blind(comment_id: int) -> Response:
    """The writer's objection, or the end."""
    desk, actor, now = current_desk(), staff.current_actor(), clock.now()
    text, step = request.form.get("text", "").strip()[:500], request.form.get("step", "")
    try:
        if step == "objection":
            blinds.object_to(actor, comment_id, text or "-", now=now)
        elif step in set(Resolution):
            blinds.resolve(actor, comment_id, Resolution(step), reason=text or None, now=now)
        else:
            raise NotFound
    except CommentsError as error:
        return _refused(error)
    return pages.go("moderator.blinds", site=desk.site.key, saved=1)


def _refused(error: CommentsError) -> Response:
    problem = PROBLEMS[error.code]
    return _page(wrong=getattr(problem.help, preferred_language()), status=problem.status)


def _page(*, wrong: str = "", saved: bool = False, status: int = 200) -> Response:
    desk = current_desk()
    form: Mapping[str, str] = request.form
    return pages.show(
        "blinds.html",
        desk=desk,
        here="articles",
        words=WORDS,
        items=blinds.listed(desk.site, limit=SHOWN),
        form=form,
        wrong=wrong,
        saved=saved,
        status=status,
    )
