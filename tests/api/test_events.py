"""The log of events that other services replay (API contract, section 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sqlalchemy_event

from comments_service.models import db
from comments_service.services import event_log, events, sites
from comments_service.services.events import EventType
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.api.services import Service, service
from tests.problems import pointers, slug
from tests.readers import Reader
from tests.small_app import NEWS, NOON, Clock

LOG = "/api/v1/events"


@pytest.fixture
def listener(app: Flask, site: SiteView) -> Service:
    return service(app, "events:read", site="demo")


def read(listener: Service, **query: Any) -> list[dict[str, Any]]:
    answer = listener.call("GET", LOG, query_string={"site": "demo", **query})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def types(items: list[dict[str, Any]]) -> list[str]:
    return [item["type"] for item in items if item["type"].startswith("comment.")]


def test_what_happened_is_there_at_once_oldest_first(
    listener: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    writer = reader()
    first = writer.post("The pier looks good").get_json()
    now.advance(seconds=1)
    writer.call("PATCH", f"/api/v1/comments/{first['id']}", json={"body": "It looks fine"})
    now.advance(seconds=1)
    reader("이둘").post("I agree", parent_id=first["id"])
    items = read(listener)
    assert types(items) == ["comment.published", "comment.edited", "comment.published"]
    [published, *_] = [item for item in items if item["type"] == "comment.published"]
    assert published.keys() == {"id", "type", "timestamp", "data"}
    assert published["timestamp"] == "2026-11-24T12:00:00.000Z"
    assert published["data"]["comment"]["id"] == first["id"]
    assert published["data"]["comment"]["body"] == "It looks fine", "as it is now"
    assert published["data"]["article"]["key"] == "nato-2026-11"
    assert published["data"]["article"]["comment_count"] == 2


def test_reading_goes_on_after_an_event_or_by_the_link(
    listener: Service, reader: Callable[..., Reader]
) -> None:
    writer = reader()
    for number in range(5):
        writer.post(f"Word number {number}")
    everything = [item["id"] for item in read(listener, limit=100)]
    one_by_one: list[str] = []
    query: dict[str, Any] = {"limit": 1}
    while page := read(listener, **query):
        one_by_one += [item["id"] for item in page]
        query["after"] = page[-1]["id"]
    assert one_by_one == everything
    answer = listener.call("GET", f"{LOG}?site=demo&limit=3")
    by_link = answer.get_json()["items"]
    while "Link" in answer.headers:
        address = answer.headers["Link"].partition(">")[0].removeprefix("<")
        answer = listener.call("GET", address.removeprefix("https://comments.example"))
        by_link += answer.get_json()["items"]
    assert [item["id"] for item in by_link] == everything
    assert answer.get_json()["next_cursor"] is None


def test_types_are_chosen_by_name(listener: Service, reader: Callable[..., Reader]) -> None:
    writer = reader()
    comment = writer.post("The pier looks good").get_json()
    writer.call("DELETE", f"/api/v1/comments/{comment['id']}")
    assert types(read(listener, types="comment.deleted")) == ["comment.deleted"]
    both = read(listener, types=["comment.deleted,comment.published"])
    assert types(both) == ["comment.published", "comment.deleted"]
    wrong = listener.call("GET", f"{LOG}?site=demo&types=comment.eaten")
    assert pointers(wrong) == ["/query/types/0"]


def test_what_is_deleted_lives_on_nowhere(listener: Service, reader: Callable[..., Reader]) -> None:
    writer = reader()
    comment = writer.post("The pier looks good").get_json()
    writer.call("DELETE", f"/api/v1/comments/{comment['id']}")
    for item in read(listener):
        if item["type"].startswith("comment."):
            assert item["data"]["comment"]["body"] is None
            assert item["data"]["comment"]["author"] is None
            assert item["data"]["comment"]["status"] == "deleted"


def test_personal_data_is_masked_in_what_is_not_published(
    listener: Service, reader: Callable[..., Reader]
) -> None:
    answer = reader().post("전화 주세요 010-1234-5678 기다립니다")
    assert answer.status_code in {202, 422}
    [item] = [item for item in read(listener) if item["type"].startswith("comment.")]
    assert item["type"] in {"comment.held", "comment.rejected"}
    assert "1234" not in item["data"]["comment"]["body"]
    assert "기다립니다" in item["data"]["comment"]["body"]


def test_an_event_that_is_none_of_this_site_is_a_wrong_value(
    app: Flask, listener: Service, reader: Callable[..., Reader]
) -> None:
    other = sites.create("other", name="Other", origins=[NEWS], now=NOON)
    with transaction():
        events.record(EventType.POLICY_PUBLISHED, site_id=other.id, data={"version": 2}, now=NOON)
    event_log.place_all(now=NOON)
    foreign = event_log.page(other.id, limit=1, now=NOON).items[0].id
    for after in (foreign, "nonsense", 1):
        answer = listener.call("GET", LOG, query_string={"site": "demo", "after": after})
        assert pointers(answer) == ["/query/after"]


def test_who_may_read_the_log(app: Flask, site: SiteView, reader: Callable[..., Reader]) -> None:
    assert slug(app.test_client().get(f"{LOG}?site=demo")) == "unauthenticated"
    assert slug(reader().call("GET", f"{LOG}?site=demo")) == "insufficient-scope"
    assert slug(service(app, "comments:read").call("GET", f"{LOG}?site=demo")) == (
        "insufficient-scope"
    )
    sites.create("other", name="Other", origins=[NEWS], now=NOON)
    elsewhere = service(app, "events:read", site="other")
    assert slug(elsewhere.call("GET", f"{LOG}?site=demo")) == "not-found"
    assert slug(elsewhere.call("GET", f"{LOG}?site=none")) == "unknown-site"


def test_positions_follow_the_commits_of_an_article_not_the_clocks_of_its_writers(
    app: Flask, site: SiteView, reader: Callable[..., Reader], now: Clock, listener: Service
) -> None:
    """A request that began earlier may get the article's lock later."""
    writer = reader()
    first = writer.post("Written first").get_json()
    now.advance(seconds=-30)
    second = writer.post("Written second, by a slower clock").get_json()
    written = [item for item in read(listener) if item["type"].startswith("comment.")]
    assert [item["data"]["comment_id"] for item in written] == [first["id"], second["id"]]


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: Any, _k: Any, sql: str, *_: Any) -> None:
        statements.append(sql)

    sqlalchemy_event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sqlalchemy_event.remove(db.engine, "before_cursor_execute", note)


