"""A reader's own history and mutes (API contract, section 4)."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from comments_service.services import sites
from comments_service.services.sites import SiteView
from tests.problems import pointers, slug
from tests.readers import Reader
from tests.small_app import NOON, Clock

OVERLAY = "/api/v1/me/overlay?site=demo&article=nato-2026-11"
HISTORY = "/api/v1/me/comments"


def test_a_muted_author_is_named_in_the_overlay_until_shown_again(
    reader: Callable[..., Reader],
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    mute = f"/api/v1/me/mutes/{junho.user_id}"
    assert hana.call("GET", OVERLAY).get_json()["muted"] == []
    for _ in range(2):
        assert hana.call("PUT", mute).status_code == 204
    assert hana.call("GET", OVERLAY).get_json()["muted"] == [junho.user_id]
    assert junho.call("GET", OVERLAY).get_json()["muted"] == []
    for _ in range(2):
        assert hana.call("DELETE", mute).status_code == 204
    assert hana.call("GET", OVERLAY).get_json()["muted"] == []


def test_nobody_mutes_themselves_or_somebody_unknown(reader: Callable[..., Reader]) -> None:
    hana = reader()
    oneself = hana.call("PUT", f"/api/v1/me/mutes/{hana.user_id}")
    assert pointers(oneself) == ["/path/user_id"]
    assert slug(hana.call("PUT", "/api/v1/me/mutes/12345")) == "not-found"
    assert slug(hana.call("PUT", "/api/v1/me/mutes/nobody")) == "not-found"


def test_the_overlay_is_the_readers_alone(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    liked = junho.post("공청회는 언제인가요").get_json()["id"]
    hana.call("PUT", f"/api/v1/comments/{liked}/vote", json={"value": 1})
    hana.post("연락 주세요 010-1234-5678")
    answer = hana.call("GET", OVERLAY, headers={"Accept-Language": "ko"})
    assert answer.headers["Cache-Control"] == "private, no-store"
    overlay = answer.get_json()
    assert overlay.keys() == {"votes", "held", "rejected", "muted", "can"}
    assert overlay["votes"] == {liked: 1}
    assert overlay["can"] == ["comment", "vote", "report"]
    (rejected,) = overlay["rejected"]
    assert rejected["status"] == "rejected"
    finding = rejected["findings"][0]
    assert finding.keys() == {"filter", "rule", "clause", "message", "start", "end"}
    assert "전화번호" in finding["message"]
    assert junho.call("GET", OVERLAY).get_json()["rejected"] == []


def test_ones_history_has_comments_in_every_status_newest_first(
    reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader("김하나")
    published = hana.post("공청회는 언제인가요").get_json()["id"]
    now.advance(minutes=1)
    rejected = hana.post("연락 주세요 010-1234-5678").get_json()["comment_id"]
    now.advance(minutes=1)
    deleted = hana.post("시청에서 열리나요").get_json()["id"]
    hana.call("DELETE", f"/api/v1/comments/{deleted}")
    reader("이준호").post("다음 달에 열립니다")
    answer = hana.call("GET", HISTORY)
    assert answer.headers["Cache-Control"] == "private, no-store"
    body = answer.get_json()
    assert body["next_cursor"] is None
    assert [(item["id"], item["status"]) for item in body["items"]] == [
        (deleted, "deleted"),
        (rejected, "rejected"),
        (published, "published"),
    ]
    assert body["items"][1]["findings"]
    assert "1234" not in body["items"][1]["body"]


def test_ones_history_comes_in_pages_with_a_link_to_the_next(
    reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader("김하나")
    written = []
    for number in ("하나", "둘", "셋", "넷", "다섯"):
        now.advance(minutes=1)
        written.append(hana.post(f"{number}째 의견입니다").get_json()["id"])
    seen, cursor = [], ""
    while True:
        answer = hana.call("GET", f"{HISTORY}?limit=2{cursor}")
        seen += [item["id"] for item in answer.get_json()["items"]]
        following = answer.get_json()["next_cursor"]
        if following is None:
            assert "Link" not in answer.headers
            break
        assert f"cursor={following}" in answer.headers["Link"]
        cursor = f"&cursor={following}"
    assert seen == written[::-1]


def test_somebody_elses_cursor_of_a_history_is_refused(reader: Callable[..., Reader]) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    hana.post("공청회는 언제인가요")
    hana.post("시청에서 열리나요")
    cursor = hana.call("GET", f"{HISTORY}?limit=1").get_json()["next_cursor"]
    assert slug(junho.call("GET", f"{HISTORY}?limit=1&cursor={cursor}")) == "invalid-cursor"


def test_another_sites_overlay_is_not_for_this_token(
    app: Flask, site: SiteView, reader: Callable[..., Reader]
) -> None:
    sites.create("other", name="Other", origins=["https://other.example"], now=NOON)
    answer = reader().call("GET", "/api/v1/me/overlay?site=other&article=a")
    assert slug(answer) == "wrong-site"
