"""Deliveries by a worker that is a process of its own, and is killed in the middle of its work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from comments_service import clock
from comments_service.config import Settings
from comments_service.services import articles, comments, event_log, events, webhooks
from comments_service.services.actor import Actor
from comments_service.services.comments import NewComment
from comments_service.services.events import EventType
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.api.receiver import Received, receiving
from tests.conftest import settings_for
from tests.readers import log_in
from tests.small_app import Clock, person
from tests.soak import TIMES

EVENTS = 100 * TIMES
ARTICLES = 10
AT_ONCE = 50
KILLS = 2
PATIENCE_SECONDS = 120 + EVENTS / 2

# A worker holds what it claimed for a minute; the test would only wait for that.
WORKER = """
from datetime import timedelta
from comments_service.services import deliveries
deliveries.HELD_FOR = timedelta(seconds=3)
from flask.cli import main
main()
"""


@pytest.fixture
def now(now: Clock) -> Clock:
    """The worker goes by the real time of day."""
    now.time = datetime.now(UTC)
    return now


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url, webhook_allow_private=True, sqlite_synchronous="NORMAL")


@contextmanager
def working(database_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """`flask worker`, until it is killed."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("COMMENTS_")
    } | {
        "COMMENTS_DATABASE_URL": database_url,
        "COMMENTS_PUBLIC_URL": "https://comments.example",
        "COMMENTS_WEBHOOK_ALLOW_PRIVATE": "1",
        "COMMENTS_LOG_LEVEL": "ERROR",
        "COMMENTS_SQLITE_SYNCHRONOUS": "NORMAL",
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, "--app", "wsgi", "worker"],
        env=environment,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield worker
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()


def wait_until(count: int, received: list[Received]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len({each.id for each in received}) < count:
        assert time.monotonic() < deadline, f"{len(received)} of {count} have come"
        time.sleep(0.1)


def happen(site: SiteView, actor: Actor, number: int) -> list[list[str]]:
    """Let so many events happen in turn on some articles; their ids, by article."""
    at = clock.now()
    made = [
        comments.submit(actor, NewComment(site.key, f"a-{each}", f"Word {each} on it"), now=at)
        for each in range(ARTICLES)
    ]
    # All in one microsecond, as when somebody with many comments deletes their account.
    for begun in range(0, number - ARTICLES, AT_ONCE):
        with transaction():
            for each in range(begun, min(begun + AT_ONCE, number - ARTICLES)):
                comment = made[each % ARTICLES].comment
                article = articles.lock_of_comment(comment.id)
                events.record(
                    EventType.COMMENT_REPORTED,
                    site_id=site.id,
                    article_id=article.id,
                    data={"comment_id": str(comment.id)},
                    now=at,
                )
    event_log.place_all(now=at)
    log: dict[str, list[str]] = {}
    position = 0
    while True:
        page = event_log.page(site.id, limit=1000, position=position, now=at)
        for event in page.items:
            if event.article is not None:
                log.setdefault(event.article.key, []).append(str(event.id))
        if page.next is None:
            return list(log.values())
        position = page.next


@pytest.mark.soak
def test_every_event_arrives_in_order_though_the_worker_is_killed_twice(
    app: Flask, site: SiteView, database_url: str, now: Clock
) -> None:
    who = log_in(app, site, person())
    actor = Actor(user_id=int(who.user_id), site_id=site.id, scopes=frozenset({"comment"}))
    with receiving() as receiver:
        made = webhooks.create(
            Actor(user_id=0, site_id=None, scopes=frozenset(), service_client_id=1),
            site=site.key,
            url=receiver.url,
            events=list(EventType),
            sender=app.extensions["comments_webhook_sender"],
            now=clock.now(),
        )
        secret = app.extensions["comments_webhook_sender"].secret(made.id, made.generation)
        receiver.answer = lambda got: 204 if got.verify(secret) else 500
        log = happen(site, actor, EVENTS)
        total = sum(map(len, log))
        assert total == EVENTS
        for kill in range(1, KILLS + 1):
            with working(database_url):
                wait_until(total * kill // (KILLS + 1), receiver.received)
        assert len(set(receiver.ids)) < total, "it was killed before it was done"
        with working(database_url):
            wait_until(total, receiver.received)
    first_seen = list(dict.fromkeys(receiver.ids))
    assert len(first_seen) == total, "an event has one id, however often it comes"
    for ids in log:
        expected = [f"msg_{event_id}_{made.id}" for event_id in ids]
        assert [each for each in first_seen if each in set(expected)] == expected