def test_a_page_costs_the_same_queries_however_long_it_is(
    app: Flask, site: SiteView, reader: Callable[..., Reader]
) -> None:
    writer = reader()
    for number in range(6):
        writer.post(f"Word number {number}", article=f"a-{number}")
    event_log.place_all(now=NOON)
    costs = []
    for limit in (2, 7):
        with counted() as statements:
            event_log.page(site.id, limit=limit, now=NOON)
        costs.append(len([sql for sql in statements if sql.startswith("SELECT")]))
    assert costs == [4, 4]


def purge(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["maintenance", "purge"]).exit_code == 0


def test_events_are_kept_for_ninety_days_and_the_log_says_where_it_begins(
    app: Flask, listener: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    reader("김하나").post("The pier looks good")
    reader("이둘").post("I agree")
    old = read(listener)
    now.advance(days=89)
    purge(app)
    assert read(service(app, "events:read")) == old
    reader("박셋").post("It is a fine pier")
    now.advance(days=1)
    read(service(app, "events:read"))
    purge(app)
    again = service(app, "events:read")
    kept = read(again)
    assert types(kept) == ["comment.published"]
    for early in (old[0], old[-2]):
        answer = again.call("GET", LOG, query_string={"site": "demo", "after": early["id"]})
        assert (answer.status_code, slug(answer)) == (410, "events-gone")
    assert read(again, after=old[-1]["id"]) == kept, "whoever saw the last that went missed nothing"
    assert read(again, after=kept[0]["id"]) == []


def test_a_cursor_into_what_is_no_longer_kept_is_refused(
    app: Flask, listener: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    for name in ("김하나", "이둘", "박셋"):
        reader(name).post("The pier looks good")
    asked = {"site": "demo", "limit": 1}
    cursor = listener.call("GET", LOG, query_string=asked).get_json()["next_cursor"]
    now.advance(days=90)
    reader("최넷").post("It is a fine pier")
    again = service(app, "events:read")
    assert len(read(again)) == 4
    purge(app)
    answer = again.call("GET", LOG, query_string={**asked, "cursor": cursor})
    assert (answer.status_code, slug(answer)) == (410, "events-gone")


def test_an_event_stays_for_as_long_as_its_deliveries(
    app: Flask, listener: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    desk = service(app, "webhooks:write")
    wanted = {"site": "demo", "url": "https://93.184.216.34/hook", "events": ["comment.published"]}
    assert desk.call("POST", "/api/v1/webhooks", json=wanted).status_code == 201
    reader("김하나").post("The pier looks good")
    before = read(listener)
    now.advance(days=100)
    purge(app)
    assert read(service(app, "events:read")) == before, "it waits to be delivered"
