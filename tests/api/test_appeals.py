"""Appealing against a rejection (API contract, section 4)."""

from __future__ import annotations

from collections.abc import Callable

from tests.readers import Reader
from tests.small_app import Clock

WITH_A_NUMBER = "연락 주세요 010-1234-5678"


def _appeal(reader: Reader, comment_id: str, text: str = "제 가게 번호입니다") -> tuple[int, str]:
    answer = reader.call("POST", f"/api/v1/me/comments/{comment_id}/appeal", json={"text": text})
    problem = answer.get_json(silent=True) or {}
    return answer.status_code, problem.get("type", "").rpartition("/")[2]


def test_a_rejection_is_appealed_once(reader: Callable[..., Reader]) -> None:
    hana = reader()
    rejected = hana.post(WITH_A_NUMBER).get_json()["comment_id"]
    assert _appeal(hana, rejected) == (202, "")
    assert _appeal(hana, rejected) == (409, "appeal-exists")


def test_seven_days_later_it_is_too_late(reader: Callable[..., Reader], now: Clock) -> None:
    hana = reader()
    rejected = hana.post(WITH_A_NUMBER).get_json()["comment_id"]
    now.advance(days=8)
    late = hana.client.post(
        "/oauth/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": hana.refresh_token,
            "client_id": "demo",
        },
        headers={"Origin": hana.headers["Origin"]},
    )
    hana.access_token = late.get_json()["access_token"]
    assert _appeal(hana, rejected) == (409, "appeal-window-closed")


def test_nobody_appeals_for_another_or_without_a_decision(
    reader: Callable[..., Reader],
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    rejected = hana.post(WITH_A_NUMBER).get_json()["comment_id"]
    published = hana.post("좋은 기사입니다").get_json()["id"]
    assert _appeal(junho, rejected) == (404, "not-found")
    assert _appeal(junho, published) == (403, "not-yours")
    assert _appeal(hana, published) == (409, "not-appealable")
    assert _appeal(hana, "1") == (404, "not-found")
    assert _appeal(hana, rejected, "") == (422, "invalid-request")
