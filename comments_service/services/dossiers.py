"""Dossiers: what a moderator needs to know of a comment to decide about it.

`items` gathers it for a page of the queue, in a number of queries that does not grow with the
page; `one` gives all that is kept of a single comment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select, union_all

from comments_service.errors import NotFound
from comments_service.models import (
    Appeal,
    Article,
    ArticleStatus,
    Comment,
    CommentEdit,
    Decision,
    DecisionKind,
    Glance,
    Report,
    ReportReason,
    Status,
    Suspension,
    User,
    Verdict,
)
from comments_service.policy import Outcome
from comments_service.policy.filters import classifier
from comments_service.services.actor import Actor
from comments_service.services.rows import AnyRow, AnySelect
from comments_service.services.transaction import reading
from comments_service.services.views import (
    ArticleView,
    CommentView,
    FindingView,
    comment_view_alone,
    comments_with_articles,
    stored_finding_views,
)

RECORD = 200
"""So many of a writer's newest comments on a site are their record; older ones say little."""

AROUND = 3


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What the policy said of a text. `score` is the classifier's, None where it found nothing."""

    outcome: Outcome
    policy_version: int
    findings: tuple[FindingView, ...]
    score: float | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """A writer on one site: how many of their newest `RECORD` comments have which status."""

    user_id: int
    joined_at: datetime
    counts: Mapping[Status, int]
    suspensions: int
    is_suspended: bool


@dataclass(frozen=True, slots=True)
class ReportsView:
    """Readers' reports of a comment; `open` are those no moderator has answered."""

    count: int
    open: int
    reasons: Mapping[ReportReason, int]


@dataclass(frozen=True, slots=True)
class ReportView:
    user_id: int
    name: str
    reason: ReportReason
    note: str | None
    created_at: datetime
    agreed: bool | None


@dataclass(frozen=True, slots=True)
class AppealView:
    """`outcome` is `granted`, `upheld`, or None while nobody has judged it."""

    text: str
    created_at: datetime
    outcome: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    id: int
    batch_id: int
    kind: DecisionKind
    reason: str | None
    note: str | None
    before: Status
    after: Status
    policy_version: int
    on_appeal: bool
    undoes: int | None
    decided_by: Person
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class ParentView:
    """The comment that another answers."""

    id: int
    name: str
    body: str


@dataclass(frozen=True, slots=True)
class EditView:
    """A text that stood there until `replaced_at`."""

    body: str
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class QueueItem:
    """`looking` is the moderator who has it before them; `decision` the last one on it."""

    comment: CommentView
    lang: str | None
    site_id: int
    article: ArticleView
    verdict: VerdictView | None
    reports: ReportsView
    author_record: AuthorRecord
    appeal: AppealView | None
    parent: ParentView | None
    decision: DecisionView | None
    looking: Person | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything kept of a comment, each list oldest first."""

    item: QueueItem
    verdicts: tuple[VerdictView, ...]
    edits: tuple[EditView, ...]
    reports: tuple[ReportView, ...]
    decisions: tuple[DecisionView, ...]


def one(actor: Actor, comment_id: int, *, now: datetime) -> Dossier:
    """All that is kept of a comment. Raises `NotFound`, also for another site's."""
    with reading() as connection:
        site_id = connection.execute(
            select(Comment.site_id).where(Comment.id == comment_id)
        ).scalar()
        if site_id is None or not actor.reaches(site_id):
            raise NotFound
        (item,) = items(connection, [comment_id], now=now)
        return Dossier(
            item=item,
            verdicts=tuple(_verdicts(connection, [comment_id])[comment_id]),
            edits=_edits(connection, comment_id),
            reports=_reports_one_by_one(connection, comment_id),
            decisions=tuple(decisions(connection, Decision.comment_id == comment_id)),
        )


def items(connection: Connection, ids: Sequence[int], *, now: datetime) -> tuple[QueueItem, ...]:
    """The comments with these ids, in their order, with their evidence."""
    if not ids:
        return ()
    rows = _rows(connection, ids)
    verdicts = _verdicts(connection, ids)
    reports = _reports(connection, ids)
    appeals = _appeals(connection, ids)
    last = _last_decisions(connection, ids)
    looking = _looking(connection, ids, now=now)
    records = author_records(
        connection, {(row.author_id, row.site_id) for row in rows.values()}, now=now
    )
    parents = _parents(connection, [row.parent_id for row in rows.values() if row.parent_id])
    return tuple(
        QueueItem(
            comment=comment_view_alone(row, own=True),
            lang=row.lang,
            site_id=row.site_id,
            article=_article(row),
            verdict=verdicts[row.id][-1] if verdicts[row.id] else None,
            reports=reports.get(row.id, ReportsView(0, 0, {})),
            author_record=records[row.author_id, row.site_id],
            appeal=appeals.get(row.id),
            parent=parents.get(row.parent_id),
            decision=last.get(row.id),
            looking=looking.get(row.id),
        )
        for row in (rows[id_] for id_ in ids if id_ in rows)
    )


