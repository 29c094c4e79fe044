"""`deploy/nginx.conf` with a real nginx: what everybody may read is shared, and nothing else is."""

from __future__ import annotations

import http.client
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli
import pytest
from flask import Flask

from comments_service.services.sites import SiteView
from tests import proxies
from tests.clusters import free_port
from tests.readers import Reader
from tests.serving import served

THREAD = "/api/v1/comments?site=demo&article=nato-2026-11"
HOST = "comments.example"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.nginx,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@dataclass
class Origin:
    """What reached the service. `open` lets requests through; without it they wait.
    `cache_control` goes out in the place of the service's own."""

    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)
    cache_control: str | None = None
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def watch(self, app: Flask) -> None:
        behind = app.wsgi_app
        self.open.set()

        def listening(environ: Any, start_response: Any) -> Any:
            headers = {name: value for name, value in environ.items() if name[:5] == "HTTP_"}
            self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], headers))
            self.arrived.release()
            assert self.open.wait(60)

            def started(status: str, told: list[tuple[str, str]], *rest: Any) -> Any:
                if self.cache_control is not None:
                    told = [pair for pair in told if pair[0].lower() != "cache-control"]
                    told.append(("Cache-Control", self.cache_control))
                return start_response(status, told, *rest)

            return behind(environ, started)

        app.wsgi_app = listening  # type: ignore[method-assign]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Proxy:
    port: int
    operators: int
    origin: Origin
    stop_origin: Callable[[], None]
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End nginx, which then has written its log."""
        self.process.terminate()
        self.process.wait(30)

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return self._ask(self.port, path, method, headers)

    def ask_as_operator(self, path: str) -> Answer:
        return self._ask(self.operators, path, "GET", {})

    def _ask(self, port: int, path: str, method: str, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers={"Host": HOST, **names})
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        body = answer.read()
        connection.close()
        return Answer(answer.status, told, body)


@pytest.fixture
def proxy(app: Flask, site: SiteView, tmp_path: Path) -> Iterator[Proxy]:
    """nginx with an empty cache in front of the service."""
    binary = proxies.binary()
    origin, port, operators = Origin(), free_port(), free_port()
    origin.watch(app)
    with ExitStack() as stack:
        upstream = stack.enter_context(served(lambda _url: app))
        path = proxies.configured(tmp_path, port, operators, urlsplit(upstream).netloc)
        process = subprocess.Popen(
            [binary, "-p", str(tmp_path), "-c", str(path), "-g", "daemon off;"],
            stderr=subprocess.DEVNULL,
        )
        try:
            found = Proxy(port, operators, origin, stack.close, process)
            yield found if _answers(port) else pytest.fail("no nginx")
        finally:
            process.terminate()
            process.wait(30)


def _answers(port: int) -> bool:
    for _ in range(2_000):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz", headers={"Host": HOST})
            connection.getresponse().read()
            connection.close()
        except OSError:
            threading.Event().wait(0.01)
        else:
            return True
    return False


def test_operators_have_a_door_of_their_own(proxy: Proxy) -> None:
    assert proxy.ask("/metrics").status == 404
    assert proxy.ask_as_operator("/metrics").status == 200
    assert proxy.ask_as_operator("/readyz").status == 200
    assert proxy.ask_as_operator(THREAD).status == 404


@pytest.fixture
def thread(proxy: Proxy, reader: Callable[..., Reader]) -> Reader:
    """A thread worth compressing; nothing of it has been asked for through nginx yet."""
    hana = reader()
    for number in range(5):
        assert hana.post(f"공청회는 언제인가요, {number}번째로 묻습니다").status_code == 201
    proxy.origin.asked.clear()
    return hana


def test_a_thread_is_asked_for_once(proxy: Proxy, thread: Reader) -> None:
    first, again = proxy.ask(THREAD), proxy.ask(THREAD)
    assert (first.status, first.headers["x-cache"]) == (200, "MISS")
    assert (again.status, again.headers["x-cache"]) == (200, "HIT")
    assert again.body == first.body
    assert len(proxy.origin.asked) == 1
    for name in ("etag", "cache-control", "access-control-allow-origin", "content-type"):
        assert again.headers[name] == first.headers[name]
    head = proxy.ask(THREAD, "HEAD")
    assert (head.status, head.headers["x-cache"], head.body) == (200, "HIT", b"")
    unchanged = proxy.ask(THREAD, If_None_Match=first.headers["etag"])
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert len(proxy.origin.asked) == 1


def test_each_encoding_is_kept_once(proxy: Proxy, thread: Reader) -> None:
    plain = proxy.ask(THREAD).body
    for accepted, encoding in (
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=1.0, gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("deflate", None),
    ):
        answer = proxy.ask(THREAD, Accept_Encoding=accepted)
        assert answer.headers.get("content-encoding") == encoding
        if encoding == "br":
            assert brotli.decompress(answer.body) == plain
    assert len(proxy.origin.asked) == 3


def test_what_is_of_one_person_is_never_shared(proxy: Proxy, thread: Reader) -> None:
    token = thread.headers["Authorization"]
    personal = {"Authorization": token}
    mine = "/api/v1/me/comments"
    assert proxy.ask(mine, **personal).status == 200
    assert proxy.ask(mine).status == 401
    assert proxy.ask(mine, **personal).status == 200
    assert len(proxy.origin.asked) == 3
    proxy.origin.asked.clear()
    for headers in (personal, {"Cookie": "session=1"}):
        for _ in range(2):
            assert proxy.ask(THREAD, **headers).headers["x-cache"] == "BYPASS"
    assert len(proxy.origin.asked) == 4
    # Nothing of theirs was kept for anybody.
    assert proxy.ask(THREAD).headers["x-cache"] == "MISS"
    # An answer under a cached address that is for operators or readers alone.
    articles = "/api/v1/articles/demo?article=nato-2026-11"
    refusals = {proxy.ask(articles).headers["x-cache"] for _ in range(3)}
    assert refusals == {"MISS"}


def test_a_fragment_without_a_language_is_in_the_readers(proxy: Proxy, thread: Reader) -> None:
    path = "/render/comments?site=demo&article=nato-2026-11"
    for language in ("ko", "en"):
        answer = proxy.ask(path, Accept_Language=language)
        assert (answer.headers["x-cache"], answer.headers["content-language"]) == (
            "BYPASS",
            language,
        )
        for cached in ("MISS", "HIT"):
            assert proxy.ask(f"{path}&lang={language}").headers["x-cache"] == cached


def test_a_crowd_asks_once(proxy: Proxy, thread: Reader) -> None:
    proxy.origin.open.clear()
    with ThreadPoolExecutor(20) as crowd:
        answers = [crowd.submit(proxy.ask, THREAD) for _ in range(20)]
        while not proxy.origin.asked:
            threading.Event().wait(0.001)
        proxy.origin.open.set()
        bodies = {answer.result().body for answer in answers}
    assert len(bodies) == 1
    assert len(proxy.origin.asked) == 1


def test_a_stale_answer_is_given_while_it_is_renewed(proxy: Proxy, thread: Reader) -> None:
    first = proxy.ask(THREAD)
    thread.post("새 댓글입니다")
    proxy.origin.asked.clear()
    proxy.origin.open.clear()
    while proxy.ask(THREAD).headers["x-cache"] == "HIT":  # two seconds
        threading.Event().wait(0.05)
    while not proxy.origin.asked:
        threading.Event().wait(0.001)
    waiting = proxy.ask(THREAD)
    assert waiting.headers["x-cache"] in {"STALE", "UPDATING"}
    assert waiting.body == first.body
    (_, _, asked) = proxy.origin.asked[0]
    assert asked["HTTP_IF_NONE_MATCH"] == first.headers["etag"]
    assert len(proxy.origin.asked) == 1
    proxy.origin.open.set()
    while (renewed := proxy.ask(THREAD)).body == first.body:
        threading.Event().wait(0.01)
    assert "새 댓글입니다" in renewed.body.decode()


def test_a_quiet_thread_is_not_shown_older_than_the_service_allows(
    proxy: Proxy, thread: Reader
) -> None:
    """What a moderator removed must not come back for the first reader after a silence."""
    proxy.origin.cache_control = "public, s-maxage=1"
    assert "새 댓글입니다" not in proxy.ask(THREAD).body.decode()
    thread.post("새 댓글입니다")
    while (answer := proxy.ask(THREAD)).headers["x-cache"] == "HIT":  # one second
        threading.Event().wait(0.05)
    assert "새 댓글입니다" in answer.body.decode()
    assert answer.headers["x-cache"] == "EXPIRED"


def test_the_word_of_an_invitation_is_not_in_the_log(proxy: Proxy, tmp_path: Path) -> None:
    assert proxy.ask("/moderator/accept/geheimes-wort?code=geheim").status == 404
    proxy.stop()
    log = (tmp_path / "access.log").read_text("utf-8")
    assert " GET /moderator/accept/- 404 " in log
    assert "geheim" not in log


def test_readers_go_on_while_the_service_is_gone(proxy: Proxy, thread: Reader) -> None:
    first = proxy.ask(THREAD)
    proxy.stop_origin()
    while (answer := proxy.ask(THREAD)).headers["x-cache"] == "HIT":
        threading.Event().wait(0.05)
    assert (answer.status, answer.body) == (200, first.body)
    assert answer.headers["x-cache"] == "STALE"
    assert proxy.ask("/api/v1/me").status == 502


def test_nobody_chooses_their_own_address(proxy: Proxy, thread: Reader) -> None:
    proxy.ask("/api/v1/me", X_Forwarded_For="203.0.113.7", X_Request_Start="t=1")
    (_, _, headers) = proxy.origin.asked[0]
    assert headers["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"
    assert headers["HTTP_HOST"] == HOST
    assert float(headers["HTTP_X_REQUEST_START"].removeprefix("t=")) > 1_000_000
    assert proxy.ask("/metrics").status == 404
