"""What the log of events and the deliveries to webhooks ask of the database, and by which index."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text as db_text

from comments_service.services import deliveries, event_log, events, webhooks
from comments_service.services.actor import Actor
from comments_service.services.events import EventType
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from comments_service.webhooks.sending import Message, Receipt, Sender
from tests.perf.conftest import Newspaper, Watch
from tests.perf.test_queries import plan
from tests.small_app import NOON

WALKS = re.compile(r"SCAN (event|delivery|comment)\b|Seq Scan on (event|delivery|comment)\b")
SORTS = re.compile(r"USE TEMP B-TREE")
EVENTS = 300


class Refusing(Sender):
    """Nothing leaves; every receiver fails."""

    def send(self, message: Message, *, sent_at: object) -> Receipt:
        return Receipt(1, 503, None)


@pytest.fixture
def busy(app: Flask, site: SiteView, newspaper: Newspaper) -> SiteView:
    """A site with three webhooks and some hundred events that wait."""
    actor = Actor(user_id=0, site_id=None, scopes=frozenset(), service_client_id=1)
    for number in range(3):
        webhooks.create(
            actor,
            site=site.key,
            url=f"http://127.0.0.1:9/{number}",
            events=list(EventType),
            sender=Sender("secret", allow_private=True),
            now=NOON,
        )
    with transaction() as session:
        article_id = session.execute(
            db_text("SELECT article_id FROM comment WHERE id = :id"), {"id": newspaper.root}
        ).scalar_one()
        for _ in range(EVENTS):
            events.record(
                EventType.COMMENT_REPORTED,
                site_id=site.id,
                article_id=article_id,
                data={"comment_id": str(newspaper.root)},
                now=NOON,
            )
    return site


def test_the_log_is_placed_and_read_by_index(app: Flask, busy: SiteView, watch: Watch) -> None:
    with watch() as statements:
        event_log.place(now=NOON)
        event_log.page(busy.id, limit=100, position=50, now=NOON)
    for statement in statements:
        if statement.sql.startswith("SELECT"):
            steps = plan(statement)
            assert not WALKS.search(steps), f"{statement.sql}\n{steps}"
            assert not SORTS.search(steps), f"{statement.sql}\n{steps}"


def test_deliveries_are_claimed_and_recorded_by_index(
    app: Flask, busy: SiteView, watch: Watch
) -> None:
    event_log.place_all(now=NOON)
    with watch() as statements:
        [run, *_] = deliveries.claim(now=NOON, most=3)
        deliveries.carry_out(
            run,
            sender=Refusing("secret"),
            render=app.extensions["comments_render_event"],
            clock=lambda: NOON,
        )
    asked = [each for each in statements if each.sql.startswith(("SELECT", "UPDATE"))]
    assert len(asked) > 5
    for statement in asked:
        steps = plan(statement)
        assert not WALKS.search(steps), f"{statement.sql}\n{steps}"


def test_what_waits_behind_a_failure_is_not_looked_at(app: Flask, busy: SiteView) -> None:
    event_log.place_all(now=NOON)
    for run in deliveries.claim(now=NOON, most=3):
        deliveries.carry_out(
            run,
            sender=Refusing("secret"),
            render=app.extensions["comments_render_event"],
            clock=lambda: NOON,
        )
    with transaction() as session:
        due = session.execute(
            db_text("SELECT count(*) FROM delivery WHERE status = 'pending' AND next_at <= :now"),
            {"now": (NOON + timedelta(seconds=1)).replace(tzinfo=None)},
        ).scalar_one()
    assert due == 0
