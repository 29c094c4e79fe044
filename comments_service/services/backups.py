"""Backups: one file with everything in it, taken while the service runs.

SQLite is copied by its own online backup in one read transaction: writers go on, and the copy is
the state of one moment. PostgreSQL is left to its own `pg_dump` and `pg_restore`, which must be
installed; the password goes to them in their environment, never in their arguments.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import update
from sqlalchemy.engine import URL

from comments_service.models import Article, db

PART = ".part"
BEFORE_RESTORE = ".before-restore"
FORWARD = 1_000_000
"""More changes than any thread can have seen between a backup and its return."""


class BackupFailed(Exception):
    """Nothing was taken or put back; the message says why, for an operator."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a file holds. `comments` is None where only PostgreSQL could count them."""

    path: Path
    size: int
    revision: str | None
    comments: int | None


def take(path: Path) -> Backup:
    """Write a backup to `path`, which must not exist. It appears there whole or not at all.

    Raises `BackupFailed`.
    """
    if path.exists():
        raise BackupFailed(f"{path} exists; a backup never overwrites another")
    part = path.with_name(path.name + PART)
    part.unlink(missing_ok=True)
    try:
        # Everything is in it, so that it is its owner's alone, whoever takes it.
        part.touch(mode=0o600, exist_ok=False)
        if _on_sqlite():
            _copy(_sqlite_file(), part)
            backup = _examine(part)
        else:
            _run("pg_dump", "--format=custom", "--no-owner", f"--file={part}")
            backup = Backup(part, part.stat().st_size, None, None)
        _flush(part)
        part.rename(path)
        _flush(path.parent)
    except OSError as error:
        raise BackupFailed(f"{path}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return Backup(path, backup.size, backup.revision, backup.comments)


def restore(path: Path, *, migrations: str) -> Backup:
    """Put a backup in the place of the database. The service must not run meanwhile.

    A SQLite database that was there stays beside it, with `.before-restore` to its name.
    `migrations` is the folder they are in: a backup of a version that they do not know is refused.
    Raises `BackupFailed`; then the database is as it was.
    """
    if not path.is_file():
        raise BackupFailed(f"there is no file {path}")
    if not _on_sqlite():
        _run(
            "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(path)
        )
        _count_on()
        return Backup(path, path.stat().st_size, None, None)
    backup = _examine(path)
    _check_known(backup.revision, migrations)
    target = _sqlite_file()
    db.engine.dispose()
    if target.exists():
        kept = target.with_name(target.name + BEFORE_RESTORE)
        kept.unlink(missing_ok=True)
        _copy(target, kept)
    _copy(path, target)
    _count_on()
    return backup


def _count_on() -> None:
    """Threads would give their old version numbers out again, and a browser that has kept the
    answer of one, with comments that are lost now, would be told that nothing has changed."""
    with db.engine.begin() as connection:
        connection.execute(update(Article).values(version=Article.version + FORWARD))


def _on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _sqlite_file() -> Path:
    return Path(db.engine.url.database or "")


def _copy(source: Path, target: Path) -> None:
    try:
        with _opened(source) as reading, closing(sqlite3.connect(target)) as writing:
            # In one step: a copy in several begins anew whenever somebody writes.
            reading.backup(writing)
            # One file, without a log beside it that could be forgotten.
            writing.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise BackupFailed(f"{source}: {error}") from None


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise BackupFailed(f"there is no database {path}")
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def _examine(path: Path) -> Backup:
    try:
        with _opened(path) as connection:
            (state,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if state != "ok":
                raise BackupFailed(f"{path} is damaged: {state}")
            (comments,) = connection.execute("SELECT count(*) FROM comment").fetchone()
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.Error, TypeError):
        raise BackupFailed(f"{path} is no backup of this service") from None
    return Backup(path, path.stat().st_size, revision, comments)


def _check_known(revision: str | None, migrations: str) -> None:
    try:
        ScriptDirectory(migrations).get_revision(revision or "")
    except CommandError:
        raise BackupFailed(
            f"the backup has schema {revision}, which this version does not know: "
            "restore it with the version that took it, or a newer one"
        ) from None


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupFailed(
            f"{program} is not installed (Debian: apt-get install postgresql-client)"
        )
    url: URL = db.engine.url
    # URL.set leaves out what is None, and a password that stays is rendered as stars.
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    address = bare.render_as_string()
    environment = dict(os.environ)
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(  # noqa: S603  its arguments are ours
        [found, f"--dbname={address}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupFailed(f"{program}: {done.stderr.strip()}")


def _flush(path: Path) -> None:
    """Have the disk hold what the file, or the folder, has now."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
