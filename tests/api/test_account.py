"""The reader's own account over the API (API contract, section 4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.models import Suspension
from comments_service.services.ids import new_id
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.problems import problem, slug
from tests.readers import Reader, log_in
from tests.small_app import NOON, Clock, person

NEW = {"site": "demo", "article": {"key": "nato-2026-11"}}
THREAD = "/api/v1/comments?site=demo&article=nato-2026-11"


def test_a_reader_sees_their_account(reader: Callable[..., Reader]) -> None:
    hana = reader("김하나")
    me = hana.call("GET", "/api/v1/me").get_json()
    assert me["id"] == hana.user_id
    assert me["display_name"] == "김하나"
    assert me["suspension"] is None
    assert [(i["provider"], i["name"]) for i in me["identities"]] == [("twitter", "김하나")]


def test_a_chosen_name_reaches_the_thread_and_survives_the_next_login(
    app: Flask, site: SiteView, client: FlaskClient
) -> None:
    hana = log_in(app, site, person("77", name="김하나"))
    hana.post("이름을 바꾸기 전에 쓴 글")
    etag = client.get(THREAD).headers["ETag"]
    changed = hana.call("PATCH", "/api/v1/me", json={"display_name": "바다 사랑"})
    assert changed.status_code == 200
    thread = client.get(THREAD, headers={"If-None-Match": etag})
    assert thread.get_json()["comments"][0]["author"]["name"] == "바다 사랑"
    again = log_in(app, site, person("77", name="김하나 2"))
    assert again.call("GET", "/api/v1/me").get_json()["display_name"] == "바다 사랑"


def test_an_export_holds_the_readers_own_words_and_no_token(
    reader: Callable[..., Reader],
) -> None:
    hana = reader("김하나")
    comment = hana.post("내보낼 글입니다").get_json()
    answer = hana.call("GET", "/api/v1/me/export")
    export = answer.get_json()
    assert [(c["id"], c["body"]) for c in export["comments"]] == [
        (comment["id"], "내보낼 글입니다")
    ]
    assert "cst_" not in answer.get_data(as_text=True)
    assert "token" not in answer.get_data(as_text=True)


def test_a_deleted_account_is_logged_out_and_its_comments_lose_their_name(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나")
    hana.post("남을 글입니다")
    assert hana.call("DELETE", "/api/v1/me").status_code == 204
    assert hana.call("GET", "/api/v1/me").status_code == 401
    text = client.get(THREAD).get_data(as_text=True)
    assert "남을 글입니다" in text
    assert "김하나" not in text


@pytest.mark.parametrize("until", [None, NOON + timedelta(days=3)])
def test_a_suspended_reader_writes_nothing_but_stays_in_possession_of_the_account(
    app: Flask,
    site: SiteView,
    client: FlaskClient,
    reader: Callable[..., Reader],
    until: datetime | None,
) -> None:
    """57 of `docs/login-threats.md`: with a token from before the suspension."""
    whom = person("77", name="김하나")
    hana = log_in(app, site, whom)
    own = hana.post("정지되기 전에 쓴 글").get_json()
    other = reader("이준호").post("다른 독자가 쓴 글").get_json()
    with transaction() as session:
        session.add(
            Suspension(
                id=new_id(NOON),
                user_id=int(hana.user_id),
                reason="threats",
                created_at=NOON,
                until=until,
            )
        )
    in_words = None if until is None else "2026-11-27T12:00:00.000Z"
    for method, path, content in (
        ("POST", "/api/v1/comments", {**NEW, "body": "정지된 뒤에 쓰는 글"}),
        ("PATCH", f"/api/v1/comments/{own['id']}", {"body": "고친 글"}),
        ("PUT", f"/api/v1/comments/{other['id']}/vote", {"value": 1}),
        ("POST", f"/api/v1/comments/{other['id']}/reports", {"reason": "spam"}),
        ("PATCH", "/api/v1/me", {"display_name": "다른 이름"}),
        ("POST", "/api/v1/me/identities", {"provider": "facebook"}),
    ):
        refused = hana.call(method, path, json=content)
        assert slug(refused) == "account-suspended", path
        assert refused.status_code == 403
        assert problem(refused)["until"] == in_words
        assert problem(refused)["reason"] == "threats"
    again = log_in(app, site, whom)
    assert again.user_id == hana.user_id
    me = again.call("GET", "/api/v1/me").get_json()
    assert me["suspension"] == {"until": in_words, "reason": "threats"}
    assert "정지되기 전에 쓴 글" in client.get(THREAD).get_data(as_text=True)
    export = again.call("GET", "/api/v1/me/export").get_json()
    assert [comment["body"] for comment in export["comments"]] == ["정지되기 전에 쓴 글"]
    assert again.call("DELETE", "/api/v1/me").status_code == 204


def test_a_suspension_that_is_over_hinders_nobody(
    reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader("김하나")
    end = NOON + timedelta(minutes=5)
    with transaction() as session:
        session.add(
            Suspension(
                id=new_id(NOON),
                user_id=int(hana.user_id),
                reason="threats",
                created_at=NOON,
                until=end,
            )
        )
    assert slug(hana.post("아직 정지된 때에 쓰는 글")) == "account-suspended"
    now.advance(minutes=5)
    assert hana.post("정지가 끝난 뒤에 쓰는 글").status_code == 201


def test_logging_out_everywhere_ends_this_session_too(reader: Callable[..., Reader]) -> None:
    hana = reader()
    assert hana.call("DELETE", "/api/v1/me/sessions").status_code == 204
    answer = hana.call("GET", "/api/v1/me")
    assert answer.status_code == 401
    assert answer.get_json()["type"].endswith("/problems/unauthenticated")


def test_the_last_identity_cannot_be_unlinked(reader: Callable[..., Reader]) -> None:
    hana = reader("김하나", "twitter")
    answer = hana.call("DELETE", "/api/v1/me/identities/twitter")
    assert answer.status_code == 409
    assert answer.get_json()["type"].endswith("/problems/last-identity")
    assert hana.call("DELETE", "/api/v1/me/identities/facebook").status_code == 404


def test_linking_begins_with_an_address_that_works_once(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나", "twitter")
    answer = hana.call("POST", "/api/v1/me/identities", json={"provider": "facebook"})
    address = answer.get_json()["authorize_url"]
    assert address.startswith("https://comments.example/oauth/link/")
    assert client.get(address).status_code == 302
    assert client.get(address).status_code == 400
