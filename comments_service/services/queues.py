"""The queue: what waits for a moderator, and what was decided, with all that is needed to decide.

A tab is read by keyset along an index of its own, one site after the other, so that the last page
of a hundred thousand items costs what the first does; the items' evidence is a fixed number of
queries more. `total` is counted as far as `COUNTED`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    Subquery,
    and_,
    cast,
    exists,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from comments_service.errors import InvalidCursor
from comments_service.models import (
    Appeal,
    Article,
    ArticleAlias,
    Comment,
    Site,
    Status,
    Verdict,
    db,
)
from comments_service.services import dossiers, search, sites
from comments_service.services.actor import Actor
from comments_service.services.dossiers import QueueItem
from comments_service.services.rows import AnyRow, AnySelect
from comments_service.services.transaction import reading

COUNTED = 10_000
"""Beyond so many, how many more there are makes no difference to whoever has to read them."""

ON_TABS = 1_000
"""How far the tabs count, on every page."""

SCANNED = 2_000
"""Of so many items a page is found where only those with a certain finding are wanted; where they
are rare, a page has fewer than was asked for, and there is a next one."""

SITES_AT_ONCE = 100


class Tab(StrEnum):
    HELD = "held"
    REPORTED = "reported"
    APPEALED = "appealed"
    PUBLISHED = "published"
    REJECTED = "rejected"
    REMOVED = "removed"


OLDEST_FIRST = frozenset({Tab.HELD, Tab.REPORTED, Tab.APPEALED})
"""Where somebody waits, the longest waiting comes first; elsewhere the newest."""

Position = tuple[Any, ...]
"""Where an item stands: `(id,)`, or `(moment, id)` where a report or an appeal is waited on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which items: `site`, `article` and `user_id` narrow a tab down, `filter` and `clause` to what
    a filter found or what goes against a clause, `q` to the words of the text."""

    tab: Tab
    site: str | None = None
    article: str | None = None
    user_id: int | None = None
    filter: str | None = None
    clause: str | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some items in the tab's order; `next` is the position to go on from, or None."""

    items: tuple[QueueItem, ...]
    total: int
    next: Position | None


@dataclass(frozen=True, slots=True)
class _Place:
    """What a site's part of the tab is narrowed to."""

    tab: Tab
    article_id: int | None
    user_id: int | None
    words: tuple[str, ...] | None


def page(
    actor: Actor, asked: Asked, *, limit: int, now: datetime, after: Position | None = None
) -> QueuePage:
    """The first `limit` items of what is asked for, or those after a position.

    Raises `UnknownSite`, and `NotFound` for a site that is not the actor's.
    """
    site_ids = _site_ids(actor, asked.site)
    with reading() as connection:
        place = _place(connection, asked, site_ids)
        if place is None:
            return QueuePage((), 0, None)
        found, following, total = _found(
            connection, asked, place, site_ids, limit=limit, after=after
        )
        if total is None:
            total = _total(connection, asked, place, site_ids)
        items = dossiers.items(connection, [row.id for row in found], now=now)
    return QueuePage(items, total, following)


def counts(actor: Actor, site: str | None) -> dict[Tab, int]:
    """How much waits in each tab where somebody waits, as far as `ON_TABS`."""
    site_ids = _site_ids(actor, site)
    with reading() as connection:
        return {
            tab: _total(
                connection, Asked(tab), _Place(tab, None, None, None), site_ids, most=ON_TABS
            )
            for tab in (Tab.HELD, Tab.REPORTED, Tab.APPEALED)
        }


def _site_ids(actor: Actor, site: str | None) -> list[int]:
    if site is not None:
        return [sites.run_by(actor, site).id]
    if actor.site_ids is not None:
        return sorted(actor.site_ids)
    with reading() as connection:
        return list(connection.execute(select(Site.id).order_by(Site.id)).scalars())


def _place(connection: Connection, asked: Asked, site_ids: list[int]) -> _Place | None:
    """None where nothing can be found."""
    words = None if asked.q is None or not asked.q.strip() else search.words(asked.q)
    if words == ():
        return None
    article_id = None
    if asked.article is not None:
        own = select(Article.id).where(Article.site_id.in_(site_ids), Article.key == asked.article)
        former = select(ArticleAlias.article_id).where(
            ArticleAlias.site_id.in_(site_ids), ArticleAlias.key == asked.article
        )
        article_id = connection.execute(own.union_all(former).limit(1)).scalar()
        if article_id is None:
            return None
    return _Place(asked.tab, article_id, asked.user_id, words)


def _found(
    connection: Connection,
    asked: Asked,
    place: _Place,
    site_ids: list[int],
    *,
    limit: int,
    after: Position | None,
) -> tuple[list[AnyRow], Position | None, int | None]:
    """The rows of a page, with their `moment` where they have one, and where to go on; and how many
    there are, where that is known by the way."""
    by_finding = asked.filter is not None or asked.clause is not None
    wanted = SCANNED if by_finding else limit + 1

    def of_site(site_id: int) -> AnySelect:
        return _walk(place, site_id, after=after).limit(wanted)

    candidates = _merged(connection, of_site, site_ids, place.tab, limit=wanted)
    if not by_finding:
        rows = candidates[:limit]
        goes_on = len(candidates) > limit
        return rows, _position(rows[-1]) if goes_on else None, None
    ids = _with_finding(connection, [row.id for row in candidates], asked)
    matching = [row for row in candidates if row.id in ids]
    total = len(matching) if after is None else None
    if len(matching) > limit:
        return matching[:limit], _position(matching[limit - 1]), total
    goes_on = len(candidates) == SCANNED
    return matching, _position(candidates[-1]) if goes_on else None, total


