"""What readers and writers notice when something the service leans on fails, counted from outside.

    python -m bench.faults [--postgres] [--seconds 6] [--write docs/faults.md]

Starts the service as `deploy/` runs it (nginx, granian, the worker, Redis, a webhook's receiver) on
a database of its own, with writers and readers who never stop, and does to it, one after another,
what goes wrong in production. For each it tells how many requests failed and how, how long it took
until all was well again, and what readers got meanwhile; at the end, whether every comment that was
acknowledged is there, each once, the counters are what a count gives, and every event reached the
receiver. Ends with 1 where not. A disk that fills needs root, who may mount one.
"""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from sqlalchemy import create_engine, text

from bench.faults.clients import Clients, Tally
from bench.faults.stack import (
    ARTICLE,
    SITE,
    Receiver,
    Redis,
    Service,
    SmallDisk,
    children,
    hang,
    small_disk,
)
from tests import clusters
from tests.clusters import Server

MARK = "<!-- written by make faults: {} -->"
DISK_MIB = {"SQLite": 24, "PostgreSQL": 400}


@dataclass(frozen=True, slots=True)
class Row:
    fault: str
    tally: Tally
    note: str = ""


def silent_port(stack: ExitStack) -> int:
    """Where a provider takes connections and never answers."""
    listening = stack.enter_context(socket.socket())
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    port: int = listening.getsockname()[1]
    return port


def provider_settings(port: int) -> dict[str, str]:
    told = {f"COMMENTS_TWITTER_{part}": part for part in ("CLIENT_ID", "CLIENT_SECRET")}
    for part in ("AUTHORIZE", "TOKEN", "API"):
        told[f"COMMENTS_TWITTER_{part}_URL"] = f"http://127.0.0.1:{port}/"
    return told


def logins(service: Service, tries: int) -> str:
    """Readers who come back from a provider that then says nothing; what each is told, and when."""
    told = []
    for _ in range(tries):
        browser = requests.Session()
        page = "https://news.example/1"
        query = {
            "response_type": "code",
            "client_id": SITE,
            "redirect_uri": page,
            "state": secrets.token_hex(16),
            "code_challenge": create_s256_code_challenge(secrets.token_urlsafe(48)),
            "code_challenge_method": "S256",
            "provider": "twitter",
            "response_mode": "query",
        }
        sent = browser.get(
            f"{service.base}/oauth/authorize",
            params=query,
            headers={"Referer": page},
            allow_redirects=False,
            timeout=30,
        )
        state = parse_qs(urlsplit(sent.headers["Location"]).query)["state"][0]
        began = time.monotonic()
        back = browser.get(
            f"{service.base}/oauth/callback/twitter",
            params={"state": state, "code": "c"},
            allow_redirects=False,
            timeout=30,
        )
        answer = parse_qs(urlsplit(back.headers.get("Location", "")).query)
        error = answer.get("error", [str(back.status_code)])[0]
        told.append(f"{error} after {time.monotonic() - began:.1f} s")
    return "; ".join(told)


