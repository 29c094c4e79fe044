"""SQLite's one lock for writing, between processes."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from comments_service import create_app
from comments_service.services import articles, sites, transaction
from tests.conftest import settings_for
from tests.small_app import NEWS, NOON

HELD_SECONDS = 0.2


@pytest.fixture
def path(migrated_file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "comments.db"
    path.write_bytes(migrated_file.read_bytes())
    return path


@pytest.fixture
def app(path: Path) -> Iterator[Flask]:
    app = create_app(settings_for(f"sqlite:///{path}"))
    with app.app_context():
        yield app
        from comments_service.models import db

        db.engine.dispose()


def test_a_writer_waits_until_another_process_has_written(app: Flask, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        timer = threading.Timer(HELD_SECONDS, other.execute, ("COMMIT",))
        timer.start()
        sites.create("demo", name="Maru Daily", origins=[NEWS], now=NOON)
        assert time.monotonic() - began >= HELD_SECONDS
        timer.join()
    assert sites.get("demo").name == "Maru Daily"


def test_a_lock_that_is_never_let_go_is_told_of(
    app: Flask, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "BUSY_TIMEOUT_MS", 50)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            sites.create("demo", name="Maru Daily", origins=[NEWS], now=NOON)
        other.execute("COMMIT")
    assert sites.create("demo", name="Maru Daily", origins=[NEWS], now=NOON).key == "demo"


def test_a_transaction_among_reads_together_writes_on_a_connection_of_its_own(app: Flask) -> None:
    with transaction.reading_together():
        with pytest.raises(AssertionError, match="no transaction"):
            transaction.writing()
        made = sites.create("demo", name="Maru Daily", origins=[NEWS], now=NOON)
        with transaction.transaction():
            assert articles.lock(made, "a", url=None, title=None, now=NOON).key == "a"
    assert articles.get(made, "a", now=NOON).id != 0
