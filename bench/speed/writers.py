"""Many who write at once, on one article and on many; a writer killed among them; and what one, two
and four workers do. Counters are compared with the rows afterwards."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import create_engine, make_url, text

from bench.speed.load import Effort, Measured, Request, load
from bench.speed.servers import Server, granian, of_the_service, served
from bench.speed.service import PAGE_OF_MANY, THREAD

DIFFERENT = """
SELECT count(*) FROM article WHERE comment_count <>
  (SELECT count(*) FROM comment WHERE comment.article_id = article.id AND status = 'published')
"""
REPLIES_DIFFERENT = """
SELECT count(*) FROM comment AS root WHERE root.root_id IS NULL AND root.reply_count <>
  (SELECT count(*) FROM comment WHERE comment.root_id = root.id AND comment.status = 'published')
"""


def measure(url: str, effort: Effort) -> dict[str, Any]:
    """Writers by 16 and 64 against one worker, the last of them while a worker is killed."""
    found: dict[str, Any] = {}
    with served(granian("wsgi:app"), "/healthz", env=of_the_service(url)) as server:
        for writers in (16, 64):
            one = Request("post", "a-1000", writers=200, connections=writers)
            many = Request("post", "b-%d", writers=200, connections=writers, articles=1_000)
            found[f"{writers} writers, one article"] = load(server, one, effort).as_json()
            found[f"{writers} writers, a thousand articles"] = load(server, many, effort).as_json()
    found["16 writers, a worker killed meanwhile"] = _killed(url, effort).as_json()
    return {"cases": found, "counters_that_differ": _different(url)}


def _killed(url: str, effort: Effort) -> Measured:
    """Two workers, one of which is ended by SIGKILL in the middle; granian begins another."""
    command = [*granian("wsgi:app", workers=2), "--respawn-failed-workers"]
    with served(command, "/healthz", env=of_the_service(url)) as server:
        killer = threading.Timer(effort.seconds / 2, _kill_one, [server])
        killer.start()
        try:
            request = Request("post", "a-1000", writers=200, connections=16)
            return load(server, request, Effort(effort.seconds, 1))
        finally:
            killer.cancel()
            killer.join()


def _kill_one(server: Server) -> None:
    workers = [pid for pid in server.processes if pid != server.session]
    for pid in workers:
        with suppress(ProcessLookupError, FileNotFoundError):
            with open(f"/proc/{pid}/cmdline", "rb") as read:
                if b"resource_tracker" in read.read():
                    continue
            os.kill(pid, signal.SIGKILL)
            return


def _different(url: str) -> int:
    engine = create_engine(make_url(url).set(drivername=_driver(url)))
    with engine.connect() as connection:
        found = sum(
            int(connection.execute(text(query)).scalar_one())
            for query in (DIFFERENT, REPLIES_DIFFERENT)
        )
    engine.dispose()
    return found


def _driver(url: str) -> str:
    name = make_url(url).get_backend_name()
    return "postgresql+psycopg" if name == "postgresql" else name


def by_workers(url: str, effort: Effort) -> dict[str, Any]:
    """Reads and posts against one, two and four workers. They and the load share all cores here:
    what counts is the processor's time for each request, and which of them grows."""
    cases = {
        "cached thread of 50": Request("same", THREAD),
        "page of 50 of 10,000, not in the cache": Request("fresh", PAGE_OF_MANY, connections=16),
        "post, 16 writers, a thousand articles": Request(
            "post", "b-%d", writers=200, connections=16, articles=1_000
        ),
    }
    cores = f"0-{(os.cpu_count() or 1) - 1}"
    found: dict[str, Any] = {}
    for workers in (1, 2, 4):
        command = granian("wsgi:app", workers=workers)
        env = of_the_service(url)
        with served(command, "/healthz", env=env, cores=cores) as server:
            time.sleep(1)  # all of them have started
            found[str(workers)] = {
                name: load(server, request, effort).as_json() for name, request in cases.items()
            } | {"memory_mebibytes": round(server.mebibytes)}
    return found