class Run:
    """All faults on one kind of database."""

    def __init__(self, service: Service, receiver: Receiver, redis: Redis, seconds: float) -> None:
        self.service, self.receiver, self.redis = service, receiver, redis
        token = service.prepare()
        self._webhook(token)
        self.clients = Clients(service.base, token, SITE, ARTICLE)
        self.seconds = seconds
        self.rows: list[Row] = []

    def _webhook(self, token: str) -> None:
        wanted = {"site": SITE, "url": self.receiver.url, "events": ["comment.published"]}
        headers = {"Authorization": f"Bearer {token}"}
        path = f"{self.service.base}/api/v1/webhooks"
        made = requests.post(path, json=wanted, headers=headers, timeout=30)
        if made.status_code != 201:
            raise SystemExit(made.text)

    def do(self, fault: str, deed: Callable[[], object], note: Callable[[], str] = str) -> None:
        tally = self.clients.during(lambda: void(deed), self.seconds)
        self.rows.append(Row(fault, tally, note()))
        print(line(self.rows[-1]), flush=True)

    def everywhere(self) -> None:
        """What can go wrong with any database."""
        service = self.service
        self.do("nothing", lambda: None)
        self.do("a worker process killed (-9)", service.kill_worker)
        self.do("the whole service killed (-9), started again 2 s later", service.kill_whole)
        self.do("reloaded (SIGHUP), every process replaced", service.reload)
        self.do("Redis gone for 4 s", self.without_redis, lambda: self.readiness)
        told: list[str] = []
        self.do(
            "the provider takes connections and says nothing; three log in",
            lambda: told.append(logins(service, 3)),
            lambda: f"logins: {told[0]}",
        )
        self.do("the webhook's receiver hangs for 4 s", lambda: self.receiver.hang(4))
        self.do("the clock set back an hour", lambda: service.set_clock(-3600))
        self.do("the clock right again", lambda: service.set_clock(0))

    def without_redis(self) -> None:
        self.redis.stop()
        time.sleep(4)
        ready = requests.get(f"{self.service.base}/readyz?exclude=limiter-store", timeout=10)
        self.readiness = f"/readyz {ready.status_code} {ready.json()['status']}"
        self.redis.start()

    def disk(self, disk: SmallDisk | None, afterwards: Callable[[], None] = lambda: None) -> None:
        if disk is not None:
            self.do("the database's disk full for 4 s", lambda: disk.fill(4, afterwards))

    def verdict(self, database_url: str) -> str:
        """What became of the comments and the events, once everybody has stopped."""
        self.clients.stop()
        acknowledged = self.clients.acknowledged
        engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            found = connection.execute(text("SELECT id, body, status FROM comment")).all()
            counted = sum(row.status == "published" for row in found)
            kept = connection.execute(text("SELECT sum(comment_count) FROM article")).scalar_one()
        ids = {str(row.id) for row in found}
        bodies = [row.body for row in found]
        lost = sum(number not in ids for number in acknowledged.values())
        twice = len(bodies) - len(set(bodies))
        unsent = self._unsent(engine)
        engine.dispose()
        self.failed = bool(lost or twice or counted != kept or unsent)
        return (
            f"{len(acknowledged)} comments acknowledged, {lost} of them lost, {twice} there twice, "
            f"{len(self.clients.given_up)} given up by their writers; counters "
            f"{'exact' if counted == kept else 'WRONG'}; {len(self.receiver.ids)} events "
            f"delivered, {unsent} not."
        )

    def _unsent(self, engine: object) -> int:
        """Deliveries that have not been made after a minute and a half of quiet."""
        unsent = 0
        for _ in range(90):
            with engine.connect() as connection:  # type: ignore[attr-defined]
                query = "SELECT count(*) FROM delivery WHERE ended_at IS NULL"
                unplaced = "SELECT count(*) FROM event WHERE position IS NULL"
                unsent = connection.execute(text(query)).scalar_one()
                unsent += connection.execute(text(unplaced)).scalar_one()
            if not unsent:
                return 0
            time.sleep(1)
        return int(unsent)


def void(deed: Callable[[], object]) -> None:
    deed()


def line(row: Row) -> str:
    told = ", ".join(f"{count} × {kind}" for kind, count in row.tally.failed.items()) or "none"
    cache = ", ".join(f"{count} {what}" for what, count in row.tally.cache.most_common())
    cells = [
        row.fault,
        str(row.tally.outcomes.total()),
        told,
        f"{row.tally.longest:.1f} s" if row.tally.failed else "–",
        f"{row.tally.slowest:.1f} s",
        cache or "–",
        row.note or "–",
    ]
    return f"| {' | '.join(cells)} |"


