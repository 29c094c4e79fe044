"""What the moderators' queue asks of the database: each tab along its own index, and a number of
queries that does not grow with the page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update

from comments_service.models import Appeal, Comment, db
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
        rejected = session.execute(
            select(Comment.id, Comment.author_id).where(Comment.status == "rejected")
        ).all()
        session.execute(
            insert(Appeal),
            [
                {
                    "comment_id": row.id,
                    "user_id": row.author_id,
                    "text": "다시",
                    "created_at": NOON - timedelta(minutes=number),
                }
                for number, row in enumerate(rejected)
            ],
        )
        session.execute(text("ANALYZE"))
    db.session.remove()
    return service(app, "moderation:read", "users:read", site="demo")


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
        # PostgreSQL may well read these few appeals whole and sort them.
        if tab != "appealed" or db.engine.dialect.name == "sqlite":
            assert all(TABS[tab] in steps for steps in found), found
        assert not any(SORTS.search(steps) for steps in found), found
        for statement in statements:
            assert not WALKS.search(plan(statement)), plan(statement)


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
    queue(desk, "held", limit=20)  # what a process remembers is asked for once
    numbers = set()
    for limit in (20, 60, 100):
        with watch() as statements:
            queue(desk, "held", limit=limit)
        numbers.add(len(statements))
    # One more where a reply is on the page, whose root is looked up: for all of them at once.
    assert max(numbers) - min(numbers) <= 1, numbers
