"""The CMS's side of an article: keys, address, title, status; and two articles made one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from comments_service.models import Article, AuditEntry, Comment, Event
from comments_service.services import sites
from comments_service.services.sites import SiteView
from tests.api.services import Service, service
from tests.problems import pointers, slug
from tests.readers import Reader
from tests.rows import later, put_article, put_comment, rows, values
from tests.small_app import NEWS, NOON, Clock

THREAD = "/api/v1/comments?site=demo&article="
MERGE = "/api/v1/articles/merge"


def at(key: str, site: str = "demo") -> str:
    return f"/api/v1/articles/{site}?article={key}"


@pytest.fixture
def cms(app: Flask, site: SiteView) -> Service:
    return service(app, "sites:read", "sites:write")


def thread(client: FlaskClient, key: str) -> Any:
    return client.get(f"{THREAD}{key}&sort=oldest").get_json()


def test_the_cms_registers_an_article_and_reads_it_back(cms: Service, client: FlaskClient) -> None:
    said = {
        "url": f"{NEWS}/nato/index.html?utm_source=mail&id=7#top",
        "title": "나토 정상 회의",
        "aliases": ["amp:nato", "nato-en"],
        "updated_at": "2026-11-24T21:00:00+09:00",
        "status": "premoderated",
    }
    answer = cms.call("PATCH", at("nato"), json=said)
    assert answer.status_code == 200, answer.get_json()
    expected = {
        "site": "demo",
        "key": "nato",
        "url": f"{NEWS}/nato/?id=7",
        "title": "나토 정상 회의",
        "comment_count": 0,
        "status": "premoderated",
        "version": 1,
        "aliases": ["amp:nato", "nato-en"],
        "updated_at": "2026-11-24T12:00:00.000Z",
    }
    assert answer.get_json() == expected
    assert cms.call("GET", at("nato-en")).get_json() == expected
    assert thread(client, "amp:nato")["article"]["key"] == "nato"


def test_an_article_that_nobody_told_of_is_empty_and_is_not_made_by_looking(
    cms: Service,
) -> None:
    answer = cms.call("GET", at("nobody")).get_json()
    assert (answer["version"], answer["aliases"], answer["updated_at"]) == (0, [], None)
    assert rows(select(Article.id)) == []


def test_what_the_cms_said_wins_over_a_reader(
    cms: Service, reader: Callable[..., Reader], client: FlaskClient
) -> None:
    hana = reader()
    brought = {"key": "nato", "url": f"{NEWS}/wrong", "title": "Wrong"}
    hana.call("POST", "/api/v1/comments", json={"site": "demo", "article": brought, "body": "글"})
    cms.call("PATCH", at("nato"), json={"title": "Right", "url": f"{NEWS}/right"})
    hana.call("POST", "/api/v1/comments", json={"site": "demo", "article": brought, "body": "둘"})
    article = thread(client, "nato")["article"]
    assert (article["title"], article["url"]) == ("Right", f"{NEWS}/right")


def test_an_alias_answers_as_the_article_itself_everywhere(
    cms: Service, reader: Callable[..., Reader], client: FlaskClient
) -> None:
    cms.call("PATCH", at("nato"), json={"aliases": ["amp"]})
    hana, junho = reader("김하나"), reader("이준호")
    posted = hana.post("별칭에 씁니다", article="amp").get_json()
    assert posted["article"] == "nato"
    junho.call("PUT", f"/api/v1/comments/{posted['id']}/vote", json={"value": 1})
    assert thread(client, "amp") == thread(client, "nato")
    assert client.get("/api/v1/articles?site=demo&article=amp&article=nato").get_json() == {
        "articles": [
            {"key": "amp", "comment_count": 1, "status": "open"},
            {"key": "nato", "comment_count": 1, "status": "open"},
        ]
    }
    overlay = junho.call("GET", "/api/v1/me/overlay?site=demo&article=amp").get_json()
    assert overlay["votes"] == {posted["id"]: 1}
    for path in ("/embed/demo?article=amp", "/render/comments?site=demo&article=amp"):
        assert "별칭에 씁니다" in client.get(path).get_data(as_text=True)
    assert "별칭에 씁니다" in client.get("/feeds/demo/comments.atom?article=amp").get_data(
        as_text=True
    )


def test_aliases_are_said_whole(cms: Service, client: FlaskClient) -> None:
    cms.call("PATCH", at("nato"), json={"aliases": ["a", "b", "nato"]})
    assert cms.call("PATCH", at("nato"), json={"title": "T"}).get_json()["aliases"] == ["a", "b"]
    changed = cms.call("PATCH", at("a"), json={"aliases": ["b", "c"]})
    assert changed.get_json()["aliases"] == ["b", "c"]
    assert thread(client, "a")["article"]["key"] == "a"
    assert thread(client, "c")["article"]["key"] == "nato"


def test_an_alias_cannot_be_another_articles_key(
    cms: Service, reader: Callable[..., Reader], client: FlaskClient
) -> None:
    reader().post("글입니다", article="busy")
    refused = cms.call("PATCH", at("nato"), json={"aliases": ["fine", "busy"], "title": "T"})
    assert slug(refused) == "alias-taken"
    assert refused.get_json()["key"] == "busy"
    assert cms.call("GET", at("nato")).get_json()["version"] == 0
    cms.call("PATCH", at("nato"), json={"aliases": ["mine"]})
    assert slug(cms.call("PATCH", at("other"), json={"aliases": ["mine"]})) == "alias-taken"
    cms.call("PATCH", at("empty"), json={"title": "An article without comments"})
    taken = cms.call("PATCH", at("nato"), json={"aliases": ["mine", "empty"]}).get_json()
    assert taken["aliases"] == ["empty", "mine"]
    assert taken["title"] == "An article without comments"


def test_closing_an_article_is_an_event_and_on_record(
    cms: Service, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    hana.post("글입니다", article="nato")
    closed = cms.call("PATCH", at("nato"), json={"status": "closed"}).get_json()
    assert (closed["status"], closed["version"]) == ("closed", 2)
    assert slug(hana.post("늦은 글입니다", article="nato")) == "article-closed"
    cms.call("PATCH", at("nato"), json={"status": "closed"})
    types = values(select(Event.type).where(Event.type == "article.closed"))
    actions = values(select(AuditEntry.action))
    assert (types, actions) == (["article.closed"], ["article.changed"])


def test_a_version_goes_up_only_with_what_readers_see(cms: Service) -> None:
    assert cms.call("PATCH", at("a"), json={"title": "T"}).get_json()["version"] == 1
    assert cms.call("PATCH", at("a"), json={"title": "T"}).get_json()["version"] == 1
    later_on = {"updated_at": "2026-11-24T12:00:00Z"}
    assert cms.call("PATCH", at("a"), json=later_on).get_json()["version"] == 1


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"url": "https://elsewhere.example/a"}, None),
        ({"updated_at": "yesterday"}, "/updated_at"),
        ({"updated_at": 5}, "/updated_at"),
        ({"updated_at": "2026-11-24T12:00:00"}, "/updated_at"),
        ({"status": "gone"}, "/status"),
        ({"aliases": ["a\x00"]}, "/aliases/0"),
        ({"aliases": [str(n) for n in range(101)]}, "/aliases"),
        ({"key": "b"}, "/key"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_changes(
    cms: Service, said: dict[str, Any], pointer: str | None
) -> None:
    refused = cms.call("PATCH", at("nato"), json={"title": "T"} | said)
    assert refused.status_code == 422
    if pointer is None:
        assert slug(refused) == "article-url-not-allowed"
    else:
        assert pointers(refused) == [pointer]
    assert cms.call("GET", at("nato")).get_json()["version"] == 0


def test_two_articles_become_one_with_exact_counters(
    cms: Service, client: FlaskClient, site: SiteView
) -> None:
    source = put_article(site, "old", url=f"{NEWS}/old", title="Old title")
    target = put_article(site, "new")
    roots = [put_comment(source, name="Hana", body=f"old {n}", at=later(n)) for n in range(3)]
    put_comment(source, name="Junho", body="reply", at=later(5), parent_id=roots[0])
    for number in range(3):  # at the same moments, to the microsecond
        put_comment(target, name="Mina", body=f"new {number}", at=later(number))
    before = (
        thread(client, "new")["article"]["version"],
        thread(client, "old")["article"]["version"],
    )
    etag = client.get(f"{THREAD}old").headers["ETag"]
    merged = cms.call("POST", MERGE, json={"site": "demo", "from": "old", "into": "new"})
    assert merged.status_code == 200, merged.get_json()
    body = merged.get_json()
    assert (body["key"], body["aliases"], body["comment_count"]) == ("new", ["old"], 7)
    assert (body["url"], body["title"]) == (f"{NEWS}/old", "Old title")
    assert body["version"] == max(before) + 1
    found = thread(client, "old")
    assert found == thread(client, "new")
    assert {c["body"] for c in found["comments"]} == {
        *(f"old {n}" for n in range(3)),
        *(f"new {n}" for n in range(3)),
    }
    assert [c["created_at"] for c in found["comments"]] == sorted(
        c["created_at"] for c in found["comments"]
    )
    assert next(c for c in found["comments"] if c["body"] == "old 0")["reply_count"] == 1
    assert client.get(f"{THREAD}old", headers={"If-None-Match": etag}).status_code == 200
    kept = rows(select(Comment.article_id, Comment.seq))
    assert {row.article_id for row in kept} == {target}
    assert len({row.seq for row in kept}) == 7
    last = values(select(Article.last_seq).where(Article.id == target))
    assert last == [max(row.seq for row in kept)]


def test_after_a_merge_writing_under_either_key_goes_on(
    cms: Service, reader: Callable[..., Reader], client: FlaskClient
) -> None:
    hana = reader()
    first = hana.post("옛 글입니다", article="old").get_json()["id"]
    hana.post("새 글입니다", article="new")
    cms.call("PATCH", at("old"), json={"aliases": ["older"]})
    cms.call("POST", MERGE, json={"site": "demo", "from": "old", "into": "new"})
    reply = hana.post("답글입니다", article="older", parent_id=first).get_json()
    assert (reply["article"], reply["parent_id"]) == ("new", first)
    hana.call("DELETE", f"/api/v1/comments/{first}")
    article = thread(client, "old")["article"]
    assert (article["key"], article["comment_count"]) == ("new", 2)


def test_a_merge_is_an_event_on_record_and_again_changes_nothing(
    cms: Service, reader: Callable[..., Reader]
) -> None:
    reader().post("글입니다", article="old")
    body = {"site": "demo", "from": "old", "into": "new"}
    first = cms.call("POST", MERGE, json=body).get_json()
    again = cms.call("POST", MERGE, json=body).get_json()
    assert first == again
    (data,) = values(select(Event.data).where(Event.type == "article.merged"))
    assert (data["from"], data["into"]) == ("old", "new")
    (entry,) = rows(select(AuditEntry.action, AuditEntry.actor))
    assert entry.action == "article.merged"
    assert entry.actor.startswith("service:")


def test_a_key_that_nobody_knows_is_merged_by_naming_it(cms: Service, client: FlaskClient) -> None:
    merged = cms.call("POST", MERGE, json={"site": "demo", "from": "a", "into": "b"}).get_json()
    assert merged["aliases"] == ["a"]
    assert thread(client, "a")["article"]["key"] == "b"


def test_what_cannot_be_merged_is_refused(cms: Service, app: Flask) -> None:
    same = cms.call("POST", MERGE, json={"site": "demo", "from": "a", "into": "a"})
    assert pointers(same) == ["/into"]
    assert pointers(cms.call("POST", MERGE, json={"site": "demo", "into": "a"})) == ["/from"]
    nowhere = cms.call("POST", MERGE, json={"site": "nowhere", "from": "a", "into": "b"})
    assert slug(nowhere) == "unknown-site"


def test_another_sites_articles_are_not_found(app: Flask, site: SiteView, now: Clock) -> None:
    sites.create("other", name="Other", origins=[], now=NOON)
    theirs = service(app, "sites:read", "sites:write", site="other")
    assert slug(theirs.call("GET", at("a"))) == "not-found"
    assert slug(theirs.call("PATCH", at("a"), json={"title": "T"})) == "not-found"
    merge = {"site": "demo", "from": "a", "into": "b"}
    assert slug(theirs.call("POST", MERGE, json=merge)) == "not-found"
    reading = service(app, "sites:read")
    assert slug(reading.call("PATCH", at("a"), json={"title": "T"})) == "insufficient-scope"
    assert slug(service(app, "comments:read").call("GET", at("a"))) == "insufficient-scope"
