"""The monthly transparency report: what came, what the policy and the moderators did, what was
objected to. What people did is counted from the audit log, whose end it names, so that it can be
checked against an export of that log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from comments_service.errors import FieldError, InvalidRequest
from comments_service.models import AuditEntry, Blind, Comment, Report, Verdict
from comments_service.policy import Outcome
from comments_service.services import statistics
from comments_service.services.audit import Head
from comments_service.services.ids import first_id
from comments_service.services.statistics import SEOUL, Appeals, Durations, Statistics
from comments_service.services.transaction import reading

MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Transparency:
    """A month of a site. `clauses` counts the comments that the policy stopped for each; `actions`
    what people did, by the audit log's word for it, and `reasons` why they rejected or removed;
    `reports` how readers' reports were answered."""

    month: str
    since: datetime
    until: datetime
    received: int
    published: int
    held: int
    rejected: int
    clauses: Mapping[str, int]
    actions: Mapping[str, int]
    reasons: Mapping[str, int]
    durations: Durations
    reports: Mapping[str, int]
    appeals: Appeals
    blinds: Mapping[str, int]
    audit_head: Head | None


def bounds(month: str, *, now: datetime) -> tuple[datetime, datetime]:
    """The first and the last moment of a month (`2026-11`) in Korea; of the present one, now.

    Raises `InvalidRequest` for what is no month, or has not begun.
    """
    match = MONTH.fullmatch(month)
    if match is None:
        raise _wrong("Must be a month, as in 2026-11.", "2026-11과 같은 달이어야 합니다.")
    year, number = int(match[1]), int(match[2])
    since = datetime(year, number, 1, tzinfo=SEOUL)
    if since > now:
        raise _wrong("Has not begun.", "아직 오지 않은 달입니다.")
    following = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=SEOUL)
    return since, min(following - timedelta(microseconds=1), now)


def read(site_id: int, month: str, *, now: datetime) -> Transparency:
    """The report of a month. Raises `InvalidRequest`."""
    since, until = bounds(month, now=now)
    figures = statistics.read(site_id, since=since, now=until)
    with reading() as connection:
        acts = _acts(connection, site_id, since, until)
        return _report(connection, site_id, month, figures, acts)


def _report(
    connection: Connection,
    site_id: int,
    month: str,
    figures: Statistics,
    acts: Counter[tuple[str, str | None]],
) -> Transparency:
    since, until = figures.since, figures.until
    actions: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for (action, reason), number in acts.items():
        actions[action] += number
        if action in {"comment.rejected", "comment.removed"} and reason is not None:
            reasons[reason] += number
    return Transparency(
        month=month,
        since=since,
        until=until,
        received=figures.received,
        published=sum(day.published for day in figures.days),
        held=sum(day.held for day in figures.days),
        rejected=sum(day.rejected for day in figures.days),
        clauses=_clauses(connection, site_id, since, until),
        actions=dict(sorted(actions.items())),
        reasons=dict(sorted(reasons.items())),
        durations=figures.durations,
        reports=_reports(connection, site_id, since, until),
        appeals=figures.appeals,
        blinds=_blinds(connection, site_id, since, until),
        audit_head=_head(connection, until),
    )


def _acts(
    connection: Connection, site_id: int, since: datetime, until: datetime
) -> Counter[tuple[str, str | None]]:
    query = (
        select(AuditEntry.action, AuditEntry.reason, func.count().label("number"))
        .where(AuditEntry.site_id == site_id, AuditEntry.at >= since, AuditEntry.at <= until)
        .group_by(AuditEntry.action, AuditEntry.reason)
    )
    return Counter({(row.action, row.reason): row.number for row in connection.execute(query)})


def _clauses(
    connection: Connection, site_id: int, since: datetime, until: datetime
) -> dict[str, int]:
    query = (
        select(Verdict.findings)
        .join(Comment, Comment.id == Verdict.comment_id)
        .where(
            Verdict.id >= first_id(since),
            Verdict.id < first_id(until + timedelta(microseconds=1)),
            Verdict.outcome != Outcome.ALLOW,
            Comment.site_id == site_id,
        )
        .execution_options(yield_per=1000)
    )
    found: Counter[str] = Counter()
    with connection.execute(query) as rows:
        for row in rows:
            found.update({finding["clause"] for finding in row.findings})
    return dict(sorted(found.items()))


def _reports(
    connection: Connection, site_id: int, since: datetime, until: datetime
) -> dict[str, int]:
    query = (
        select(Report.agreed, func.count().label("number"))
        .join(Comment, Comment.id == Report.comment_id)
        .where(Comment.site_id == site_id, Report.created_at >= since, Report.created_at <= until)
        .group_by(Report.agreed)
    )
    answers = {row.agreed: row.number for row in connection.execute(query)}
    return {
        "received": sum(answers.values()),
        "agreed": answers.get(True, 0),
        "turned_down": answers.get(False, 0),
        "open": answers.get(None, 0),
    }


def _blinds(
    connection: Connection, site_id: int, since: datetime, until: datetime
) -> dict[str, int]:
    begun = select(Blind.outcome, Blind.objected_at).where(
        Blind.site_id == site_id, Blind.created_at >= since, Blind.created_at <= until
    )
    rows = connection.execute(begun).all()
    outcomes = Counter(row.outcome for row in rows)
    return {
        "begun": len(rows),
        "objected": sum(row.objected_at is not None for row in rows),
        "restored": outcomes["restored"],
        "deleted": outcomes["deleted"],
        "expired": outcomes["expired"],
        "open": outcomes[None],
    }


def _head(connection: Connection, until: datetime) -> Head | None:
    """The last entry of the log until then, of whatever site."""
    query = (
        select(AuditEntry.seq, AuditEntry.hash)
        .where(AuditEntry.at <= until)
        .order_by(AuditEntry.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else Head(row.seq, row.hash)


def _wrong(detail: str, ko: str) -> InvalidRequest:
    return InvalidRequest(errors=(FieldError("/query/month", detail, ko=ko),))
