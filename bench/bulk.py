"""Rows by the hundred thousand into the service's own tables, for benchmarks.

Filling a table whose indexes are all there costs a place in each of them for every row. Here the
indexes are taken down, the rows go in by what each database has for it (`COPY` on PostgreSQL, one
prepared statement on SQLite), and the indexes and the texts' word index are made anew over all of
them: the schema afterwards is the one that the migrations made.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg

from comments_service.models import db

Row = Mapping[str, Any]

_OWN_INDEXES = {
    "sqlite": (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name = :table"
    ),
    "postgresql": (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " AND tablename = %(table)s AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    ),
}


@contextmanager
def without_indexes(*tables: str) -> Iterator[None]:
    """While the block runs, the tables have no index but their keys'."""
    with _driver() as (driver, dialect):
        words = [f"{table}_search" for table in tables] if dialect == "postgresql" else []
        taken = [
            (name, definition)
            for table in [*tables, *words]
            for name, definition in driver.execute(_OWN_INDEXES[dialect], {"table": table})
        ]
        searched = _triggers_that_add_words(driver, tables) if dialect == "sqlite" else []
        for name, _ in taken:
            driver.execute(f"DROP INDEX {name}")
        for name, _ in searched:
            driver.execute(f"DROP TRIGGER {name}")
    yield
    with _driver() as (driver, dialect):
        for _, definition in (*taken, *searched):
            driver.execute(definition)
        for name, _ in searched:
            search = name.removesuffix("_added")
            driver.execute(f"INSERT INTO {search} ({search}) VALUES ('rebuild')")
    if (
        dialect == "postgresql"
    ):  # as its autovacuum would; a service's SQLite file has no statistics
        options = {"isolation_level": "AUTOCOMMIT"}
        with db.engine.connect().execution_options(**options) as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("VACUUM ANALYZE")
            connection.exec_driver_sql("RESET statement_timeout")


def put(table: str, rows: Iterable[Row]) -> None:
    """Add rows that all have the columns of the first."""
    given = list(rows)
    if not given:
        return
    names = list(given[0])
    with _driver() as (driver, dialect):
        if dialect == "postgresql":
            _copy(driver, table, names, given)
        else:
            places = ", ".join("?" * len(names))
            driver.executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})",
                ([_for_sqlite(row[name]) for name in names] for row in given),
            )


def _copy(driver: Any, table: str, names: Sequence[str], rows: Sequence[Row]) -> None:
    into = f"COPY {table} ({', '.join(names)}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row([_for_postgresql(row[name]) for name in names])


def _for_postgresql(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _for_sqlite(value: Any) -> Any:
    """As the models' column types write it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return _for_postgresql(value)


def _triggers_that_add_words(driver: Any, tables: Sequence[str]) -> list[tuple[str, str]]:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name = ?"
    return [row for table in tables for row in driver.execute(query, (f"{table}_search_added",))]


@contextmanager
def _driver() -> Iterator[tuple[Any, str]]:
    """The driver's own connection, in a transaction of its own."""
    pooled = db.engine.raw_connection()
    try:
        driver = pooled.driver_connection
        if isinstance(driver, sqlite3.Connection):
            driver.execute("BEGIN IMMEDIATE")
            yield driver, "sqlite"
            driver.execute("COMMIT")
        else:
            assert isinstance(driver, psycopg.Connection)
            driver.execute("SET LOCAL statement_timeout = 0")
            yield driver, "postgresql"
            driver.commit()
    finally:
        pooled.close()
