"""Exports: all that a site has, as JSON Lines that `importers.jsonl` reads back.

Whoever streams it holds no transaction open: each piece is read by itself, in the order of ids that
do not change. What is written meanwhile may or may not be in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, Table, exists, or_, select, tuple_

from comments_service.models import Article, ArticleAlias, Comment, Status, User, Vote
from comments_service.services import audit
from comments_service.services.audit import AuditAction
from comments_service.services.rows import AnyRow, AnySelect
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading, transaction

FORMAT = 1
"""Goes up when a reader of today's lines would misread tomorrow's."""

BATCH = 1000

Line = dict[str, Any]


def record(site: SiteView, *, actor: str, now: datetime) -> None:
    """Put on record that somebody takes all of a site's comments out."""
    with transaction():
        audit.record(
            AuditAction.SITE_EXPORTED,
            actor=actor,
            target=f"site:{site.id}",
            site_id=site.id,
            now=now,
        )


def lines(site: SiteView) -> Iterator[Line]:
    """The site, its articles, everybody who wrote or voted, the comments with each article's in
    their order, and the votes."""
    yield {"type": "site", "format": FORMAT, "key": site.key, "name": site.name}
    yield from _articles(site)
    yield from _users(site)
    yield from _comments(site)
    yield from _votes(site)


def _articles(site: SiteView) -> Iterator[Line]:
    query = select(_table(Article)).where(Article.site_id == site.id).order_by(Article.id)
    for batch in _batches(query, Article.id):
        aliases: dict[int, list[str]] = {}
        ids = [row.id for row in batch]
        named = (
            select(ArticleAlias.article_id, ArticleAlias.key)
            .where(ArticleAlias.article_id.in_(ids))
            .order_by(ArticleAlias.key)
        )
        with reading() as connection:
            for alias in connection.execute(named):
                aliases.setdefault(alias.article_id, []).append(alias.key)
        for row in batch:
            yield {
                "type": "article",
                "key": row.key,
                "url": row.url,
                "title": row.title,
                "status": row.status,
                "aliases": aliases.get(row.id, []),
                "updated_at": _moment(row.updated_at),
            }


def _users(site: SiteView) -> Iterator[Line]:
    """Once each, by their ids: those of the site's comments and votes."""
    of_site = select(Article.id).where(Article.site_id == site.id)
    wrote = exists().where(Comment.author_id == User.id, Comment.article_id.in_(of_site))
    voted = exists().where(
        Vote.user_id == User.id,
        Vote.comment_id == Comment.id,
        Comment.article_id.in_(of_site),
    )
    query = (
        select(User.id, User.display_name, User.provider, User.lang, User.created_at)
        .where(or_(wrote, voted))
        .order_by(User.id)
    )
    for batch in _batches(query, User.id):
        for row in batch:
            yield {
                "type": "user",
                "id": str(row.id),
                "name": row.display_name,
                "provider": row.provider,
                "lang": row.lang,
                "created_at": _moment(row.created_at),
            }


def _comments(site: SiteView) -> Iterator[Line]:
    """Article by article: a reply comes after what it answers, but for comments of other systems
    whose clocks went wrong."""
    articles = (
        select(Article.id, Article.key, Article.pinned_comment_id)
        .where(Article.site_id == site.id)
        .order_by(Article.id)
    )
    for batch in _batches(articles, Article.id):
        for article in batch:
            yield from _comments_of(article)


def _comments_of(article: AnyRow) -> Iterator[Line]:
    query = select(_table(Comment)).where(Comment.article_id == article.id).order_by(Comment.seq)
    for batch in _batches(query, Comment.seq):
        for row in batch:
            yield {
                "type": "comment",
                "id": str(row.id),
                "article": article.key,
                "parent_id": None if row.parent_id is None else str(row.parent_id),
                "author_id": str(row.author_id),
                # What its author took away is not handed out.
                "body": "" if row.status == Status.DELETED else row.body,
                "lang": row.lang,
                "status": row.status,
                "pinned": row.id == article.pinned_comment_id,
                "created_at": _moment(row.created_at),
                "edited_at": _moment(row.edited_at),
                "likes": row.likes,
                "dislikes": row.dislikes,
            }


def _votes(site: SiteView) -> Iterator[Line]:
    query = (
        select(Vote.comment_id, Vote.user_id, Vote.value, Vote.created_at)
        .join(Comment, Vote.comment_id == Comment.id)
        .join(Article, Comment.article_id == Article.id)
        .where(Article.site_id == site.id)
        .order_by(Vote.comment_id, Vote.user_id)
        .limit(BATCH)
    )
    place: tuple[int, int] | None = None
    while True:
        following = query
        if place is not None:
            following = query.where(tuple_(Vote.comment_id, Vote.user_id) > place)
        with reading() as connection:
            rows = list(connection.execute(following))
        for row in rows:
            yield {
                "type": "vote",
                "comment_id": str(row.comment_id),
                "user_id": str(row.user_id),
                "value": row.value,
                "created_at": _moment(row.created_at),
            }
        if len(rows) < BATCH:
            return
        place = (rows[-1].comment_id, rows[-1].user_id)


def _batches(query: AnySelect | Select[Any], key: Any) -> Iterator[list[AnyRow]]:
    """The rows of a query that is ordered by `key`, piece by piece; between two no connection is
    held."""
    last = None
    while True:
        following = query if last is None else query.where(key > last)
        with reading() as connection:
            rows = list(connection.execute(following.limit(BATCH)))
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        last = getattr(rows[-1], key.key)


def _table(model: type[Article | Comment]) -> Table:
    return model.metadata.tables[model.__tablename__]


def _moment(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the microsecond, as it is kept."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
