"""The audit log: read, filtered, taken home as a file. Nothing on this page changes anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from typing import Any

from flask import Response, request

from comments_service.errors import InvalidRequest
from comments_service.services import audit, audit_log
from comments_service.services.audit import AuditAction
from comments_service.services.audit_log import Filters, LogEntry
from comments_service.web.http import csv_file, cursor
from comments_service.web.http.language import preferred_language
from comments_service.web.moderator import pages
from comments_service.web.moderator.audit_words import ACTIONS, WORDS
from comments_service.web.moderator.desk import Desk, current_desk

PER_PAGE = 50
COLUMNS = (
    "seq",
    "at",
    "actor",
    "action",
    "target",
    "reason",
    "before",
    "after",
    "previous_hash",
    "hash",
)
CHOSEN = ("actor", "action", "target", "since", "until")


def show_audit() -> Response:
    """A site's entries, newest first."""
    desk = current_desk()
    chosen = _chosen()
    try:
        filters = _filters(desk, chosen)
    except ValueError:
        return _page(desk, chosen, wrong=True)
    return _page(desk, chosen, filters=filters)


def export_audit() -> Response:
    """The same entries as a file, CSV or JSON Lines."""
    desk = current_desk()
    try:
        filters = _filters(desk, _chosen())
    except ValueError:
        raise InvalidRequest from None
    end = audit.head()
    name = f"audit-{desk.site.key}"
    if request.args.get("format") == "json":
        content = audit_log.export(filters, end=end)
        return csv_file.download(content, name=f"{name}.jsonl", media_type="application/jsonl")
    rows = _rows(filters, end.seq)
    return csv_file.download(csv_file.lines(rows), name=f"{name}.csv", media_type="text/csv")


def _page(
    desk: Desk, chosen: dict[str, str], *, filters: Filters | None = None, wrong: bool = False
) -> Response:
    filters = filters or Filters(site_id=desk.site.id)
    listing = f"moderator-audit:{filters!r}"
    place = request.args.get("cursor")
    below = None if place is None else cursor.decode(listing, place)
    page = audit_log.page(filters, limit=PER_PAGE, below=below)
    language = preferred_language()
    return pages.show(
        "audit.html",
        desk=desk,
        here="audit",
        words=WORDS,
        page=page,
        head=audit.head(),
        actions={code: getattr(words, language) for code, words in ACTIONS.items()},
        codes=[action.value for action in AuditAction],
        chosen=chosen,
        query={name: value for name, value in chosen.items() if value},
        pretty=_pretty,
        wrong=wrong,
        next=None if page.next is None else cursor.encode(listing, page.next),
        status=422 if wrong else 200,
    )


def _chosen() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:80] for name in CHOSEN}


def _filters(desk: Desk, chosen: dict[str, str]) -> Filters:
    """Days are Korea's, and `until` is one of them. Raises `ValueError` where one is none."""
    since, until = _day(chosen["since"]), _day(chosen["until"])
    return Filters(
        site_id=desk.site.id,
        actor=chosen["actor"] or None,
        action=chosen["action"] or None,
        target=chosen["target"] or None,
        since=since,
        until=None if until is None else until + timedelta(days=1),
    )


def _day(text: str) -> datetime | None:
    if not text:
        return None
    day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=pages.SEOUL)
    if not MINYEAR < day.year < MAXYEAR:
        raise ValueError(text)
    return day


def _rows(filters: Filters, end: int) -> Iterator[tuple[Any, ...]]:
    yield COLUMNS
    for entry in audit_log.entries(filters, end=end):
        yield _row(entry)


def _row(entry: LogEntry) -> tuple[Any, ...]:
    return (
        entry.seq,
        entry.at.isoformat(timespec="microseconds"),
        entry.actor,
        entry.action,
        entry.target,
        entry.reason,
        None if entry.before is None else _pretty(entry.before),
        None if entry.after is None else _pretty(entry.after),
        entry.previous_hash,
        entry.hash,
    )


def _pretty(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
