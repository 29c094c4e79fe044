"""Temporary blinds through all their steps, with the clock moved."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from comments_service.models import AuditEntry, Event, Site
from comments_service.services import audit, blinds, sites
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading, transaction
from tests.api.services import Service, service
from tests.problems import slug
from tests.readers import Reader
from tests.small_app import NEWS, NOON, Clock

THREAD = "/api/v1/comments?site=demo&article=nato-2026-11"
REQUEST = {
    "requester": "최 아무개의 대리인",
    "reason": "사실이 아닌 내용으로 명예를 훼손한다는 요청",
}


@pytest.fixture
def desk(app: Flask, site: SiteView) -> Callable[[], Service]:
    """The desk's service, with a token of this moment."""
    return lambda: service(app, "moderation:read", "moderation:write", site="demo")


@pytest.fixture
def comment(site: SiteView, reader: Callable[..., Reader]) -> str:
    identifier: str = reader().post("그 사람에 관한 글").get_json()["id"]
    return identifier


def path(comment: str, step: str = "") -> str:
    return f"/api/v1/moderation/comments/{comment}/blind{step}"


def shown(client: FlaskClient) -> list[str | None]:
    return [root["body"] for root in client.get(THREAD).get_json()["comments"]]


def count(client: FlaskClient) -> int:
    number: int = client.get(THREAD).get_json()["article"]["comment_count"]
    return number


def steps() -> list[tuple[str, str, str | None]]:
    query = select(AuditEntry.action, AuditEntry.target, AuditEntry.after).where(
        AuditEntry.action.startswith("comment.bl")
    )
    with reading() as connection:
        return [(row.action, row.target, row.after["status"]) for row in connection.execute(query)]


def test_a_comment_goes_out_of_sight_and_comes_back_after_an_objection(
    desk: Callable[[], Service], comment: str, client: FlaskClient, now: Clock
) -> None:
    begun = desk().call("POST", path(comment), json=REQUEST)
    assert begun.status_code == 201
    assert begun.get_json()["until"] == "2026-12-24T12:00:00.000Z"
    assert (shown(client), count(client)) == ([], 0)
    assert slug(client.get(f"/api/v1/comments/{comment}")) == "gone"

    now.advance(days=3)
    objected = desk().call("POST", path(comment, "/objection"), json={"text": "사실입니다."})
    assert objected.status_code == 200
    assert objected.get_json()["objected_at"] == "2026-11-27T12:00:00.000Z"
    assert shown(client) == []

    now.advance(days=4)
    resolved = desk().call("POST", path(comment, "/resolve"), json={"decision": "restore"})
    assert resolved.status_code == 200
    assert resolved.get_json()["outcome"] == "restored"
    assert resolved.get_json()["resolved_at"] == "2026-12-01T12:00:00.000Z"
    assert (shown(client), count(client)) == (["그 사람에 관한 글"], 1)

    target = f"comment:{comment}"
    assert steps() == [
        ("comment.blinded", target, "removed"),
        ("comment.blind_objected", target, "removed"),
        ("comment.blind_resolved", target, "published"),
    ]
    assert audit.verify() is None


def test_a_comment_that_is_deleted_in_the_end_stays_removed(
    desk: Callable[[], Service], comment: str, client: FlaskClient
) -> None:
    desk().call("POST", path(comment), json=REQUEST)
    resolved = desk().call(
        "POST", path(comment, "/resolve"), json={"decision": "delete", "reason": "판결에 따름"}
    )
    assert resolved.get_json()["outcome"] == "deleted"
    assert shown(client) == []


def test_what_nobody_resolves_comes_back_after_thirty_days(
    desk: Callable[[], Service], comment: str, client: FlaskClient, now: Clock
) -> None:
    desk().call("POST", path(comment), json=REQUEST)
    now.advance(days=29, hours=23)
    assert blinds.expire_next(now=now()) is False
    assert shown(client) == []
    now.advance(hours=1)
    assert blinds.expire_next(now=now()) is True
    assert blinds.expire_next(now=now()) is False
    assert shown(client) == ["그 사람에 관한 글"]
    assert desk().call("GET", path(comment)).get_json()["outcome"] == "expired"
    assert [action for action, *_ in steps()] == ["comment.blinded", "comment.blind_expired"]


