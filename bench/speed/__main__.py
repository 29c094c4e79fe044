"""`make bench`: the service beside its limits, in one run on one machine.

    python -m bench.speed [--seconds 3] [--rounds 3] [--postgres] [--write docs/benchmarks.md]

The server is bound to core 0 and the load (wrk, 32 connections) to core 1. Trust the ratios: all
are of one run, each the median of its rounds, with the least and the greatest in brackets.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.speed.seed import fill

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
VAR = ROOT / "var" / "bench"
PORT = 9150
THREAD = "/api/v1/comments?site=demo&article=a-50&limit=50"
PAGE_OF_MANY = "/api/v1/comments?site=demo&article=a-10000&limit=50"
COUNTS = "/api/v1/articles?site=demo" + "".join(f"&article=b-{n}" for n in range(50))
BROWSER = {"Accept-Encoding": "gzip, deflate, br", "Host": "127.0.0.1"}


@dataclass(frozen=True, slots=True)
class Measured:
    """Of each round: requests a second, µs of the server's processor a request, p99 in ms."""

    rates: list[float]
    cpu: list[float]
    p99: list[float]
    failures: int

    def spread(self, values: list[float]) -> str:
        return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def granian(target: str, threads: int = 16) -> list[str]:
    binary = str(Path(sys.executable).parent / "granian")
    options = ["--interface", "wsgi", "--no-ws", "--port", str(PORT), "--log-level", "error"]
    return [binary, *options, "--blocking-threads", str(threads), target]


