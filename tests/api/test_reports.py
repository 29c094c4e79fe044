"""Readers' reports (API contract, section 4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.problems import slug
from tests.readers import Reader

THREAD = "/api/v1/comments?site=demo&article=nato-2026-11"


def report(who: Reader, comment_id: str, **body: object) -> TestResponse:
    content = {"reason": "abuse", **body}
    return who.call("POST", f"/api/v1/comments/{comment_id}/reports", json=content)


def test_the_third_readers_report_holds_a_comment(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나")
    comment = hana.post("자전거 도로가 필요합니다").get_json()["id"]
    for _ in range(2):
        assert report(reader(), comment).status_code == 202
    assert client.get(f"/api/v1/comments/{comment}").status_code == 200
    before = client.get(THREAD)
    assert report(reader(), comment).status_code == 202
    after = client.get(THREAD)
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.get_json()["comments"] == []
    assert after.get_json()["article"]["comment_count"] == 0
    assert client.get(f"/api/v1/comments/{comment}").status_code == 404
    overlay = hana.call("GET", "/api/v1/me/overlay?site=demo&article=nato-2026-11").get_json()
    assert [held["id"] for held in overlay["held"]] == [comment]


def test_a_reader_counts_once_however_often_they_report(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    comment = reader().post("자전거 도로가 필요합니다").get_json()["id"]
    junho = reader("이준호")
    for reason in ("abuse", "spam", "other"):
        assert report(junho, comment, reason=reason).status_code == 202
    assert client.get(f"/api/v1/comments/{comment}").status_code == 200


def test_reporting_again_after_the_comment_was_held_is_no_error(
    reader: Callable[..., Reader],
) -> None:
    comment = reader().post("자전거 도로가 필요합니다").get_json()["id"]
    reporters = [reader() for _ in range(3)]
    for who in reporters:
        report(who, comment)
    assert report(reporters[0], comment).status_code == 202
    assert slug(report(reader(), comment)) == "not-found"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"reason": "boring"}, "/reason"),
        ({"reason": None}, "/reason"),
        ({"note": "가" * 501}, "/note"),
        ({"note": "a\x00b"}, "/note"),
        ({"note": "a\ud800b"}, "/note"),
        ({"comment": "1"}, "/comment"),
    ],
)
def test_a_wrong_report_names_its_field(
    reader: Callable[..., Reader], body: dict[str, object], pointer: str
) -> None:
    comment = reader().post("자전거 도로가 필요합니다").get_json()["id"]
    answer = report(reader(), comment, **body)
    assert slug(answer) == "invalid-request"
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


@pytest.mark.parametrize("reason", ["abuse", "hate", "obscene", "spam", "privacy", "false"])
def test_every_reason_may_come_with_a_note_of_several_lines(
    reader: Callable[..., Reader], reason: str
) -> None:
    comment = reader().post("자전거 도로가 필요합니다").get_json()["id"]
    answer = report(reader(), comment, reason=reason, note="첫 줄\n둘째 줄")
    assert answer.status_code == 202


def test_nobody_reports_what_is_their_own_or_not_there(reader: Callable[..., Reader]) -> None:
    hana = reader()
    comment = hana.post("자전거 도로가 필요합니다").get_json()["id"]
    assert slug(report(hana, comment)) == "own-comment"
    assert slug(report(hana, "12345")) == "not-found"
    assert slug(report(hana, "abc")) == "not-found"


def test_an_edit_does_not_put_back_what_readers_reported(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나")
    comment = hana.post("자전거 도로가 필요합니다").get_json()["id"]
    for _ in range(3):
        report(reader(), comment)
    edited = hana.call("PATCH", f"/api/v1/comments/{comment}", json={"body": "고친 댓글입니다"})
    assert edited.status_code == 202
    assert edited.get_json()["status"] == "held"
    assert client.get(f"/api/v1/comments/{comment}").status_code == 404


def test_what_readers_hold_keeps_its_place_for_its_replies(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    root = reader("김하나").post("자전거 도로가 필요합니다").get_json()["id"]
    reply = reader("이준호").post("저도 그렇게 생각합니다", parent_id=root).get_json()["id"]
    for _ in range(3):
        assert report(reader(), root).status_code == 202
    thread = client.get(THREAD).get_json()
    (tombstone,) = thread["comments"]
    assert thread["article"]["comment_count"] == 1
    assert (tombstone["id"], tombstone["status"]) == (root, "removed")
    assert (tombstone["body"], tombstone["author"]) == (None, None)
    assert [shown["id"] for shown in tombstone["replies"]] == [reply]
    # That it waits is nobody's business; its replies are read as before.
    assert client.get(f"/api/v1/comments/{root}").status_code == 404
    items = client.get(f"/api/v1/comments/{root}/replies").get_json()["items"]
    assert [item["id"] for item in items] == [reply]