def test_a_site_may_have_it_deleted_instead(
    desk: Callable[[], Service], comment: str, client: FlaskClient, now: Clock, site: SiteView
) -> None:
    with transaction() as session:
        session.execute(
            update(Site).where(Site.id == site.id).values(settings={"blind_expiry": "delete"})
        )
    desk().call("POST", path(comment), json={**REQUEST, "days": 7})
    now.advance(days=7)
    assert blinds.expire_next(now=now()) is True
    assert shown(client) == []


def test_asked_twice_there_is_one_and_the_same(desk: Callable[[], Service], comment: str) -> None:
    first = desk().call("POST", path(comment), json=REQUEST)
    again = desk().call("POST", path(comment), json={"requester": "다른 이", "reason": "다시"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()


def test_a_comment_can_be_blinded_anew_after_it_came_back(
    desk: Callable[[], Service], comment: str
) -> None:
    desk().call("POST", path(comment), json=REQUEST)
    desk().call("POST", path(comment, "/resolve"), json={"decision": "restore"})
    assert desk().call("POST", path(comment), json=REQUEST).status_code == 201


def test_steps_out_of_order_are_conflicts(desk: Callable[[], Service], comment: str) -> None:
    objection, end = {"text": "사실입니다."}, {"decision": "restore"}
    assert desk().call("POST", path(comment, "/objection"), json=objection).status_code == 409
    assert desk().call("POST", path(comment, "/resolve"), json=end).status_code == 409
    desk().call("POST", path(comment), json=REQUEST)
    desk().call("POST", path(comment, "/objection"), json=objection)
    assert desk().call("POST", path(comment, "/objection"), json=objection).status_code == 409


def test_what_its_writer_deleted_does_not_come_back(
    desk: Callable[[], Service], site: SiteView, reader: Callable[..., Reader], client: FlaskClient
) -> None:
    hana = reader()
    comment = hana.post("곧 지울 글").get_json()["id"]
    desk().call("POST", path(comment), json=REQUEST)
    assert hana.call("DELETE", f"/api/v1/comments/{comment}").status_code == 204
    desk().call("POST", path(comment, "/resolve"), json={"decision": "restore"})
    assert (shown(client), count(client)) == ([], 0)
    assert desk().call("POST", path(comment), json=REQUEST).status_code == 409


def test_the_writer_sees_their_comment_removed(
    desk: Callable[[], Service], site: SiteView, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    comment = hana.post("그 사람에 관한 글").get_json()["id"]
    desk().call("POST", path(comment), json=REQUEST)
    own = hana.call("GET", "/api/v1/me/comments").get_json()["items"][0]
    assert (own["id"], own["status"]) == (comment, "removed")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"reason": "이유"}, "/requester"),
        ({"requester": "누구"}, "/reason"),
        ({**REQUEST, "days": 31}, "/days"),
        ({**REQUEST, "days": 0}, "/days"),
        ({**REQUEST, "reason": ""}, "/reason"),
    ],
)
def test_a_wrong_field_is_named(
    desk: Callable[[], Service], comment: str, body: dict[str, object], pointer: str
) -> None:
    refused = desk().call("POST", path(comment), json=body)
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["pointer"] == pointer


def test_another_sites_comment_is_not_there(app: Flask, comment: str) -> None:
    sites.create("hill", name="Hill", origins=[NEWS], now=NOON)
    stranger = service(app, "moderation:read", "moderation:write", site="hill")
    assert slug(stranger.call("POST", path(comment), json=REQUEST)) == "not-found"
    assert slug(stranger.call("GET", path(comment))) == "not-found"
    assert slug(stranger.call("POST", path("12"), json=REQUEST)) == "not-found"


def test_each_change_of_sight_is_an_event(
    desk: Callable[[], Service], comment: str, now: Clock
) -> None:
    now.advance(seconds=1)
    desk().call("POST", path(comment), json=REQUEST)
    now.advance(seconds=1)
    desk().call("POST", path(comment, "/resolve"), json={"decision": "restore"})
    with reading() as connection:
        types = list(connection.execute(select(Event.type).order_by(Event.id)).scalars())
    assert types == ["comment.published", "comment.removed", "comment.published"]
