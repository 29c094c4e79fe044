"""Whether a kept answer still holds: the rows that it was made of, looked up by one statement.

A public read depends on its site, the policy in force and one article (or some). A `State` is what
those rows say, whole, but for the columns that no reader sees: whoever adds a column to them need
not think of this file. Two equal states have equal answers, since an article's `version` goes up
with every change that its thread shows.

This is asked before every answer from the cache, so it speaks to the driver itself: a fifth of
SQLAlchemy's cost. Only what is kept may rely on it; a read of its own goes through `reading()`.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from urllib.parse import quote

import structlog
from sqlalchemy import (
    JSON,
    URL,
    Column,
    ColumnElement,
    Engine,
    Select,
    Table,
    TableValuedAlias,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect

from comments_service.models import (
    Article,
    ArticleAlias,
    Comment,
    Site,
)

if TYPE_CHECKING:
    import psycopg
from comments_service.services import policies
from comments_service.services.shared_calls import SharedCalls

log = structlog.get_logger()

State: TypeAlias = tuple[Any, ...]

UNSEEN = {
    Site: {"origins", "created_at"},
    # `last_seq` moves for comments that nobody sees yet.
    Article: {"site_id", "last_seq", "created_at"},
}
STATEMENT_TIMEOUT_MS = 1_000
LEFT_ALONE_SECONDS = 1.0
PAGES_KIBIBYTES = 256
REMEMBERED = 500
"""By each connection, and each thread at work has one; the counts of 50 articles are 20 kB."""


@dataclass(frozen=True, slots=True)
class OfSite:
    """A site's settings and the policy in force."""

    site: str


@dataclass(frozen=True, slots=True)
class OfThread:
    """The same, and an article of the site."""

    site: str
    article: str


@dataclass(frozen=True, slots=True)
class OfComment:
    """The same for the article that a comment is in: a way to find its `OfThread`."""

    comment_id: int


@dataclass(frozen=True, slots=True)
class OfCounts:
    """Several articles of a site."""

    site: str
    articles: tuple[str, ...]


Watched: TypeAlias = OfSite | OfThread | OfComment | OfCounts
Statement: TypeAlias = Callable[[Watched], tuple[str, dict[str, Any]]]


class Freshness(Protocol):
    """Asks one database, from any thread."""

    def state(self, watched: Watched) -> State | None:
        """What the rows say now; None where there is no such site or comment, or no answer."""

    def statement(self, watched: Watched) -> tuple[str, dict[str, Any]]:
        """The question as the driver gets it, with its values."""

    def engine_for(self, watched: Watched, state: State | None) -> Engine | None:
        """The replica, where `watched` may be read from it; None for the database itself."""

    def close(self) -> None:
        """Give up what is open; the next question opens anew."""


def thread_of(state: State) -> OfThread:
    """The thread that a state of `OfComment` is the state of."""
    return OfThread(state[0], state[1])


def freshness(url: URL, replica: Engine | None = None) -> Freshness | None:
    """What watches the database at `url`; None for SQLite's database in memory, which nobody but
    its own connection can look into."""
    if url.get_backend_name() == "postgresql":
        primary = OnPostgresql(url)
        return primary if replica is None else _replicated(primary, replica)
    if url.database in {None, "", ":memory:"}:
        return None
    return OnSqlite(str(url.database))


def _replicated(primary: OnPostgresql, engine: Engine) -> Replicated:
    return Replicated(primary, OnPostgresql(engine.url), engine)


class OnSqlite:
    """Reads a SQLite file through connections of its own, which cannot write.

    `PRAGMA data_version` says in a third of a lookup's time whether anything was committed since
    this connection last asked; while nothing was, what it found then still holds.
    """

    def __init__(self, path: str) -> None:
        self._uri = f"file:{quote(path)}?mode=ro"
        self._idle: deque[_Connection] = deque()
        self._sql = _Statements(sqlite.dialect(paramstyle="named"))

    def state(self, watched: Watched) -> State | None:
        try:
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = _Connection(self._uri)
            state = connection.state(watched, self.statement)
        except sqlite3.Error as error:
            log.warning("freshness_failed", failure=type(error).__name__)
            return None
        self._idle.append(connection)
        return state

    def statement(self, watched: Watched) -> tuple[str, dict[str, Any]]:
        statement, values = self._sql.of(watched)
        if isinstance(watched, OfCounts):
            values["articles"] = json.dumps(watched.articles)
        return statement, values

    def engine_for(self, watched: Watched, state: State | None) -> Engine | None:
        return None

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


