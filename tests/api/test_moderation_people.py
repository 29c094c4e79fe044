"""People: found, noted, suspended, given roles; appeals; what readers are told (API contract,
sections 4 and 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.services import audit, sites
from comments_service.services.sites import SiteView
from tests.api.desk import ids, one, queue, undo
from tests.api.services import Service, service
from tests.problems import slug
from tests.readers import Reader, log_in
from tests.small_app import NOON, Clock, person

REJECTED_TEXT = "연락 주세요 010-1234-5678"
UNTIL = "2026-12-01T12:00:00Z"

Readers = Callable[..., Reader]


@pytest.fixture
def desk(app: Flask, site: SiteView) -> Service:
    return service(app, "moderation:read", "moderation:write", "users:read", site="demo")


@pytest.fixture
def colleague(app: Flask, site: SiteView) -> Service:
    return service(app, "moderation:read", "moderation:write", site="demo")


def users(service: Service, path: str = "", **query: Any) -> dict[str, Any]:
    answer = service.call("GET", f"/api/v1/moderation/users{path}", query_string=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def told(reader: Reader) -> list[tuple[str, str | None, str | None]]:
    answer = reader.call("GET", "/api/v1/me/notifications").get_json()
    return [(each["type"], each["decision"], each["reason"]) for each in answer["items"]]


def test_people_are_found_by_how_their_name_begins_and_by_handle(
    app: Flask, site: SiteView, reader: Readers, desk: Service
) -> None:
    hana, walker = reader("김하나"), reader("Harbor Walker")
    assert [each["id"] for each in users(desk)["items"]] == [walker.user_id, hana.user_id]
    for q, whom in (("김하", hana), ("walk", walker), ("HARBOR w", walker)):
        assert [each["id"] for each in users(desk, q=q)["items"]] == [whom.user_id], q
    assert users(desk, q="하나 없는")["items"] == []
    assert len(users(desk, q="@hana")["items"]) == 2
    first = users(desk, limit=1)
    rest = users(desk, limit=1, cursor=first["next_cursor"])
    assert [each["id"] for each in rest["items"]] == [hana.user_id]
    assert rest["next_cursor"] is None
    sites.create("other", name="Other", origins=[], now=NOON)
    stranger = service(app, "users:read", site="other")
    assert users(stranger)["items"] == []
    path = f"/api/v1/moderation/users/{hana.user_id}"
    assert slug(stranger.call("GET", path)) == "not-found"


def test_a_persons_record_has_what_they_did_and_what_was_noted(
    reader: Readers, desk: Service
) -> None:
    hana = reader("김하나")
    hana.post("자전거 도로가 필요합니다")
    hana.post(REJECTED_TEXT)
    path = f"/api/v1/moderation/users/{hana.user_id}"
    noted = desk.call("POST", f"{path}/notes", json={"text": "한 번 주의를 주었음"})
    assert noted.status_code == 201
    record = users(desk, f"/{hana.user_id}")
    assert record["name"] == "김하나"
    assert record["record"]["published"] == 1
    assert record["record"]["rejected"] == 1
    assert [note["text"] for note in record["notes"]] == ["한 번 주의를 주었음"]
    assert record["notes"][0]["author"]["name"] == "Desk"
    assert record["suspension"] is None
    (identity,) = record["identities"]
    assert identity["subject_ends_in"] == identity["subject_ends_in"][-4:]
    assert slug(desk.call("POST", f"{path}/notes", json={"text": ""})) == "invalid-request"


def test_what_somebody_was_called_before_is_part_of_their_record(
    reader: Readers, desk: Service
) -> None:
    hana = reader("김하나")
    assert users(desk, f"/{hana.user_id}")["former_names"] == []
    for name in ("첫 이름", "둘째 이름"):
        assert hana.call("PATCH", "/api/v1/me", json={"display_name": name}).status_code == 200
    (former,) = users(desk, f"/{hana.user_id}")["former_names"]
    assert former == {
        "provider": None,
        "name": "첫 이름",
        "handle": None,
        "replaced_at": "2026-11-24T12:00:00.000Z",
    }


def test_a_suspension_is_in_force_at_the_next_write_until_it_is_lifted(
    reader: Readers, desk: Service
) -> None:
    hana = reader("김하나")
    comment = hana.post("자전거 도로가 필요합니다").get_json()["id"]
    path = f"/api/v1/moderation/users/{hana.user_id}/suspensions"
    made = desk.call("POST", path, json={"until": None, "reason": "3.1"})
    assert made.status_code == 201
    assert made.get_json()["until"] is None
    for refused in (
        hana.post("또 씁니다"),
        hana.call("PATCH", f"/api/v1/comments/{comment}", json={"body": "고칩니다"}),
    ):
        assert slug(refused) == "account-suspended"
        assert (refused.get_json()["until"], refused.get_json()["reason"]) == (None, "3.1")
    assert hana.call("GET", "/api/v1/me").get_json()["suspension"]["reason"] == "3.1"
    assert users(desk, f"/{hana.user_id}")["suspension"]["in_force"] is True
    lifted = f"/api/v1/moderation/suspensions/{made.get_json()['id']}"
    assert desk.call("DELETE", lifted).status_code == 204
    assert desk.call("DELETE", lifted).status_code == 204
    assert hana.post("다시 씁니다").status_code == 201
    assert audit.verify() is None


def test_a_suspension_ends_by_itself(reader: Readers, desk: Service, now: Clock) -> None:
    hana = reader("김하나")
    path = f"/api/v1/moderation/users/{hana.user_id}/suspensions"
    until = "2026-11-24T21:05:00+09:00"
    assert desk.call("POST", path, json={"until": until, "reason": "도배"}).status_code == 201
    refused = hana.post("또 씁니다")
    assert refused.get_json()["until"] == "2026-11-24T12:05:00.000Z"
    now.advance(minutes=5)
    assert hana.post("다시 씁니다").status_code == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"reason": "3.1"}, "/until"),
        ({"until": UNTIL}, "/reason"),
        ({"until": UNTIL, "reason": ""}, "/reason"),
        ({"until": "tomorrow", "reason": "3.1"}, "/until"),
        ({"until": "2026-12-01T12:00:00", "reason": "3.1"}, "/until"),
        ({"until": "2020-01-01T00:00:00Z", "reason": "3.1"}, "/until"),
        ({"until": UNTIL, "reason": "3.1", "days": 3}, "/days"),
    ],
)
def test_a_wrong_suspension_names_its_field(
    reader: Readers, desk: Service, body: dict[str, Any], pointer: str
) -> None:
    path = f"/api/v1/moderation/users/{reader().user_id}/suspensions"
    answer = desk.call("POST", path, json=body)
    assert slug(answer) == "invalid-request"
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


def test_only_those_of_the_site_suspend_and_lift(
    app: Flask, reader: Readers, desk: Service
) -> None:
    hana = reader("김하나")
    sites.create("other", name="Other", origins=[], now=NOON)
    stranger = service(app, "moderation:write", site="other")
    path = f"/api/v1/moderation/users/{hana.user_id}/suspensions"
    body = {"until": UNTIL, "reason": "3.1"}
    assert slug(stranger.call("POST", path, json=body)) == "not-found"
    assert slug(desk.call("POST", path, json={**body, "site": "other"})) == "not-found"
    made = desk.call("POST", path, json=body).get_json()
    lifted = f"/api/v1/moderation/suspensions/{made['id']}"
    assert slug(stranger.call("DELETE", lifted)) == "not-found"
    everywhere = service(app, "moderation:write").call("POST", path, json=body)
    assert everywhere.get_json()["site"] is None


def test_the_last_hours_of_a_person_are_one_batch(
    client: FlaskClient, reader: Readers, desk: Service, now: Clock
) -> None:
    hana = reader("김하나")
    hana.post("어제 쓴 글입니다", article="old")
    now.advance(hours=2)
    desk = service(client.application, "moderation:read", "moderation:write", site="demo")
    hana = log_in(client.application, sites.get("demo"), person("77", name="이준호"))
    for number in range(3):
        assert hana.post(f"자전거 {number}").status_code == 201
    path = f"/api/v1/moderation/users/{hana.user_id}/reject-recent"
    wrong = desk.call("POST", path, json={"hours": 1, "reason": "99"})
    assert slug(wrong) == "invalid-request"
    assert [error["pointer"] for error in wrong.get_json()["errors"]] == ["/reason"]
    batch = desk.call("POST", path, json={"hours": 1, "reason": "other", "note": "도배"})
    assert [result["code"] for result in batch.get_json()["results"]] == [200, 200, 200]
    thread = "/api/v1/comments?site=demo&article=nato-2026-11"
    assert client.get(thread).get_json()["comments"] == []
    assert len(queue(desk, "published")["items"]) == 1
    undone = undo(desk, batch.get_json()["batch_id"]).get_json()
    assert [result["status"] for result in undone["results"]] == ["published"] * 3
    assert client.get(thread).get_json()["article"]["comment_count"] == 3


def test_an_appeal_goes_to_another_moderator_and_back_to_the_writer(
    client: FlaskClient, reader: Readers, desk: Service, colleague: Service
) -> None:
    hana = reader("김하나")
    comment = hana.post("자전거 도로가 필요합니다").get_json()["id"]
    assert one(desk, comment, "remove", "published", "other", note="광고")["code"] == 200
    assert told(hana) == [("decision", "remove", "other")]
    appeal = f"/api/v1/me/comments/{comment}/appeal"
    assert hana.call("POST", appeal, json={"text": "광고가 아닙니다"}).status_code == 202
    (item,) = queue(desk, "appealed")["items"]
    assert item["appeal"]["text"] == "광고가 아닙니다"
    for decision in ("restore", "uphold"):
        own = one(desk, comment, decision, "removed")
        assert (own["code"], own["status"]) == (409, "removed")
    assert one(colleague, comment, "restore", "removed")["status"] == "published"
    assert ids(queue(desk, "appealed")) == []
    assert client.get(f"/api/v1/comments/{comment}").status_code == 200
    (mine,) = hana.call("GET", "/api/v1/me/comments").get_json()["items"]
    assert (mine["decision"]["decision"], mine["appeal"]["outcome"]) == ("restore", "granted")
    assert told(hana)[0] == ("decision", "restore", None)


def test_an_appeal_that_is_not_granted_leaves_the_comment_as_it_is(
    client: FlaskClient, reader: Readers, desk: Service
) -> None:
    hana = reader("김하나")
    comment = hana.post(REJECTED_TEXT).get_json()["comment_id"]
    assert one(desk, comment, "uphold", "rejected")["code"] == 422
    hana.call("POST", f"/api/v1/me/comments/{comment}/appeal", json={"text": "제 번호입니다"})
    upheld = one(desk, comment, "uphold", "rejected")
    assert (upheld["code"], upheld["status"]) == (200, "rejected")
    assert one(desk, comment, "uphold", "rejected")["code"] == 422
    (mine,) = hana.call("GET", "/api/v1/me/comments").get_json()["items"]
    assert mine["appeal"]["outcome"] == "upheld"
    assert told(hana) == [("decision", "uphold", None)]
    assert client.get(f"/api/v1/comments/{comment}").status_code == 404


def test_whoever_is_answered_is_told_once_and_reads_it(reader: Readers) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    comment = hana.post("자전거 도로가 필요합니다").get_json()["id"]
    first = junho.post("동의합니다", parent_id=comment).get_json()["id"]
    hana.post("고맙습니다", parent_id=comment)
    answer = hana.call("GET", "/api/v1/me/notifications").get_json()
    (item,) = answer["items"]
    assert (item["type"], item["comment"]["id"], item["read"]) == ("reply", first, False)
    assert answer["unread"] == 1
    until = {"until": item["id"]}
    assert hana.call("POST", "/api/v1/me/notifications/read", json=until).status_code == 204
    answer = hana.call("GET", "/api/v1/me/notifications").get_json()
    assert (answer["unread"], answer["items"][0]["read"]) == (0, True)
    assert told(junho) == []
    hana.call("PUT", f"/api/v1/me/mutes/{junho.user_id}")
    junho.post("정말입니다", parent_id=comment)
    assert len(told(hana)) == 1
