"""Servers that are measured: bound to core 0, watched from outside, ended with all they began."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
VAR = ROOT / "var" / "bench"
PORT = 9150
BROWSER = {"Accept-Encoding": "gzip, deflate, br"}
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: all processes of its session. `first_answer` is in seconds."""

    session: int
    port: int
    first_answer: float

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        return ask(self.port, path, method, body, **headers)

    @property
    def processes(self) -> list[int]:
        found = []
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            try:
                if os.getsid(pid) == self.session:
                    found.append(pid)
            except OSError:
                continue
        return found

    @property
    def processor_seconds(self) -> float:
        ticks = 0
        for pid in self.processes:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    @property
    def mebibytes(self) -> float:
        """Proportional set size: pages shared with others count in part."""
        total = 0
        for pid in self.processes:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                total += int(line.split()[1]) if line.startswith("Pss:") else 0
        return total / 1024


def ask(
    port: int, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    """One request on a connection of its own. `Content_Type="…"` is the header Content-Type."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, BROWSER | told)
    answer = connection.getresponse()
    read = answer.read()
    connection.close()
    return answer, read


def granian(target: str, *, threads: int = 16, workers: int = 1, port: int = PORT) -> list[str]:
    binary = str(Path(sys.executable).parent / "granian")
    options = ["--interface", "wsgi", "--no-ws", "--port", str(port), "--log-level", "error"]
    options += ["--workers", str(workers), "--blocking-threads", str(threads)]
    return [binary, *options, target]


def of_the_service(url: str, **more: str) -> dict[str, str]:
    """The settings of the service that is measured: its limits are not what is."""
    set_up = {"COMMENTS_DATABASE_URL": url, "COMMENTS_RATELIMIT_ENABLED": "0"}
    return set_up | {"MALLOC_ARENA_MAX": "1"} | more  # as in deploy/


@contextmanager
def served(
    command: Sequence[str],
    path: str,
    *,
    env: Mapping[str, str] | None = None,
    port: int = PORT,
    cwd: Path = ROOT,
    cores: str = "0",
) -> Iterator[Server]:
    """The server from its first answer at `path` on until the block ends."""
    began = time.perf_counter()
    process = subprocess.Popen(
        ["taskset", "-c", cores, *command],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COMMENTS_LOG_LEVEL": "ERROR"} | dict(env or {}),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while True:
            try:
                ask(port, path)
                break
            except OSError:
                late = time.perf_counter() - began > START_SECONDS
                if late or process.poll() is not None:
                    raise SystemExit(f"{command[0]} did not start") from None
                time.sleep(0.005)
        yield Server(process.pid, port, time.perf_counter() - began)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for sent in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sent)
            process.wait(20)
            return
        except ProcessLookupError:
            process.wait()
            return
        except subprocess.TimeoutExpired:
            continue
