"""Threads: an article's comments in order, a page at a time, by keyset.

A page costs a fixed number of queries however long the thread is: its roots with their authors,
and the first replies of all of them. Sorts and cursors use `seq` and never `id` (see
`models/comment.py`); a page that is deep costs what the first one does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from operator import attrgetter

from sqlalchemy import Connection, and_, bindparam, func, lateral, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlalchemy.types import BigInteger, String

from comments_service.errors import Gone, NotFound
from comments_service.models import Article, Comment, Status, User
from comments_service.services.ids import first_id
from comments_service.services.rows import AnyRow, AnySelect
from comments_service.services.transaction import reading
from comments_service.services.views import (
    COMMENT_COLUMNS,
    ArticleView,
    CommentView,
    comment_view,
    comment_view_alone,
    comments_with_articles,
    comments_with_authors,
)

PREVIEW = 2
"""Replies shown under a root before anybody asks for more."""


class Sort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    POPULAR = "popular"


Position = tuple[int, ...]
"""Where a root stands in a sort: `(seq,)`, or `(score, seq)` in the popular one."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some roots of a thread. `next` and `previous` are the positions to go on from, or None."""

    comments: tuple[CommentView, ...]
    next: Position | None
    previous: Position | None = None


@dataclass(frozen=True, slots=True)
class Replies:
    """Some replies of a root, oldest first."""

    items: tuple[CommentView, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class TitledComment:
    """A comment and the title of its article, if it has one."""

    comment: CommentView
    title: str | None


def page(
    article: ArticleView,
    sort: Sort,
    *,
    limit: int,
    after: Position | None = None,
    before: Position | None = None,
) -> Page:
    """The first `limit` roots, those `after` a position, or those just `before` one."""
    if article.id == 0:
        return Page((), None)
    with reading() as connection:
        backward = before is not None
        rows = _roots(
            connection, article.id, sort, limit + 1, from_=before or after, backward=backward
        )
        more = len(rows) > limit
        rows = rows[:limit][::-1] if backward else rows[:limit]
        comments = _with_replies(connection, article, rows)
    if backward:
        following = _position(rows[-1], sort) if rows else None
        return Page(comments, following, _position(rows[0], sort) if more else None)
    return Page(comments, _position(rows[-1], sort) if more else None)


def around(article: ArticleView, sort: Sort, comment_id: int, *, limit: int) -> Page:
    """The page that holds a comment; a reply is shown under its root, after the preview.

    Raises `NotFound` where the comment is not shown in this thread.
    """
    with reading() as connection:
        target = _shown(connection, article, comment_id)
        root = target if target.root_id is None else _shown(connection, article, target.root_id)
        place = _position(root, sort)
        earlier = _roots(connection, article.id, sort, limit // 2 + 1, from_=place, backward=True)
        has_earlier = len(earlier) > limit // 2
        earlier = earlier[: limit // 2][::-1]
        room = limit - len(earlier)
        later = _roots(connection, article.id, sort, room, from_=place)
        has_later = len(later) == room
        rows = [*earlier, root, *later[: room - 1]]
        comments = _with_replies(
            connection, article, rows, also=None if target.root_id is None else target
        )
    return Page(
        comments,
        _position(rows[-1], sort) if has_later else None,
        _position(rows[0], sort) if has_earlier else None,
    )


def get(comment_id: int) -> CommentView:
    """One comment as everybody may see it; a tombstone where it still has replies.

    Raises `Gone` once it is deleted or removed and nothing stands in its place, `NotFound` while
    it is held or rejected.
    """
    with reading() as connection:
        row = _placed(connection, comment_id)
        if row.status in {Status.HELD, Status.REJECTED}:
            raise NotFound
        return _alone_with_replies(connection, row)


def replies(comment_id: int, *, limit: int, after: int | None = None) -> Replies:
    """A root's replies from the first, or those after the `seq` given; also of a tombstone,
    whatever it stands for. Raises as `get` does where there is none."""
    with reading() as connection:
        root = comment_view_alone(_placed(connection, comment_id))
        query = (
            comments_with_authors()
            .where(Comment.root_id == root.root_id, Comment.visible == 1)
            .order_by(Comment.seq)
            .limit(limit + 1)
        )
        if after is not None:
            query = query.where(Comment.seq > after)
        rows = connection.execute(query).all()
    items = tuple(
        comment_view(row, site=root.site, article=root.article, article_url=root.article_url)
        for row in rows[:limit]
    )
    return Replies(items, items[-1].seq if len(rows) > limit else None)


def with_replies(root: CommentView, found: tuple[CommentView, ...]) -> CommentView:
    """`root` with these replies in place of its first ones."""
    return replace(root, replies=found)


def newest(article: ArticleView, *, limit: int) -> tuple[CommentView, ...]:
    """An article's published comments whether root or reply, newest first."""
    query = (
        comments_with_authors()
        .where(Comment.article_id == article.id, Comment.status == Status.PUBLISHED)
        .order_by(Comment.seq.desc())
        .limit(limit)
    )
    with reading() as connection:
        rows = connection.execute(query).all()
    view = partial(comment_view, site=article.site, article=article.key, article_url=article.url)
    return tuple(view(row, pinned_id=article.pinned_id) for row in rows)


def newest_of_site(site_id: int, *, since: datetime, limit: int) -> tuple[TitledComment, ...]:
    """A site's comments published since then, newest first, with their articles' titles.

    Ids are sorted by time, so that this reads comments since then and no others.
    """
    query = (
        comments_with_articles()
        .add_columns(Article.title.label("article_title"))
        .where(
            Comment.id >= first_id(since),
            Comment.status == Status.PUBLISHED,
            Comment.site_id == site_id,
        )
        .order_by(Comment.id.desc())
        .limit(limit)
    )
    with reading() as connection:
        rows = connection.execute(query).all()
    return tuple(TitledComment(comment_view_alone(row), row.article_title) for row in rows)


def _placed(connection: Connection, comment_id: int) -> AnyRow:
    """A comment that has a place in its thread, its own or a tombstone's. Raises `Gone` or
    `NotFound`."""
    query = comments_with_articles().add_columns(Comment.visible).where(Comment.id == comment_id)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound
    if not row.visible:
        raise Gone if row.status in {Status.DELETED, Status.REMOVED} else NotFound
    return row


def _roots(
    connection: Connection,
    article_id: int,
    sort: Sort,
    limit: int,
    *,
    from_: Position | None,
    backward: bool = False,
) -> list[AnyRow]:
    query = _roots_query(sort, backward=backward, continued=from_ is not None)
    place = {f"from_{at}": number for at, number in enumerate(from_ or ())}
    return list(connection.execute(query, {"article_id": article_id, "most": limit, **place}))


@cache
def _roots_query(sort: Sort, *, backward: bool, continued: bool) -> AnySelect:
    """The `most` first roots of `article_id` in a sort, or, `continued`, those beyond a position.

    Built once: putting a statement together costs SQLAlchemy more than the database to answer it.
    """
    ascending = (sort is Sort.OLDEST) != backward
    keys = (Comment.score, Comment.seq) if sort is Sort.POPULAR else (Comment.seq,)
    query = comments_with_authors().where(
        Comment.article_id == bindparam("article_id"),
        Comment.root_id.is_(None),
        Comment.visible == 1,
    )
    if continued:
        place = [bindparam(f"from_{at}", type_=BigInteger) for at in range(len(keys))]
        left = tuple_(*keys) if len(keys) > 1 else keys[0]
        right = tuple_(*place) if len(keys) > 1 else place[0]
        query = query.where(left > right if ascending else left < right)
    order = (key.asc() if ascending else key.desc() for key in keys)
    return query.order_by(*order).limit(bindparam("most"))


def _position(row: AnyRow, sort: Sort) -> Position:
    return (row.score, row.seq) if sort is Sort.POPULAR else (row.seq,)


def _shown(connection: Connection, article: ArticleView, comment_id: int) -> AnyRow:
    query = comments_with_authors().where(
        Comment.id == comment_id, Comment.article_id == article.id, Comment.visible == 1
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotFound
    return row


def _with_replies(
    connection: Connection,
    article: ArticleView,
    roots: Sequence[AnyRow],
    *,
    also: AnyRow | None = None,
) -> tuple[CommentView, ...]:
    """Views of `roots`, each with its first replies, and `also` (a reply) under its own root."""
    under: dict[int, list[CommentView]] = defaultdict(list)
    view = partial(comment_view, site=article.site, article=article.key, article_url=article.url)
    with_replies = [row.id for row in roots if row.reply_count]
    rows = _previews(connection, with_replies) if with_replies else []
    if also is not None and also.id not in {row.id for row in rows}:
        rows.append(also)
    for row in rows:
        under[row.root_id].append(view(row))
    return tuple(view(row, replies=under[row.id], pinned_id=article.pinned_id) for row in roots)


def _previews(connection: Connection, root_ids: Sequence[int]) -> list[AnyRow]:
    """The first replies of each root, oldest first, by one query that reads nothing else: a window
    function would read every reply of every root."""
    if connection.dialect.name == "postgresql":
        found = connection.execute(_previews_lateral(), {"roots": list(root_ids)})
    else:
        found = connection.execute(_previews_in(), {"roots": str(list(root_ids))})
    return sorted(found, key=attrgetter("seq"))


@cache
def _previews_lateral() -> AnySelect:
    roots = bindparam("roots", type_=ARRAY(BigInteger))
    wanted = func.unnest(roots).table_valued("id").render_derived()
    first = lateral(
        select(Comment)
        .where(Comment.root_id == wanted.c.id, Comment.visible == 1)
        .order_by(Comment.seq)
        .limit(PREVIEW)
    )
    reply = aliased(Comment, first)
    columns = [getattr(reply, c.key) if c.class_ is Comment else c for c in COMMENT_COLUMNS]
    return (
        select(*columns)
        .select_from(wanted)
        .join(first, text("true"))
        .join(User, reply.author_id == User.id)
    )


@cache
def _previews_in() -> AnySelect:
    """SQLite has no LATERAL; a correlated list of ids does the same."""
    wanted = func.json_each(bindparam("roots", type_=String)).table_valued("value")
    reply = aliased(Comment)
    first = (
        select(reply.id)
        .where(reply.root_id == wanted.c.value, reply.visible == 1)
        .order_by(reply.seq)
        .limit(PREVIEW)
        .correlate(wanted)
    )
    return (
        select(*COMMENT_COLUMNS)
        .select_from(wanted)
        .join(Comment, and_(Comment.id.in_(first)))
        .join(User, Comment.author_id == User.id)
    )


def _alone_with_replies(connection: Connection, row: AnyRow) -> CommentView:
    view = comment_view_alone(row)
    if row.root_id is not None or not row.reply_count:
        return view
    found = _previews(connection, [row.id])
    under = [
        comment_view(r, site=view.site, article=view.article, article_url=view.article_url)
        for r in found
    ]
    return comment_view(
        row,
        site=view.site,
        article=view.article,
        article_url=view.article_url,
        pinned_id=row.pinned_comment_id,
        replies=under,
    )
