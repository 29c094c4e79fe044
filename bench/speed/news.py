"""Breaking news: one article, readers who ask every ten seconds whether there is something new, and
comments coming in, through nginx as it ships and two workers."""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from bench.speed import seed
from bench.speed.servers import PORT, VAR, Server, granian, of_the_service, served
from tests import proxies
from tests.clusters import free_port

ARTICLE = "a-1000"
PATH = f"/api/v1/comments?site=demo&article={ARTICLE}&limit=20"
HOST = "comments.example"
EVERY = 10.0
"""Seconds between a reader's questions."""
FRESH_READERS = 0.2
"""Of those who ask, this share has just come: they bring no ETag."""


@dataclass
class Seen:
    """What the readers and writers saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    caches: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    read_ms: list[float] = field(default_factory=list)
    write_ms: list[float] = field(default_factory=list)
    visible_ms: list[float] = field(default_factory=list)
    written: dict[int, float] = field(default_factory=dict)


def measure(
    url: str,
    *,
    seconds: int,
    readers: int,
    comments_a_second: float,
) -> dict[str, Any]:
    folder = VAR / "news"
    folder.mkdir(exist_ok=True)
    cores = f"0-{(os.cpu_count() or 1) - 1}"
    upstream = PORT + 1
    with ExitStack() as stack:
        workers = [*granian("wsgi:app", workers=2, port=upstream)]
        env = of_the_service(
            url, COMMENTS_TRUSTED_PROXIES="1", COMMENTS_PUBLIC_URL=f"https://{HOST}"
        )
        service = stack.enter_context(
            served(workers, "/healthz", env=env, port=upstream, cores=cores)
        )
        path = proxies.configured(folder, PORT, free_port(), f"127.0.0.1:{upstream}")
        front = [proxies.binary(), "-p", str(folder), "-c", str(path), "-g", "daemon off;"]
        nginx = stack.enter_context(served(front, "/healthz", cores=cores))
        before = _spent(service, nginx)
        seen = asyncio.run(_crowd(seconds, readers, comments_a_second))
        after = _spent(service, nginx)
    return _told(seen, seconds, before, after)


def _spent(service: Server, nginx: Server) -> dict[str, float]:
    return {
        "service_cpu_seconds": service.processor_seconds,
        "nginx_cpu_seconds": nginx.processor_seconds,
        "service_mebibytes": service.mebibytes,
        "nginx_mebibytes": nginx.mebibytes,
    }


async def _crowd(seconds: int, readers: int, comments_a_second: float) -> Seen:
    seen = Seen()
    end = time.monotonic() + seconds
    asked = [asyncio.create_task(_reader(seen, end)) for _ in range(readers)]
    asked.append(asyncio.create_task(_watcher(seen, end)))
    asked += [
        asyncio.create_task(_writer(seen, end, number, 20 / comments_a_second))
        for number in range(20)
    ]
    await asyncio.gather(*asked)
    return seen


class _Connection:
    """HTTP/1.1 on one connection that is kept, just enough for this."""

    def __init__(self) -> None:
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", PORT)
        reader, writer = self.streams
        try:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in head[1:] if line)
            }
            body = await _body(reader, headers)
        except (OSError, asyncio.IncompleteReadError):
            await self.close()
            raise
        if headers.get("connection") == "close":
            await self.close()
        return int(head[0].split()[1]), headers, body

    async def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body


def _get(etag: str | None, *, encoding: str = "gzip, br") -> bytes:
    lines = [f"GET {PATH} HTTP/1.1", f"Host: {HOST}", f"Accept-Encoding: {encoding}"]
    lines += [f"If-None-Match: {etag}"] if etag else []
    return "\r\n".join([*lines, "", ""]).encode()


async def _reader(seen: Seen, end: float) -> None:
    chance = random.Random()
    connection, etag = _Connection(), None
    await asyncio.sleep(chance.random() * EVERY)
    while time.monotonic() < end:
        if chance.random() < FRESH_READERS:
            etag = None
            await connection.close()
        began = time.perf_counter()
        try:
            status, headers, _ = await connection.ask(_get(etag))
        except (OSError, asyncio.IncompleteReadError) as error:
            seen.errors[type(error).__name__] += 1
        else:
            seen.read_ms.append((time.perf_counter() - began) * 1000)
            seen.statuses[status] += 1
            seen.caches[headers.get("x-cache", "none")] += 1
            etag = headers.get("etag", etag)
        await asyncio.sleep(max(0.0, EVERY - (time.perf_counter() - began)))
    await connection.close()


async def _writer(seen: Seen, end: float, number: int, every: float) -> None:
    connection = _Connection()
    await asyncio.sleep(random.random() * every)
    count = 0
    while time.monotonic() < end:
        count += 1
        text = (
            f"When is the hearing, asks reader {number} for the {count}th time at {time.time_ns()}"
        )
        body = json.dumps({"site": "demo", "article": {"key": ARTICLE}, "body": text}).encode()
        token = seed.token((number * 10 + count) % 200)
        head = (
            f"POST /api/v1/comments HTTP/1.1\r\nHost: {HOST}\r\nOrigin: {seed.ORIGIN}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        try:
            status, _, answer = await connection.ask(head.encode() + body)
        except (OSError, asyncio.IncompleteReadError) as error:
            seen.errors[f"post: {type(error).__name__}"] += 1
        else:
            now = time.perf_counter()
            seen.write_ms.append((now - began) * 1000)
            seen.statuses[status] += 1
            if status == 201:
                seen.written[int(json.loads(answer)["id"])] = now
        await asyncio.sleep(max(0.0, every - (time.perf_counter() - began)))
    await connection.close()


async def _watcher(seen: Seen, end: float) -> None:
    """Looks ten times a second which comments are there for everybody."""
    connection = _Connection()
    request = _get(None, encoding="identity")
    while time.monotonic() < end:
        status, _, body = await connection.ask(request)
        now = time.perf_counter()
        shown = json.loads(body)["comments"] if status == 200 else []
        # What is older than the newest that is shown is there as well, or further down.
        newest = max((int(comment["id"]) for comment in shown), default=0)
        for number in [number for number in seen.written if number <= newest]:
            seen.visible_ms.append(max(0.0, now - seen.written.pop(number)) * 1000)
        await asyncio.sleep(0.1)
    await connection.close()


def _told(
    seen: Seen, seconds: int, before: dict[str, float], after: dict[str, float]
) -> dict[str, Any]:
    reads = len(seen.read_ms)
    spent = {name: round(after[name] - before[name], 1) for name in after if "cpu" in name}
    memory = {
        name: [round(before[name]), round(after[name])] for name in after if "mebibytes" in name
    }
    return {
        "seconds": seconds,
        "statuses": {str(status): count for status, count in sorted(seen.statuses.items())},
        "errors": dict(seen.errors),
        "cache": dict(seen.caches),
        "share_of_304": round(seen.statuses[304] / max(reads, 1), 3),
        "read_ms": _percentiles(seen.read_ms),
        "write_ms": _percentiles(seen.write_ms),
        "visible_after_ms": _percentiles(seen.visible_ms),
        "not_seen_before_the_end": len(seen.written),
        **spent,
        **memory,
    }


def _percentiles(values: list[float]) -> dict[str, float]:
    if len(values) < 2:
        return {}
    cuts = statistics.quantiles(values, n=1000)
    return {name: round(cuts[at], 1) for name, at in (("p50", 499), ("p99", 989), ("p999", 998))}
