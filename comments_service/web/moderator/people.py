"""People: found by name, and a person's page with their record, notes, suspensions and roles."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, request

from comments_service import clock
from comments_service.errors import InvalidRequest, NotFound
from comments_service.services import moderation, people, staff, suspensions
from comments_service.services.ids import parse_id
from comments_service.services.roles import Role
from comments_service.services.suspensions import NewSuspension
from comments_service.web.http import cursor
from comments_service.web.http import staff as staff_http
from comments_service.web.moderator import cards, pages
from comments_service.web.moderator.desk import Desk, current_desk
from comments_service.web.moderator.queue import choices, common, words

PER_PAGE = 50
SHOWN = 20
DAYS = (1, 7, 30)
HOURS = (1, 24, 72, 168)
LONGEST_NOTE = 2_000


def find() -> Response:
    """People whose name or handle is looked for; the newest without."""
    desk, now = current_desk(), clock.now()
    q = request.args.get("q", "").strip()[:200]
    listing, place = f"moderator-people:{desk.site.id}:{q}", request.args.get("cursor")
    page = people.find(
        staff_http.current_actor(),
        q,
        limit=PER_PAGE,
        below=None if place is None else cursor.decode(listing, place),
    )
    return pages.show(
        "people.html",
        desk=desk,
        here="people",
        page=page,
        q=q,
        next=None if page.next is None else cursor.encode(listing, page.next),
        **common(desk, now),
    )


def person(user_id: str) -> Response:
    """A person's page."""
    return _show(_number(user_id))


def note(user_id: str) -> Response:
    """Tell colleagues something."""
    number, text = _number(user_id), request.form.get("text", "").strip()[:LONGEST_NOTE]
    if text:
        people.note(staff_http.current_actor(), number, text, now=clock.now())
    return _back(number)


def suspend(user_id: str) -> Response:
    """Suspend the person on this site, and perhaps reject what they wrote in the last day."""
    desk, actor, number, now = (
        current_desk(),
        staff_http.current_actor(),
        _number(user_id),
        clock.now(),
    )
    people.require_known(actor, number)
    told = words()
    chosen, text = request.form.get("reason", ""), request.form.get("note", "").strip()[:500]
    if not chosen:
        return _show(number, wrong=told["must-have-reason"], is_suspending=True)
    if chosen == moderation.OTHER and not text:
        return _show(number, wrong=told["must-have-note"], is_suspending=True)
    try:
        until = _until(now)
        wanted = NewSuspension(
            number, desk.site.id, until, _told_reason(desk, chosen, text), text or None
        )
        suspensions.suspend(actor, wanted, now=now)
    except (InvalidRequest, ValueError):
        return _show(number, wrong=told["must-be-future"], is_suspending=True)
    if "recent" not in request.form:
        return _back(number)
    return _reject(number, hours=24, reason=chosen, text=text)


def lift(suspension_id: str) -> Response:
    """Lift a suspension."""
    suspensions.lift(staff_http.current_actor(), _number(suspension_id), now=clock.now())
    return _back(_number(request.form.get("user_id", "")))


def reject_recent(user_id: str) -> Response:
    """Reject what they wrote in the last hours."""
    number = _number(user_id)
    people.require_known(staff_http.current_actor(), number)
    hours = parse_id(request.form.get("hours", "")) or 0
    reason, text = request.form.get("reason", ""), request.form.get("note", "").strip()[:500]
    if hours not in HOURS:
        raise NotFound
    if not reason:
        return _show(number, wrong=words()["must-have-reason"], is_rejecting=True)
    if reason == moderation.OTHER and not text:
        return _show(number, wrong=words()["must-have-note"], is_rejecting=True)
    return _reject(number, hours=hours, reason=reason, text=text)


def set_roles(user_id: str) -> Response:
    """Say which roles they have on this site."""
    desk, number, now = current_desk(), _number(user_id), clock.now()
    desk.member.require_fresh_login(now)
    roles = [Role(name) for name in request.form.getlist("role") if name in set(Role)]
    staff.set_roles(staff_http.current_actor(), number, site_id=desk.site.id, roles=roles, now=now)
    return _back(number)


def _reject(number: int, *, hours: int, reason: str, text: str) -> Response:
    now = clock.now()
    try:
        batch = moderation.reject_recent(
            staff_http.current_actor(),
            number,
            since=now - timedelta(hours=hours),
            reason=reason,
            note=text or None,
            now=now,
        )
    except InvalidRequest:
        return _show(number, wrong=words()["must-have-reason"], is_rejecting=True)
    if not batch.results:
        return _show(number, wrong=words()["recent-none"], status=200)
    return _back(number, batch=batch.id)


def _show(
    number: int,
    *,
    wrong: str | None = None,
    is_suspending: bool = False,
    is_rejecting: bool = False,
    status: int | None = None,
) -> Response:
    desk, actor, now = current_desk(), staff_http.current_actor(), clock.now()
    listing, place = f"moderator-person:{number}", request.args.get("cursor")
    view = people.get(actor, number, now=now)
    written = people.written(
        actor,
        number,
        limit=SHOWN,
        now=now,
        below=None if place is None else cursor.decode(listing, place),
    )
    return pages.show(
        "person.html",
        desk=desk,
        here="people",
        tab=None,
        view=view,
        written=[cards.card(item, user_id=desk.member.user_id) for item in written.items],
        next=None if written.next is None else cursor.encode(listing, written.next),
        wrong=wrong,
        is_suspending=is_suspending or "suspend" in request.args,
        is_rejecting=is_rejecting or "recent" in request.args,
        days=DAYS,
        hours=HOURS,
        may_manage=desk.may(Role.ADMIN),
        own_roles={role.role for role in view.roles if role.site_id == desk.site.id},
        status=status or (422 if wrong else 200),
        **common(desk, now),
    )


def _until(now: datetime) -> datetime | None:
    """When the suspension ends. Raises `ValueError` for a date that is none."""
    chosen = request.form.get("until", "")
    if chosen == "lifted":
        return None
    if chosen == "date":
        local = datetime.fromisoformat(request.form.get("date", ""))
        return local.replace(tzinfo=pages.SEOUL)
    days = parse_id(chosen) or 0
    if days not in DAYS:
        raise ValueError(chosen)
    return now + timedelta(days=days)


def _told_reason(desk: Desk, chosen: str, text: str) -> str:
    """What the person is told: the clause with its title, or the note where it is none."""
    titles = {choice.id: choice.title for choice in choices(desk)}
    return f"{chosen} {titles[chosen]}" if chosen in titles else text


def _back(number: int, *, batch: int | None = None) -> Response:
    more = {} if batch is None else {"batch": batch}
    return pages.go("moderator.person", user_id=number, site=current_desk().site.key, **more)


def _number(text: str) -> int:
    number = parse_id(text)
    if number is None:
        raise NotFound
    return number
