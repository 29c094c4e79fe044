"""What is answered in front of the router: the same answers, and never an old one."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from comments_service import create_app
from comments_service.config import Settings
from comments_service.models import Article, ArticleAlias, Site, db
from comments_service.services import policies, sites
from comments_service.services.freshness import OfThread
from comments_service.services.transaction import transaction
from comments_service.web.http.caching import Keep
from comments_service.web.http.front import Front
from comments_service.web.http.hosts import Hosts
from tests.readers import Reader
from tests.small_app import NOON, Clock

THREAD = "/api/v1/comments?site=demo&article=nato-2026-11"
SITE = "/api/v1/sites/demo"
POLICY = "/api/v1/sites/demo/policy"
COUNTS = "/api/v1/articles?site=demo&article=nato-2026-11"
ENCODINGS = ["", "gzip", "br", "gzip, deflate, br, zstd"]


@pytest.fixture
def asked(app: Flask) -> list[str]:
    """The paths that went on to Flask."""
    paths: list[str] = []
    behind = app.wsgi_app._behind  # type: ignore[attr-defined]

    def listening(environ: Any, start_response: Any) -> Any:
        paths.append(environ["PATH_INFO"])
        return behind(environ, start_response)

    app.wsgi_app._behind = listening  # type: ignore[attr-defined]
    return paths


@pytest.fixture
def thread(reader: Callable[..., Reader]) -> Reader:
    """A reader who has written some comments."""
    hana = reader()
    for number in range(6):
        assert hana.post(f"공청회는 언제인가요, {number}번째로 묻습니다").status_code == 201
    return hana


def told(answer: TestResponse) -> dict[str, str]:
    headers = {name.lower(): value for name, value in answer.headers}
    assert headers.pop("x-request-id")
    return headers


def without_length(answer: TestResponse) -> dict[str, str]:
    headers = told(answer)
    del headers["content-length"]
    return headers


def plain(answer: TestResponse) -> bytes:
    match answer.headers.get("Content-Encoding"):
        case "br":
            return bytes(brotli.decompress(answer.data))
        case "gzip":
            return bytes(gzip.decompress(answer.data))
    return bytes(answer.data)


def test_a_kept_answer_is_the_answer(client: FlaskClient, thread: Reader, asked: list[str]) -> None:
    root = client.get(THREAD).get_json()["comments"][0]["id"]
    comment = f"/api/v1/comments/{root}"
    for path in (f"{THREAD}&limit=3", SITE, POLICY, COUNTS, comment, f"{comment}/replies"):
        for encoding in ENCODINGS:
            fresh = f"{path}{'&' if '?' in path else '?'}for={encoding}"
            first = client.get(fresh, headers={"Accept-Encoding": encoding})
            before = len(asked)
            again = client.get(fresh, headers={"Accept-Encoding": encoding})
            assert len(asked) == before, path
            assert again.status == first.status == "200 OK"
            # What is kept is compressed better than what was made for one.
            assert int(told(again)["content-length"]) <= int(told(first)["content-length"])
            assert without_length(again) == without_length(first)
            assert plain(again) == plain(first)
            assert first.headers["X-Request-Id"] != again.headers["X-Request-Id"]
            head = client.head(fresh, headers={"Accept-Encoding": encoding})
            assert (told(head), head.data) == (told(again), b"")
            known = {"If-None-Match": first.headers["ETag"], "Accept-Encoding": encoding}
            unchanged = client.get(fresh, headers=known)
            assert len(asked) == before
            slow = client.get(f"{fresh}&x=1", headers=known)
            assert len(asked) == before + 1
            assert unchanged.status == slow.status == "304 NOT MODIFIED"
            assert told(unchanged) == told(slow)
            assert unchanged.data == b""


def test_what_is_worth_it_is_compressed_for_who_asks(client: FlaskClient, thread: Reader) -> None:
    raw = client.get(THREAD)
    for accepted, encoding in {
        "": None,
        "identity": None,
        "br;q=0, gzip;q=0": None,
        "compress": None,
        "gzip": "gzip",
        "*": "br",
        "gzip, br": "br",
        "gzip;q=1, br;q=0.5": "gzip",
    }.items():
        for _ in range(2):
            answer = client.get(THREAD, headers={"Accept-Encoding": accepted})
            assert answer.headers.get("Content-Encoding") == encoding, accepted
            assert answer.headers["Content-Length"] == str(len(answer.data))
            assert "Accept-Encoding" in answer.headers["Vary"]
            assert plain(answer) == raw.data
            if encoding:
                assert len(answer.data) < len(raw.data) / 2
                # The bytes differ, so the validator is a weak one.
                assert answer.headers["ETag"] == f"W/{raw.headers['ETag']}"
    small = client.get(COUNTS, headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in small.headers


def test_a_readers_own_answer_is_compressed_too(thread: Reader) -> None:
    path = "/api/v1/me/comments"
    raw = thread.call("GET", path)
    answer = thread.call("GET", path, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert plain(answer) == raw.data
    assert {"Accept-Encoding", "Origin"} <= {v.strip() for v in answer.headers["Vary"].split(",")}


@contextmanager
def another_process(settings: Settings) -> Iterator[None]:
    """The service once more, on the same database."""
    other = create_app(settings)
    with other.app_context():
        yield
        db.engine.dispose()


def _comment(thread: Reader) -> None:
    assert thread.post("새 댓글입니다").status_code == 201


def _vote(thread: Reader) -> None:
    with transaction() as session:
        session.execute(update(Article).values(version=Article.version + 1))


def _close(thread: Reader) -> None:
    with transaction() as session:
        session.execute(update(Article).values(status="closed"))


def _pin(thread: Reader) -> None:
    with transaction() as session:
        session.execute(update(Article).values(pinned_comment_id=1))


def _retitle(thread: Reader) -> None:
    with transaction() as session:
        session.execute(update(Article).values(title="새 제목"))


def _settings(thread: Reader) -> None:
    with transaction() as session:
        session.execute(update(Site).values(settings={"edit_window_seconds": 60}))


def _providers(thread: Reader) -> None:
    with transaction() as session:
        session.execute(update(Site).values(providers=["facebook"]))


def _policy(thread: Reader) -> None:
    site = sites.get("demo")
    version = policies.draft(site.id, policies.DEFAULT_SOURCE, note=None, now=NOON)
    policies.publish(site.id, version.version, by="user:1", now=NOON)


@pytest.mark.parametrize(
    "change", [_comment, _vote, _close, _pin, _retitle, _settings, _providers, _policy]
)
def test_what_another_process_changes_is_seen_at_once(
    client: FlaskClient,
    thread: Reader,
    settings: Settings,
    asked: list[str],
    change: Callable[[Reader], None],
) -> None:
    for _ in range(3):
        client.get(THREAD)
    assert asked == ["/api/v1/comments"]
    with another_process(settings):
        change(thread)
    asked.clear()
    client.get(THREAD)
    assert "/api/v1/comments" in asked


def test_a_comment_leaves_every_other_thread_as_it_was(
    client: FlaskClient, thread: Reader, asked: list[str]
) -> None:
    thread.post("다른 기사의 댓글", article="other")
    other = "/api/v1/comments?site=demo&article=other"
    client.get(THREAD), client.get(other)
    asked.clear()
    thread.post("새 댓글입니다")
    asked.clear()
    client.get(other)
    assert asked == []
    assert client.get(THREAD).get_json()["comments"][0]["body"] == "새 댓글입니다"
    assert asked == ["/api/v1/comments"]


def test_another_host_is_refused_though_the_answer_is_kept(
    client: FlaskClient, thread: Reader
) -> None:
    client.get(THREAD)
    assert client.get(THREAD, headers={"Host": "evil.example"}).status_code == 400
    assert client.get(THREAD).status_code == 200


def test_readers_who_ask_again_need_nobody_who_asks_for_all(
    client: FlaskClient, thread: Reader, asked: list[str]
) -> None:
    etag = client.get(f"{THREAD}&x=1").headers["ETag"]
    asked.clear()
    for _ in range(3):
        assert client.get(THREAD, headers={"If-None-Match": etag}).status_code == 304
    assert len(asked) == 1
    assert client.get(THREAD, headers={"If-None-Match": '"old"'}).status_code == 200
    assert client.get(THREAD).status_code == 200
    assert len(asked) == 2


def test_what_is_no_public_answer_is_never_kept(
    client: FlaskClient, thread: Reader, asked: list[str]
) -> None:
    for path in (
        "/api/v1/comments?site=unknown&article=a",
        "/api/v1/comments/1",
        "/api/v1/comments?site=demo&article=nato-2026-11&limit=0",
        "/healthz",
        "/api/v1/articles/top?site=demo",
    ):
        asked.clear()
        client.get(path), client.get(path)
        assert len(asked) == 2, path
    for _ in range(2):
        asked.clear()
        thread.call("GET", "/api/v1/me/comments")
        assert len(asked) == 1


def test_an_answer_holds_no_longer_than_it_says(
    app: Flask, thread: Reader, settings: Settings, now: Clock
) -> None:
    freshness = app.extensions["comments_freshness"]
    watched = OfThread("demo", "nato-2026-11")
    asked: list[str] = []

    def behind(environ: Any, start_response: Any) -> list[bytes]:
        asked.append(environ["PATH_INFO"])
        state = freshness.state(watched)
        until = now() + timedelta(minutes=5)
        environ["comments_service.keep"] = Keep(watched, state, "tag", b"{}", "/x", until)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]

    front = Front(behind, freshness, Hosts(settings), kept_bytes=100_000)
    app.wsgi_app = front  # type: ignore[method-assign]
    client = app.test_client()
    client.get("/x"), client.get("/x")
    assert len(asked) == 1
    now.advance(minutes=5)
    client.get("/x"), client.get("/x")
    assert len(asked) == 2


def test_what_is_kept_has_an_end_and_what_is_read_stays(
    app: Flask, thread: Reader, asked: list[str]
) -> None:
    client = app.test_client()
    front: Any = app.wsgi_app
    front._kept_bytes = 100_000
    for number in range(200):
        client.get(THREAD)
        client.get(f"{THREAD}&x={number}")
        assert front._size <= 100_000
        assert front._size == sum(kept.size for kept in front._kept.values())
    assert asked.count("/api/v1/comments") == 201


def test_without_a_look_at_the_database_flask_answers(
    app: Flask, client: FlaskClient, thread: Reader, asked: list[str], monkeypatch: Any
) -> None:
    client.get(THREAD)
    asked.clear()
    monkeypatch.setattr(app.extensions["comments_freshness"], "state", lambda _watched: None)
    assert client.get(THREAD).status_code == 200
    assert len(asked) == 1


def test_a_lost_connection_is_made_anew(
    app: Flask, client: FlaskClient, thread: Reader, asked: list[str]
) -> None:
    client.get(THREAD)
    for connection in app.extensions["comments_freshness"]._idle:
        connection.close()
    asked.clear()
    assert [client.get(THREAD).status_code for _ in range(3)] == [200] * 3
    assert len(asked) < 3


def test_what_nobody_has_written_about_is_kept_until_somebody_does(
    client: FlaskClient, thread: Reader, settings: Settings, asked: list[str]
) -> None:
    path = "/api/v1/comments?site=demo&article=quiet"
    counts = "/api/v1/articles?site=demo&article=quiet&article=nato-2026-11"
    for _ in range(2):
        assert client.get(path).get_json()["article"]["version"] == 0
        assert client.get(counts).get_json()["articles"][0]["comment_count"] == 0
    assert asked == ["/api/v1/comments", "/api/v1/articles"]
    thread.post("첫 댓글", article="quiet")
    assert client.get(path).get_json()["article"]["comment_count"] == 1
    assert client.get(counts).get_json()["articles"][0]["comment_count"] == 1


def test_another_name_of_an_article_is_watched_too(
    client: FlaskClient, thread: Reader, settings: Settings, asked: list[str]
) -> None:
    path = "/api/v1/comments?site=demo&article=old-name"
    counts = "/api/v1/articles?site=demo&article=old-name"
    for address in (path, counts):
        client.get(address), client.get(address)
    with transaction() as session:
        article = session.execute(select(Article)).scalar_one()
        session.add(
            ArticleAlias(
                site_id=article.site_id, key="old-name", article_id=article.id, created_at=NOON
            )
        )
    asked.clear()
    for _ in range(2):
        assert client.get(path).get_json()["article"]["key"] == "nato-2026-11"
        assert client.get(counts).get_json()["articles"][0]["comment_count"] == 6
    assert asked == ["/api/v1/comments", "/api/v1/articles"]
    thread.post("새 댓글입니다")
    assert client.get(path).get_json()["comments"][0]["body"] == "새 댓글입니다"
    assert client.get(counts).get_json()["articles"][0]["comment_count"] == 7
