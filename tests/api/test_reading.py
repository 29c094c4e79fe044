"""Public reads: shapes, caching, tombstones (API contract, sections 1 to 3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from comments_service.models import Article, PolicyVersion, Site, db
from comments_service.services import accounts, policies
from comments_service.services.actor import Actor
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.problems import slug
from tests.readers import Reader
from tests.small_app import NOON

THREAD = "/api/v1/comments?site=demo&article=nato-2026-11"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
CACHED = "public, max-age=0, s-maxage=2, stale-while-revalidate=10"


def test_a_comment_has_the_members_that_the_contract_names(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나")
    article = {"key": "nato-2026-11", "url": "https://news.example/nato", "title": "나토"}
    made = hana.call(
        "POST", "/api/v1/comments", json={"site": "demo", "article": article, "body": "댓글 👍🏽"}
    ).get_json()
    comment = client.get(THREAD).get_json()["comments"][0]
    assert comment == made
    identity = comment["id"]
    assert TIME.fullmatch(comment.pop("created_at"))
    assert comment == {
        "id": identity,
        "site": "demo",
        "article": "nato-2026-11",
        "parent_id": None,
        "root_id": identity,
        "depth": 0,
        "author": {
            "id": hana.user_id,
            "name": "김하나",
            "avatar_url": None,
            "provider": "twitter",
            "badges": [],
        },
        "body": "댓글 👍🏽",
        "status": "published",
        "pinned": False,
        "edited_at": None,
        "likes": 0,
        "dislikes": 0,
        "reply_count": 0,
        "permalink": f"https://news.example/nato#comment-{identity}",
        "replies": [],
    }
    assert isinstance(identity, str)


def test_a_thread_tells_its_site_its_article_and_its_order(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    reader().post("댓글입니다")
    body = client.get(THREAD).get_json()
    assert body.keys() == {"site", "article", "sort", "comments", "next_cursor"}
    assert body["sort"] == "newest"
    assert body["site"] == client.get("/api/v1/sites/demo").get_json()
    assert body["site"] == {
        "key": "demo",
        "name": "Maru Daily",
        "limit": 250,
        "providers": ["twitter", "facebook"],
        "sorts": ["newest", "oldest", "popular"],
        "languages": ["ko", "en"],
        "edit_window_seconds": 300,
        "policy_version": 1,
    }
    assert body["article"] == {
        "site": "demo",
        "key": "nato-2026-11",
        "url": None,
        "title": None,
        "comment_count": 1,
        "status": "open",
        "version": 1,
    }


def test_the_policy_in_force_is_public_without_its_word_lists(
    client: FlaskClient, site: SiteView
) -> None:
    body = client.get("/api/v1/sites/demo/policy").get_json()
    assert body["version"] == 1
    assert TIME.fullmatch(body["published_at"])
    for clause in body["clauses"]:
        assert clause.keys() == {"id", "title", "text"}
        assert clause["title"].keys() == clause["text"].keys() == {"ko", "en"}


@pytest.mark.parametrize("path", [THREAD, "/api/v1/sites/demo", "/api/v1/sites/demo/policy"])
def test_a_public_read_is_cached_for_two_seconds_and_checked_by_etag(
    client: FlaskClient, site: SiteView, path: str
) -> None:
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == CACHED
    assert "Set-Cookie" not in answer.headers
    assert "Authorization" not in answer.headers.get("Vary", "")
    etag = answer.headers["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        unchanged = client.get(path, headers={"If-None-Match": known})
        assert unchanged.status_code == 304
        assert unchanged.data == b""
        assert unchanged.headers["ETag"] == etag
        assert unchanged.headers["Cache-Control"] == CACHED
        assert unchanged.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path", [THREAD, "/api/v1/sites/demo", "/api/v1/articles?site=demo&article=a"]
)
def test_head_is_get_without_its_body(client: FlaskClient, site: SiteView, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert head.status_code == 200
    assert head.data == b""
    for name in ("ETag", "Cache-Control", "Content-Type", "Content-Length"):
        assert head.headers[name] == get.headers[name]


def test_a_public_read_is_the_same_for_everyone(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    hana.post("댓글입니다")
    anonymous, own = client.get(THREAD), hana.call("GET", THREAD)
    korean = client.get(THREAD, headers={"Accept-Language": "ko"})
    assert anonymous.data == own.data == korean.data
    assert anonymous.headers["ETag"] == own.headers["ETag"] == korean.headers["ETag"]
    garbage = client.get(THREAD, headers={"Authorization": "Bearer nonsense"})
    assert garbage.status_code == 200


def _rename(hana: Reader) -> None:
    actor = Actor(int(hana.user_id), site_id=_site_id(), scopes=frozenset({"comment"}))
    accounts.update_profile(actor, display_name="새이름", lang=None, now=NOON)


def _site_id() -> int:
    with db.engine.connect() as connection:
        return connection.execute(select(Site.id)).scalar_one()


def _publish_policy(_: Reader) -> None:
    with transaction() as session:
        session.add(
            PolicyVersion(
                id=1,
                site_id=_site_id(),
                version=2,
                status="published",
                source=policies.DEFAULT_SOURCE,
                created_at=NOON,
                published_at=NOON,
            )
        )


def _change_settings(_: Reader) -> None:
    with transaction() as session:
        session.execute(update(Site).values(settings={"edit_window_seconds": 60}))


def _rename_site(_: Reader) -> None:
    with transaction() as session:
        session.execute(update(Site).values(name="Maru Weekly"))


def _close(_: Reader) -> None:
    with transaction() as session:
        session.execute(update(Article).values(status="closed"))


def _retitle(_: Reader) -> None:
    with transaction() as session:
        session.execute(update(Article).values(title="새 제목", url="https://news.example/n"))


CHANGES: list[Callable[[Reader], None]] = [
    _rename,
    _publish_policy,
    _change_settings,
    _rename_site,
    _close,
    _retitle,
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_etag_changes_whenever_the_answer_may_have(
    app: Flask,
    client: FlaskClient,
    reader: Callable[..., Reader],
    change: Callable[[Reader], None],
) -> None:
    hana = reader()
    hana.post("댓글입니다")
    before = client.get(THREAD)
    change(hana)
    after = client.get(THREAD)
    assert after.data != before.data
    assert after.headers["ETag"] != before.headers["ETag"]


def test_every_deed_of_a_reader_changes_the_etag_of_the_thread(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    path = f"/api/v1/comments/{hana.post('댓글입니다').get_json()['id']}"
    deeds: list[Callable[[], Any]] = [
        lambda: junho.call("PUT", f"{path}/vote", json={"value": 1}),
        lambda: junho.call("PUT", f"{path}/vote", json={"value": -1}),
        lambda: junho.call("DELETE", f"{path}/vote"),
        lambda: hana.call("PATCH", path, json={"body": "고친 댓글입니다"}),
        lambda: junho.post("답글입니다", parent_id=path.rpartition("/")[2]),
        lambda: hana.call("DELETE", path),
    ]
    seen = [client.get(THREAD).headers["ETag"]]
    for deed in deeds:
        assert deed().status_code < 300
        seen.append(client.get(THREAD).headers["ETag"])
        assert client.get(THREAD).headers["ETag"] == seen[-1]
    assert len(set(seen)) == len(seen)


def test_what_changes_nothing_keeps_the_etag(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    path = f"/api/v1/comments/{hana.post('댓글입니다').get_json()['id']}"
    junho.call("PUT", f"{path}/vote", json={"value": 1})
    etag = client.get(THREAD).headers["ETag"]
    junho.call("PUT", f"{path}/vote", json={"value": 1})
    junho.post("연락 주세요 010-1234-5678")
    assert client.get(THREAD).headers["ETag"] == etag


def test_one_comment_is_read_by_its_id_with_its_first_replies(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    root = hana.post("공청회는 언제인가요").get_json()["id"]
    replies = [
        hana.post(body, parent_id=root).get_json()["id"]
        for body in ("다음 달입니다", "고맙습니다", "시청에서 열립니다")
    ]
    answer = client.get(f"/api/v1/comments/{root}")
    assert answer.headers["Cache-Control"] == CACHED
    assert answer.get_json() == client.get(THREAD).get_json()["comments"][0]
    assert [reply["id"] for reply in answer.get_json()["replies"]] == replies[:2]
    assert answer.get_json()["reply_count"] == 3
    reply = client.get(f"/api/v1/comments/{replies[2]}").get_json()
    assert (reply["depth"], reply["root_id"], reply["replies"]) == (1, root, [])


def test_a_comment_is_gone_once_deleted_and_never_there_while_rejected(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    deleted = hana.post("댓글입니다").get_json()["id"]
    hana.call("DELETE", f"/api/v1/comments/{deleted}")
    assert slug(client.get(f"/api/v1/comments/{deleted}")) == "gone"
    assert slug(client.get(f"/api/v1/comments/{deleted}/replies")) == "gone"
    rejected = hana.post("연락 주세요 010-1234-5678").get_json()["comment_id"]
    assert slug(client.get(f"/api/v1/comments/{rejected}")) == "not-found"
    assert slug(client.get(f"/api/v1/comments/{rejected}/replies")) == "not-found"


def test_a_permalink_leads_to_a_page_of_ours_until_the_articles_address_is_known(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    comment = reader().post("댓글입니다", article="기사 1/2").get_json()
    page, _, fragment = comment["permalink"].partition("#")
    assert page.startswith("https://comments.example/embed/demo?article=")
    assert fragment == f"comment-{comment['id']}"


def test_an_article_key_may_be_in_any_script(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    key = "기사-№1 می‌خواهم 👨‍👩‍👧‍👦"
    reader().post("댓글입니다", article=key)
    thread = client.get("/api/v1/comments", query_string={"site": "demo", "article": key})
    assert thread.get_json()["article"]["key"] == key
    assert len(thread.get_json()["comments"]) == 1
