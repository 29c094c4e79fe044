"""How the desk and its policy are doing: volumes, waiting, deciding, how right each rule was.

What is counted is what the rows say: verdicts as they were given, decisions that were not taken
back. Days are Korea's. Start reading at `read`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Connection, case, func, literal_column, select

from comments_service.models import (
    Appeal,
    Comment,
    Decision,
    DecisionKind,
    Rejudgement,
    Status,
    User,
    Verdict,
)
from comments_service.policy import Outcome
from comments_service.services.ids import COUNTER_BITS, EPOCH, first_id
from comments_service.services.rejudgements import sample
from comments_service.services.rows import AnyRow, AnySelect
from comments_service.services.transaction import reading

SEOUL = ZoneInfo("Asia/Seoul")
LONGEST = timedelta(days=366)
AGES = (5, 15, 60, 240)
"""Minutes that bound how long the queue has waited."""

KEEPING_OFF = frozenset({DecisionKind.REJECT, DecisionKind.REMOVE, DecisionKind.UPHOLD})
Z = 1.959964
"""Of the normal distribution, for an interval of 95 %."""


@dataclass(frozen=True, slots=True)
class Day:
    """What came on a day, by the policy's answer, and how long decisions took (in seconds)."""

    day: date
    published: int
    held: int
    rejected: int
    decided: int
    median: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits now: `ages` has how many for less than each of `AGES` minutes, and for more."""

    waiting: int
    oldest_at: datetime | None
    ages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Durations:
    """From a comment's writing to the decision about it, in seconds."""

    count: int
    median: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule as moderators took it: of `decided` comments that it stopped they left `agreed` off
    the page. `low` and `high` bound the precision (Wilson, 95 %)."""

    filter: str
    rule: str
    clause: str
    stopped: int
    decided: int
    agreed: int

    @property
    def precision(self) -> float | None:
        return self.agreed / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.agreed, self.decided) if self.decided else None


@dataclass(frozen=True, slots=True)
class ModeratorView:
    """What one of the desk decided; `overturned` are those undone or granted on appeal."""

    user_id: int
    name: str
    decided: int
    approved: int
    overturned: int


@dataclass(frozen=True, slots=True)
class Appeals:
    """Those filed in the period, and what has become of them."""

    filed: int
    granted: int
    upheld: int
    open: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `sampled` decisions a second moderator, who did not know them, answered `judged`, and
    `agreed` on so many. `kappa` (Cohen's) is how much better than chance."""

    sampled: int
    judged: int
    agreed: int
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Statistics:
    since: datetime
    until: datetime
    days: tuple[Day, ...]
    backlog: Backlog
    durations: Durations
    decisions: Mapping[str, int]
    undone: int
    rules: tuple[RuleView, ...]
    moderators: tuple[ModeratorView, ...]
    appeals: Appeals
    agreement: Agreement

    @property
    def received(self) -> int:
        return sum(day.published + day.held + day.rejected for day in self.days)

    @property
    def overturned(self) -> int:
        return self.undone + self.appeals.granted

    @property
    def decided(self) -> int:
        return sum(self.decisions.values())


def read(site_id: int, *, since: datetime, now: datetime) -> Statistics:
    """The site's statistics from then to now, at most a year."""
    since = max(since, now - LONGEST)
    with reading() as connection:
        received = _received(connection, site_id, since, now)
        decided = _decided(connection, site_id, since, now)
        standing = [row for row in decided if row.kind != DecisionKind.UNDO and not row.is_undone]
        return Statistics(
            since=since,
            until=now,
            days=_days(received, standing, since, now),
            backlog=_backlog(connection, site_id, now),
            durations=_durations(_seconds(standing)),
            decisions=Counter(row.kind for row in standing),
            undone=sum(row.kind == DecisionKind.UNDO for row in decided),
            rules=_rules(connection, site_id, since, now),
            moderators=_moderators(decided),
            appeals=_appeals(connection, site_id, since, now),
            agreement=_agreement(connection, site_id, since, now),
        )