@contextmanager
def served(command: list[str], path: str, **env: str) -> Iterator[tuple[int, float]]:
    """The server's session id, and the seconds until its first answer."""
    began = time.perf_counter()
    process = subprocess.Popen(
        ["taskset", "-c", "0", *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COMMENTS_LOG_LEVEL": "ERROR"} | env,
        start_new_session=True,
    )
    try:
        while True:
            try:
                ask(path)
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{command[0]} did not start") from None
                time.sleep(0.005)
        yield process.pid, time.perf_counter() - began
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def ask(path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    connection.request("GET", path, headers=BROWSER | headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def processes(session: int) -> list[str]:
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.getsid(int(pid)) == session:
                found.append(pid)
        except OSError:
            continue
    return found


def processor_seconds(session: int) -> float:
    ticks = 0
    for pid in processes(session):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return float(ticks / os.sysconf("SC_CLK_TCK"))


def mebibytes(session: int) -> float:
    total = 0
    for pid in processes(session):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            total += int(line.split()[1]) if line.startswith("Pss:") else 0
    return total / 1024


def load(session: int, given: argparse.Namespace, mode: str, path: str, **more: str) -> Measured:
    headers = BROWSER | {k: v for k, v in more.items() if k not in {"writers", "connections"}}
    told = "|".join(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())
    env = {"MODE": mode, "URL_PATH": path, "HEADERS": told, "WRITERS": more.get("writers", "0")}
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{more.get('connections', '32')}"]
    command += [f"-d{given.seconds}s", "--timeout", "30s", "-s", str(HERE / "load.lua")]
    measured = Measured([], [], [], 0)
    failures = 0
    for _ in range(given.rounds):
        before = processor_seconds(session)
        out = subprocess.run(
            [*command, f"http://127.0.0.1:{PORT}"],
            env=os.environ | env,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        line = next(line for line in out.splitlines() if line.startswith("RESULT"))
        requests, micros, status, socket, p99 = map(float, line.split()[1:])
        spent = processor_seconds(session) - before
        measured.rates.append(requests / micros * 1e6)
        measured.cpu.append(spent / max(requests, 1) * 1e6)
        measured.p99.append(p99 / 1000)
        failures += int(status + socket)
    return Measured(measured.rates, measured.cpu, measured.p99, failures)


def of_the_service(
    url: str, given: argparse.Namespace
) -> tuple[dict[str, Measured], dict[str, float]]:
    env = {"COMMENTS_DATABASE_URL": url, "COMMENTS_RATELIMIT_ENABLED": "0"}
    with served(granian("wsgi:app"), "/healthz", **env) as (session, first_answer):
        answer, body = ask(THREAD)
        (VAR / "thread.br").write_bytes(body)
        _, plain = ask(THREAD, **{"Accept-Encoding": "identity"})
        found = {
            "cached thread of 50": load(session, given, "same", THREAD),
            "304": load(session, given, "same", THREAD, If_None_Match=answer.headers["ETag"]),
            "counts for 50 articles": load(session, given, "same", COUNTS),
            "thread of 50, never asked for before": load(
                session, given, "fresh", THREAD, connections="8"
            ),
            "page of 50 of 10,000, never asked for before": load(
                session, given, "fresh", PAGE_OF_MANY, connections="8"
            ),
            "post, 16 writers, one article": load(
                session, given, "post", "a-1000", writers="200", connections="16"
            ),
        }
        numbers = {
            "first_answer_seconds": round(first_answer, 2),
            "memory_mebibytes": round(mebibytes(session)),
            "thread_bytes": len(plain),
            "thread_bytes_brotli": len(body),
        }
    return found, numbers


def floors(given: argparse.Namespace) -> dict[str, Measured]:
    env = {"FLOOR_FILE": str(VAR / "thread.br")}
    found = {}
    for name, target in (("bare WSGI", "bare"), ("Flask hello", "app")):
        with served(granian(f"bench.speed.floors:{target}", 1), "/hello", **env) as (session, _):
            found[name] = load(session, given, "same", "/hello")
    return found | nginx(given)


def nginx(given: argparse.Namespace) -> dict[str, Measured]:
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if binary is None:
        return {}
    shutil.copy(VAR / "thread.br", VAR / "hello")
    (VAR / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {VAR}/nginx.pid; user root;\n"
        f"error_log {VAR}/nginx.log crit;\n"
        "events { worker_connections 1024; }\n"
        "http { access_log off; sendfile on; open_file_cache max=100;\n"
        "  keepalive_requests 100000000;\n"
        f"  client_body_temp_path {VAR}/b; proxy_temp_path {VAR}/p; fastcgi_temp_path {VAR}/f;\n"
        f"  uwsgi_temp_path {VAR}/u; scgi_temp_path {VAR}/s; default_type application/json;\n"
        f"  server {{ listen 127.0.0.1:{PORT}; root {VAR}; }} }}\n"
    )
    command = [binary, "-p", str(VAR), "-c", str(VAR / "nginx.conf")]
    with served(command, "/hello") as (session, _):
        return {"nginx, a file": load(session, given, "same", "/hello")}


def table(measured: dict[str, Measured], against: Measured) -> Iterator[str]:
    yield "| what | requests a second | × Flask hello | processor µs each | p99 ms | failures |"
    yield "| --- | --- | --- | --- | --- | --- |"
    base = statistics.median(against.rates)
    for name, each in measured.items():
        ratio = statistics.median(each.rates) / base
        cells = [name, each.spread(each.rates), f"{ratio:.2f}", each.spread(each.cpu)]
        yield f"| {' | '.join(cells)} | {statistics.median(each.p99):.1f} | {each.failures} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    VAR.mkdir(parents=True, exist_ok=True)
    for old in VAR.glob("comments.db*"):
        old.unlink()
    lines = ["# Benchmarks", "", *__doc__.splitlines()[4:], ""]
    with ExitStack() as stack:
        urls = {"SQLite": f"sqlite:///{VAR}/comments.db"}
        if given.postgres:
            from tests.clusters import primary  # noqa: PLC0415  its wheel is for development

            urls["PostgreSQL"] = stack.enter_context(primary()).url
        results = {}
        for name, url in urls.items():
            fill(url)
            results[name] = of_the_service(url, given)
        limits = floors(given)
    kept = {}
    for name, (measured, numbers) in results.items():
        lines += [f"## The service on {name}, one worker", ""]
        lines += [
            *table(measured, limits["Flask hello"]),
            "",
            f"```json\n{json.dumps(numbers)}\n```",
            "",
        ]
        kept[name] = numbers | {what: each.rates for what, each in measured.items()}
    lines += [
        "## Its limits, with the same compressed bytes",
        "",
        *table(limits, limits["Flask hello"]),
    ]
    kept["limits"] = {what: each.rates for what, each in limits.items()}
    text = "\n".join(lines) + "\n"
    (VAR / "results.json").write_text(json.dumps(kept, indent=1))
    print(text)
    if given.write:
        given.write.write_text(text, "utf-8")


main()
