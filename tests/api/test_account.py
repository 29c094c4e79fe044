"""The reader's own account over the API (API contract, section 4)."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from comments_service.services.sites import SiteView
from tests.readers import Reader, log_in
from tests.small_app import person

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
