"""Statistics people look at: charts drawn here, the numbers in a table beneath each, a file of all.

Also the monthly transparency report, and the second looks at decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from flask import Response, request

from comments_service import clock
from comments_service.errors import NotFound
from comments_service.services import rejudgements, statistics, transparency
from comments_service.services.ids import parse_id
from comments_service.services.statistics import AGES, Statistics
from comments_service.services.transparency import Transparency
from comments_service.web.http import csv_file, staff
from comments_service.web.http.language import preferred_language
from comments_service.web.moderator import charts, pages
from comments_service.web.moderator.audit_words import ACTIONS
from comments_service.web.moderator.desk import Desk, current_desk
from comments_service.web.moderator.statistics_words import WORDS

PERIODS = (7, 14, 30, 90)
DEFAULT = 14
OF_A_DAY = ("published", "held", "rejected", "decided", "median", "p95")
RULES_DRAWN = 6
RULES_LISTED = 50

Rows = Iterator[tuple[Any, ...]]


def show_statistics() -> Response:
    """The charts of a period."""
    desk, days, view = _read()
    drawn = [rule for rule in view.rules if rule.decided][:RULES_DRAWN]
    return pages.show(
        "statistics.html",
        desk=desk,
        here="statistics",
        words=WORDS,
        view=view,
        days=days,
        periods=PERIODS,
        listed=view.rules[:RULES_LISTED],
        volume=charts.volume(view.days),
        durations=charts.durations(view.days),
        ages=charts.ages(view.backlog.ages),
        dots=charts.precisions(drawn),
        charts=charts,
        age_labels=_age_labels(),
        span=_span,
        share=_share,
        month=f"{view.until.astimezone(pages.SEOUL):%Y-%m}",
    )


def export_statistics() -> Response:
    """All numbers of the period, a measure a row."""
    desk, _days, view = _read()
    content = csv_file.lines(_rows(view))
    return csv_file.download(content, name=f"statistics-{desk.site.key}.csv", media_type="text/csv")


def show_transparency() -> Response:
    """The report of a month."""
    desk, view = _month()
    language = preferred_language()
    return pages.show(
        "transparency.html",
        desk=desk,
        here="statistics",
        words=WORDS,
        view=view,
        actions={code: getattr(words, language) for code, words in ACTIONS.items()},
        span=_span,
    )


def export_transparency() -> Response:
    """The report as a file."""
    desk, view = _month()
    name = f"transparency-{desk.site.key}-{view.month}.csv"
    content = csv_file.lines(_report_rows(view))
    return csv_file.download(content, name=name, media_type="text/csv")


def show_sample() -> Response:
    """The next comment to be judged a second time."""
    desk = current_desk()
    sampled = rejudgements.next_for(staff.current_actor(), desk.site, now=clock.now())
    return pages.show("sample.html", desk=desk, here="statistics", words=WORDS, sampled=sampled)


def judge_sample() -> Response:
    """Keep the answer, and on to the next."""
    desk = current_desk()
    number = parse_id(request.form.get("decision", ""))
    answer = request.form.get("answer", "")
    if number is None or answer not in {"publish", "not"}:
        raise NotFound
    rejudgements.judge(
        staff.current_actor(), number, would_publish=answer == "publish", now=clock.now()
    )
    return pages.go("moderator.sample", site=desk.site.key)


def _read() -> tuple[Desk, int, Statistics]:
    """The desk, the number of days asked for, and their statistics: whole days, and today."""
    desk, asked = current_desk(), request.args.get("days", "")
    days = int(asked) if asked in {str(period) for period in PERIODS} else DEFAULT
    now = clock.now()
    today = datetime.combine(now.astimezone(pages.SEOUL), datetime.min.time(), pages.SEOUL)
    since = today - timedelta(days=days - 1)
    return desk, days, statistics.read(desk.site.id, since=since, now=now)


def _month() -> tuple[Desk, Transparency]:
    desk, now = current_desk(), clock.now()
    month = request.args.get("month") or f"{now.astimezone(pages.SEOUL):%Y-%m}"
    return desk, transparency.read(desk.site.id, month, now=now)


def _rows(view: Statistics) -> Rows:
    yield "table", "name", "measure", "value"
    for day in view.days:
        yield from _measures("days", day.day.isoformat(), day, *OF_A_DAY)
    for bound, count in zip((*AGES, "more"), view.backlog.ages, strict=True):
        yield "queue", f"below {bound} minutes", "waiting", count
    for kind, count in (*view.decisions.items(), ("undone", view.undone)):
        yield "decisions", kind, "count", count
    for rule in view.rules:
        name = f"{rule.clause} {rule.filter} {rule.rule}"
        yield from _measures("rules", name, rule, "stopped", "decided", "agreed", "precision")
    for each in view.moderators:
        yield from _measures("moderators", each.name, each, "decided", "approved", "overturned")
    yield from _measures("appeals", "", view.appeals, "filed", "granted", "upheld", "open")
    measures = ("sampled", "judged", "agreed", "kappa")
    yield from _measures("second looks", "", view.agreement, *measures)


def _measures(table: str, name: str, of: object, *measures: str) -> Rows:
    for measure in measures:
        yield table, name, measure, getattr(of, measure)


def _report_rows(view: Transparency) -> Rows:
    yield "table", "measure", "value"
    for measure in ("received", "published", "held", "rejected"):
        yield "comments", measure, getattr(view, measure)
    tables: Mapping[str, Mapping[str, int]] = {
        "clauses": view.clauses,
        "actions": view.actions,
        "reasons": view.reasons,
        "reports": view.reports,
        "blinds": view.blinds,
    }
    for table, counts in tables.items():
        for measure, count in counts.items():
            yield table, measure, count
    for measure in ("filed", "granted", "upheld", "open"):
        yield "appeals", measure, getattr(view.appeals, measure)
    yield "decisions", "median_seconds", view.durations.median
    yield "decisions", "p95_seconds", view.durations.p95
    if view.audit_head is not None:
        yield "audit", "seq", view.audit_head.seq
        yield "audit", "hash", view.audit_head.hash


def _word(name: str, **values: object) -> str:
    text: str = getattr(WORDS[name], preferred_language())
    return text.format(**values)


def _span(seconds: float | None) -> str:
    """A length of time in its greatest unit that is not too coarse: `28분`, `5 min`."""
    if seconds is None:
        return "–"
    for name, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length or (name == "minutes" and seconds >= length):
            return _word(name, count=round(seconds / length))
    return _word("seconds", count=round(seconds))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _age_labels() -> list[str]:
    bounds = [_span(minutes * 60) for minutes in AGES]
    between = [f"{low} – {high}" for low, high in pairwise(bounds)]
    return [_word("below", minutes=bounds[0]), *between, _word("above", minutes=bounds[-1])]
