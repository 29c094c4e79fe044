"""The queue and decisions (API contract, section 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.services import audit, sites
from comments_service.services.sites import SiteView
from tests.api.desk import decide, decision, ids, one, queue, report, undo
from tests.api.services import Service, service
from tests.problems import slug
from tests.readers import Reader
from tests.small_app import NOON, Clock

ARTICLE = "nato-2026-11"
THREAD = f"/api/v1/comments?site=demo&article={ARTICLE}"
CLAUSE = "1.1"

Readers = Callable[..., Reader]


@pytest.fixture
def desk(app: Flask, site: SiteView) -> Service:
    return service(app, "moderation:read", "moderation:write", "users:read", site="demo")


@pytest.fixture
def premoderated(app: Flask, site: SiteView) -> None:
    """Everything under the article waits for a moderator."""
    from comments_service.models import ArticleStatus, db
    from comments_service.services import articles
    from comments_service.services.transaction import transaction

    with transaction():
        row = articles.lock(site, ARTICLE, url=None, title=None, now=NOON)
        table = db.metadata.tables["article"]
        db.session.execute(
            table.update().where(table.c.id == row.id).values(status=ArticleStatus.PREMODERATED)
        )


def held(who: Reader, text: str = "자전거 도로가 필요합니다") -> str:
    answer = who.post(text)
    assert answer.status_code == 202, answer.text
    return str(answer.get_json()["id"])


def published(who: Reader, text: str = "자전거 도로가 필요합니다", **more: Any) -> str:
    answer = who.post(text, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def a_clause(desk: Service) -> str:
    return str(desk.client.get("/api/v1/sites/demo/policy").get_json()["clauses"][0]["id"])


@pytest.mark.usefixtures("premoderated")
def test_the_queue_shows_what_waits_with_its_evidence(reader: Readers, desk: Service) -> None:
    hana = reader("김하나")
    first, second = held(hana), held(hana, "버스가 늦습니다")
    page = queue(desk, "held", site="demo")
    assert ids(page) == [first, second]
    assert (page["total"], page["next_cursor"]) == (2, None)
    item = page["items"][0]
    assert item["comment"]["body"] == "자전거 도로가 필요합니다"
    assert item["comment"]["author"]["name"] == "김하나"
    assert item["verdict"]["outcome"] == "hold"
    assert item["verdict"]["policy_version"] == 1
    assert item["verdict"]["findings"]
    assert item["author_record"]["held"] == 2
    assert item["article"]["key"] == ARTICLE
    assert item["reports"]["count"] == 0
    assert item["appeal"] is None


@pytest.mark.usefixtures("premoderated")
def test_the_queue_is_paged_and_narrowed_down(reader: Readers, desk: Service) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    mine = [held(hana, f"자전거 {number}") for number in range(3)]
    other = held(junho, "버스가 늦습니다")
    first = queue(desk, "held", limit=2)
    assert (ids(first), first["total"]) == (mine[:2], 4)
    second = queue(desk, "held", limit=2, cursor=first["next_cursor"])
    assert (ids(second), second["next_cursor"]) == ([mine[2], other], None)
    assert ids(queue(desk, "held", user=junho.user_id)) == [other]
    assert ids(queue(desk, "held", q="버스")) == [other]
    assert ids(queue(desk, "held", q="자전")) == mine
    assert ids(queue(desk, "held", q="없는말")) == []
    assert ids(queue(desk, "held", q="!!!")) == []
    assert ids(queue(desk, "held", article="another")) == []
    assert ids(queue(desk, "held", filter="words")) == []
    assert ids(queue(desk, "held", filter="premoderation")) == [*mine, other]
    assert slug(
        desk.call("GET", f"/api/v1/moderation/queue?status=held&cursor={first['next_cursor']}x")
    ) == ("invalid-cursor")


@pytest.mark.usefixtures("premoderated")
def test_a_held_comment_is_approved_and_everybody_reads_it(
    client: FlaskClient, reader: Readers, desk: Service
) -> None:
    hana = reader()
    comment = held(hana)
    assert one(desk, comment, "approve", "held") == {
        "comment_id": comment,
        "code": 200,
        "status": "published",
    }
    thread = client.get(THREAD).get_json()
    assert [root["id"] for root in thread["comments"]] == [comment]
    assert thread["article"]["comment_count"] == 1
    assert ids(queue(desk, "held")) == []
    assert ids(queue(desk, "published")) == [comment]
    assert audit.verify() is None


@pytest.mark.usefixtures("premoderated")
def test_a_stale_decision_is_told_who_was_first(
    app: Flask, reader: Readers, desk: Service, now: Clock
) -> None:
    comment = held(reader())
    one(desk, comment, "approve", "held")
    late = one(service(app, "moderation:write"), comment, "reject", "held", a_clause(desk))
    assert (late["code"], late["status"]) == (409, "published")
    assert late["decided_by"]["name"] == "Desk"
    assert late["decided_at"] == "2026-11-24T12:00:00.000Z"


@pytest.mark.usefixtures("premoderated")
def test_rejecting_needs_a_clause_in_force_or_other_with_a_note(
    reader: Readers, desk: Service
) -> None:
    comment = held(reader())
    for wrong, pointer in (
        ({}, "/decisions/0/reason"),
        ({"reason": "99.99"}, "/decisions/0/reason"),
        ({"reason": "other"}, "/decisions/0/note"),
        ({"reason": "other", "note": "  "}, "/decisions/0/note"),
    ):
        result = one(desk, comment, "reject", "held", **wrong)
        assert (result["code"], result["status"]) == (422, "held")
        assert [error["pointer"] for error in result["errors"]] == [pointer]
    result = one(desk, comment, "reject", "held", "other", note="광고입니다")
    assert (result["code"], result["status"]) == (200, "rejected")


@pytest.mark.usefixtures("premoderated")
def test_each_decision_of_a_batch_stands_for_itself(reader: Readers, desk: Service) -> None:
    hana = reader()
    comments = [held(hana, f"자전거 {number}") for number in range(3)]
    one(desk, comments[0], "approve", "held")
    clause = a_clause(desk)
    answer = decide(
        desk,
        decision(comments[0], "reject", "held", clause),
        decision(comments[1], "reject", "held", clause),
        decision("nothing", "approve", "held"),
        decision("12345", "approve", "held"),
        decision(comments[2], "restore", "held"),
    )
    results = answer.get_json()["results"]
    assert [result["code"] for result in results] == [409, 200, 404, 404, 422]
    assert [result["comment_id"] for result in results] == [
        comments[0],
        comments[1],
        "nothing",
        "12345",
        comments[2],
    ]


def test_a_batch_has_one_to_a_hundred_decisions(desk: Service) -> None:
    assert slug(decide(desk)) == "invalid-request"
    many = [decision("1", "approve", "held")] * 101
    assert slug(decide(desk, *many)) == "invalid-request"
    assert decide(desk, *many[:100]).status_code == 200
    assert slug(decide(desk, decision("1", "praise", "held"))) == "invalid-request"
    unseen = {"comment_id": "1", "decision": "approve"}
    assert slug(decide(desk, unseen)) == "invalid-request"


def test_what_is_removed_leaves_the_page_and_can_be_restored(
    client: FlaskClient, reader: Readers, desk: Service
) -> None:
    hana = reader()
    comment = published(hana)
    published(reader(), "동의합니다", parent_id=comment)
    assert one(desk, comment, "remove", "published", a_clause(desk))["status"] == "removed"
    thread = client.get(THREAD).get_json()
    assert [(root["status"], root["body"]) for root in thread["comments"]] == [("removed", None)]
    assert thread["article"]["comment_count"] == 1
    assert one(desk, comment, "restore", "removed")["status"] == "published"
    thread = client.get(THREAD).get_json()
    assert thread["comments"][0]["body"] == "자전거 도로가 필요합니다"
    assert thread["article"]["comment_count"] == 2


@pytest.mark.usefixtures("premoderated")
def test_a_batch_is_undone_within_ten_minutes(
    app: Flask, client: FlaskClient, reader: Readers, desk: Service, now: Clock
) -> None:
    hana = reader()
    comments = [held(hana, f"자전거 {number}") for number in range(3)]
    batch = decide(desk, *(decision(each, "approve", "held") for each in comments)).get_json()
    one(desk, comments[2], "remove", "published", a_clause(desk))
    now.advance(minutes=10)
    desk = service(app, "moderation:write", site="demo")
    answer = undo(desk, batch["batch_id"])
    assert answer.status_code == 200
    results = answer.get_json()["results"]
    assert [(each["code"], each["status"]) for each in results] == [
        (200, "held"),
        (200, "held"),
        (409, "removed"),
    ]
    assert client.get(THREAD).get_json()["article"]["comment_count"] == 0
    assert [each["code"] for each in undo(desk, batch["batch_id"]).get_json()["results"]] == [
        409,
        409,
        409,
    ]
    now.advance(seconds=1)
    assert slug(undo(desk, batch["batch_id"])) == "undo-window-closed"
    assert slug(undo(desk, "999")) == "not-found"
    assert audit.verify() is None


@pytest.mark.usefixtures("premoderated")
def test_a_batch_sent_twice_under_one_key_decides_once(reader: Readers, desk: Service) -> None:
    comment = held(reader())
    key = {"Idempotency-Key": "k"}
    first = decide(desk, decision(comment, "approve", "held"), headers=key)
    second = decide(desk, decision(comment, "approve", "held"), headers=key)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.get_json() == first.get_json()


def test_reports_are_answered_by_the_decision_and_the_reporters_told(
    client: FlaskClient, reader: Readers, desk: Service
) -> None:
    comment = published(reader("김하나"))
    reporters = [reader() for _ in range(3)]
    for who in reporters[:2]:
        report(who, comment)
    page = queue(desk, "reported")
    assert ids(page) == [comment]
    assert page["items"][0]["reports"] == {"count": 2, "open": 2, "reasons": {"abuse": 2}}
    assert one(desk, comment, "approve", "published")["status"] == "published"
    assert ids(queue(desk, "reported")) == []
    told = reporters[0].call("GET", "/api/v1/me/notifications").get_json()
    assert [(each["type"], each["agreed"]) for each in told["items"]] == [("report", False)]
    # What a moderator has approved is not held by readers again.
    for who in (*reporters, reader(), reader(), reader()):
        report(who, comment)
    assert client.get(f"/api/v1/comments/{comment}").status_code == 200
    assert ids(queue(desk, "reported")) == [comment]
    assert one(desk, comment, "approve", "published")["code"] == 200
    assert one(desk, comment, "approve", "published")["code"] == 422


def test_somebody_whose_reports_are_turned_down_counts_for_less(
    client: FlaskClient, reader: Readers, desk: Service
) -> None:
    hana, grumbler = reader("김하나"), reader()
    for number in range(3):
        comment = published(hana, f"자전거 {number}")
        report(grumbler, comment)
        one(desk, comment, "approve", "published")
    comment = published(hana, "버스가 늦습니다")
    for who in (grumbler, reader(), reader()):
        report(who, comment)
    assert client.get(f"/api/v1/comments/{comment}").status_code == 200
    report(reader(), comment)
    assert client.get(f"/api/v1/comments/{comment}").status_code == 404


@pytest.mark.usefixtures("premoderated")
def test_everything_kept_of_a_comment_is_shown(app: Flask, reader: Readers, desk: Service) -> None:
    hana = reader()
    comment = held(hana)
    hana.call("PATCH", f"/api/v1/comments/{comment}", json={"body": "버스가 늦습니다"})
    one(desk, comment, "approve", "held")
    seen = desk.call("GET", f"/api/v1/moderation/comments/{comment}").get_json()
    assert seen["comment"]["body"] == "버스가 늦습니다"
    assert [edit["body"] for edit in seen["edits"]] == ["자전거 도로가 필요합니다"]
    assert len(seen["verdicts"]) == 2
    assert [each["decision"] for each in seen["decisions"]] == ["approve"]
    assert seen["decisions"][0]["decided_by"]["name"] == "Desk"
    sites.create("other", name="Other", origins=[], now=NOON)
    stranger = service(app, "moderation:read", "moderation:write", site="other")
    assert slug(stranger.call("GET", f"/api/v1/moderation/comments/{comment}")) == "not-found"
    assert one(stranger, comment, "remove", "published", "other", note="x")["code"] == 404
    assert slug(stranger.call("GET", "/api/v1/moderation/queue?site=demo")) == "not-found"
    assert queue(stranger, "published")["items"] == []


@pytest.mark.usefixtures("premoderated")
def test_a_service_of_every_site_sees_all_queues_in_one(
    app: Flask, reader: Readers, desk: Service
) -> None:
    sites.create("other", name="Other", origins=[], now=NOON)
    comments = [held(reader(), f"자전거 {number}") for number in range(3)]
    everywhere = service(app, "moderation:read")
    first = queue(everywhere, "held", limit=2)
    assert (ids(first), first["total"]) == (comments[:2], 3)
    assert ids(queue(everywhere, "held", limit=2, cursor=first["next_cursor"])) == comments[2:]
