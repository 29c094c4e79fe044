"""What the policy is told of a text: its place, its writer, what was written before it.

Each part is looked for only where a filter of the policy asks about it: with the default policy
that is one query, with every filter five, however much was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, bindparam, exists, func, or_, select

from comments_service.models import ArticleStatus, Comment, StaffRole, Status, User
from comments_service.policy import History, PastText, Policy, Submission
from comments_service.policy.filters.budgets import Budgets
from comments_service.policy.filters.flooding import Flooding
from comments_service.policy.filters.premoderation import Premoderation
from comments_service.services.ids import first_id
from comments_service.services.rows import AnyRow, AnySelect
from comments_service.services.transaction import reading

DAY = timedelta(hours=24)
"""How far back a writer's comments count, whatever became of them."""

OWN_TEXTS = 50
OTHERS_TEXTS = 100
LOOKED_AT = 500
"""Of all sites' newest comments, so many are searched for those of this one."""

AnyUse = TypeVar("AnyUse")


@dataclass(frozen=True, slots=True)
class Text:
    """A normalised text and where it is to stand. `article_id` is 0 for an article that nobody
    has commented on; `comment_id` that of the comment which the text is an edit of."""

    body: str
    lang: str | None
    writer_id: int
    site_id: int
    article_id: int
    article_status: ArticleStatus
    comment_id: int | None = None


_is_staff = exists().where(
    StaffRole.user_id == bindparam("writer_id"),
    StaffRole.revoked_at.is_(None),
    or_(StaffRole.site_id.is_(None), StaffRole.site_id == bindparam("site_id")),
)
_WRITER = select(
    User.display_name,
    User.provider,
    User.avatar,
    User.staff_of,
    User.created_at,
    User.deleted_at,
    _is_staff.label("is_staff"),
).where(User.id == bindparam("writer_id"))


def writer_of(text: Text) -> AnyRow:
    """Who wrote `text`, as their comments show them, and what the policy is told of them."""
    with reading() as connection:
        whose = {"writer_id": text.writer_id, "site_id": text.site_id}
        return connection.execute(_WRITER, whose).one()


def gather(
    policy: Policy, text: Text, *, now: datetime, writer: AnyRow | None = None
) -> tuple[Submission, History]:
    """All that `policy` is told of `text`, but for the answers of external filters; `writer` as
    `writer_of` gave it, if it did."""
    writer = writer or writer_of(text)
    with reading() as connection:
        submission = Submission(
            body=text.body,
            lang=text.lang,
            display_name=writer.display_name,
            is_staff=writer.is_staff,
            now=now,
            premoderated=text.article_status is ArticleStatus.PREMODERATED,
        )
        today, on_article = _counts(connection, policy, text, now)
        history = History(
            own=_own(connection, policy, text, now),
            others=_others(connection, policy, text, now),
            own_on_article=on_article,
            own_today=today,
            approved=_approved(connection, policy, text),
            account_created_at=writer.created_at,
        )
    return submission, history


def _uses(policy: Policy, kind: type[AnyUse]) -> list[AnyUse]:
    return [use for clause in policy.clauses for use in clause.filters if isinstance(use, kind)]


def _by_writer(text: Text) -> AnySelect:
    """The writer's comments on the site, but for the one that is being edited."""
    query = select(Comment.id, Comment.body, Comment.created_at, Comment.article_id).where(
        Comment.author_id == text.writer_id, Comment.site_id == text.site_id
    )
    return query if text.comment_id is None else query.where(Comment.id != text.comment_id)


def _own(connection: Connection, policy: Policy, text: Text, now: datetime) -> tuple[PastText, ...]:
    asked = any(use.own_repeats or use.rate for use in _uses(policy, Flooding))
    if not asked and not any(use.seconds_between for use in _uses(policy, Budgets)):
        return ()
    query = (
        _by_writer(text)
        .where(Comment.id >= first_id(now - DAY))
        .order_by(Comment.id.desc())
        .limit(OWN_TEXTS)
    )
    return tuple(PastText(row.body, row.created_at) for row in connection.execute(query))


def _others(
    connection: Connection, policy: Policy, text: Text, now: datetime
) -> tuple[PastText, ...]:
    minutes = [use.minutes for use in _uses(policy, Flooding) if use.others_repeats]
    if not minutes:
        return ()
    since = first_id(now - min(timedelta(minutes=max(minutes)), DAY))
    newest = (
        select(Comment.id).where(Comment.id >= since).order_by(Comment.id.desc()).limit(LOOKED_AT)
    ).subquery()
    query = (
        select(Comment.body, Comment.created_at)
        .join(newest, newest.c.id == Comment.id)
        .where(Comment.site_id == text.site_id, Comment.author_id != text.writer_id)
        .order_by(Comment.id.desc())
        .limit(OTHERS_TEXTS)
    )
    return tuple(PastText(row.body, row.created_at) for row in connection.execute(query))


def _counts(connection: Connection, policy: Policy, text: Text, now: datetime) -> tuple[int, int]:
    """The writer's comments of the last 24 hours: on the site, and under this article."""
    if not _uses(policy, Budgets):
        return 0, 0
    recent = _by_writer(text).where(Comment.id >= first_id(now - DAY)).subquery()
    row = connection.execute(
        select(
            func.count().label("today"),
            func.count().filter(recent.c.article_id == text.article_id).label("on_article"),
        ).select_from(recent)
    ).one()
    return row.today, row.on_article


def _approved(connection: Connection, policy: Policy, text: Text) -> int:
    """How many of the writer's comments are published, counted as far as the policy asks."""
    enough = max((use.approved for use in _uses(policy, Premoderation)), default=0)
    if not enough:
        return 0
    published = _by_writer(text).where(Comment.status == Status.PUBLISHED).limit(enough)
    return connection.execute(select(func.count()).select_from(published.subquery())).scalar_one()
