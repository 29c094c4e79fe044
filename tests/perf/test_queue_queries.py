"""What the moderators' queue asks of the database: each tab along its own index, and a number of
queries that does not grow with the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update

from comments_service.models import Appeal, Comment, db
from comments_service.services import article_settings
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import transaction
from tests.api.desk import queue
from tests.api.services import Service, service
from tests.perf.conftest import Newspaper, Statement, Watch
from tests.perf.test_queries import SORTS, WALKS, plan
from tests.small_app import NOON

TABS = {
    "held": "comment_site",
    "reported": "comment_reported",
    "appealed": "appeal_open",
    "published": "comment_site",
    "rejected": "comment_site",
    "removed": "comment_site",
}
OF_EACH = 200


@pytest.fixture
def desk(app: Flask, newspaper: Newspaper) -> Service:
    """With some hundred comments in every tab."""
    with transaction() as session:
        ids = list(session.execute(select(Comment.id).order_by(Comment.id)).scalars())
        for place, status in enumerate(("held", "rejected", "removed")):
            some = ids[place * OF_EACH : (place + 1) * OF_EACH]
            session.execute(
                update(Comment).where(Comment.id.in_(some)).values(status=status, visible=0)
            )
        for number, comment_id in enumerate(ids[-OF_EACH:]):
            when = NOON - timedelta(minutes=number)
            session.execute(
                update(Comment).where(Comment.id == comment_id).values(reported_at=when)
            )
        rows = session.execute(
            select(Comment.id, Comment.author_id, Comment.status).order_by(Comment.id)
        ).all()
        session.execute(insert(Appeal), list(_appeals(rows)))
        session.execute(text("ANALYZE"))
    db.session.remove()
    return service(app, "moderation:read", "users:read", site="demo")


def _appeals(comments: Sequence[AnyRow]) -> Iterator[dict[str, Any]]:
    """One of each rejected comment waits; those of all published ones were judged long ago."""
    for number, row in enumerate(comments):
        if row.status not in {"rejected", "published"}:
            continue
        when = NOON - timedelta(minutes=number)
        was_judged = row.status == "published"
        yield {
            "comment_id": row.id,
            "user_id": row.author_id,
            "text": "다시",
            "created_at": when,
            "outcome": "granted" if was_judged else None,
            "decided_at": when if was_judged else None,
        }


def walks(statements: list[Statement]) -> list[str]:
    """The plans of the queries that walk a tab."""
    own = re.compile(r"SELECT (comment\.id|appeal\.comment_id)")
    return [plan(each) for each in statements if own.match(each.sql) and "LIMIT" in each.sql]


@pytest.mark.parametrize("tab", TABS)
def test_a_page_of_the_queue_is_read_along_its_index(desk: Service, watch: Watch, tab: str) -> None:
    first = queue(desk, tab)
    assert len(first["items"]) == 20
    for more in ({"limit": 19}, {"cursor": first["next_cursor"]}):
        with watch() as statements:
            queue(desk, tab, **more)
        found = walks(statements)
        assert found
        assert all(TABS[tab] in steps for steps in found), found
        assert not any(SORTS.search(steps) for steps in found), found
        for statement in statements:
            assert not WALKS.search(plan(statement)), plan(statement)


@pytest.mark.parametrize("tab", ["held", "published"])
@pytest.mark.parametrize(
    ("of", "index"), [("article", "comment_(article|seq)"), ("user", "comment_author")]
)
def test_one_article_or_person_is_found_without_a_walk_through_the_tab(
    desk: Service, watch: Watch, tab: str, of: str, index: str
) -> None:
    (item, *_) = queue(desk, tab, limit=1)["items"]
    wanted = {"article": item["article"]["key"], "user": item["comment"]["author"]["id"]}[of]
    with watch() as statements:
        page = queue(desk, tab, **{of: wanted})
    assert page["items"]
    page_and_count = [plan(each) for each in statements if "site_id + 0" in each.sql]
    assert len(page_and_count) == 2
    for steps in page_and_count:
        assert re.search(index, steps), steps
        assert "comment_site" not in steps, steps


def test_a_search_of_the_queue_goes_by_words(desk: Service, watch: Watch) -> None:
    with watch() as statements:
        page = queue(desk, "held", q="comment 17")
    assert page["items"]
    for statement in statements:
        assert not WALKS.search(plan(statement)), plan(statement)
    searches = [plan(each) for each in statements if "comment_search" in each.sql]
    assert searches
    assert all("comment_search" in steps for steps in searches)


def test_people_are_found_by_index(desk: Service, watch: Watch) -> None:
    with watch() as statements:
        answer = desk.call("GET", "/api/v1/moderation/users?q=김하")
    assert answer.get_json()["items"]
    for statement in statements:
        assert not WALKS.search(plan(statement)), plan(statement)


def test_a_page_of_the_queue_asks_a_fixed_number_of_times(desk: Service, watch: Watch) -> None:
    numbers = set()
    for limit in (60, 80, 100):  # the shortest has replies too, whose roots are looked up
        page = queue(desk, "held", limit=limit)  # what a process remembers is asked for once
        assert any(item["comment"]["parent_id"] for item in page["items"])
        with watch() as statements:
            queue(desk, "held", limit=limit)
        numbers.add(len(statements))
    assert len(numbers) == 1, numbers


def test_windows_that_begin_or_end_are_found_by_index(
    app: Flask, newspaper: Newspaper, watch: Watch
) -> None:
    with watch() as statements:
        assert article_settings.pass_window(now=NOON) is False
    (steps,) = [plan(each) for each in statements if each.sql.startswith("SELECT")]
    assert "article_window" in steps
    assert not SORTS.search(steps), steps
