"""What the desk sets for an article, and what readers and writers notice of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from comments_service.models import AuditEntry, Event
from comments_service.services import article_identity, article_settings, sites, staff
from comments_service.services.actor import Actor
from comments_service.services.identities import IdentityKey
from comments_service.services.sites import SiteView
from comments_service.services.staff import Role
from comments_service.services.transaction import reading
from tests.api.services import Service, service
from tests.problems import slug
from tests.readers import Reader, log_in
from tests.small_app import NEWS, NOON, Clock, person

ARTICLE = "nato-2026-11"
SETTINGS = f"/api/v1/moderation/articles?site=demo&article={ARTICLE}"
THREAD = f"/api/v1/comments?site=demo&article={ARTICLE}"
PEPPER = "development-secret-key-never-in-production"


@pytest.fixture
def desk(app: Flask, site: SiteView) -> Service:
    return service(app, "moderation:read", "moderation:write", site="demo")


def change(desk: Service, **values: Any) -> TestResponse:
    return desk.call("PATCH", SETTINGS, json=values)


def moment(hours: float) -> str:
    return (NOON + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def window(begin: float, end: float, status: str = "closed") -> dict[str, str]:
    return {"starts_at": moment(begin), "ends_at": moment(end), "status": status}


def test_an_article_that_nobody_set_is_open(desk: Service) -> None:
    assert desk.call("GET", SETTINGS).get_json() == {
        "site": "demo",
        "key": ARTICLE,
        "url": None,
        "title": None,
        "comment_count": 0,
        "status": "open",
        "status_in_force": "open",
        "version": 0,
        "updated_at": None,
        "pinned_comment_id": None,
        "slow_mode_seconds": 0,
        "windows": [],
    }


def test_an_article_is_found_by_the_key_that_it_had(site: SiteView, desk: Service) -> None:
    cms = Actor(0, None, frozenset())
    article_settings.change(cms, site, "new", {"slow_mode_seconds": 60}, now=NOON)
    article_identity.merge(cms, site, ARTICLE, "new", now=NOON)
    assert change(desk, status="closed").status_code == 200
    assert desk.call("GET", SETTINGS).get_json()["status"] == "closed"


def test_a_closed_article_takes_no_comment_and_says_so_to_readers(
    desk: Service, reader: Callable[..., Reader], client: FlaskClient
) -> None:
    hana = reader()
    hana.post("열려 있을 때")
    before = client.get(THREAD)
    assert change(desk, status="closed").get_json()["status"] == "closed"
    after = client.get(THREAD, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.get_json()["article"]["status"] == "closed"
    assert slug(hana.post("닫힌 뒤")) == "article-closed"
    assert change(desk, status="open").get_json()["status"] == "open"
    assert hana.post("다시 열린 뒤").status_code == 201


def test_a_premoderated_article_holds_what_comes(
    desk: Service, reader: Callable[..., Reader]
) -> None:
    change(desk, status="premoderated")
    assert reader().post("먼저 읽어 주세요").status_code == 202


def test_what_is_left_out_stays_and_null_takes_back(desk: Service) -> None:
    change(desk, status="premoderated", slow_mode_seconds=30)
    changed = change(desk, slow_mode_seconds=60).get_json()
    assert (changed["status"], changed["slow_mode_seconds"]) == ("premoderated", 60)
    back = change(desk, status=None, slow_mode_seconds=None, windows=None).get_json()
    assert (back["status"], back["slow_mode_seconds"], back["windows"]) == ("open", 0, [])


def test_a_window_closes_and_opens_again_by_itself(
    desk: Service, reader: Callable[..., Reader], client: FlaskClient, now: Clock
) -> None:
    hana = reader()
    assert change(desk, windows=[window(1, 2)]).get_json()["status_in_force"] == "open"
    assert hana.post("한 시간 전").status_code == 201
    before = client.get(THREAD).headers["ETag"]
    now.advance(hours=1)
    hana = reader()
    during = client.get(THREAD, headers={"If-None-Match": before})
    assert during.status_code == 200
    assert during.get_json()["article"]["status"] == "closed"
    counts = client.get(f"/api/v1/articles?site=demo&article={ARTICLE}").get_json()
    assert counts["articles"][0]["status"] == "closed"
    assert slug(hana.post("닫힌 동안")) == "article-closed"
    assert desk_status(client, desk) == ("open", "closed")
    now.advance(hours=1)
    hana = reader()
    again = client.get(THREAD, headers={"If-None-Match": during.headers["ETag"]})
    assert again.get_json()["article"]["status"] == "open"
    assert hana.post("다시 열린 뒤").status_code == 201


def desk_status(client: FlaskClient, desk: Service) -> tuple[str, str]:
    answer = service(client.application, "moderation:read").call("GET", SETTINGS).get_json()
    return answer["status"], answer["status_in_force"]


def test_of_windows_at_once_the_strictest_holds(desk: Service, now: Clock) -> None:
    change(desk, windows=[window(-1, 3, "premoderated"), window(1, 2)])
    assert desk.call("GET", SETTINGS).get_json()["status_in_force"] == "premoderated"
    change(desk, status="closed")
    assert desk.call("GET", SETTINGS).get_json()["status_in_force"] == "closed"


def test_windows_that_are_over_are_forgotten(desk: Service) -> None:
    changed = change(desk, windows=[window(5, 6), window(-2, -1), window(1, 2)]).get_json()
    assert [each["starts_at"] for each in changed["windows"]] == [
        "2026-11-24T13:00:00.000Z",
        "2026-11-24T17:00:00.000Z",
    ]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"status": "shut"}, "/status"),
        ({"slow_mode_seconds": -1}, "/slow_mode_seconds"),
        ({"slow_mode_seconds": 86_401}, "/slow_mode_seconds"),
        ({"pinned_comment_id": "1"}, "/pinned_comment_id"),
        ({"windows": [window(2, 1)]}, "/windows/0/ends_at"),
        ({"windows": [window(1, 2, "open")]}, "/windows/0/status"),
        ({"windows": [{"starts_at": "noon", "ends_at": moment(1), "status": "closed"}]},
         "/windows/0/starts_at"),
        ({"windows": [window(1, 2)] * 21}, "/windows"),
        ({"updated_at": "0001-01-01T00:00:00+09:00"}, "/updated_at"),
        ({"colour": "red"}, "/colour"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_and_changes_nothing(
    desk: Service, values: dict[str, Any], pointer: str
) -> None:
    change(desk, status="premoderated")
    refused = change(desk, **{"status": "closed", **values})
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["pointer"] == pointer
    assert desk.call("GET", SETTINGS).get_json()["status"] == "premoderated"


def test_a_comment_is_pinned_and_a_reply_is_not(
    desk: Service, reader: Callable[..., Reader], client: FlaskClient
) -> None:
    hana = reader()
    root = hana.post("위에 둘 글").get_json()["id"]
    reply = hana.post("답글", parent_id=root).get_json()["id"]
    elsewhere = hana.post("다른 기사", article="other").get_json()["id"]
    assert change(desk, pinned_comment_id=reply).status_code == 422
    assert change(desk, pinned_comment_id=elsewhere).status_code == 422
    assert change(desk, pinned_comment_id=root).get_json()["pinned_comment_id"] == root
    assert client.get(THREAD).get_json()["comments"][0]["pinned"] is True
    change(desk, pinned_comment_id=None)
    assert client.get(THREAD).get_json()["comments"][0]["pinned"] is False


def test_in_slow_mode_a_writer_waits_and_is_told_how_long(
    desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    hana, minsu = reader("김하나"), reader("이민수")
    change(desk, slow_mode_seconds=60)
    assert hana.post("첫 글").status_code == 201
    assert minsu.post("다른 사람의 글").status_code == 201
    now.advance(seconds=20)
    refused = hana.post("너무 이른 글", headers={"Accept-Language": "ko"})
    assert (refused.status_code, slug(refused)) == (429, "slow-mode")
    assert refused.headers["Retry-After"] == "40"
    assert "60초에 한 번" in refused.get_json()["detail"]
    assert hana.post("다른 기사는 된다", article="other").status_code == 201
    now.advance(seconds=40)
    assert hana.post("이제 된다").status_code == 201


def test_the_newsdesk_need_not_wait(app: Flask, site: SiteView, desk: Service) -> None:
    staff.grant(IdentityKey("twitter", "", "77"), Role.MODERATOR, site="demo", pepper=PEPPER,
                now=NOON)  # fmt: skip
    jisu = log_in(app, site, person("77", name="지수"))
    change(desk, slow_mode_seconds=60)
    assert jisu.post("운영자의 첫 글").status_code == 201
    assert jisu.post("운영자의 다음 글").status_code == 201


def test_a_change_is_in_the_audit_log_and_a_closing_is_an_event(desk: Service) -> None:
    change(desk, status="closed", slow_mode_seconds=5)
    change(desk, status="closed")
    with reading() as connection:
        entries = connection.execute(
            select(AuditEntry.before, AuditEntry.after).where(
                AuditEntry.action == "article.changed"
            )
        ).all()
        events = connection.execute(select(Event.type)).scalars().all()
    assert [(entry.before, entry.after) for entry in entries] == [
        (
            {"status": "open", "slow_mode_seconds": 0},
            {"status": "closed", "slow_mode_seconds": 5},
        )
    ]
    assert events.count("article.closed") == 1


def test_another_sites_articles_are_not_there(app: Flask, site: SiteView) -> None:
    sites.create("hill", name="Hill", origins=[NEWS], now=NOON)
    stranger = service(app, "moderation:read", "moderation:write", site="hill")
    assert slug(stranger.call("GET", SETTINGS)) == "not-found"
    assert slug(stranger.call("PATCH", SETTINGS, json={"status": "closed"})) == "not-found"


def test_a_sites_articles_are_listed_newest_first(
    desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader()
    for number in range(3):
        hana.post("글", article=f"a{number}")
        now.advance(seconds=1)
    first = desk.call("GET", "/api/v1/moderation/articles?site=demo&limit=2")
    assert [item["key"] for item in first.get_json()["items"]] == ["a2", "a1"]
    assert 'rel="next"' in first.headers["Link"]
    cursor = first.get_json()["next_cursor"]
    rest = desk.call("GET", f"/api/v1/moderation/articles?site=demo&cursor={cursor}").get_json()
    assert [item["key"] for item in rest["items"]] == ["a0"]
    assert rest["next_cursor"] is None


def test_a_correction_is_noted_with_its_time(desk: Service) -> None:
    changed = change(desk, updated_at="2026-11-24T18:00:00+09:00").get_json()
    assert changed["updated_at"] == "2026-11-24T09:00:00.000Z"
    assert change(desk, status="closed").get_json()["updated_at"] == "2026-11-24T09:00:00.000Z"
    assert change(desk, updated_at=None).get_json()["updated_at"] is None


def told() -> tuple[list[str], list[tuple[str, str]]]:
    """The events so far, and what the log has of windows: what was in force before and after."""
    passed = AuditEntry.action == "article.window_passed"
    with reading() as connection:
        events = list(connection.execute(select(Event.type).order_by(Event.id)).scalars())
        entries = connection.execute(
            select(AuditEntry.before, AuditEntry.after).where(passed).order_by(AuditEntry.seq)
        ).all()
    status = "status_in_force"
    return events, [(row.before[status], row.after[status]) for row in entries]


def turns(now: Clock) -> int:
    """What the worker finds to do."""
    done = 0
    while article_settings.pass_window(now=now()):
        done += 1
    return done


def test_that_a_window_began_is_told_by_the_worker(desk: Service, now: Clock) -> None:
    change(desk, windows=[window(1, 2), window(1.5, 3, "premoderated")])
    assert turns(now) == 0
    now.advance(hours=1)
    assert turns(now) == 1
    assert told() == (["article.closed"], [("open", "closed")])
    now.advance(hours=2)
    assert turns(now) == 3, "the beginning of the second, the end of each"
    assert told() == (
        ["article.closed"],
        [("open", "closed"), ("closed", "premoderated"), ("premoderated", "open")],
    )


def test_a_window_within_a_closed_article_is_nothing_to_tell(desk: Service, now: Clock) -> None:
    change(desk, status="closed", windows=[window(1, 2)])
    now.advance(hours=3)
    assert turns(now) == 2
    assert told() == (["article.closed"], [])


def test_a_window_that_has_begun_is_told_once(desk: Service, now: Clock) -> None:
    change(desk, windows=[window(-1, 2)])
    assert (turns(now), told()) == (0, (["article.closed"], []))
    change(desk, windows=[])
    now.advance(hours=3)
    assert (turns(now), told()) == (0, (["article.closed"], []))
