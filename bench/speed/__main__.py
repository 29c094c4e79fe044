"""The service beside its limits and its peers, and as its work grows.

    python -m bench.speed [PART …] [--seconds 3] [--rounds 3] [--sqlite-only] [--share 1]

The parts: `table` (what `make bench` runs: the service, its limits, Isso and Waline), and of
`make scale`: `growth`, `writers`, `workers` and `news`. `--share 100` makes the long ones a
hundredth as long.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from bench.speed import growth, limits, news, peers, report, seed, service, writers
from bench.speed.load import Effort
from bench.speed.servers import VAR
from tests.clusters import primary

LONG = ("growth", "writers", "workers", "news")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], "table", *LONG], default=[])
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sqlite-only", action="store_true")
    parser.add_argument("--share", type=int, default=1)
    given = parser.parse_args()
    VAR.mkdir(parents=True, exist_ok=True)
    for part in given.parts or ["table"]:
        report.keep(part, RUN[part](given))
    print(report.write())


@contextmanager
def database(name: str) -> Iterator[str]:
    """An empty database of one kind."""
    if name == "PostgreSQL":
        with primary() as server:
            yield server.url
        return
    for old in VAR.glob("comments.db*"):
        old.unlink()
    yield f"sqlite:///{VAR}/comments.db"


def names(given: argparse.Namespace) -> list[str]:
    return ["SQLite"] if given.sqlite_only else ["SQLite", "PostgreSQL"]


def _table(given: argparse.Namespace) -> dict[str, Any]:
    effort = Effort(given.seconds, given.rounds)
    found: dict[str, Any] = {
        "when": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}",
        "service": {},
    }
    for name in names(given):
        with database(name) as url:
            seed.fill(url)
            cases, numbers = service.measure(url, effort)
            shown = {case: each.as_json() for case, each in cases.items()}
            found["service"][name] = {"cases": shown, "numbers": numbers}
            if name == "SQLite":
                found["through nginx"] = service.through_nginx(url, effort).as_json()
    measured = limits.measure(effort)
    found["limits"] = {name: each.as_json() for name, each in measured.items()}
    found["peers"] = peers.measure(effort)
    return found


def _growth(given: argparse.Namespace) -> dict[str, Any]:
    found = {}
    for name in names(given):
        with database(name) as url:
            found[name] = growth.measure(
                url,
                rounds=max(40, 200 // given.share),
                giant=1_000_000 // given.share,
                replies=30_000 // given.share,
                others=10_000 // given.share,
            )
    return found


def _writers(given: argparse.Namespace) -> dict[str, Any]:
    return _on_each(given, writers.measure, Effort(given.seconds * 2, given.rounds))


def _workers(given: argparse.Namespace) -> dict[str, Any]:
    return _on_each(given, writers.by_workers, Effort(given.seconds, given.rounds))


def _on_each(given: argparse.Namespace, measure: Any, effort: Effort) -> dict[str, Any]:
    found = {}
    for name in names(given):
        with database(name) as url:
            seed.fill(url)
            found[name] = measure(url, effort)
    return found


def _news(given: argparse.Namespace) -> dict[str, Any]:
    crowd = {"readers": 2_000, "comments_a_second": 50.0}
    found = {}
    for name in names(given):
        with database(name) as url:
            seed.fill(url)
            told = news.measure(
                url,
                seconds=600 // given.share,
                readers=int(crowd["readers"]),
                comments_a_second=crowd["comments_a_second"],
            )
            found[name] = crowd | told
    return found


RUN = {
    "table": _table,
    "growth": _growth,
    "writers": _writers,
    "workers": _workers,
    "news": _news,
}

if __name__ == "__main__":
    main()
