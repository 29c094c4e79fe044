"""Counts and the most commented articles (API contract, section 3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from comments_service.services.sites import SiteView
from tests.problems import pointers, slug
from tests.readers import Reader
from tests.small_app import Clock

COUNTS = "/api/v1/articles"
TOP = "/api/v1/articles/top"


def test_counts_come_in_the_order_asked_zeroes_included(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    hana.post("첫 의견입니다", article="b")
    hana.post("둘째 의견입니다", article="b")
    answer = client.get(f"{COUNTS}?site=demo&article=c&article=b&article=a")
    assert answer.get_json() == {
        "articles": [
            {"key": "c", "comment_count": 0, "status": "open"},
            {"key": "b", "comment_count": 2, "status": "open"},
            {"key": "a", "comment_count": 0, "status": "open"},
        ]
    }
    assert answer.headers["Cache-Control"] == (
        "public, max-age=0, s-maxage=30, stale-while-revalidate=60"
    )


def test_a_hundred_articles_are_counted_at_once_and_no_more(
    client: FlaskClient, site: SiteView
) -> None:
    keys = [("article", str(n)) for n in range(101)]
    assert client.get(COUNTS, query_string=[("site", "demo"), *keys[:100]]).status_code == 200
    refused = client.get(COUNTS, query_string=[("site", "demo"), *keys])
    assert pointers(refused) == ["/query/article"]
    assert pointers(client.get(f"{COUNTS}?site=demo")) == ["/query/article"]


def test_the_most_commented_articles_of_the_last_day_come_first(
    client: FlaskClient, reader: Callable[..., Reader], now: Clock
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    for number in ("하나", "둘", "셋"):
        hana.post(f"{number}째 의견입니다", article="yesterday")
    now.advance(hours=25)
    token = junho.call("GET", "/api/v1/me/comments")
    assert slug(token) == "token-expired"
    now.advance(hours=-25)
    hana.post("오늘의 의견입니다", article="quiet")
    junho.post("오늘의 다른 의견입니다", article="loud")
    junho.post("오늘의 셋째 의견입니다", article="loud")
    answer = client.get(f"{TOP}?site=demo&limit=2")
    body = answer.get_json()
    assert [item["key"] for item in body["items"]] == ["yesterday", "loud"]
    assert body["items"][1].keys() >= {"site", "key", "url", "title", "comment_count", "status"}
    assert body["next_cursor"] is None
    assert answer.headers["Cache-Control"] == (
        "public, max-age=0, s-maxage=30, stale-while-revalidate=60"
    )
    now.advance(hours=25)
    assert client.get(f"{TOP}?site=demo").get_json()["items"] == []
    week = client.get(f"{TOP}?site=demo&window=7d").get_json()["items"]
    assert [item["key"] for item in week] == ["yesterday", "loud", "quiet"]


@pytest.mark.parametrize("window", ["", "0h", "31d", "721h", "24", "1w", "٢h", "24h "])
def test_a_window_is_hours_or_days_up_to_thirty_days(
    client: FlaskClient, site: SiteView, window: str
) -> None:
    answer = client.get(TOP, query_string={"site": "demo", "window": window})
    assert pointers(answer) == ["/query/window"]
