"""`Idempotency-Key`: a retry gets the first answer (API contract, section 1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from comments_service.models import Comment, KeptAnswer, db
from comments_service.services import events
from tests.problems import pointers, slug
from tests.readers import Reader
from tests.small_app import NEWS, Clock

KEY = {"Idempotency-Key": "8c1f-4b"}
THREAD = "/api/v1/comments?site=demo&article=nato-2026-11"


def count(client: FlaskClient) -> int:
    return int(client.get(THREAD).get_json()["article"]["comment_count"])


def test_a_replay_is_the_first_answer_byte_for_byte(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    first, again = hana.post("한 번만", headers=KEY), hana.post("한 번만", headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.data == again.data
    for name in ("Location", "Content-Type"):
        assert first.headers[name] == again.headers[name]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count(client) == 1


def test_keys_of_two_readers_never_meet(client: FlaskClient, reader: Callable[..., Reader]) -> None:
    for who in (reader("김하나"), reader("이준호")):
        answer = who.post("같은 열쇠입니다", headers=KEY)
        assert answer.status_code == 201
        assert "Idempotency-Replayed" not in answer.headers
    assert count(client) == 2


def test_the_same_key_on_another_path_is_another_request(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    one, two = (hana.post(body).get_json()["id"] for body in ("첫 의견입니다", "다른 생각입니다"))
    for comment in (one, two):
        answer = junho.call(
            "POST", f"/api/v1/comments/{comment}/reports", json={"reason": "spam"}, headers=KEY
        )
        assert answer.status_code == 202
        assert "Idempotency-Replayed" not in answer.headers


def test_another_body_under_the_same_key_is_refused(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    hana.post("한 번만", headers=KEY)
    assert slug(hana.post("다른 글", headers=KEY)) == "idempotency-key-reused"
    assert count(client) == 1
    assert hana.post("한 번만", headers=KEY).status_code == 201


def test_a_key_is_forgotten_after_a_day(
    app: Flask, client: FlaskClient, reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader()
    hana.post("한 번만", headers=KEY)
    now.advance(hours=23, minutes=59)
    hana = _fresh(hana)
    assert hana.post("한 번만", headers=KEY).headers["Idempotency-Replayed"] == "true"
    now.advance(minutes=1)
    answer = hana.post("한 번만", headers=KEY)
    assert "Idempotency-Replayed" not in answer.headers


def _fresh(who: Reader) -> Reader:
    """The same reader with a new access token."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": who.refresh_token,
        "client_id": who.site,
    }
    tokens = who.client.post("/oauth/token", data=form, headers={"Origin": NEWS}).get_json()
    return replace(who, access_token=tokens["access_token"], refresh_token=tokens["refresh_token"])


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_1_to_255_characters(reader: Callable[..., Reader], key: str) -> None:
    answer = reader().post("댓글입니다", headers={"Idempotency-Key": key})
    assert pointers(answer) == ["/header/Idempotency-Key"]


@pytest.mark.parametrize("key", ["x" * 255, "\xff\xfe", "a b,c;d", "%00"])
def test_a_key_may_be_any_text(reader: Callable[..., Reader], key: str) -> None:
    hana = reader()
    assert hana.post("댓글입니다", headers={"Idempotency-Key": key}).status_code == 201
    again = hana.post("댓글입니다", headers={"Idempotency-Key": key})
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({"body": "가" * 251}, 422),
        ({"body": 7}, 422),
        ({"body": "답글입니다", "parent_id": "1"}, 404),
        ({"body": "연락 주세요 010-1234-5678"}, 422),
    ],
)
def test_a_refusal_is_kept_too(
    reader: Callable[..., Reader], content: dict[str, Any], status: int
) -> None:
    hana = reader()
    content = {"site": "demo", "article": {"key": "a"}, **content}
    first = hana.call("POST", "/api/v1/comments", json=content, headers=KEY)
    again = hana.call("POST", "/api/v1/comments", json=content, headers=KEY)
    assert first.status_code == again.status_code == status
    assert again.content_type == "application/problem+json"
    assert again.headers["Idempotency-Replayed"] == "true"


def test_personal_data_is_masked_in_what_is_kept_and_replayed(
    reader: Callable[..., Reader],
) -> None:
    hana = reader()
    first = hana.post("연락 주세요 010-1234-5678", headers=KEY)
    again = hana.post("연락 주세요 010-1234-5678", headers=KEY)
    assert "010-1234-5678" in first.text
    assert "1234-5678" not in again.text
    assert first.get_json()["comment_id"] == again.get_json()["comment_id"]
    with db.engine.connect() as connection:
        kept = connection.execute(select(KeptAnswer.body)).scalar_one()
    assert b"1234-5678" not in kept


def test_what_a_retry_may_cure_is_not_kept(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    assert hana.post("한 번만", headers=KEY | {"Authorization": "Bearer x"}).status_code == 401
    big = b'{"body": "' + b"a" * 70_000 + b'"}'
    assert (
        hana.call(
            "POST", "/api/v1/comments", data=big, content_type="application/json", headers=KEY
        ).status_code
        == 413
    )
    answer = hana.post("한 번만", headers=KEY)
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers


def test_a_fault_keeps_neither_the_answer_nor_half_of_the_effect(
    client: FlaskClient, reader: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    hana = reader()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as fault:
        fault.setattr(events, "record", broken)
        assert hana.post("한 번만", headers=KEY).status_code == 500
    assert _rows(Comment) == _rows(KeptAnswer) == 0
    assert client.get(THREAD).get_json()["article"]["version"] == 0
    answer = hana.post("한 번만", headers=KEY)
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers
    assert count(client) == 1


def test_a_refused_effect_leaves_nothing_behind_but_the_answer(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    assert slug(hana.post("답글입니다", parent_id="1", headers=KEY)) == "parent-not-found"
    assert _rows(Comment) == 0
    assert _rows(KeptAnswer) == 1


def _rows(table: type[Any]) -> int:
    with db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_twins_at_once_post_once(
    app: Flask, client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    together = Barrier(6)
    answers = []

    def post() -> None:
        mine = Reader(app.test_client(), "demo", hana.user_id, hana.access_token, "")
        together.wait()
        answers.append(mine.post("한 번만", headers=KEY))

    threads = [Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(client) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.data for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert slug(answer) == "request-in-progress"
    assert hana.post("한 번만", headers=KEY).status_code == 201