class _Connection:
    """A connection with what it has found since the database last changed."""

    def __init__(self, uri: str) -> None:
        self._connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, check_same_thread=False
        )
        # A few pages of indexes are all it reads; SQLite would keep 2 MiB for each connection.
        self._connection.execute(f"PRAGMA cache_size = -{PAGES_KIBIBYTES}")
        self._cursor = self._connection.cursor()
        self._version = 0
        self._found: dict[Watched, State | None] = {}

    def state(self, watched: Watched, statement: Statement) -> State | None:
        (version,) = self._cursor.execute("PRAGMA data_version").fetchone()
        if version != self._version or len(self._found) > REMEMBERED:
            self._found.clear()
            self._version = version
        elif watched in self._found:
            return self._found[watched]
        state = _checked(watched, self._cursor.execute(*statement(watched)).fetchall())
        self._found[watched] = state
        return state

    def close(self) -> None:
        self._connection.close()


class Unanswered(Exception):
    """The database gave no answer."""


class OnPostgresql:
    """Reads a PostgreSQL database through connections of its own, one for each thread at work.

    Asking costs it five times what an answer from the cache costs otherwise. Of a crowd that reads
    one article, those who come while one is asking share the next question.
    """

    def __init__(self, url: URL) -> None:
        import psycopg  # noqa: PLC0415  of no use on SQLite, and not small

        self._driver = psycopg
        self._down_until = 0.0
        self._shared: SharedCalls[Watched, State | None] = SharedCalls(self._ask)
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._idle: deque[psycopg.Connection[Any]] = deque()
        self._sql = _Statements(postgresql.dialect())  # type: ignore[no-untyped-call]

    def state(self, watched: Watched) -> State | None:
        try:
            return self.ask(watched)
        except Unanswered:
            return None

    @property
    def is_down(self) -> bool:
        """Whether it gave no answer a moment ago; then it is left alone for that moment."""
        return time.monotonic() < self._down_until

    def ask(self, watched: Watched) -> State | None:
        """What the rows say now; None where there is no such site or comment. Raises
        `Unanswered`."""
        if self.is_down:
            raise Unanswered
        return self._shared(watched)

    def _ask(self, watched: Watched) -> State | None:
        connection = None
        try:
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
            statement, values = self.statement(watched)
            rows = connection.execute(statement, values, prepare=True).fetchall()
        except self._driver.Error as error:
            log.warning("freshness_failed", failure=type(error).__name__)
            if connection is not None:
                connection.close()
            elif not self._idle:
                self._down_until = time.monotonic() + LEFT_ALONE_SECONDS
            raise Unanswered from None
        self._idle.append(connection)
        return _checked(watched, rows)

    def statement(self, watched: Watched) -> tuple[str, dict[str, Any]]:
        return self._sql.of(watched)

    def _connect(self) -> psycopg.Connection[Any]:
        options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c default_transaction_read_only=on"
        return self._driver.connect(self._dsn, autocommit=True, connect_timeout=2, options=options)

    def engine_for(self, watched: Watched, state: State | None) -> Engine | None:
        return None

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


class Replicated:
    """A primary that says how things are, and a replica that is read where it has caught up.

    So nobody, and least of all who has just written, is shown what was before: asking for the
    version costs the primary next to nothing, and the reading is the replica's. While the primary
    is down, the replica says how things are.
    """

    def __init__(self, primary: OnPostgresql, replica: OnPostgresql, engine: Engine) -> None:
        self._primary = primary
        self._replica = replica
        self._engine = engine

    def state(self, watched: Watched) -> State | None:
        try:
            return self._primary.ask(watched)
        except Unanswered:
            return self._replica.state(watched)

    def engine_for(self, watched: Watched, state: State | None) -> Engine | None:
        """What a read that depends on `watched` may be read from: the replica if it says the same,
        or if there is no other; otherwise None, for the primary."""
        if self._primary.is_down:
            return self._engine
        is_new = state is not None and self._replica.state(watched) == state
        return self._engine if is_new else None

    def statement(self, watched: Watched) -> tuple[str, dict[str, Any]]:
        return self._primary.statement(watched)

    def close(self) -> None:
        self._primary.close()
        self._replica.close()
        self._engine.dispose()


