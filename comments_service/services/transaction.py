"""One way to write and one way to read.

`transaction()` is all or nothing and joins the one already open in this context, so that use
cases may call each other. `reading()` gives a connection that sees one state of the database and
never waits for a writer.

SQLite takes one writer at a time: a transaction that reads first and writes later fails under
load with "database is locked" however long it is told to wait, so writers begin with
`BEGIN IMMEDIATE`, queueing on a lock in this process first because SQLite's own waiting is
unfair (a tenth of the writers wait six times as long). Nobody holds that lock while the disk
writes: see `shared_sync.py`.
"""

from __future__ import annotations

import select
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import scoped_session

from comments_service.errors import Overloaded
from comments_service.models import db
from comments_service.services.shared_sync import SharedSync
from comments_service.services.turns import Turns

WriteSession: TypeAlias = scoped_session[Session]
"""The session of the open transaction."""

READING = "comments_service_reading"
LOOKING_UP = "comments_service_looking_up"
OPEN = "comments_service_open"
"""In a session's `info`: the connection of what is open, a transaction or reads together."""

WRITING = "comments_service_writing"
BEGIN = "comments_service_begin"
BUSY_TIMEOUT_MS = 10_000
LOOK_AGAIN_SECONDS = 0.001

_reads_from: ContextVar[Engine | None] = ContextVar("comments_service_reads_from", default=None)


class _Writer:
    """SQLite's one writer in this process: who came first writes first."""

    def __init__(self) -> None:
        self._turns = Turns(1)
        self._writing: int | None = None

    @contextmanager
    def __call__(self) -> Iterator[None]:
        me = threading.get_ident()
        if self._writing == me:  # a second application in this thread, as tests have it
            yield
            return
        if not self._turns.take(seconds=BUSY_TIMEOUT_MS / 1000):
            raise Overloaded
        self._writing = me
        try:
            yield
        finally:
            self._writing = None
            self._turns.give_back()


_sqlite_writer = _Writer()
_syncs: WeakKeyDictionary[Engine, SharedSync] = WeakKeyDictionary()


def prepare_engine(engine: Engine, *, sqlite_synchronous: str) -> None:
    """Set up a fresh engine. `sqlite_synchronous` FULL means that a 201 is on the disk, NORMAL that
    it outlives the process but perhaps not the power."""
    if engine.dialect.name == "postgresql":
        _drop_dead_connections(engine)
        return
    path = engine.url.database or ":memory:"
    if sqlite_synchronous == "FULL" and not path.startswith((":memory:", "file:")):
        _syncs[engine] = SharedSync(path)
        sqlite_synchronous = "NORMAL"

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # pysqlite must not begin transactions by itself
        for pragma in (
            "journal_mode = WAL",
            f"synchronous = {sqlite_synchronous}",
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(READING):
            connection.exec_driver_sql("BEGIN")
        elif not options.get(LOOKING_UP):
            _begin_immediate(connection)


def _begin_immediate(connection: Connection) -> None:
    """Take SQLite's lock for writing soon after another process lets it go.

    SQLite itself looks again at growing intervals, up to a tenth of a second; whoever writes over
    there has begun with the next by then, and some wait ten times as long as others.
    """
    driver: Any = connection.connection.driver_connection
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < deadline:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(LOOK_AGAIN_SECONDS)
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last time, for SQLAlchemy's error
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


def _drop_dead_connections(engine: Engine) -> None:
    """After a restart of the database no request meets a connection of before: a server that has
    gone has said so on the socket. Asking it would cost a round trip each time."""

    @event.listens_for(engine, "checkout")
    def _check(connection: Any, _record: Any, _proxy: Any) -> None:
        if connection.closed:
            raise DisconnectionError
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN)
        if waiting.poll(0):
            raise DisconnectionError


def read_from(engine: Engine | None) -> None:
    """From now on this context's `reading()` is of `engine`, a replica; None: the database's own.
    Whoever asks has seen that the replica is as new as what it is asked about."""
    _reads_from.set(engine)


@contextmanager
def transaction() -> Iterator[WriteSession]:
    """All or nothing: commits at the end of the outermost block, rolls back on any exception."""
    session = db.session
    if session.info.get(WRITING):
        yield session
    elif BEGIN in session.info:
        session.info[BEGIN]()
        yield session
    else:
        with _begun():
            yield session


@contextmanager
def together(first: Callable[[], None]) -> Iterator[None]:
    """Make the transactions of the block one, committed at its end.

    It begins with the first of them, and then calls `first`; before that, the block may wait for
    the network without keeping anybody else waiting.
    """
    with ExitStack() as begun:

        def begin() -> None:
            begun.enter_context(_begun())
            first()

        db.session.info[BEGIN] = begin
        try:
            yield
        finally:
            db.session.info.pop(BEGIN, None)


@contextmanager
def _begun() -> Iterator[None]:
    session, engine = db.session, db.engine
    with _sqlite_writer() if engine.dialect.name == "sqlite" else nullcontext():
        session.info[WRITING] = True
        session.info[OPEN] = None  # of reads together, whose connection cannot write
        try:
            yield
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info[WRITING] = False
            session.info[OPEN] = None
            session.remove()
    if (sync := _syncs.get(engine)) is not None:
        try:
            sync.wait()
        except OSError as error:  # as SQLite would have told it
            raise OperationalError("sync", None, error) from error


def writing() -> Connection:
    """The open transaction's connection, for Core statements: its session would add a third to what
    each costs."""
    assert db.session.info.get(WRITING), "no transaction is open"
    connection = _open()
    assert connection is not None
    return connection


def _open() -> Connection | None:
    """The connection of this context's transaction or reads together."""
    info = db.session.info
    connection: Connection | None = info.get(OPEN)
    if connection is None and info.get(WRITING):
        connection = info[OPEN] = db.session.connection()
    return connection


@contextmanager
def savepoint() -> Iterator[None]:
    """Inside a transaction: what the block did is undone alone if it raises."""
    with db.session.begin_nested():
        yield


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for Core reads; inside a transaction, the transaction's own."""
    if (shared := _open()) is not None:
        yield shared
        return
    engine = _reads_from.get() or db.engine
    with engine.connect().execution_options(**{READING: True}) as connection:
        yield connection


@contextmanager
def reading_together() -> Iterator[None]:
    """Make all reads of the block one: on one connection, which is got and given back once."""
    with reading() as connection:
        info = db.session.info
        before, info[OPEN] = info.get(OPEN), connection
        try:
            yield
        finally:
            info[OPEN] = before


@contextmanager
def looking_up() -> Iterator[Connection]:
    """The same for a single statement, which sees one state of the database by itself: without
    the two round trips that begin and end a transaction."""
    if (shared := _open()) is not None:
        yield shared
        return
    engine = _reads_from.get() or db.engine
    on_sqlite = engine.dialect.name == "sqlite"
    options: Any = {LOOKING_UP: True} if on_sqlite else {"isolation_level": "AUTOCOMMIT"}
    with engine.connect().execution_options(**options) as connection:
        yield connection
