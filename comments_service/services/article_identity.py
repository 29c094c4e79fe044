"""What the publisher's CMS says of an article: by which keys and at which address it is known.

What it says wins over what a reader's first comment brought along. An alias is a key that answers
as the article itself; two articles that turn out to be one are merged, and the key of the one that
goes stays as an alias.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, and_, delete, exists, func, insert, select, update

from comments_service.errors import AliasTaken, ArticleUrlNotAllowed, FieldError, InvalidRequest
from comments_service.models import (
    Article,
    ArticleAlias,
    ArticleStatus,
    Comment,
    Delivery,
    DeliveryStatus,
    db,
)
from comments_service.services import articles, audit, events
from comments_service.services.actor import Actor
from comments_service.services.audit import AuditAction
from comments_service.services.events import EventType
from comments_service.services.rows import AnyRow
from comments_service.services.sites import SiteView, origin_of
from comments_service.services.transaction import WriteSession, reading, transaction
from comments_service.services.views import ArticleView
from comments_service.text import addresses

MOST_ALIASES = 100
SHOWN = {"url", "title", "status"}
"""What a public read of the thread has in it."""


@dataclass(frozen=True, slots=True)
class ArticleIdentity:
    """An article with all that its publisher says of it."""

    article: ArticleView
    aliases: tuple[str, ...]
    updated_at: datetime | None


def read(site: SiteView, key: str, *, now: datetime) -> ArticleIdentity:
    """The article with this key or alias; one that nobody told of is empty and open."""
    article = articles.get(site, key, now=now)
    with reading() as connection:
        aliases = connection.scalars(_aliases_of(article.id)).all()
        updated_at = connection.scalar(select(Article.updated_at).where(Article.id == article.id))
    return ArticleIdentity(article, tuple(aliases), updated_at)


def change(
    actor: Actor, site: SiteView, key: str, changes: Mapping[str, Any], *, now: datetime
) -> ArticleIdentity:
    """Put in what the CMS says: any of `url`, `title`, `updated_at`, `status` and `aliases`, the
    latter whole. An article that is unknown is made.

    An article without comments whose key is named as an alias goes into this one. Raises
    `ArticleUrlNotAllowed`, and `AliasTaken` where an alias is the key of an article with comments
    or another article's alias.
    """
    url = changes.get("url")
    if url is not None:
        if not site.allows_origin(origin_of(url)):
            raise ArticleUrlNotAllowed
        changes = {**changes, "url": addresses.clean(url)}
    with transaction() as session:
        before = articles.lock(site, key, url=None, title=None, now=now)
        if "aliases" in changes:
            _set_aliases(session, site, before, changes["aliases"], now=now)
        values = {
            name: value
            for name, value in changes.items()
            if name != "aliases" and getattr(before, name) != value
        }
        if values:
            session.execute(
                update(Article)
                .where(Article.id == before.id)
                .values(**values, version=Article.version + int(bool(values.keys() & SHOWN)))
                .execution_options(synchronize_session=False)
            )
        _tell(actor, site, before, values, now=now)
        return read(site, before.key, now=now)


def merge(
    actor: Actor, site: SiteView, source: str, into: str, *, now: datetime
) -> ArticleIdentity:
    """Make one article of two: comments, aliases and key of `source` go to `into`.

    Either may be named by an alias, and need not be known; again changes nothing. Raises
    `InvalidRequest` where both are the same key.
    """
    if source == into:
        raise InvalidRequest(errors=(FieldError("/into", "Must be another article than `from`."),))
    with transaction() as session:
        _lock_in_order(site, source, into, now=now)
        target = articles.lock(site, into, url=None, title=None, now=now)
        going = articles.find_locked(site.id, source)
        if going is None:
            _add_alias(session, site.id, source, target.id, now=now)
            articles.touch(target.id)
        elif going.id != target.id:
            _merge(session, site, going, articles.lock_by_id(target.id), now=now)
        if going is None or going.id != target.id:
            data = {"article_id": str(target.id), "from": source, "into": target.key}
            events.record(
                EventType.ARTICLE_MERGED,
                site_id=site.id,
                article_id=target.id,
                data=data,
                now=now,
            )
            audit.record(
                AuditAction.ARTICLE_MERGED,
                actor=actor.key,
                target=f"article:{target.id}",
                site_id=site.id,
                before={"key": source, "article_id": None if going is None else str(going.id)},
                after={"key": target.key, "article_id": str(target.id)},
                now=now,
            )
        return read(site, target.key, now=now)


def _lock_in_order(site: SiteView, *keys: str, now: datetime) -> None:
    """Writers of several articles lock them in the order of their ids, so that two never wait for
    each other."""
    ids = {articles.get(site, key, now=now).id for key in keys}
    locking = select(Article.id).where(Article.id.in_(ids)).order_by(Article.id)
    db.session.execute(locking.with_for_update())


def _merge(
    session: WriteSession, site: SiteView, going: AnyRow, target: AnyRow, *, now: datetime
) -> None:
    _make_room(session, going.id, target.id)
    session.execute(
        update(Comment)
        .where(Comment.article_id == going.id)
        .values(article_id=target.id)
        .execution_options(synchronize_session=False)
    )
    _repoint(session, going.id, target.id)
    session.execute(
        update(Article)
        .where(Article.id == target.id)
        .values(
            url=target.url or going.url,
            title=target.title or going.title,
            pinned_comment_id=target.pinned_comment_id or going.pinned_comment_id,
            comment_count=target.comment_count + going.comment_count,
            # Greater than whatever anybody has seen of either.
            version=max(target.version, going.version) + 1,
            last_seq=_greatest_seq(session, target.id),
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(Article).where(Article.id == going.id))
    _add_alias(session, site.id, going.key, target.id, now=now)


def _make_room(session: WriteSession, going_id: int, target_id: int) -> None:
    """Give another `seq` to the comments of the one that have that of a comment of the other."""
    table: Table = Comment.metadata.tables[Comment.__tablename__]
    other = table.alias()
    clashing = (
        select(table.c.id, table.c.seq)
        .join(other, and_(other.c.article_id == target_id, other.c.seq == table.c.seq))
        .where(table.c.article_id == going_id)
        .order_by(table.c.seq)
    )
    both = (going_id, target_id)
    for comment_id, seq in session.execute(clashing).all():
        free = seq + 1
        while session.scalar(
            select(exists().where(Comment.article_id.in_(both), Comment.seq == free))
        ):
            free += 1
        session.execute(update(table).where(table.c.id == comment_id).values(seq=free))


def _greatest_seq(session: WriteSession, article_id: int) -> int:
    """Of all comments, those that nobody sees included."""
    newest = select(func.max(Comment.seq)).where(Comment.article_id == article_id)
    return session.scalar(newest) or 0


def _repoint(session: WriteSession, going_id: int, target_id: int) -> None:
    """What else names the article by its id names the other one now; what there is one of for each
    article, goes."""
    for column in _columns_that_name_articles():
        table = column.table
        assert isinstance(table, Table)
        named = column == going_id
        if _is_one_each(column):
            session.execute(delete(table).where(named))
        else:
            session.execute(update(table).where(named).values({column.name: target_id}))
    # Theirs is no reference, so that they may outlive an article; they leave in its order.
    waiting = update(Delivery).where(
        Delivery.article_id == going_id, Delivery.status == DeliveryStatus.PENDING
    )
    session.execute(waiting.values(article_id=target_id))


def _columns_that_name_articles() -> Iterable[Column[Any]]:
    for table in Article.metadata.sorted_tables:
        if table.name in {Comment.__tablename__}:
            continue
        for column in table.columns:
            if any(key.column.table.name == Article.__tablename__ for key in column.foreign_keys):
                yield column


def _is_one_each(column: Column[Any]) -> bool:
    return column.primary_key or bool(column.unique)


def _set_aliases(
    session: WriteSession, site: SiteView, article: AnyRow, wanted: Sequence[str], *, now: datetime
) -> None:
    keys = [key for key in dict.fromkeys(wanted) if key != article.key]
    known = set(session.scalars(_aliases_of(article.id)))
    gone = known - set(keys)
    if gone:
        session.execute(
            delete(ArticleAlias).where(ArticleAlias.site_id == site.id, ArticleAlias.key.in_(gone))
        )
    for key in keys:
        if key in known:
            continue
        _take_over(session, site, article, key, now=now)
        _add_alias(session, site.id, key, article.id, now=now)


def _take_over(
    session: WriteSession,
    site: SiteView,
    article: AnyRow,
    key: str,
    *,
    now: datetime,
) -> None:
    """See to it that the key is free. Raises `AliasTaken`."""
    found = articles.find_locked(site.id, key)
    if found is None or found.id == article.id:
        return
    has_comments = session.scalar(select(exists().where(Comment.article_id == found.id)))
    if found.key != key or has_comments:
        raise AliasTaken(key=key)
    _merge(session, site, found, articles.lock_by_id(article.id), now=now)


def _add_alias(
    session: WriteSession, site_id: int, key: str, article_id: int, *, now: datetime
) -> None:
    if session.get(ArticleAlias, (site_id, key)) is None:
        values = {"site_id": site_id, "key": key, "article_id": article_id, "created_at": now}
        session.execute(insert(ArticleAlias).values(**values))


def _aliases_of(article_id: int) -> Any:
    return (
        select(ArticleAlias.key)
        .where(ArticleAlias.article_id == article_id)
        .order_by(ArticleAlias.key)
    )


def _tell(
    actor: Actor, site: SiteView, before: AnyRow, values: Mapping[str, Any], *, now: datetime
) -> None:
    """A closed article is an event; whoever decides who may write where is on record."""
    status = values.get("status")
    if status is None:
        return
    if status == ArticleStatus.CLOSED:
        events.record(
            EventType.ARTICLE_CLOSED,
            site_id=site.id,
            article_id=before.id,
            data={"article_id": str(before.id)},
            now=now,
        )
    audit.record(
        AuditAction.ARTICLE_CHANGED,
        actor=actor.key,
        target=f"article:{before.id}",
        site_id=site.id,
        before={"status": before.status},
        after={"status": status},
        now=now,
    )
