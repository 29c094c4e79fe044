"""The queue: its tabs, decisions one by one and in bulk, and taking them back.

Everything about a view of it is in its address. A decision answers with the way back to the view
it was made in, where the undo bar stands; one that came too late answers 409 with that view, which
says who was first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Response, request, url_for
from werkzeug.datastructures import MultiDict

from comments_service import clock
from comments_service.errors import Conflict, NotFound
from comments_service.policy.filters import ORDER
from comments_service.services import dossiers, glances, moderation, policies, queues
from comments_service.services.ids import parse_id
from comments_service.services.moderation import Batch, DecisionKind, NewDecision, Result
from comments_service.services.queues import OLDEST_FIRST, Asked, QueuePage, Tab
from comments_service.services.views import Status
from comments_service.web.http import cursor, staff
from comments_service.web.http.language import preferred_language
from comments_service.web.http.problem import members
from comments_service.web.moderator import cards, pages
from comments_service.web.moderator.desk import Desk, current_desk
from comments_service.web.moderator.queue_words import WORDS
from comments_service.web.moderator.words import WORDS as SHARED_WORDS

PER_PAGE = (25, 50, 100)
MOST_AT_ONCE = 100
NUMBERED = 9
"""Clauses that a digit chooses."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A clause to give as the reason."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A decision that was not applied, as the page tells of it."""

    comment_id: str
    name: str
    text: str


def queue() -> Response:
    """The first tab."""
    return pages.go("moderator.queue_tab", tab=Tab.HELD.value, **_only(request.args, "site"))


def tab(tab: str) -> Response:
    """A tab, as its address narrows it down."""
    return _show(_tab(tab), request.args)


def decide() -> Response:
    """Decide about one comment or several."""
    desk = current_desk()
    decisions, unknown = _wanted(request.form)
    batch = moderation.decide(staff.current_actor(), decisions, now=clock.now())
    refused = [result for result in batch.results if result.error is not None]
    if not refused and not unknown:
        done = len(batch.results)
        return _back(desk, batch=batch.id if done else None)
    return _told(desk, batch, refused, unknown)


def undo() -> Response:
    """Take a batch back."""
    desk = current_desk()
    batch = moderation.undo(
        staff.current_actor(), parse_id(request.form.get("batch_id", "")) or 0, now=clock.now()
    )
    refused = [result for result in batch.results if result.error is not None]
    return _told(desk, batch, refused, 0) if refused else _back(desk)


def glance() -> Response:
    """Say that one looks at a comment."""
    comment_id = parse_id(request.form.get("comment_id", ""))
    if comment_id is None:
        raise NotFound
    glances.note(staff.current_actor(), comment_id, now=clock.now())
    return Response(status=204)


def words() -> dict[str, str]:
    """All words of these pages in the reader's language."""
    language = preferred_language()
    return {name: getattr(text, language) for name, text in {**SHARED_WORDS, **WORDS}.items()}


def choices(desk: Desk) -> tuple[Choice, ...]:
    """The clauses of the policy in force."""
    language = preferred_language()
    clauses = policies.in_force(desk.site.id).clauses
    return tuple(Choice(clause.id, str(getattr(clause.title, language))) for clause in clauses)


def common(desk: Desk, now: datetime, args: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the templates of these pages share."""
    told = words()
    batch_id = parse_id((request.args if args is None else args).get("batch", ""))
    made = None if batch_id is None else moderation.made(staff.current_actor(), batch_id, now=now)
    return {
        "words": WORDS,
        "age": lambda since: cards.age(since, now, told),
        "now": now,
        "choices": choices(desk),
        "numbered": NUMBERED,
        "made": made,
        "address": own_address(),
        "me": desk.member,
    }


def own_address() -> str:
    """This page's address without the undo bar, for forms to come back to."""
    if request.method == "POST":
        return _return_address(current_desk())
    args = MultiDict(request.args)
    args.pop("batch", None)
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **args.to_dict()})


def _show(
    shown: Tab,
    args: Mapping[str, str],
    *,
    refused: tuple[Refused, ...] = (),
    done: int = 0,
    status: int = 200,
) -> Response:
    desk, now, actor = current_desk(args.get("site")), clock.now(), staff.current_actor()
    asked = _asked(desk, shown, args)
    place = args.get("cursor")
    listing = f"queue:{asked}"
    page = queues.page(
        actor,
        asked,
        limit=_limit(args),
        after=None if place is None else _position(listing, place),
        now=now,
    )
    following = None if page.next is None else _cursor(listing, page)
    kept = {name: value for name, value in args.items() if name not in {"cursor", "batch"}}
    kept["site"] = desk.site.key
    first = page.items[0].comment.created_at if page.items else None
    return pages.show(
        "queue.html",
        desk=desk,
        here="queue",
        status=status,
        tab=shown,
        tabs=tuple(Tab),
        counts=queues.counts(actor, desk.site.key),
        counted=queues.ON_TABS,
        page=page,
        cards=[cards.card(item, user_id=desk.member.user_id) for item in page.items],
        asked=asked,
        kept=kept,
        narrowed=_narrowed(page, asked),
        filters=[name for name, _ in ORDER],
        limits=PER_PAGE,
        limit=_limit(args),
        next=following,
        oldest=first if shown in OLDEST_FIRST and place is None else None,
        version=policies.version_in_force(desk.site.id),
        refused=refused,
        done=done,
        **common(desk, now, args),
    )


def _tab(name: str) -> Tab:
    try:
        return Tab(name)
    except ValueError:
        raise NotFound from None


