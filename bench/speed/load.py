"""Load by wrk on core 1, and what it did: each figure is of so many rounds."""

from __future__ import annotations

import os
import statistics
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.speed.servers import BROWSER, Server

SCRIPT = Path(__file__).parent / "load.lua"


@dataclass(frozen=True, slots=True)
class Effort:
    """How long a round lasts, in seconds, and how many there are."""

    seconds: int = 3
    rounds: int = 3


@dataclass(frozen=True, slots=True)
class Request:
    """What wrk sends. `mode` is same (one request again and again), fresh (an address that nobody
    asked for before), post (a comment, `path` being the article, or `%d` articles in turn) or raw
    (`body` with a running number for `@N@`)."""

    mode: str
    path: str
    headers: Mapping[str, str] | None = None
    method: str = "GET"
    body: str = ""
    connections: int = 32
    writers: int = 0
    articles: int = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """Of each round: requests a second, µs of the server's processor for one, p99 in ms."""

    rates: list[float]
    cpu: list[float]
    p99: list[float]
    requests: int
    failures: int

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    def as_json(self) -> dict[str, Any]:
        return {
            "rates": [round(rate, 1) for rate in self.rates],
            "cpu_us": [round(cpu, 1) for cpu in self.cpu],
            "p99_ms": [round(p99, 2) for p99 in self.p99],
            "requests": self.requests,
            "failures": self.failures,
        }


def load(server: Server, request: Request, effort: Effort) -> Measured:
    headers = BROWSER | dict(request.headers or {})
    env = os.environ | {
        "MODE": request.mode,
        "URL_PATH": request.path,
        "METHOD": request.method,
        "BODY": request.body,
        "HEADERS": "|".join(f"{name}: {value}" for name, value in headers.items()),
        "WRITERS": str(request.writers),
        "ARTICLES": str(request.articles),
    }
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{request.connections}"]
    command += [f"-d{effort.seconds}s", "--timeout", "30s", "-s", str(SCRIPT)]
    rates, cpu, p99, total, failures = [], [], [], 0, 0
    for _ in range(effort.rounds):
        before = server.processor_seconds
        address = f"http://127.0.0.1:{server.port}"
        ran = subprocess.run(
            [*command, address], env=env, capture_output=True, text=True, check=True
        )
        line = next(line for line in ran.stdout.splitlines() if line.startswith("RESULT"))
        requests, micros, status, socket, slowest = map(float, line.split()[1:])
        rates.append(requests / micros * 1e6)
        cpu.append((server.processor_seconds - before) / max(requests, 1) * 1e6)
        p99.append(slowest / 1000)
        total += int(requests)
        failures += int(status + socket)
    return Measured(rates, cpu, p99, total, failures)
