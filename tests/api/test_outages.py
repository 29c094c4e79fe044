"""The database gone or full: a clear answer, nothing half-written, and all well afterwards."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from comments_service import create_app
from comments_service.models import db
from tests.conftest import settings_for
from tests.problems import slug
from tests.readers import Reader

SECRET_WORDS = "디스크가 가득 찬 날의 댓글"


def test_without_a_database_everything_is_unavailable_for_the_moment() -> None:
    app = create_app(settings_for("postgresql://nobody@127.0.0.1:9/none"))
    client = app.test_client()
    answers = [
        client.get("/api/v1/comments?site=demo&article=a"),
        client.get("/api/v1/articles?site=demo&article=a"),
        client.post(
            "/api/v1/comments", json={}, headers={"Authorization": f"Bearer cst_a_{'x' * 43}"}
        ),
        client.get("/embed/demo?article=a"),
    ]
    assert [answer.status_code for answer in answers] == [503] * 4
    assert all(answer.headers["Retry-After"] == "5" for answer in answers)
    assert {slug(answer) for answer in answers[:3]} == {"unavailable"}
    assert client.get("/healthz").status_code == 200
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def full_disk(app: Flask) -> Callable[[bool], None]:
    """Fills the disk, as far as SQLite can tell, or makes room again."""
    limits = {True: 1, False: 1_000_000}
    state = {"full": False}

    @event.listens_for(db.engine, "begin")
    def _limit(connection: object) -> None:
        connection.exec_driver_sql(  # type: ignore[attr-defined]
            f"PRAGMA max_page_count = {limits[state['full']]}"
        )

    def fill(full: bool) -> None:
        state["full"] = full

    return fill


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_refuses_comments_and_loses_none(
    client: FlaskClient,
    reader: Callable[..., Reader],
    full_disk: Callable[[bool], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    writer = reader()
    assert writer.post("자리가 있을 때의 댓글", article="a").status_code == 201
    full_disk(True)
    refused = None
    with caplog.at_level(logging.DEBUG):
        for at in range(400):  # what is left of the pages that the file has
            refused = writer.post(f"{SECRET_WORDS} {at}" + " 가" * 100, article="a")
            if refused.status_code == 503:
                break
    assert refused is not None
    assert slug(refused) == "unavailable"
    assert refused.headers["Retry-After"] == "5"
    assert SECRET_WORDS not in caplog.text
    before = client.get("/api/v1/comments?site=demo&article=a&limit=1").get_json()
    full_disk(False)
    assert writer.post("다시 자리가 난 뒤의 댓글", article="a").status_code == 201
    after = client.get("/api/v1/comments?site=demo&article=a&limit=1").get_json()
    assert after["article"]["comment_count"] == before["article"]["comment_count"] + 1
