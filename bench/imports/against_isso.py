"""`make compare DATA=folder`: the same files imported by Isso and by us, side by side.

Isso runs in an environment of its own, which this makes and throws away. For each Disqus and
WordPress file of the folder both say which articles there are, which comments, and what each
answers; every difference is printed. Then the database that Isso itself made is imported by us.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FORMATS = {"disqus": "<disqus", "wordpress": "<rss"}
IMPORT = """
import sys
from isso import config, dispatch
from isso.migrate import dispatch as migrate
from isso.db import SQLite3
conf = config.load(config.default_file())
conf.set("general", "dbpath", sys.argv[1])
migrate(sys.argv[2], SQLite3(sys.argv[1], conf), sys.argv[3], empty_id=True)
"""


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A comment as both know it: `parent` is the moment and name of what it answers."""

    article: str
    written: int
    name: str
    parent: str


def main(folder: Path) -> int:
    files = [path for path in sorted(folder.rglob("*.xml")) if _format(path)]
    with tempfile.TemporaryDirectory() as scratch:
        python = _environment(Path(scratch))
        unexplained = 0
        for path in files:
            print(f"\n{path.relative_to(folder)} ({_format(path)})")
            unexplained += _compare(python, path, Path(scratch))
    return int(unexplained > 0)


def _format(path: Path) -> str | None:
    head = path.read_bytes()[:2000].decode("utf-8", "replace")
    return next((name for name, start in FORMATS.items() if start in head), None)


def _environment(scratch: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", scratch / "venv"], check=True)
    python = scratch / "venv/bin/python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "isso"],
        check=True,
    )
    return python


def _compare(python: Path, path: Path, scratch: Path) -> int:
    database = scratch / f"isso-{path.stem}.db"
    done = subprocess.run(
        [python, "-c", IMPORT, database, _format(path) or "", path],
        capture_output=True,
        text=True,
        check=False,
    )
    ours, report = _import(path, _format(path) or "", scratch)
    if done.returncode or report is None:
        last = (done.stderr.strip().splitlines() or ["fine"])[-1]
        print(f"  Isso: {last[:200]}")
        print(f"  we:   {ours if report is None else report}")
        return 0 if report is None and done.returncode else 1
    theirs = _of_isso(database)
    mine = _of_export(ours)
    print(f"  Isso: {len({f.article for f in theirs})} articles, {theirs.total()} comments")
    print(f"  we:   {len({f.article for f in mine})} articles, {mine.total()} comments; {report}")
    for label, some in (("only Isso", theirs - mine), ("only we", mine - theirs)):
        for found in sorted(some.elements()):
            print(f"  {label}: {found}")
    again, second = _import(database, "isso", scratch)
    copied = _of_export(again) if second is not None else Counter[Found]()
    print(f"  Isso's own database imported by us: {second}")
    lost = {(f.written, f.name) for f in theirs} - {(f.written, f.name) for f in copied}
    print(f"  of it lost: {sorted(lost) or 'nothing'}")
    return len(lost)


def _import(path: Path, format_: str, scratch: Path) -> tuple[Any, dict[str, Any] | None]:
    """What we make of it, exported again; or the refusal."""
    database = scratch / f"ours-{path.stem}-{format_}.db"
    environment = {**os.environ, "COMMENTS_DATABASE_URL": f"sqlite:///{database}"}
    environment["COMMENTS_LOG_LEVEL"] = "ERROR"
    flask = [str(Path(sys.executable).with_name("flask")), "--app", "wsgi"]

    def run(*args: str | Path) -> subprocess.CompletedProcess[str]:
        command = [*flask, *map(str, args)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    run("db", "upgrade")
    run("site", "create", "demo", "--origin", "http://example.org")
    done = run("import", path, "--format", format_, "--site", "demo")
    if done.returncode:
        return done.stderr.strip().splitlines()[-1], None
    report = json.loads(done.stdout)
    report.pop("problems")
    return [json.loads(line) for line in run("export", "demo").stdout.splitlines()], report


def _of_isso(database: Path) -> Counter[Found]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT c.id, t.uri, c.created, c.author, c.parent, c.mode "
            "FROM comments c JOIN threads t ON t.id = c.tid"
        ).fetchall()
    by_id = {row[0]: row for row in rows}
    return Counter(
        Found(uri, int(created), author or "", _named(by_id.get(parent)))
        for _, uri, created, author, parent, _ in rows
    )


def _named(row: Any) -> str:
    return "" if row is None else f"{int(row[2])} {row[3] or ''}"


def _of_export(lines: list[dict[str, Any]]) -> Counter[Found]:
    people = {line["id"]: line["name"] for line in lines if line["type"] == "user"}
    urls = {line["key"]: line["url"] or line["key"] for line in lines if line["type"] == "article"}
    aliases = {line["key"]: line["aliases"] for line in lines if line["type"] == "article"}
    comments = [line for line in lines if line["type"] == "comment"]
    by_id = {line["id"]: line for line in comments}

    def moment(line: dict[str, Any]) -> int:
        return int(datetime.fromisoformat(line["created_at"]).timestamp())

    def who(line: dict[str, Any] | None) -> str:
        return "" if line is None else f"{moment(line)} {people[line['author_id']]}"

    def path(key: str) -> str:
        address = next((a for a in (urls[key], *aliases[key]) if "//" in a), key)
        parts = urlsplit(address)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    return Counter(
        Found(
            path(line["article"]),
            moment(line),
            people[line["author_id"]],
            who(by_id.get(line["parent_id"] or "")),
        )
        for line in comments
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
