"""What the use cases hand out: frozen, complete, with nothing private in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from comments_service.models import Article, ArticleStatus, Comment, Site, Status, User
from comments_service.policy import Finding
from comments_service.services.rows import AnyRow, AnySelect


@dataclass(frozen=True, slots=True)
class AuthorView:
    id: int
    name: str
    provider: str | None
    avatar: str | None
    badges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article; one that was never written about has `id` and `version` 0. `status` is the one in
    force, which changes by itself at `changes_at`, if ever."""

    id: int
    site: str
    key: str
    url: str | None
    title: str | None
    comment_count: int
    status: ArticleStatus
    version: int
    pinned_id: int | None = None
    changes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment as its reader may see it; a tombstone has neither `body` nor `author`."""

    id: int
    site: str
    article: str
    article_url: str | None
    parent_id: int | None
    root_id: int
    author: AuthorView | None
    body: str | None
    status: Status
    pinned: bool
    created_at: datetime
    edited_at: datetime | None
    likes: int
    dislikes: int
    reply_count: int
    seq: int
    score: int
    replies: tuple[CommentView, ...] = ()

    @property
    def depth(self) -> int:
        return 0 if self.parent_id is None else 1


@dataclass(frozen=True, slots=True)
class DecidedView:
    """What a moderator decided last of a comment, as its writer is told; never by whom."""

    decision: str
    reason: str | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class OwnAppealView:
    """One's own appeal; `outcome` is `granted`, `upheld`, or None while it waits."""

    created_at: datetime
    outcome: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class JudgedView:
    """A writer's text after the policy looked at it.

    `comment` as it is kept; `outcome` the status this text has earned, `body` the text normalised
    (a rejected edit leaves the comment as it was). `decision` and `appeal` where there was one.
    """

    comment: CommentView
    findings: tuple[FindingView, ...]
    outcome: Status
    body: str
    decision: DecidedView | None = None
    appeal: OwnAppealView | None = None


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with its message in every language; the edge picks the caller's."""

    filter: str
    rule: str
    clause: str
    message: dict[str, str]
    start: int | None
    end: int | None


__all__ = [
    "ArticleStatus",
    "ArticleView",
    "AuthorView",
    "CommentView",
    "DecidedView",
    "FindingView",
    "JudgedView",
    "OwnAppealView",
    "Status",
    "author_view",
    "comment_view",
    "comment_view_alone",
    "comments_with_articles",
    "comments_with_authors",
    "finding_views",
    "stored_finding_views",
]

EVERY_SITE = "*"
"""Stands in `User.staff_of` for a role on every site."""

STAFF_BADGE = "staff"
STATUSES = {status.value: status for status in Status}

COMMENT_COLUMNS = (
    Comment.id,
    Comment.root_id,
    Comment.parent_id,
    Comment.author_id,
    Comment.seq,
    Comment.body,
    Comment.status,
    Comment.likes,
    Comment.dislikes,
    Comment.score,
    Comment.reply_count,
    Comment.created_at,
    Comment.edited_at,
    User.display_name,
    User.provider,
    User.avatar,
    User.staff_of,
)
"""In the order in which `comment_view` takes them from a row; others may follow."""


def comments_with_authors() -> AnySelect:
    """The columns that `comment_view` needs, of comments in an article that is known."""
    return select(*COMMENT_COLUMNS).join_from(Comment, User, Comment.author_id == User.id)


def comments_with_articles() -> AnySelect:
    """The same, with the article's own columns for comments found by id or by author."""
    return (
        select(
            *COMMENT_COLUMNS,
            Comment.article_id,
            Article.key.label("article_key"),
            Article.url.label("article_url"),
            Article.pinned_comment_id,
            Site.key.label("site_key"),
            Article.site_id,
        )
        .join_from(Comment, User, Comment.author_id == User.id)
        .join(Article, Comment.article_id == Article.id)
        .join(Site, Article.site_id == Site.id)
    )


def comment_view(
    row: AnyRow,
    *,
    site: str,
    article: str,
    article_url: str | None,
    pinned_id: int | None = None,
    own: bool = False,
    replies: Iterable[CommentView] = (),
) -> CommentView:
    """`row` for its reader: the body of what is not published is for its author alone (`own`), and
    so is whether it waits or was rejected: to others its place is that of something removed."""
    # One unpacking: SQLAlchemy takes longer for a column by its name than all the rest together.
    (
        comment_id,
        root_id,
        parent_id,
        author_id,
        seq,
        body,
        status_text,
        likes,
        dislikes,
        score,
        reply_count,
        created_at,
        edited_at,
        display_name,
        provider,
        avatar,
        staff_of,
        *_,
    ) = row
    status = STATUSES[status_text]
    shown = own or status is Status.PUBLISHED
    if not own and status in {Status.HELD, Status.REJECTED}:
        status = Status.REMOVED
    author = None
    if shown:
        author = AuthorView(author_id, display_name, provider, avatar, _badges(staff_of, site))
    return CommentView(
        id=comment_id,
        site=site,
        article=article,
        article_url=article_url,
        parent_id=parent_id,
        root_id=root_id or comment_id,
        author=author,
        body=body if shown else None,
        status=status,
        pinned=comment_id == pinned_id,
        created_at=created_at,
        edited_at=edited_at,
        likes=likes,
        dislikes=dislikes,
        reply_count=reply_count,
        seq=seq,
        score=score,
        replies=tuple(replies),
    )


def author_view(author_id: int, row: AnyRow, *, site: str) -> AuthorView:
    """An account of which `row` has the columns that its comments show."""
    badges = _badges(row.staff_of, site)
    return AuthorView(author_id, row.display_name, row.provider, row.avatar, badges)


def _badges(staff_of: list[str] | None, site: str) -> tuple[str, ...]:
    """What stands beside the name of a site's own staff, by their role and never by their name."""
    return (STAFF_BADGE,) if staff_of and {EVERY_SITE, site} & set(staff_of) else ()


def comment_view_alone(row: AnyRow, *, own: bool = False) -> CommentView:
    """The view of a row of `comments_with_articles`."""
    return comment_view(
        row,
        site=row.site_key,
        article=row.article_key,
        article_url=row.article_url,
        pinned_id=row.pinned_comment_id,
        own=own,
    )


def finding_views(findings: Iterable[Finding]) -> tuple[FindingView, ...]:
    """A verdict's findings without what is the desk's business alone (weight, action)."""
    return tuple(
        FindingView(f.filter, f.rule, f.clause, dict(f.message), f.start, f.end) for f in findings
    )


def stored_finding_views(findings: Iterable[dict[str, Any]]) -> tuple[FindingView, ...]:
    """The same, of findings as a verdict's row keeps them."""
    return tuple(
        FindingView(
            filter=f["filter"],
            rule=f["rule"],
            clause=f["clause"],
            message=f["message"],
            start=f["start"],
            end=f["end"],
        )
        for f in findings
    )
