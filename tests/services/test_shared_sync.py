"""A commit is on the disk before anybody is told of it, and writers that come together share the
disk's time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from comments_service import create_app
from comments_service.errors import InvalidRequest
from comments_service.models import db
from comments_service.services import shared_sync, sites
from comments_service.services.shared_sync import SharedSync
from tests.conftest import settings_for
from tests.readers import log_in
from tests.small_app import NEWS, NOON, FakeProvider, person


@pytest.fixture
def app_on_file(migrated_file: Path, tmp_path: Path) -> Iterator[Flask]:
    path = tmp_path / "comments.db"
    path.write_bytes(migrated_file.read_bytes())
    app = create_app(settings_for(f"sqlite:///{path}"))
    app.extensions["comments_providers"] = {"twitter": FakeProvider("twitter")}
    with app.app_context():
        yield app
        db.engine.dispose()


def test_what_was_written_is_in_the_journal_that_is_synced(
    app_on_file: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_url(app_on_file.config["SQLALCHEMY_DATABASE_URI"]).database
    seen: list[list[str]] = []

    def note(_journal: int) -> None:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as other:
            seen.append([key for (key,) in other.execute("SELECT key FROM site")])

    monkeypatch.setattr(shared_sync, "_sync", note)
    sites.create("demo", name="Maru Daily", origins=[NEWS], now=NOON)
    assert seen[-1] == ["demo"]


def test_what_is_rolled_back_is_not_waited_for(
    app_on_file: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites.create("demo", name="Maru Daily", origins=[NEWS], now=NOON)
    synced: list[int] = []
    monkeypatch.setattr(shared_sync, "_sync", synced.append)
    with pytest.raises(InvalidRequest):
        sites.create("demo", name="Another", origins=[NEWS], now=NOON)
    assert synced == []


def test_a_disk_that_fails_is_told_of_and_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.db-wal").write_bytes(b"frames")
    shared = SharedSync(str(tmp_path / "a.db"))

    def fail(_journal: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(shared_sync, "_sync", fail)
    with pytest.raises(OSError, match="Input/output"):
        shared.wait()
    synced: list[int] = []
    monkeypatch.setattr(shared_sync, "_sync", synced.append)
    shared.wait()
    assert len(synced) == 1


def test_nobody_is_told_of_a_comment_that_is_not_on_the_disk(
    app_on_file: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = sites.create("demo", name="Maru Daily", origins=[NEWS], now=NOON)
    writer = log_in(app_on_file, site, person())

    def fail(_journal: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shared_sync, "_sync", fail)
    once = {"Idempotency-Key": "once"}
    answer = writer.post("가나다", article="a", headers=once)
    assert answer.status_code == 503
    assert answer.get_json()["type"].endswith("/problems/unavailable")
    assert "Retry-After" in answer.headers
    monkeypatch.setattr(shared_sync, "_sync", lambda _journal: None)
    assert writer.post("가나다", article="a", headers=once).status_code == 201
    thread = app_on_file.test_client().get("/api/v1/comments?site=demo&article=a").get_json()
    assert [comment["body"] for comment in thread["comments"]] == ["가나다"]


def test_where_there_is_no_journal_all_is_in_the_database(tmp_path: Path) -> None:
    SharedSync(str(tmp_path / "none.db")).wait()


def test_the_journal_of_a_database_behind_a_link_is_synced(
    migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    real = tmp_path / "data" / "real.db"
    real.write_bytes(migrated_file.read_bytes())
    (tmp_path / "comments.db").symlink_to(real)
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'comments.db'}"))
    synced: list[int] = []
    monkeypatch.setattr(shared_sync, "_sync", synced.append)
    with app.app_context():
        sites.create("demo", name="Maru Daily", origins=[NEWS], now=NOON)
        db.engine.dispose()
    assert len(synced) == 1