def author_records(
    connection: Connection, whom: Iterable[tuple[int, int]], *, now: datetime
) -> dict[tuple[int, int], AuthorRecord]:
    """The records of writers on sites, by both."""
    pairs = sorted(set(whom))
    users = {user_id for user_id, _ in pairs}
    accounts = connection.execute(select(User.id, User.created_at).where(User.id.in_(users)))
    joined = {row.id: row.created_at for row in accounts}
    suspended = _suspensions(connection, users, now=now)
    counted: dict[tuple[int, int], Counter[Status]] = defaultdict(Counter)
    for user_id, site_id, status, times in connection.execute(_newest_of(pairs)):
        counted[user_id, site_id][Status(status)] = times

    def record(user_id: int, site_id: int) -> AuthorRecord:
        here = [
            force for who, where, force in suspended if who == user_id and where in {None, site_id}
        ]
        return AuthorRecord(
            user_id=user_id,
            joined_at=joined[user_id],
            counts=dict(counted[user_id, site_id]),
            suspensions=len(here),
            is_suspended=any(here),
        )

    return {pair: record(*pair) for pair in pairs}


def decisions(
    connection: Connection, which: ColumnElement[bool], *, limit: int = 100
) -> list[DecisionView]:
    """The decisions of a condition on `Decision`, oldest first, the newest `limit` of them."""
    query = (
        select(Decision.__table__, User.display_name)
        .join(User, User.id == Decision.user_id)
        .where(which)
        .order_by(Decision.id.desc())
        .limit(limit)
    )
    return [_decision(row) for row in connection.execute(query)][::-1]


def _rows(connection: Connection, ids: Sequence[int]) -> dict[int, AnyRow]:
    query = (
        comments_with_articles()
        .add_columns(
            Comment.lang,
            Article.id.label("article_number"),
            Article.title,
            Article.comment_count,
            Article.status.label("article_status"),
            Article.version,
        )
        .where(Comment.id.in_(ids))
    )
    return {row.id: row for row in connection.execute(query)}


def _article(row: AnyRow) -> ArticleView:
    return ArticleView(
        id=row.article_number,
        site=row.site_key,
        key=row.article_key,
        url=row.article_url,
        title=row.title,
        comment_count=row.comment_count,
        status=ArticleStatus(row.article_status),
        version=row.version,
        pinned_id=row.pinned_comment_id,
    )


def _verdicts(connection: Connection, ids: Sequence[int]) -> dict[int, list[VerdictView]]:
    query = (
        select(Verdict.__table__)
        .where(Verdict.comment_id.in_(ids))
        .order_by(Verdict.comment_id, Verdict.id)
    )
    found: dict[int, list[VerdictView]] = defaultdict(list)
    for row in connection.execute(query):
        weights = [each["weight"] for each in row.findings if each["filter"] == classifier.NAME]
        found[row.comment_id].append(
            VerdictView(
                outcome=Outcome(row.outcome),
                policy_version=row.policy_version,
                findings=stored_finding_views(row.findings),
                score=max(weights, default=None),
                created_at=row.created_at,
            )
        )
    return found