def _total(
    connection: Connection,
    asked: Asked,
    place: _Place,
    site_ids: list[int],
    *,
    most: int = COUNTED,
) -> int:
    by_finding = asked.filter is not None or asked.clause is not None
    counted = 0
    for site_id in site_ids:
        few = _walk(place, site_id, after=None).limit(SCANNED if by_finding else most)
        if by_finding:
            ids = list(connection.execute(few).scalars())
            counted += len(_with_finding(connection, ids, asked))
        else:
            counting = select(func.count()).select_from(few.order_by(None).subquery())
            counted += connection.execute(counting).scalar_one()
    return min(counted, most)


def _walk(place: _Place, site_id: int, *, after: Position | None) -> AnySelect:
    """A site's part of the tab in its order: `id`, and `moment` where it is ordered by that."""
    moment = {Tab.REPORTED: Comment.reported_at, Tab.APPEALED: Appeal.created_at}.get(place.tab)
    query: AnySelect
    if place.tab is Tab.APPEALED:
        query = (
            select(Appeal.comment_id.label("id"), Appeal.created_at.label("moment"))
            .join(Comment, Comment.id == Appeal.comment_id)
            .where(
                Appeal.site_id == site_id,
                Appeal.decided_at.is_(None),
                Comment.status.in_((Status.REJECTED, Status.REMOVED)),
            )
        )
    elif place.tab is Tab.REPORTED:
        query = select(Comment.id, Comment.reported_at.label("moment")).where(
            Comment.site_id == site_id,
            Comment.reported_at.is_not(None),
            Comment.status.in_((Status.PUBLISHED, Status.HELD)),
        )
    else:
        query = select(Comment.id, literal(None).label("moment")).where(
            _site_column(place) == site_id, Comment.status == place.tab.value
        )
    query = _narrowed(query, place)
    id_ = Appeal.comment_id if place.tab is Tab.APPEALED else Comment.id
    order = [id_] if moment is None else [moment, id_]
    oldest_first = place.tab in OLDEST_FIRST
    if after is not None:
        query = query.where(_beyond(order, after, oldest_first=oldest_first))
    return query.order_by(*(each.asc() if oldest_first else each.desc() for each in order))


def _site_column(place: _Place) -> ColumnElement[Any]:
    """Where one article's or one person's comments are wanted, as a sum: so that their index is
    gone by, and not the site's, along which all of the tab would be looked at."""
    is_narrow = place.article_id is not None or place.user_id is not None
    return Comment.site_id + literal_column("0") if is_narrow else Comment.site_id.expression


def _narrowed(query: AnySelect, place: _Place) -> AnySelect:
    if place.article_id is not None:
        query = query.where(Comment.article_id == place.article_id)
    if place.user_id is not None:
        query = query.where(Comment.author_id == place.user_id)
    if place.words is not None:
        # As a list made once: in a join, SQLite would look each comment of the tab up in it.
        searched = search.source("comment")
        found = select(search.id_of(searched)).where(search.matches(searched, place.words))
        query = query.where(Comment.id.in_(found))
    return query


def _beyond(order: Sequence[Any], after: Position, *, oldest_first: bool) -> ColumnElement[bool]:
    if len(order) != len(after):
        raise InvalidCursor
    if len(order) == 1:
        (here,), (there,) = order, after
    else:
        here = tuple_(*order)
        there = tuple_(*(literal(at, each.type) for at, each in zip(after, order, strict=True)))
    beyond: ColumnElement[bool] = here > there if oldest_first else here < there
    return beyond


def _merged(
    connection: Connection,
    of_site: Callable[[int], AnySelect],
    site_ids: list[int],
    tab: Tab,
    *,
    limit: int,
) -> list[AnyRow]:
    """The first rows of all sites together, each site's read along its own index."""
    rows: list[AnyRow] = []
    for start in range(0, len(site_ids), SITES_AT_ONCE):
        some = site_ids[start : start + SITES_AT_ONCE]
        parts: list[Subquery] = [of_site(site_id).subquery() for site_id in some]
        if len(parts) == 1:
            rows += connection.execute(of_site(some[0])).all()
        else:
            rows += connection.execute(union_all(*(select(part) for part in parts))).all()
    if len(site_ids) > 1:
        rows.sort(
            key=lambda row: (row.moment, row.id) if row.moment else (row.id,),
            reverse=tab not in OLDEST_FIRST,
        )
    return rows[:limit]


def _position(row: AnyRow) -> Position:
    return (row.id,) if row.moment is None else (row.moment, row.id)


def _with_finding(connection: Connection, ids: list[int], asked: Asked) -> set[int]:
    """Those of the comments in which the filter, or a filter of the clause, found something."""
    wanted = {
        name: value
        for name, value in (("filter", asked.filter), ("clause", asked.clause))
        if value is not None
    }
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        query = select(Verdict.comment_id).where(
            Verdict.comment_id.in_(ids[start : start + 500]), _has_finding(wanted)
        )
        found.update(connection.execute(query).scalars())
    return found


def _has_finding(wanted: dict[str, str]) -> ColumnElement[bool]:
    if db.engine.dialect.name == "postgresql":
        return cast(Verdict.findings, JSONB).contains([wanted])
    each = func.json_each(Verdict.findings).table_valued("value")
    conditions = (
        func.json_extract(each.c.value, f"$.{name}").cast(String) == value
        for name, value in wanted.items()
    )
    return exists(select(literal(1)).select_from(each).where(and_(*conditions)))
