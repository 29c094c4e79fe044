"""A newspaper's whole past imported, again, exported, copied and undone: time, memory, identity.

`make test` moves ten thousand comments, `make soak` a million. Each command runs in a process of
its own, so that its greatest memory is its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.soak import TIMES

ROOT = Path(__file__).parents[2]
COMMENTS = 10_000 * TIMES
BUSIEST = 10
"""One article has this share of all: every tenth."""

ARTICLES, AUTHORS = max(COMMENTS // 200, 1), max(COMMENTS // 10, 1)
GREATEST_MEMORY_MIB = 400
BEGAN = datetime(2012, 1, 1, tzinfo=UTC)

WATCHED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print("PEAK", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=sys.stderr)
sys.exit(code)
"""


def write(path: Path) -> None:
    """A Disqus export: threads, then posts, a third of which answer an earlier one."""
    with path.open("w", encoding="utf-8") as out:
        out.write(
            '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">\n'
        )
        for number in range(ARTICLES):
            out.write(
                f'<thread dsq:id="{number}"><id>article-{number}</id>'
                f"<link>https://news.example/{number}/</link><title>Article {number}</title>"
                "</thread>\n"
            )
        for number in range(COMMENTS):
            out.write(_post(number))
        out.write("</disqus>\n")


def _post(number: int) -> str:
    article = _article(number)
    earlier = number - BUSIEST * ARTICLES * 3
    answers = number % 3 == 0 and earlier >= 0 and _article(earlier) == article
    parent = f'<parent dsq:id="p{earlier}"/>' if answers else ""
    at = (BEGAN + timedelta(seconds=400 * number / TIMES)).strftime("%Y-%m-%dT%H:%M:%SZ")
    author = number * 7919 % AUTHORS
    state = "true" if number % 50 == 0 else "false"
    return (
        f'<post dsq:id="p{number}"><message>&lt;p&gt;의견 {number} &amp;amp;&lt;/p&gt;</message>'
        f"<createdAt>{at}</createdAt><isDeleted>{state}</isDeleted><isSpam>false</isSpam>"
        f"<author><name>독자 {author}</name><username>u{author}</username></author>"
        f'<thread dsq:id="{article}"/>{parent}</post>\n'
    )


def _article(number: int) -> int:
    return 0 if number % BUSIEST == 0 else number * 31 % ARTICLES


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "comments.db"
    path.write_bytes(migrated_file.read_bytes())
    return path


def flask(database: Path, *args: str) -> tuple[str, str, float]:
    """What a command printed, its progress, and the seconds it took."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COMMENTS_")},
        "COMMENTS_DATABASE_URL": f"sqlite:///{database}",
        "COMMENTS_LOG_LEVEL": "ERROR",
        "COMMENTS_SQLITE_SYNCHRONOUS": "NORMAL",
    }
    command = [sys.executable, "-c", WATCHED, sys.executable, "-m", "flask", "--app", "wsgi", *args]
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - began
    assert done.returncode == 0, done.stderr[-2000:]
    peak = int(done.stderr.rsplit("PEAK", 1)[1])
    print(f"{' '.join(args[:2])}: {seconds:.1f} s, {peak} MiB")  # noqa: T201
    assert peak <= GREATEST_MEMORY_MIB
    return done.stdout, done.stderr, seconds


def fingerprint(path: Path) -> str:
    """Of an export, with ids as the order of their appearance; it is read line by line."""
    digest = hashlib.sha256()
    people: dict[str, tuple[object, ...]] = {}
    numbers: dict[str, int] = {}
    for line in _lines(path):
        if line["type"] == "user":
            people[line["id"]] = (line["name"], line["provider"], line["lang"], line["created_at"])
            continue
        if line["type"] == "comment":
            numbers[line["id"]] = len(numbers)
            line["id"] = len(numbers)
            line["parent_id"] = numbers.get(line["parent_id"])
            line["author_id"] = people[line["author_id"]]
        if line["type"] != "site":
            digest.update(json.dumps(line, sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as source:
        for line in source:
            yield json.loads(line)


def counts(database: Path) -> list[int]:
    tables = ("comment", "article", "article_alias", "user_account", "import_entry")
    with closing(sqlite3.connect(database)) as connection:
        found = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables
        ]
        wrong = connection.execute(
            "SELECT count(*) FROM article a WHERE comment_count <> (SELECT count(*) FROM comment c "
            "WHERE c.article_id = a.id AND c.status = 'published')"
        ).fetchone()[0]
    assert wrong == 0
    return found


@pytest.mark.soak
@pytest.mark.slow
def test_a_newspapers_past_comes_in_goes_out_and_is_unmade(database: Path, tmp_path: Path) -> None:
    source, first, second = (tmp_path / name for name in ("disqus.xml", "a.jsonl", "b.jsonl"))
    write(source)
    for key in ("demo", "copy"):
        flask(database, "site", "create", key, "--origin", "https://news.example")
    empty = counts(database)
    importing = ("import", str(source), "--format", "disqus", "--site", "demo")

    printed, progress, seconds = flask(database, *importing)
    report = json.loads(printed)
    assert (report["read"], report["created"], report["skipped"]) == (COMMENTS, COMMENTS, {})
    assert f"{COMMENTS:,} of {COMMENTS:,}" in progress
    print(f"{COMMENTS / seconds:,.0f} comments a second")  # noqa: T201
    full = counts(database)
    assert full[0] == COMMENTS

    again = json.loads(flask(database, *importing)[0])
    assert (again["created"], again["skipped"]) == (0, {"already_there": COMMENTS})
    assert counts(database) == full

    flask(database, "export", "demo", "--output", str(first))
    copying = ("import", str(first), "--format", "jsonl", "--site", "copy")
    copied = json.loads(flask(database, *copying)[0])
    assert copied["created"] == COMMENTS
    flask(database, "export", "copy", "--output", str(second))
    assert fingerprint(first) == fingerprint(second)

    for job in _imports(database):
        _undo(database, job)
    assert counts(database) == empty


def _imports(database: Path) -> list[int]:
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM job WHERE kind = 'import'")]


def _undo(database: Path, job: int) -> None:
    """As a service asks for it, and the worker does it."""
    asked = (
        "import sys; from comments_service import clock, create_app; "
        "from comments_service.services import imports\n"
        "with create_app().app_context(): "
        "imports.request_undo(int(sys.argv[1]), site_id=None, actor='service:1', now=clock.now())"
    )
    environment = {**os.environ, "COMMENTS_DATABASE_URL": f"sqlite:///{database}"}
    subprocess.run([sys.executable, "-c", asked, str(job)], cwd=ROOT, env=environment, check=True)
    flask(database, "worker", "--once")