def on_sqlite(folder: Path, seconds: float) -> tuple[list[Row], str, bool]:
    with ExitStack() as stack:
        disk = _disk(stack, folder / "disk", "SQLite")
        url = f"sqlite:///{disk.folder if disk else folder}/comments.db"
        run = _run(stack, folder, url, seconds, workers=1)
        run.everywhere()
        run.disk(disk)
        return run.rows, run.verdict(url), run.failed


def on_postgres(folder: Path, seconds: float) -> tuple[list[Row], str, bool]:
    with ExitStack() as stack:
        disk = _disk(stack, folder / "disk", "PostgreSQL")
        with _temporary(disk.folder if disk else folder):
            server = stack.enter_context(clusters.primary())
        with _temporary(folder):
            replica = stack.enter_context(clusters.replica_of(server))
        more = {"COMMENTS_DATABASE_REPLICA_URL": replica.url}
        run = _run(stack, folder, server.url, seconds, workers=2, more=more)
        run.everywhere()
        run.do("PostgreSQL stands still for 4 s (SIGSTOP)", lambda: hang(pids(server), 4))
        run.do("PostgreSQL restarted", server.restart)
        run.do("the replica killed (-9) for 4 s", lambda: _without(replica))
        run.disk(disk, lambda: _up(server))
        return run.rows, run.verdict(server.url), run.failed


def _run(
    stack: ExitStack,
    folder: Path,
    url: str,
    seconds: float,
    *,
    workers: int,
    more: dict[str, str] | None = None,
) -> Run:
    redis, receiver = Redis(), Receiver()
    stack.callback(redis.stop)
    settings = {"COMMENTS_REDIS_URL": f"redis://127.0.0.1:{redis.port}/0", **(more or {})}
    settings |= provider_settings(silent_port(stack))
    service = Service(folder, url, workers=workers, more=settings)
    stack.callback(service.end)
    return Run(service, receiver, redis, seconds)


def _disk(stack: ExitStack, folder: Path, kind: str) -> SmallDisk | None:
    if os.getuid() != 0:
        return None
    return stack.enter_context(small_disk(folder, DISK_MIB[kind]))


@contextmanager
def _temporary(folder: Path) -> Iterator[None]:
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def pids(server: Server) -> list[int]:
    first = int((server.directory / "postmaster.pid").read_text("ascii").splitlines()[0])
    return [first, *children(first)]


def _without(server: Server) -> None:
    server.stop("immediate")
    time.sleep(4)
    server.start()


def _up(server: Server) -> None:
    """A primary whose log found no room may have ended; an operator starts it."""
    time.sleep(2)
    with suppress(Exception):
        server.start()


COLUMNS = (
    "what went wrong",
    "requests",
    "failed",
    "until all was well",
    "longest wait for a good answer",
    "readers' answers, by the proxy's cache",
    "besides",
)
HEAD = f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL; otherwise SQLite")
    parser.add_argument("--seconds", type=float, default=6, help="how long to watch each fault")
    parser.add_argument("--write", type=Path, help="a page to put the table into")
    given = parser.parse_args()
    kind = "PostgreSQL" if given.postgres else "SQLite"
    threading.stack_size(256 * 1024)
    with tempfile.TemporaryDirectory(prefix="comments-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        print(HEAD)
        runs = on_postgres if given.postgres else on_sqlite
        rows, verdict, failed = runs(folder, given.seconds)
    print(f"\n{verdict}")
    if given.write is not None:
        _write(given.write, kind, [HEAD, *map(line, rows), "", verdict])
    sys.exit(1 if failed else 0)


def _write(page: Path, kind: str, lines: list[str]) -> None:
    """Put the lines between the page's two marks of this kind of database."""
    before, mark, rest = page.read_text("utf-8").partition(MARK.format(kind))
    after = rest.partition(MARK.format(f"end of {kind}"))[2]
    if not mark:
        raise SystemExit(f"{page} has no place for {kind}")
    middle = "\n".join(["", "", *lines, "", ""])
    page.write_text(f"{before}{mark}{middle}{MARK.format(f'end of {kind}')}{after}", "utf-8")


if __name__ == "__main__":
    main()
