"""An upgrade under load, and back: no request may fail.

    python -m bench.upgrade OLD [--postgres] [--comments 20000] [--texts FILE]

Checks the commit OLD out, fills its database with comments, starts it with writers and readers
who never stop, and does what docs/upgrading.md says, step by step, to the working tree's HEAD: the
schema, the code, a reload; then back to OLD's code, and OLD's schema. Ends with 1 where a request
failed, or a comment that was acknowledged is missing.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

from bench.faults.clients import Clients, Tally
from bench.faults.stack import ARTICLE, SITE, Service
from tests import clusters

ROOT = Path(__file__).parents[1]
WORDS = (
    *("오늘", "기사", "잘", "읽었습니다", "그런데", "버스", "노선이", "바뀌면", "학교", "앞은"),
    *("어떻게", "되나요", "정말", "필요한", "정책입니다", "하지만", "예산은", "어디서", "👍🏽"),
    *("the", "new", "line", "will", "help", "people", "who", "work", "at", "night"),
)
COLUMNS = (
    "id, article_id, site_id, root_id, parent_id, author_id, seq, body, status, visible, likes, "
    "dislikes, score, reply_count, created_at"
)
BATCH = 500


def git(*arguments: str, at: Path = ROOT) -> str:
    done = subprocess.run(["git", *arguments], cwd=at, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def checkout(folder: Path, commit: str) -> Path:
    """A checkout of its own, that `git checkout` can move as an operator's."""
    git("clone", "--quiet", "--shared", "--no-checkout", str(ROOT), str(folder))
    git("checkout", "--quiet", "--detach", commit, at=folder)
    return folder