def _asked(desk: Desk, shown: Tab, args: Mapping[str, str]) -> Asked:
    user = args.get("user")
    return Asked(
        tab=shown,
        site=desk.site.key,
        article=args.get("article") or None,
        user_id=(parse_id(user) or -1) if user else None,
        filter=args.get("filter") or None,
        clause=args.get("clause") or None,
        q=args.get("q", "").strip()[:200] or None,
    )


def _narrowed(page: QueuePage, asked: Asked) -> dict[str, str]:
    """What an article or a person that the page is narrowed down to is called."""
    found: dict[str, str] = {}
    item = page.items[0] if page.items else None
    if asked.article is not None:
        found["article"] = (item.article.title if item else None) or asked.article
    if asked.user_id is not None:
        author = item.comment.author if item else None
        found["user"] = author.name if author else str(asked.user_id)
    return found


def _limit(args: Mapping[str, str]) -> int:
    wanted = parse_id(args.get("limit", "")) or 0
    return wanted if wanted in PER_PAGE else PER_PAGE[0]


def _cursor(listing: str, page: QueuePage) -> str:
    values = [each.isoformat() if isinstance(each, datetime) else each for each in page.next or ()]
    return cursor.encode(listing, values)


def _position(listing: str, text: str) -> tuple[Any, ...]:
    return tuple(
        datetime.fromisoformat(each) if isinstance(each, str) else each
        for each in cursor.decode(listing, text)
    )


def _wanted(form: MultiDict[str, str]) -> tuple[list[NewDecision], int]:
    """What the form decides of the comments chosen in it; and how many it cannot say it of.

    Each comment's status as it was seen comes along in a field of its own, `seen-<id>`.
    """
    verb = form.get("decision", "")
    reason, note = form.get("reason") or None, form.get("note", "").strip() or None
    decisions, unknown = [], 0
    for number in dict.fromkeys(form.getlist("comment_id")[:MOST_AT_ONCE]):
        comment_id, seen = parse_id(number), form.get(f"seen-{number}", "")
        kind = _kind(verb, seen, is_appealed=form.get("tab") == Tab.APPEALED)
        if comment_id is None or kind is None:
            unknown += 1
            continue
        asks_why = kind in {DecisionKind.REJECT, DecisionKind.REMOVE}
        decisions.append(
            NewDecision(
                comment_id=comment_id,
                kind=kind,
                seen_status=Status(seen),
                reason=reason if asks_why else None,
                note=note,
            )
        )
    return decisions, unknown


def _kind(verb: str, seen: str, *, is_appealed: bool) -> DecisionKind | None:
    if seen not in set(Status):
        return None
    if verb in {"yes", "no"}:
        return cards.kind_of(verb, Status(seen), is_appealed=is_appealed)
    return DecisionKind(verb) if verb in set(DecisionKind) - {DecisionKind.UNDO} else None


def _told(desk: Desk, batch: Batch, refused: list[Result], unknown: int) -> Response:
    """The view that the form was on, with what was not applied: 409 where somebody was first,
    422 where the decision is none."""
    now = clock.now()
    known = {
        item.comment.id: item
        for item in dossiers.some(
            staff.current_actor(), [result.comment_id for result in refused], now=now
        )
    }
    told = words()
    lines = []
    for result in refused:
        item = known.get(result.comment_id)
        author = item.comment.author if item else None
        lines.append(
            Refused(
                comment_id=str(result.comment_id),
                name=author.name if author else "",
                text=_why(result, told, now),
            )
        )
    lines += [Refused("", "", told["cannot"])] * unknown
    too_late = any(isinstance(result.error, (Conflict, NotFound)) for result in refused)
    parts = urlsplit(_return_address(desk))
    args = {name: values[0] for name, values in parse_qs(parts.query).items()}
    args["site"] = desk.site.key
    done = sum(result.error is None for result in batch.results)
    if done:
        args["batch"] = str(batch.id)
    name = parts.path.rpartition("/")[2]
    shown = Tab(name) if name in set(Tab) else Tab.HELD
    return _show(shown, args, refused=tuple(lines), done=done, status=409 if too_late else 422)


def _why(result: Result, told: Mapping[str, str], now: datetime) -> str:
    """Why a decision was not applied, in a sentence."""
    if result.status is None:
        return told["is-gone"]
    status = told[f"status-{result.status.value}"]
    if result.decided_by is not None and result.decided_at is not None:
        past = cards.age(result.decided_at, now, told)
        return told["somebody-first"].format(name=result.decided_by.name, age=past, status=status)
    if result.error is None:
        return ""
    said = members(result.error)
    if "errors" in said:
        return str(said["errors"][0]["detail"])
    return told["has-moved"].format(status=status)


def _back(desk: Desk, *, batch: int | None = None) -> Response:
    address = _return_address(desk)
    if batch is not None:
        address += f"{'&' if '?' in address else '?'}batch={batch}"
    return Response(status=303, headers={"Location": address})


def _return_address(desk: Desk) -> str:
    """The view that the form was on: an address of these pages, whatever the form says."""
    wanted = request.form.get("back", "")
    start = url_for("moderator.home")
    is_ours = wanted.startswith(start) and "\\" not in wanted and wanted.isprintable()
    if is_ours and not urlsplit(wanted).netloc and "//" not in urlsplit(wanted).path:
        return wanted
    return url_for("moderator.queue_tab", tab=Tab.HELD.value, site=desk.site.key)


def _only(args: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: args[name] for name in names if name in args}
