"""Posting, reading, editing and deleting comments over the API (API contract, sections 2 to 4)."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select

from comments_service.models import Article, db
from comments_service.services.sites import SiteView
from tests.readers import Reader
from tests.small_app import Clock

THREAD = "/api/v1/comments?site=demo&article=nato-2026-11"


def test_a_comment_is_published_and_everybody_reads_it(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    answer = reader("김하나").post("댓글입니다 👍🏽")
    assert answer.status_code == 201
    comment = answer.get_json()
    assert answer.headers["Location"].endswith(f"/api/v1/comments/{comment['id']}")
    assert comment["body"] == "댓글입니다 👍🏽"
    assert comment["status"] == "published"
    assert comment["depth"] == 0
    assert comment["root_id"] == comment["id"]
    assert comment["author"]["name"] == "김하나"
    thread = client.get(THREAD).get_json()
    assert [c["id"] for c in thread["comments"]] == [comment["id"]]
    assert thread["article"]["comment_count"] == 1
    assert thread["article"]["version"] == 1


def test_a_thread_nobody_wrote_in_is_empty_and_writes_nothing(
    client: FlaskClient, site: SiteView
) -> None:
    answer = client.get(THREAD)
    assert answer.status_code == 200
    assert answer.get_json()["comments"] == []
    assert answer.get_json()["article"]["version"] == 0
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_comment_of_250_characters_passes_and_one_of_251_does_not(
    reader: Callable[..., Reader],
) -> None:
    hana = reader()
    family = "👨‍👩‍👧‍👦"
    assert hana.post(family * 250).status_code == 201
    answer = hana.post("가" * 251)
    assert answer.status_code == 422
    problem = answer.get_json()
    assert problem["type"].endswith("/problems/comment-too-long")
    assert (problem["length"], problem["limit"]) == (251, 250)


def test_an_unchanged_thread_answers_304_and_a_changed_one_does_not(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    hana.post("첫 댓글입니다")
    etag = client.get(THREAD).headers["ETag"]
    assert client.get(THREAD, headers={"If-None-Match": etag}).status_code == 304
    hana.post("둘째 댓글입니다")
    assert client.get(THREAD, headers={"If-None-Match": etag}).status_code == 200


def test_a_reply_to_a_reply_joins_the_roots_list(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    root = hana.post("공청회는 언제인가요").get_json()["id"]
    first = junho.post("다음 달입니다", parent_id=root).get_json()
    second = hana.post("고맙습니다", parent_id=first["id"]).get_json()
    assert (second["root_id"], second["parent_id"], second["depth"]) == (root, first["id"], 1)
    thread = client.get(THREAD).get_json()
    assert thread["article"]["comment_count"] == 3
    assert thread["comments"][0]["reply_count"] == 2
    assert [r["id"] for r in thread["comments"][0]["replies"]] == [first["id"], second["id"]]


def test_a_deleted_comment_leaves_a_tombstone_only_while_it_has_replies(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    root = hana.post("지울 댓글입니다").get_json()["id"]
    reply = junho.post("답글입니다", parent_id=root).get_json()["id"]
    assert hana.call("DELETE", f"/api/v1/comments/{root}").status_code == 204
    assert hana.call("DELETE", f"/api/v1/comments/{root}").status_code == 204
    tombstone = client.get(THREAD).get_json()["comments"][0]
    assert (tombstone["status"], tombstone["body"], tombstone["author"]) == ("deleted", None, None)
    assert tombstone["replies"][0]["id"] == reply
    assert junho.call("DELETE", f"/api/v1/comments/{reply}").status_code == 204
    assert client.get(THREAD).get_json()["comments"] == []
    assert client.get(THREAD).get_json()["article"]["comment_count"] == 0
    assert client.get(f"/api/v1/comments/{root}").status_code == 410


def test_somebody_elses_comment_is_neither_edited_nor_deleted(
    reader: Callable[..., Reader],
) -> None:
    comment = reader("김하나").post("제 댓글입니다").get_json()["id"]
    other = reader("이준호")
    for answer in (
        other.call("DELETE", f"/api/v1/comments/{comment}"),
        other.call("PATCH", f"/api/v1/comments/{comment}", json={"body": "바꿈"}),
    ):
        assert answer.status_code == 403
        assert answer.get_json()["type"].endswith("/problems/not-yours")


def test_nobody_learns_of_somebody_elses_rejected_comment(
    reader: Callable[..., Reader],
) -> None:
    refused = reader("김하나").post("전화 주세요 010-1234-5678").get_json()["comment_id"]
    other = reader("이준호")
    for answer in (
        other.call("DELETE", f"/api/v1/comments/{refused}"),
        other.call("PATCH", f"/api/v1/comments/{refused}", json={"body": "바꿈"}),
    ):
        assert answer.status_code == 404
        assert answer.get_json()["type"].endswith("/problems/not-found")


def test_an_edit_is_possible_for_five_minutes(reader: Callable[..., Reader], now: Clock) -> None:
    hana = reader()
    path = f"/api/v1/comments/{hana.post('오타가 있슴니다').get_json()['id']}"
    edited = hana.call("PATCH", path, json={"body": "오타가 있습니다"})
    assert edited.status_code == 200
    assert edited.get_json()["edited_at"] is not None
    now.advance(seconds=301)
    late = hana.call("PATCH", path, json={"body": "늦은 수정"})
    assert late.status_code == 409
    assert late.get_json()["type"].endswith("/problems/edit-window-closed")


def test_a_rejected_comment_says_which_words_and_which_clause(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    answer = reader().post("연락 주세요 010-1234-5678", headers={"Accept-Language": "ko"})
    assert answer.status_code == 422
    problem = answer.get_json()
    assert problem["type"].endswith("/problems/policy-violation")
    finding = problem["findings"][0]
    assert problem["body"][finding["start"] : finding["end"]] == "010-1234-5678"
    assert finding["clause"]
    assert "전화번호" in finding["message"]
    assert client.get(THREAD).get_json()["comments"] == []


def test_a_retry_under_the_same_key_posts_once(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    key = {"Idempotency-Key": "once"}
    first, again = hana.post("한 번만", headers=key), hana.post("한 번만", headers=key)
    assert first.status_code == again.status_code == 201
    assert first.get_data() == again.get_data()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert client.get(THREAD).get_json()["article"]["comment_count"] == 1
    other = hana.post("다른 글", headers=key)
    assert other.status_code == 422
    assert other.get_json()["type"].endswith("/problems/idempotency-key-reused")


def test_votes_count_once_a_person_and_never_for_oneself(
    reader: Callable[..., Reader],
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    path = f"/api/v1/comments/{hana.post('좋은 기사입니다').get_json()['id']}/vote"
    for _ in range(2):
        assert junho.call("PUT", path, json={"value": 1}).get_json() == {"likes": 1, "dislikes": 0}
    assert junho.call("PUT", path, json={"value": -1}).get_json() == {"likes": 0, "dislikes": 1}
    assert junho.call("DELETE", path).get_json() == {"likes": 0, "dislikes": 0}
    assert hana.call("PUT", path, json={"value": 1}).status_code == 403


def test_a_refused_request_under_a_key_leaves_nothing_behind_and_is_kept(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    key = {"Idempotency-Key": "once"}
    first, again = (
        hana.post("답글입니다", article="new", parent_id="1", headers=key) for _ in range(2)
    )
    assert first.status_code == again.status_code == 404
    assert again.headers["Idempotency-Replayed"] == "true"
    with db.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(Article)).scalar() == 0