def fill(database_url: str, count: int, texts: Sequence[str] = ()) -> None:
    """Comments of many people in many articles, some of them replies, not all published, of these
    `texts` in turn, else of words by chance; written with the columns that every schema so far has
    had."""
    chance = random.Random(7)
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    began = datetime.now(UTC) - timedelta(days=30)
    with engine.begin() as connection:
        site = connection.execute(text("SELECT id FROM site")).scalar_one()
        people = [{"id": 1000 + n, "name": f"독자 {n}", "at": began} for n in range(200)]
        connection.execute(
            text(
                "INSERT INTO user_account (id, display_name, name_chosen, created_at) "
                "VALUES (:id, :name, false, :at)"
            ),
            people,
        )
        for start in range(0, count, BATCH):
            bodies = [
                texts[at % len(texts)] if texts else " ".join(_words(chance))
                for at in range(start, start + BATCH)
            ]
            _article(connection, site, start // BATCH, chance, began, bodies)
    engine.dispose()


def _words(chance: random.Random) -> list[str]:
    return chance.choices(WORDS, k=chance.randint(3, 25))


def _article(
    connection: object,
    site: int,
    number: int,
    chance: random.Random,
    began: datetime,
    bodies: Sequence[str],
) -> None:
    first = 10_000_000 + number * BATCH
    roots: list[int] = []
    rows = []
    for at in range(BATCH):
        moment = began + timedelta(seconds=number * BATCH + at)
        root = chance.choice(roots) if roots and chance.random() < 0.4 else None
        status = chance.choices(
            ("published", "held", "rejected", "removed", "deleted"), (90, 3, 3, 2, 2)
        )[0]
        rows.append(
            {
                "id": first + at,
                "article": 500 + number,
                "site": site,
                "root": root,
                "author": 1000 + chance.randrange(200),
                "seq": int(moment.timestamp() * 1_000_000),
                "body": bodies[at],
                "status": status,
                "visible": int(status == "published"),
                "at": moment,
                "replies": 0,
            }
        )
        if root is None:
            roots.append(first + at)
    by_id = {row["id"]: row for row in rows}
    for row in rows:
        if row["root"] is not None and row["status"] == "published":
            by_id[row["root"]]["replies"] += 1  # type: ignore[operator]
    for row in rows:
        if row["root"] is None and row["replies"] and row["status"] in {"removed", "deleted"}:
            row["visible"] = 1
    published = sum(row["status"] == "published" for row in rows)
    execute = connection.execute  # type: ignore[attr-defined]
    execute(
        text(
            "INSERT INTO article (id, site_id, key, status, slow_mode_seconds, comment_count, "
            "version, last_seq, created_at) "
            "VALUES (:id, :site, :key, 'open', 0, :count, 1, :seq, :at)"
        ),
        {
            "id": 500 + number,
            "site": site,
            "key": f"old-{number}",
            "count": published,
            "seq": rows[-1]["seq"],
            "at": began,
        },
    )
    execute(
        text(
            f"INSERT INTO comment ({COLUMNS}) VALUES (:id, :article, :site, :root, :root, :author, "
            ":seq, :body, :status, :visible, 0, 0, 0, :replies, :at)"
        ),
        rows,
    )


class Upgrade:
    def __init__(self, service: Service, clients: Clients, code: Path, new: Path, old: str) -> None:
        self.service, self.clients = service, clients
        self.code, self.new, self.old = code, new, old
        self.failures = 0

    def step(self, name: str, deed: Callable[[], object]) -> None:
        began = time.monotonic()
        tally: Tally = self.clients.during(lambda: (deed(), None)[1], 3)
        failed = ", ".join(f"{n} × {kind}" for kind, n in tally.failed.items()) or "none"
        self.failures += sum(tally.failed.values())
        took = time.monotonic() - began - 3
        cells = (name, f"{took:.0f} s", tally.outcomes.total(), failed, f"{tally.slowest:.1f} s")
        print(f"| {' | '.join(map(str, cells))} |", flush=True)

    def schema(self, *arguments: str) -> None:
        """With the new version's migrations, whatever runs."""
        before, self.service.cwd = self.service.cwd, self.new
        try:
            self.service.flask("db", *arguments)
        finally:
            self.service.cwd = before

    def move(self, commit: str) -> None:
        git("checkout", "--quiet", "--detach", commit, at=self.code)

    def reload(self) -> None:
        self.service.reload()
        self.service.restart_worker()

    def run(self, old_revision: str) -> None:
        head = git("rev-parse", "HEAD")
        print("| step | took | requests | failed | longest wait for a good answer |")
        print("| --- | --- | --- | --- | --- |")
        self.step("the old version, nothing done", lambda: time.sleep(3))
        self.step("the new schema under the old version", lambda: self.schema("upgrade"))
        self.step("the new code, and a reload", lambda: (self.move(head), self.reload()))
        self.step("the new version, nothing done", lambda: time.sleep(3))
        self.step("the old code, and a reload", lambda: (self.move(self.old), self.reload()))
        self.step("the old schema", lambda: self.schema("downgrade", old_revision))
        self.step("the old version, nothing done", lambda: time.sleep(3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", help="the commit to come from")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL; otherwise SQLite")
    parser.add_argument("--comments", type=int, default=20_000, help="in the database beforehand")
    parser.add_argument("--texts", type=Path, help="a file with a comment a line; else made up")
    given = parser.parse_args()
    texts = given.texts.read_text("utf-8").splitlines() if given.texts else []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="comments-upgrade-")))
        folder.chmod(0o755)
        if given.postgres:
            url = stack.enter_context(clusters.primary()).url
        else:
            url = f"sqlite:///{folder}/comments.db"
        code = checkout(folder / "code", given.old)
        new = checkout(folder / "new", git("rev-parse", "HEAD"))
        service = Service(folder, url, workers=2 if given.postgres else 1)
        service.target, service.cwd = "wsgi:app", code
        token = service.prepare()
        stack.callback(service.end)
        revision = service.flask("db", "current").split()[0]
        fill(url, given.comments, texts)
        clients = Clients(service.base, token, SITE, ARTICLE)
        upgrade = Upgrade(service, clients, code, new, given.old)
        upgrade.run(revision)
        clients.stop()
        lost = missing(url, clients.acknowledged)
    print(f"\n{len(clients.acknowledged)} comments acknowledged, {lost} of them lost; ", end="")
    print(f"{upgrade.failures} requests failed.")
    sys.exit(1 if lost or upgrade.failures else 0)


def missing(database_url: str, acknowledged: dict[str, str]) -> int:
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        ids = {str(row.id) for row in connection.execute(text("SELECT id FROM comment"))}
    engine.dispose()
    return sum(number not in ids for number in acknowledged.values())


if __name__ == "__main__":
    main()