def wilson(good: int, of: int) -> tuple[float, float]:
    """The bounds of the Wilson score interval (95 %)."""
    share, square = good / of, Z * Z
    middle = share + square / (2 * of)
    spread = Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, (middle - spread) / (1 + square / of)), min(
        1.0, (middle + spread) / (1 + square / of)
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value that `share` of the sorted `values` do not exceed (nearest rank)."""
    return values[max(0, math.ceil(share * len(values)) - 1)] if values else None


def _ids(column: Any, since: datetime, until: datetime) -> ColumnElement[bool]:
    """Ids are sorted by time, and the primary key."""
    first, last = first_id(since), first_id(until + timedelta(microseconds=1)) - 1
    between: ColumnElement[bool] = column.between(first, last)
    return between


def _day_of(column: Any) -> ColumnElement[int]:
    """The number of the day in Korea on which an id was made, from the first of 2020."""
    seconds = column // _number((1 << COUNTER_BITS) * 1_000_000)
    offset = timedelta(hours=9) // timedelta(seconds=1)
    day: ColumnElement[int] = (seconds + _number(offset)) // _number(86_400)
    return day


def _number(value: int) -> ColumnElement[int]:
    """A constant that stands in the statement itself, since it is grouped by."""
    return literal_column(str(value), BigInteger)


def _date(number: int) -> date:
    return EPOCH.date() + timedelta(days=number)


def _received(
    connection: Connection, site_id: int, since: datetime, until: datetime
) -> dict[date, Counter[str]]:
    """How many comments met which answer, by day: each comment's first, written when it was."""
    day = _day_of(Verdict.id).label("day")
    query = (
        select(day, Verdict.outcome, func.count().label("number"))
        .join(Comment, Comment.id == Verdict.comment_id)
        .where(
            _ids(Verdict.id, since, until),
            Comment.site_id == site_id,
            Comment.created_at == Verdict.created_at,
        )
        .group_by(day, Verdict.outcome)
    )
    found: dict[date, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(query):
        found[_date(row.day)][row.outcome] += row.number
    return found


def _decided(
    connection: Connection, site_id: int, since: datetime, until: datetime
) -> Sequence[AnyRow]:
    undoing = Decision.__table__.alias("undoing")
    is_undone = select(undoing.c.id).where(undoing.c.undoes == Decision.id).exists()
    query = (
        select(
            Decision.id,
            Decision.kind,
            Decision.before,
            Decision.user_id,
            Decision.created_at,
            Decision.on_appeal,
            Comment.created_at.label("written_at"),
            User.display_name,
            is_undone.label("is_undone"),
        )
        .join(Comment, Comment.id == Decision.comment_id)
        .join(User, User.id == Decision.user_id)
        .where(Decision.site_id == site_id, _ids(Decision.id, since, until))
    )
    return connection.execute(query).all()


def _seconds(decided: Iterable[AnyRow]) -> list[tuple[date, float]]:
    """How long each comment that was held waited, by the day of its decision."""
    return [
        (
            row.created_at.astimezone(SEOUL).date(),
            (row.created_at - row.written_at).total_seconds(),
        )
        for row in decided
        if row.before == Status.HELD
    ]


def _durations(waited: Iterable[tuple[date, float]]) -> Durations:
    seconds = sorted(value for _day, value in waited)
    return Durations(len(seconds), median(seconds) if seconds else None, percentile(seconds, 0.95))


def _days(
    received: Mapping[date, Counter[str]],
    standing: Sequence[AnyRow],
    since: datetime,
    until: datetime,
) -> tuple[Day, ...]:
    waited: dict[date, list[tuple[date, float]]] = defaultdict(list)
    for each in _seconds(standing):
        waited[each[0]].append(each)
    decided = Counter(row.created_at.astimezone(SEOUL).date() for row in standing)
    first, last = (moment.astimezone(SEOUL).date() for moment in (since, until))
    days = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        came, durations = received.get(day, Counter()), _durations(waited[day])
        days.append(
            Day(
                day,
                came[Outcome.ALLOW],
                came[Outcome.HOLD],
                came[Outcome.REJECT],
                decided[day],
                durations.median,
                durations.p95,
            )
        )
    return tuple(days)


def _backlog(connection: Connection, site_id: int, now: datetime) -> Backlog:
    edges = [first_id(now - timedelta(minutes=minutes)) for minutes in AGES]
    younger = [func.count(case((Comment.id > edge, 1))) for edge in edges]
    query = select(func.count(), func.min(Comment.created_at), *younger).where(
        Comment.site_id == site_id, Comment.status == Status.HELD
    )
    waiting, oldest_at, *counts = connection.execute(query).one()
    at_most = [0, *counts, waiting]
    ages = tuple(more - less for less, more in pairwise(at_most))
    return Backlog(waiting, oldest_at, ages)


def _rules(
    connection: Connection, site_id: int, since: datetime, until: datetime
) -> tuple[RuleView, ...]:
    """Each rule with what it stopped in the period, and what moderators made of that."""
    stopped: Counter[tuple[str, str, str]] = Counter()
    decided: Counter[tuple[str, str, str]] = Counter()
    agreed: Counter[tuple[str, str, str]] = Counter()
    with connection.execute(_stopped(site_id, since, until)) as rows:
        for row in rows:
            for rule in _rules_in(row.findings):
                stopped[rule] += 1
                if row.decision is not None:
                    decided[rule] += 1
                    agreed[rule] += row.decision in KEEPING_OFF
    views = [RuleView(*rule, stopped[rule], decided[rule], agreed[rule]) for rule in stopped]
    return tuple(sorted(views, key=lambda view: (-view.stopped, view.clause, view.rule)))


def _stopped(site_id: int, since: datetime, until: datetime) -> AnySelect:
    """The verdicts that stopped something, each with the last decision after it that stands."""
    undoing = Decision.__table__.alias("undoing")
    decision = (
        select(Decision.kind)
        .where(
            Decision.comment_id == Verdict.comment_id,
            Decision.created_at >= Verdict.created_at,
            Decision.kind != DecisionKind.UNDO,
            ~select(undoing.c.id).where(undoing.c.undoes == Decision.id).exists(),
        )
        .order_by(Decision.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Verdict.findings, decision.label("decision"))
        .join(Comment, Comment.id == Verdict.comment_id)
        .where(
            _ids(Verdict.id, since, until),
            Verdict.outcome != Outcome.ALLOW,
            Comment.site_id == site_id,
        )
        .execution_options(yield_per=1000)
    )


def _rules_in(findings: Iterable[Mapping[str, str]]) -> set[tuple[str, str, str]]:
    return {(found["filter"], found["rule"], found["clause"]) for found in findings}


def _moderators(decided: Sequence[AnyRow]) -> tuple[ModeratorView, ...]:
    names = {row.user_id: row.display_name for row in decided}
    made, approved, overturned = Counter[int](), Counter[int](), Counter[int]()
    for row in decided:
        if row.kind == DecisionKind.UNDO:
            continue
        made[row.user_id] += 1
        approved[row.user_id] += row.kind in {DecisionKind.APPROVE, DecisionKind.RESTORE}
        overturned[row.user_id] += row.is_undone
    return tuple(
        ModeratorView(user_id, names[user_id], count, approved[user_id], overturned[user_id])
        for user_id, count in made.most_common()
    )


def _appeals(connection: Connection, site_id: int, since: datetime, until: datetime) -> Appeals:
    filed = (Appeal.site_id == site_id, Appeal.created_at >= since, Appeal.created_at <= until)
    outcomes = Counter(connection.execute(select(Appeal.outcome).where(*filed)).scalars())
    waiting = connection.execute(
        select(func.count(), func.min(Appeal.created_at)).where(
            Appeal.site_id == site_id, Appeal.decided_at.is_(None)
        )
    ).one()
    return Appeals(
        filed=outcomes.total(),
        granted=outcomes["granted"],
        upheld=outcomes["upheld"],
        open=waiting[0],
        oldest_at=waiting[1],
    )


def _agreement(connection: Connection, site_id: int, since: datetime, until: datetime) -> Agreement:
    in_period = sample(site_id, since=since, until=until)
    sampled = connection.execute(
        select(func.count()).select_from(in_period.subquery())
    ).scalar_one()
    judged = (
        select(Decision.kind, Rejudgement.would_publish, func.count().label("number"))
        .join(Rejudgement, Rejudgement.decision_id == Decision.id)
        .where(Rejudgement.site_id == site_id, _ids(Decision.id, since, until))
        .group_by(Decision.kind, Rejudgement.would_publish)
    )
    pairs: Counter[tuple[bool, bool]] = Counter()
    for row in connection.execute(judged):
        pairs[row.kind not in KEEPING_OFF, bool(row.would_publish)] += row.number
    total = pairs.total()
    agreed = pairs[True, True] + pairs[False, False]
    return Agreement(sampled, total, agreed, _kappa(pairs))


def _kappa(pairs: Mapping[tuple[bool, bool], int]) -> float | None:
    total = sum(pairs.values())
    if not total:
        return None
    first = sum(count for (one, _), count in pairs.items() if one) / total
    second = sum(count for (_, two), count in pairs.items() if two) / total
    seen = sum(count for (one, two), count in pairs.items() if one == two) / total
    by_chance = first * second + (1 - first) * (1 - second)
    return None if by_chance == 1 else (seen - by_chance) / (1 - by_chance)
