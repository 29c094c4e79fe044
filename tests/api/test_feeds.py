"""Feeds of the newest comments (RFC 4287), read with feedparser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import feedparser
from flask.testing import FlaskClient

from comments_service.services import sites
from comments_service.services.sites import SiteView
from tests.problems import pointers, slug
from tests.readers import Reader
from tests.rows import later, put_article, put_comment
from tests.small_app import NEWS, NOON, Clock

FEED = "/feeds/demo/comments.atom"


def read(client: FlaskClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    parsed = feedparser.parse(
        answer.get_data(), response_headers={"content-type": answer.content_type}
    )
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def test_an_articles_feed_has_its_newest_comments_replies_included(
    client: FlaskClient, reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader("김하나")
    article = {"key": "nato", "url": f"{NEWS}/nato", "title": "나토 정상 회의"}
    root = hana.post("첫 글입니다", article="nato").get_json()["id"]
    hana.call("POST", "/api/v1/comments", json={"site": "demo", "article": article, "body": "둘"})
    now.advance(minutes=1)
    reply = hana.post("답글입니다", article="nato", parent_id=root).get_json()
    feed = read(client, f"{FEED}?article=nato")
    assert feed.version == "atom10"
    assert feed.feed.title == "나토 정상 회의 | Maru Daily"
    assert [entry.summary if "summary" in entry else entry.content[0].value
            for entry in feed.entries] == ["답글입니다", "둘", "첫 글입니다"]  # fmt: skip
    first = feed.entries[0]
    assert first.title == "김하나: 나토 정상 회의"
    assert first.author == "김하나"
    assert first.link == f"{NEWS}/nato#comment-{reply['id']}"
    assert first.published == reply["created_at"]
    assert first["thr_in-reply-to"]["ref"] == f"https://comments.example/api/v1/comments/{root}"
    assert feed.feed.updated == reply["created_at"]
    (own,) = [link.href for link in feed.feed.links if link.rel == "self"]
    assert own == "https://comments.example/feeds/demo/comments.atom?article=nato"


def test_a_sites_feed_has_all_its_articles_and_no_other_sites(
    client: FlaskClient, site: SiteView
) -> None:
    other = sites.create("other", name="Other", origins=[], now=NOON)
    for number, owner in enumerate((site, other, site)):
        article = put_article(owner, f"a-{number}", title=f"Title {number}")
        put_comment(article, name="Hana", body=f"comment {number}", at=later(number))
    feed = read(client, FEED)
    assert [entry.title for entry in feed.entries] == ["Hana: Title 2", "Hana: Title 0"]
    assert feed.feed.title == "Maru Daily"


def test_a_feed_without_comments_is_a_feed(client: FlaskClient, site: SiteView) -> None:
    assert read(client, FEED).entries == []
    assert read(client, f"{FEED}?article=nobody-wrote-here").entries == []


def test_a_feed_is_shared_and_asked_again_as_a_thread_is(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    hana.post("첫 글입니다")
    for path in (FEED, f"{FEED}?article=nato-2026-11"):
        answer = client.get(path)
        assert answer.content_type == "application/atom+xml; charset=utf-8"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == (
            "public, max-age=0, s-maxage=2, stale-while-revalidate=10"
        )
        known = {"If-None-Match": answer.headers["ETag"]}
        assert client.get(path, headers=known).status_code == 304
        hana.post(f"또 다른 글입니다 {path}")
        assert client.get(path, headers=known).status_code == 200


def test_a_feed_of_what_cannot_be_is_a_problem(client: FlaskClient, site: SiteView) -> None:
    assert slug(client.get("/feeds/nowhere/comments.atom")) == "unknown-site"
    assert pointers(client.get(f"{FEED}?article=")) == ["/query/article"]


def test_what_xml_cannot_say_is_replaced(client: FlaskClient, site: SiteView) -> None:
    put_comment(put_article(site, "a"), name="\uffff", body="before\ufffeafter")
    feed = read(client, f"{FEED}?article=a")
    assert feed.entries[0].content[0].value == "before\ufffdafter"
