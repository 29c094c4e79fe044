"""Work that the database broke off is done again, so many times and no more."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from comments_service.services.again import PAUSES, again


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY)")
    return path


@pytest.fixture
def connection(file: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 0})
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def test_another_writer_is_waited_for(
    file: Path, connection: Connection, pauses: list[float]
) -> None:
    tries = []
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        def work() -> str:
            tries.append(1)
            if len(tries) == 3:
                other.execute("COMMIT")
            with connection.begin():
                connection.execute(text("INSERT INTO thing VALUES (1)"))
            return "written"

        assert again(work) == "written"
    assert len(tries) == 3
    assert [PAUSES[n] <= pause <= 1.5 * PAUSES[n] for n, pause in enumerate(pauses)] == [True] * 2


def test_one_who_never_ends_is_given_up(
    file: Path, connection: Connection, pauses: list[float]
) -> None:
    def work() -> None:
        with connection.begin():
            connection.execute(text("INSERT INTO thing VALUES (1)"))

    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError):
            again(work)
    assert len(pauses) == len(PAUSES)


def test_a_fault_of_the_work_is_raised_at_once(connection: Connection, pauses: list[float]) -> None:
    def work() -> None:
        with connection.begin():
            connection.execute(text("INSERT INTO thing VALUES (1), (1)"))

    with pytest.raises(IntegrityError):
        again(work)
    assert pauses == []
