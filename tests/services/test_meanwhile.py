"""What somebody else does in the middle of it, or between two of one's steps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from comments_service.config import Settings
from comments_service.errors import AccountSuspended, Unauthenticated
from comments_service.models import Comment, Delivery, Event, Site, Suspension, db
from comments_service.services import (
    article_settings,
    articles,
    comments,
    deliveries,
    event_log,
    privacy,
)
from comments_service.services.actor import READER_SCOPE, Actor
from comments_service.services.comments import NewComment
from comments_service.services.ids import new_id
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.api.services import Service, service
from tests.api.test_transfers import send, work
from tests.conftest import settings_for
from tests.readers import Reader
from tests.rows import values
from tests.small_app import NOON, Clock

CMS = Actor(0, None, frozenset())
LINE = {
    "type": "comment",
    "id": "1",
    "article": "old",
    "author": {"id": "1", "name": "김하나"},
    "body": "오래전 댓글",
    "created_at": "2019-01-01T00:00:00Z",
}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, import_directory=str(tmp_path / "uploads"))


@pytest.fixture
def newspaper(app: Flask, site: SiteView) -> Service:
    return service(app, "transfers:write", "webhooks:write", "events:read", "sites:write")


def hook(newspaper: Service, *wanted: str) -> None:
    asked = {"site": "demo", "url": "https://example.com/hook", "events": list(wanted)}
    assert newspaper.call("POST", "/api/v1/webhooks", json=asked).status_code == 201


def log(newspaper: Service, **query: str) -> list[dict[str, Any]]:
    answer = newspaper.call("GET", "/api/v1/events", query_string={"site": "demo", **query})
    assert answer.status_code == 200, answer.get_json()
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


@pytest.fixture
def reported(newspaper: Service, reader: Callable[..., Reader], now: Clock) -> str:
    """An import whose one comment a reader has reported, which a webhook was to be told of."""
    hook(newspaper, "comment.reported")
    job: str = send(newspaper, json.dumps(LINE).encode(), "jsonl").get_json()["id"]
    work(now)
    (comment_id,) = values(select(Comment.id))
    path = f"/api/v1/comments/{comment_id}/reports"
    assert reader("이준호").call("POST", path, json={"reason": "abuse"}).status_code == 202
    event_log.place_all(now=now())
    return job


def undo(newspaper: Service, job: str, now: Clock) -> str:
    asked = newspaper.call("POST", f"/api/v1/imports/{job}/undo")
    work(now)
    status: str = newspaper.call("GET", asked.headers["Location"]).get_json()["status"]
    return status


def test_an_import_is_undone_though_its_comments_were_told_of(
    newspaper: Service, reported: str, now: Clock
) -> None:
    assert undo(newspaper, reported, now) == "done"
    assert values(select(Comment.id)) == []


def test_who_reads_the_log_goes_on_after_an_import_was_undone(
    newspaper: Service, reported: str, reader: Callable[..., Reader], now: Clock
) -> None:
    (seen,) = log(newspaper)
    (place,) = values(select(Event.position))
    undo(newspaper, reported, now)
    assert reader("박도윤").post("가나다", article="b").status_code == 201
    (following,) = log(newspaper, after=seen["id"])
    assert following["type"] == "comment.published"
    assert max(values(select(Event.position))) > place


@pytest.mark.parametrize("deletion", ["anonymise", "delete"])
def test_a_post_on_its_way_while_its_account_is_deleted_is_refused(
    site: SiteView, reader: Callable[..., Reader], deletion: str
) -> None:
    with transaction() as session:
        session.get_one(Site, site.id).settings = {"account_deletion": deletion}
    actor = Actor(int(reader("김하나").user_id), site.id, frozenset({READER_SCOPE}))
    privacy.delete_account(actor.user_id, pepper="x", now=NOON)
    with pytest.raises(Unauthenticated):
        comments.submit(actor, NewComment("demo", "a", "가나다"), now=NOON)
    assert values(select(Comment.id)) == []


def test_who_is_suspended_while_waiting_for_the_article_does_not_post(
    site: SiteView, reader: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = Actor(int(reader("김하나").user_id), site.id, frozenset({READER_SCOPE}))
    lock = articles.lock

    def suspended_meanwhile(*args: Any, **more: Any) -> Any:
        row = {"user_id": actor.user_id, "site_id": site.id, "reason": "x", "created_at": NOON}
        db.session.add(Suspension(id=new_id(NOON), **row))
        db.session.flush()
        return lock(*args, **more)

    monkeypatch.setattr(articles, "lock", suspended_meanwhile)
    with pytest.raises(AccountSuspended):
        comments.submit(actor, NewComment("demo", "a", "가나다"), now=NOON)


def test_a_delivery_keeps_its_turn_when_its_article_goes_into_another(
    newspaper: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    hook(newspaper, "comment.published", "comment.deleted")
    writer = reader("김하나")
    comment = writer.post("가나다", article="from").get_json()["id"]
    event_log.place_all(now=now())
    with transaction() as session:  # it failed once
        session.execute(update(Delivery).values(next_at=now() + timedelta(minutes=5)))
    merged = {"site": "demo", "from": "from", "into": "into"}
    assert newspaper.call("POST", "/api/v1/articles/merge", json=merged).status_code == 200
    assert writer.call("DELETE", f"/api/v1/comments/{comment}").status_code == 204
    event_log.place_all(now=now())
    assert deliveries.claim(now=now(), most=10) == ()


def test_an_edit_that_the_desk_has_to_see_first_is_told_of_as_held(
    newspaper: Service, site: SiteView, reader: Callable[..., Reader]
) -> None:
    writer = reader("김하나")
    comment = writer.post("가나다", article="a").get_json()["id"]
    article_settings.change(CMS, site, "a", {"status": "premoderated"}, now=NOON)
    edited = writer.call("PATCH", f"/api/v1/comments/{comment}", json={"body": "가나다라"})
    assert edited.status_code == 202
    (held,) = log(newspaper, types="comment.held")
    assert held["data"]["comment"]["id"] == comment
    assert len(log(newspaper, types="comment.edited")) == 1