def _reports(connection: Connection, ids: Sequence[int]) -> dict[int, ReportsView]:
    is_open = func.count().filter(Report.answered_at.is_(None)).label("open")
    query = (
        select(Report.comment_id, Report.reason, func.count().label("times"), is_open)
        .where(Report.comment_id.in_(ids))
        .group_by(Report.comment_id, Report.reason)
    )
    rows: dict[int, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(query):
        rows[row.comment_id].append(row)
    return {
        comment_id: ReportsView(
            count=sum(row.times for row in of_one),
            open=sum(row.open for row in of_one),
            reasons={
                ReportReason(row.reason): row.times
                for row in sorted(of_one, key=lambda row: -row.times)
            },
        )
        for comment_id, of_one in rows.items()
    }


def _appeals(connection: Connection, ids: Sequence[int]) -> dict[int, AppealView]:
    query = select(Appeal.__table__).where(Appeal.comment_id.in_(ids))
    return {
        row.comment_id: AppealView(row.text, row.created_at, row.outcome, row.decided_at)
        for row in connection.execute(query)
    }


def _last_decisions(connection: Connection, ids: Sequence[int]) -> dict[int, DecisionView]:
    newest = (
        select(func.max(Decision.id))
        .where(Decision.comment_id.in_(ids))
        .group_by(Decision.comment_id)
    )
    query = (
        select(Decision.__table__, User.display_name)
        .join(User, User.id == Decision.user_id)
        .where(Decision.id.in_(newest))
    )
    return {row.comment_id: _decision(row) for row in connection.execute(query)}


def _looking(connection: Connection, ids: Sequence[int], *, now: datetime) -> dict[int, Person]:
    query = (
        select(Glance.comment_id, User.id, User.display_name)
        .join(User, User.id == Glance.user_id)
        .where(Glance.comment_id.in_(ids), Glance.until > now)
    )
    return {row.comment_id: Person(row.id, row.display_name) for row in connection.execute(query)}


def _parents(connection: Connection, ids: Sequence[int]) -> dict[int | None, ParentView]:
    if not ids:
        return {}
    query = (
        select(Comment.id, Comment.body, User.display_name)
        .join(User, User.id == Comment.author_id)
        .where(Comment.id.in_(set(ids)))
    )
    return {
        row.id: ParentView(row.id, row.display_name, row.body) for row in connection.execute(query)
    }


def _newest_of(pairs: Sequence[tuple[int, int]]) -> AnySelect:
    """`author_id`, `site_id`, `status` and how many of each writer's newest comments on the site
    have it."""
    parts = []
    for user_id, site_id in pairs:
        newest = (
            select(Comment.author_id, Comment.site_id, Comment.status)
            .where(Comment.author_id == user_id, Comment.site_id == site_id)
            .order_by(Comment.id.desc())
            .limit(RECORD)
            .subquery()
        )
        parts.append(select(newest))
    together = union_all(*parts).subquery()
    columns = together.c.author_id, together.c.site_id, together.c.status
    return select(*columns, func.count()).group_by(*columns)


def _suspensions(
    connection: Connection, users: set[int], *, now: datetime
) -> list[tuple[int, int | None, bool]]:
    """User, site (None: every site) and whether it is in force, of all their suspensions."""
    in_force = Suspension.lifted_at.is_(None) & or_(
        Suspension.until.is_(None), Suspension.until > now
    )
    query = select(Suspension.user_id, Suspension.site_id, in_force.label("in_force")).where(
        Suspension.user_id.in_(users)
    )
    return [(row.user_id, row.site_id, bool(row.in_force)) for row in connection.execute(query)]


def _edits(connection: Connection, comment_id: int) -> tuple[EditView, ...]:
    query = (
        select(CommentEdit.body, CommentEdit.replaced_at)
        .where(CommentEdit.comment_id == comment_id)
        .order_by(CommentEdit.id)
    )
    return tuple(EditView(row.body, row.replaced_at) for row in connection.execute(query))


def _reports_one_by_one(connection: Connection, comment_id: int) -> tuple[ReportView, ...]:
    query = (
        select(Report.__table__, User.display_name)
        .join(User, User.id == Report.user_id)
        .where(Report.comment_id == comment_id)
        .order_by(Report.created_at, Report.user_id)
        .limit(100)
    )
    return tuple(
        ReportView(
            user_id=row.user_id,
            name=row.display_name,
            reason=ReportReason(row.reason),
            note=row.note,
            created_at=row.created_at,
            agreed=row.agreed,
        )
        for row in connection.execute(query)
    )


def _decision(row: AnyRow) -> DecisionView:
    return DecisionView(
        id=row.id,
        batch_id=row.batch_id,
        kind=DecisionKind(row.kind),
        reason=row.reason,
        note=row.note,
        before=Status(row.before),
        after=Status(row.after),
        policy_version=row.policy_version,
        on_appeal=row.on_appeal,
        undoes=row.undoes,
        decided_by=Person(row.user_id, row.display_name),
        decided_at=row.created_at,
    )


def around(actor: Actor, comment_id: int, *, now: datetime) -> tuple[QueueItem, ...]:
    """The thread around a comment as it was written, in every status: what it answers, and up to
    `AROUND` comments before and after it. Raises `NotFound`."""
    with reading() as connection:
        place = connection.execute(
            select(
                Comment.site_id, Comment.article_id, Comment.root_id, Comment.id, Comment.seq
            ).where(Comment.id == comment_id)
        ).first()
        if place is None or not actor.reaches(place.site_id):
            raise NotFound
        ids = _ids_around(connection, place)
        return items(connection, ids, now=now)


def _ids_around(connection: Connection, place: AnyRow) -> list[int]:
    """Within the root's list for a reply; among the article's comments for a root."""
    if place.root_id is None:
        where = Comment.article_id == place.article_id
    else:
        where = or_(Comment.root_id == place.root_id, Comment.id == place.root_id)
    before = (
        select(Comment.id)
        .where(where, Comment.article_id == place.article_id, Comment.seq < place.seq)
        .order_by(Comment.seq.desc())
        .limit(AROUND)
    )
    after = (
        select(Comment.id)
        .where(where, Comment.article_id == place.article_id, Comment.seq > place.seq)
        .order_by(Comment.seq)
        .limit(AROUND)
    )
    earlier = list(connection.execute(before).scalars())[::-1]
    later = list(connection.execute(after).scalars())
    return [*earlier, place.id, *later]


def some(actor: Actor, ids: Sequence[int], *, now: datetime) -> tuple[QueueItem, ...]:
    """Those of the comments that the actor may know of."""
    with reading() as connection:
        found = items(connection, ids, now=now)
    return tuple(item for item in found if actor.reaches(item.site_id))