class _Statements:
    """The statement for each kind of question, with the values of its constants."""

    def __init__(self, dialect: Dialect) -> None:
        self._compiled: dict[type, tuple[str, dict[str, Any]]] = {}
        for kind, query in _queries(on_postgresql=dialect.name == "postgresql").items():
            compiled = query.compile(dialect=dialect)
            self._compiled[kind] = str(compiled), dict(compiled.params)

    def of(self, watched: Watched) -> tuple[str, dict[str, Any]]:
        statement, constants = self._compiled[type(watched)]
        return statement, constants | _values(watched)


def _values(watched: Watched) -> dict[str, Any]:
    match watched:
        case OfThread(site, article):
            return {"site": site, "article": article}
        case OfCounts(site, articles):
            return {"site": site, "articles": list(articles)}
        case OfSite(site):
            return {"site": site}
        case OfComment(comment_id):
            return {"comment": comment_id}


def _checked(watched: Watched, rows: Sequence[State]) -> State | None:
    """The rows as one state, or None where there is no such site or comment."""
    if isinstance(watched, OfCounts):
        return tuple(sorted(rows, key=itemgetter(0)))
    return rows[0] if rows else None


def _queries(*, on_postgresql: bool) -> dict[type, Select[Any]]:
    site, article, comment = _table(Site), _table(Article), _table(Comment)
    of_site = [*_seen(Site, on_postgresql), policies.version_column(site.c.id)]
    of_article = _seen(Article, on_postgresql)
    names = [site.c.key, article.c.key]
    return {
        OfSite: select(site.c.key, *of_site).where(site.c.key == bindparam("site")),
        # Outer: that nobody has commented yet is a state too, and an alias may end it.
        OfThread: select(*names, *of_site, *of_article)
        .outerjoin_from(site, article, article.c.id == _article_id(site.c.id, bindparam("article")))
        .where(site.c.key == bindparam("site")),
        OfComment: select(*names, *of_site, *of_article)
        .join_from(comment, article, article.c.id == comment.c.article_id)
        .join(site, site.c.id == article.c.site_id)
        .where(comment.c.id == bindparam("comment")),
        OfCounts: _counts(of_article, on_postgresql),
    }


def _article_id(site_id: ColumnElement[Any], key: ColumnElement[Any]) -> ColumnElement[Any]:
    """The id of a site's article with this key: one of its own first, then an alias."""
    article, alias = _table(Article).alias(), _table(ArticleAlias)
    own = select(article.c.id).where(article.c.site_id == site_id, article.c.key == key)
    other = select(alias.c.article_id).where(alias.c.site_id == site_id, alias.c.key == key)
    return func.coalesce(own.scalar_subquery(), other.scalar_subquery())


def _counts(of_article: Sequence[ColumnElement[Any]], on_postgresql: bool) -> Select[Any]:
    """Outer, so that SQLite does not read all articles of a site that has few."""
    site, article = _table(Site), _table(Article)
    site_id = select(site.c.id).where(site.c.key == bindparam("site")).scalar_subquery()
    wanted: TableValuedAlias
    if on_postgresql:
        keys = cast(bindparam("articles"), ARRAY(Text))
        wanted = func.unnest(keys).table_valued(column("value", Text)).render_derived()
    else:
        wanted = func.json_each(bindparam("articles")).table_valued(column("value", Text))
    is_it = article.c.id == _article_id(site_id, wanted.c.value)
    return select(wanted.c.value, *of_article).outerjoin_from(wanted, article, is_it)


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


def _seen(model: type[Site | Article], on_postgresql: bool) -> list[ColumnElement[Any]]:
    return [
        _plain(column, on_postgresql)
        for column in _table(model).c
        if column.name not in UNSEEN[model] | {"key"}
    ]


def _plain(column: Column[Any], on_postgresql: bool) -> ColumnElement[Any]:
    """JSON as the text that the database has: it is compared, never looked into."""
    if on_postgresql and isinstance(column.type, JSON):
        return cast(column, Text)
    return column
