"""More than the service can do: some are told to come back, at once, and the rest are served."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from comments_service.config import Settings
from comments_service.models import db
from tests.conftest import settings_for
from tests.readers import Reader

THREAD = "/api/v1/comments?site=demo&article=nato-2026-11"
ELSEWHERE = "/api/v1/comments?site=demo&article=elsewhere"


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(
        database_url,
        trusted_proxies=1,
        overload_at_work=1,
        overload_waiting=1,
        overload_wait_seconds=20,
        database_timeout_seconds=0.5,
    )


class Slow:
    """Requests for `/slow`, which last until they are let go."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.at_work = threading.Semaphore(0)
        self.let_go = threading.Event()
        app.view_functions["ops.docs"] = self.work
        self.threads: list[threading.Thread] = []
        self.statuses: list[int] = []

    def work(self) -> str:
        self.at_work.release()
        assert self.let_go.wait(60)
        return "done"

    def begin(self) -> None:
        def ask() -> None:
            self.statuses.append(self.app.test_client().get("/docs").status_code)

        self.threads.append(threading.Thread(target=ask))
        self.threads[-1].start()

    def end(self) -> list[int]:
        self.let_go.set()
        for thread in self.threads:
            thread.join(60)
        return self.statuses


@pytest.fixture
def busy(app: Flask, reader: Callable[..., Reader]) -> Slow:
    """One request is at work and one waits: as many as there may be. One thread was read before."""
    assert reader().post("댓글입니다").status_code == 201
    assert app.test_client().get(THREAD).status_code == 200
    slow = Slow(app)
    slow.begin()
    assert slow.at_work.acquire(timeout=60)
    slow.begin()
    turns = app.wsgi_app._behind._turns  # type: ignore[attr-defined]
    while not turns._line:
        threading.Event().wait(0.001)
    return slow


def test_one_too_many_is_told_when_to_come_back(app: Flask, busy: Slow) -> None:
    client = app.test_client()
    refused = client.get(ELSEWHERE, headers={"Accept-Language": "ko"})
    assert refused.status_code == 503
    assert refused.content_type == "application/problem+json"
    assert refused.get_json()["type"].endswith("/problems/overloaded")
    assert refused.get_json()["title"] == "이용이 몰리고 있습니다"
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["Cache-Control"] == "no-store"
    assert client.head(ELSEWHERE).data == b""
    assert client.post("/api/v1/comments", json={}).status_code == 503
    assert busy.end() == [200, 200]
    assert client.get(ELSEWHERE).status_code == 200


def test_what_lies_ready_is_still_read(app: Flask, busy: Slow) -> None:
    assert app.test_client().get(THREAD).status_code == 200
    busy.end()


def test_operators_get_in(app: Flask, busy: Slow) -> None:
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    busy.end()


@pytest.mark.parametrize(
    ("began", "status"),
    [
        (lambda: f"t={time.time() - 21:.3f}", 503),
        (lambda: f"t={time.time() - 1:.3f}", 200),
        (lambda: f"t={time.time() - 3600:.3f}", 200),
        (lambda: f"t={time.time() + 3600:.3f}", 200),
        (lambda: "nonsense", 200),
        (lambda: "t=nan", 200),
        (lambda: "", 200),
    ],
)
def test_what_a_proxy_held_too_long_is_refused(
    app: Flask, site: Any, began: Callable[[], str], status: int
) -> None:
    answer = app.test_client().get(ELSEWHERE, headers={"X-Request-Start": began()})
    assert answer.status_code == status


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_lock_that_is_not_to_be_had_is_an_overload(
    app: Flask, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    hana.post("첫 댓글")
    with db.engine.begin() as other:
        other.execute(text("SELECT * FROM article FOR UPDATE"))
        refused = hana.post("둘째 댓글")
        assert refused.status_code == 503
        assert refused.get_json()["type"].endswith("/problems/overloaded")
        assert refused.headers["Retry-After"]
    assert hana.post("셋째 댓글").status_code == 201
    comments = app.test_client().get(THREAD).get_json()["comments"]
    assert [comment["body"] for comment in comments] == ["셋째 댓글", "첫 댓글"]


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_statement_that_takes_too_long_is_an_overload(app: Flask, site: Any) -> None:
    def slowly(connection: Any, _c: Any, statement: str, *_: Any) -> None:
        if "FROM article" in statement:
            connection.exec_driver_sql("SELECT pg_sleep(30)")

    event.listen(db.engine, "before_cursor_execute", slowly)
    refused = app.test_client().get(ELSEWHERE)
    event.remove(db.engine, "before_cursor_execute", slowly)
    assert refused.status_code == 503
    assert refused.get_json()["type"].endswith("/problems/overloaded")


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_no_connection_free_is_an_overload(app: Flask, site: Any) -> None:
    held = [db.engine.connect() for _ in range(10)]
    refused = app.test_client().get(ELSEWHERE)
    for connection in held:
        connection.close()
    assert refused.status_code == 503
    assert refused.get_json()["type"].endswith("/problems/overloaded")
    assert app.test_client().get(ELSEWHERE).status_code == 200
