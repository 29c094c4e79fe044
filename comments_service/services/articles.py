"""Articles: found or made by the publisher's own key, with the counters that reads lean on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    Table,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from comments_service.errors import ArticleUrlNotAllowed, NotFound
from comments_service.models import Article, ArticleStatus, Comment, Status, Vote, db
from comments_service.services import article_windows
from comments_service.services.ids import first_id, new_id
from comments_service.services.rows import AnyRow
from comments_service.services.sites import SiteView, origin_of
from comments_service.services.transaction import looking_up, reading, writing
from comments_service.services.views import ArticleView
from comments_service.text import addresses

_table: Table = Article.metadata.tables["article"]
_alias: Table = Article.metadata.tables["article_alias"]
_OWN_KEY = select(_table).where(
    _table.c.site_id == bindparam("site_id"), _table.c.key == bindparam("key")
)
_OTHER_KEY = (
    select(_table)
    .join(_alias, _alias.c.article_id == _table.c.id)
    .where(_alias.c.site_id == bindparam("site_id"), _alias.c.key == bindparam("key"))
)
_BY_KEY = union_all(_OWN_KEY, _OTHER_KEY)
_OWN_KEY_LOCKED = _OWN_KEY.with_for_update()
_BY_ID_LOCKED = select(_table).where(_table.c.id == bindparam("article_id")).with_for_update()
_ID_OF_COMMENT = select(Comment.article_id).where(Comment.id == bindparam("comment_id"))
_OTHER_KEY_LOCKED = _OTHER_KEY.with_for_update(of=_table)

_TOUCH = (
    update(_table)
    .where(_table.c.id == bindparam("of"))
    .values(
        version=_table.c.version + 1, comment_count=_table.c.comment_count + bindparam("comments")
    )
)
_TOUCH_WITH_SEQ = _TOUCH.values(last_seq=bindparam("seq"))


def find(site: SiteView, key: str) -> AnyRow | None:
    """The row of the article that `key` is, or was, the key of."""
    with looking_up() as connection:
        return connection.execute(_BY_KEY, {"site_id": site.id, "key": key}).first()


def get(site: SiteView, key: str, *, now: datetime) -> ArticleView:
    """The article as it is now; one nobody wrote about yet is empty and open."""
    row = find(site, key)
    return view(row, site=site.key, now=now) if row else unknown(site, key)


def counts(site: SiteView, keys: Sequence[str], *, now: datetime) -> list[tuple[str, ArticleView]]:
    """The articles of `keys`, each with the key it was asked by, in their order, zeroes included;
    one query."""
    asked = _table.c.key.label("asked"), _alias.c.key.label("asked")
    of_site = _table.c.site_id == site.id, _alias.c.site_id == site.id
    query = union_all(
        select(_table, asked[0]).where(of_site[0], _table.c.key.in_(set(keys))),
        select(_table, asked[1])
        .join(_alias, _alias.c.article_id == _table.c.id)
        .where(of_site[1], _alias.c.key.in_(set(keys))),
    )
    with looking_up() as connection:
        rows = connection.execute(query).all()
    found = {row.asked: view(row, site=site.key, now=now) for row in reversed(rows)}
    return [(key, found.get(key) or unknown(site, key)) for key in keys]


def most_commented(
    site: SiteView, *, since: datetime, limit: int, now: datetime
) -> list[tuple[ArticleView, int]]:
    """The articles with the most comments published since then, and how many each.

    Ids are sorted by time, so that this reads the comments since then and no others.
    """
    # As a sum, since SQLite would walk all comments to have them in the order of their articles.
    article_id = (Comment.article_id + literal_column("0")).label("article_id")
    recent = (
        select(article_id, func.count().label("comments"))
        .where(Comment.id >= first_id(since), Comment.status == Status.PUBLISHED)
        .group_by(article_id)
        .subquery()
    )
    query = (
        select(_table, recent.c.comments)
        .join(recent, recent.c.article_id == _table.c.id)
        .where(_table.c.site_id == site.id)
        .order_by(recent.c.comments.desc(), _table.c.id.desc())
        .limit(limit)
    )
    with reading() as connection:
        rows = connection.execute(query).all()
    return [(view(row, site=site.key, now=now), row.comments) for row in rows]


def lock(site: SiteView, key: str, *, url: str | None, title: str | None, now: datetime) -> AnyRow:
    """The article's row, made if it is new and locked until the transaction ends.

    `url` and `title` fill only what is still unknown. Raises `ArticleUrlNotAllowed`.
    """
    if url is not None and not site.allows_origin(origin_of(url)):
        raise ArticleUrlNotAllowed
    row = find_locked(site.id, key)
    if row is None:
        writing().execute(
            _insert_unless_there(writing().dialect.name),
            {
                "site_id": site.id,
                "key": key,
                "id": new_id(now),
                "url": url,
                "title": title,
                "status": ArticleStatus.OPEN,
                "slow_mode_seconds": 0,
                "comment_count": 0,
                "version": 0,
                "last_seq": 0,
                "created_at": now,
            },
        )
        row = writing().execute(_OWN_KEY_LOCKED, {"site_id": site.id, "key": key}).one()
    unknown_yet = {
        name: value
        for name, value in (("url", url and addresses.clean(url)), ("title", title))
        if value is not None and getattr(row, name) is None
    }
    if unknown_yet:
        writing().execute(update(_table).where(_table.c.id == row.id).values(**unknown_yet))
        row = lock_by_id(row.id)
    return row


def find_locked(site_id: int, key: str) -> AnyRow | None:
    """The row of the article known by this key, locked until the transaction ends.

    While it waited, the article may have become an alias of another: then that one's.
    """
    values = {"site_id": site_id, "key": key}
    row = writing().execute(_OWN_KEY_LOCKED, values).first()
    if row is None:
        row = writing().execute(_OTHER_KEY_LOCKED, values).first()
    return row


def lock_by_id(article_id: int) -> AnyRow:
    """The row of an article that a comment belongs to, locked until the transaction ends."""
    return writing().execute(_BY_ID_LOCKED, {"article_id": article_id}).one()


def lock_of_comment(comment_id: int) -> AnyRow:
    """The locked row of the article that this comment is in: every writer locks the article first.

    While it waited, the comment may have moved to another article: then that one's. Raises
    `NotFound` where there is no such comment.
    """
    while True:
        article_id = writing().execute(_ID_OF_COMMENT, {"comment_id": comment_id}).scalar()
        if article_id is None:
            raise NotFound
        row = writing().execute(_BY_ID_LOCKED, {"article_id": article_id}).first()
        if row is not None:
            return row


def lock_of_comments(comment_ids: Iterable[int]) -> None:
    """Lock the articles that these comments are in."""
    _lock_all(select(Comment.article_id).where(Comment.id.in_(set(comment_ids))))


def lock_touched_by(*user_ids: int) -> None:
    """Lock the articles in which these people have written or voted."""
    voted_on = select(Vote.comment_id).where(Vote.user_id.in_(user_ids))
    written_or_voted_on = or_(Comment.author_id.in_(user_ids), Comment.id.in_(voted_on))
    _lock_all(select(Comment.article_id).where(written_or_voted_on))


def _lock_all(article_ids: Select[int]) -> None:
    """In the order of their ids, as every writer of several does it, so that two never wait for
    each other. While it waited, comments may have moved to another article: then that one as well.
    """
    query = (
        select(_table.c.id)
        .where(_table.c.id.in_(article_ids))
        .order_by(_table.c.id)
        .with_for_update()
    )
    locked: set[int] = set()
    while not locked.issuperset(db.session.scalars(article_ids.distinct())):
        locked.update(db.session.scalars(query))


def touch(article_id: int, *, comments: int = 0, last_seq: int | None = None) -> None:
    """Something that readers of the thread see has changed: the version goes up, and the count
    of published comments by `comments`."""
    values = {"of": article_id, "comments": comments}
    if last_seq is None:
        writing().execute(_TOUCH, values)
    else:
        writing().execute(_TOUCH_WITH_SEQ, values | {"seq": last_seq})


def touch_all(comments: Mapping[int, int]) -> None:
    """`touch` for many: how many published comments more each has, by its id."""
    if comments:
        values = [{"of": of, "comments": more} for of, more in sorted(comments.items())]
        writing().execute(_TOUCH, values)


def take_seq(article_id: int, last_seq: int) -> None:
    """Remember the greatest `seq` given out, where nothing that readers see has changed."""
    db.session.execute(update(_table).where(_table.c.id == article_id).values(last_seq=last_seq))


def view(row: AnyRow, *, site: str, now: datetime) -> ArticleView:
    """The article for its readers, with the status that is in force now."""
    return ArticleView(
        id=row.id,
        site=site,
        key=row.key,
        url=row.url,
        title=row.title,
        comment_count=row.comment_count,
        status=article_windows.status_in_force(row, now),
        version=row.version,
        pinned_id=row.pinned_comment_id,
        changes_at=article_windows.next_change(row, now),
    )


def unknown(site: SiteView, key: str) -> ArticleView:
    """An article that nobody has commented on."""
    return ArticleView(0, site.key, key, None, None, 0, ArticleStatus.OPEN, 0)


def _insert_unless_there(dialect: str) -> Any:
    """Two first comments at once make one article: the second waits for the first, finds it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(_table).on_conflict_do_nothing(index_elements=["site_id", "key"])
