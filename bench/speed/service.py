"""The service itself, one worker, on one database: each case of the table."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from bench.speed.load import Effort, Measured, Request, load
from bench.speed.servers import PORT, VAR, Server, granian, of_the_service, served
from tests import proxies
from tests.clusters import free_port

THREAD = "/api/v1/comments?site=demo&article=a-50&limit=50"
PAGE_OF_MANY = "/api/v1/comments?site=demo&article=a-10000&limit=50"
COUNTS = "/api/v1/articles?site=demo" + "".join(f"&article=b-{n}" for n in range(50))
BYTES = VAR / "thread.br"
"""The thread as it goes over the wire: what the limits are made to answer as well."""


def measure(url: str, effort: Effort) -> tuple[dict[str, Measured], dict[str, Any]]:
    env = of_the_service(url)
    with served(granian("wsgi:app"), "/healthz", env=env) as server:
        answer, body = server.ask(THREAD)
        BYTES.write_bytes(body)
        _, plain = server.ask(THREAD, Accept_Encoding="identity")
        unchanged = {"If-None-Match": answer.headers["ETag"]}
        cases = {
            "cached thread of 50": Request("same", THREAD),
            "304": Request("same", THREAD, unchanged),
            "counts for 50 articles": Request("same", COUNTS),
            "thread of 50, not in the cache": Request("fresh", THREAD, connections=8),
            "page of 50 of 10,000, not in the cache": Request("fresh", PAGE_OF_MANY, connections=8),
            "post, 16 writers, one article": Request("post", "a-1000", writers=200, connections=16),
        }
        found = {name: load(server, request, effort) for name, request in cases.items()}
        memory = server.mebibytes
    numbers = {
        "first_answer_seconds": _starts(env),
        "memory_mebibytes": round(memory),
        "thread_bytes": len(plain),
        "thread_bytes_brotli": len(body),
    }
    return found, numbers


def _starts(env: dict[str, str]) -> list[float]:
    """Seconds until the first answer, at three starts."""
    found = []
    for _ in range(3):
        with served(granian("wsgi:app"), "/healthz", env=env) as server:
            found.append(round(server.first_answer, 2))
    return found


def through_nginx(url: str, effort: Effort) -> Measured:
    """The cached thread through the nginx configuration that ships, itself on core 0."""
    folder = VAR / "nginx"
    folder.mkdir(exist_ok=True)
    with ExitStack() as stack:
        upstream = PORT + 1
        command = granian("wsgi:app", port=upstream)
        stack.enter_context(
            served(command, "/healthz", env=of_the_service(url), port=upstream, cores="1")
        )
        path = proxies.configured(folder, PORT, free_port(), f"127.0.0.1:{upstream}")
        one_worker = path.read_text("utf-8").replace(
            "worker_processes auto;", "worker_processes 1;"
        )
        path.write_text(one_worker, "utf-8")
        front = [proxies.binary(), "-p", str(folder), "-c", str(path), "-g", "daemon off;"]
        server: Server = stack.enter_context(served(front, "/healthz"))
        return load(server, Request("same", THREAD), effort)
