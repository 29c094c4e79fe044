"""Versions of a policy, what differs between two, and what one would have done before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from comments_service.errors import InvalidPolicy, NotFound
from comments_service.models import AuditEntry, Comment, Event, PolicyStatus, Status, db
from comments_service.policy import Outcome
from comments_service.services import backtests, jobs, policies, policy_changes, sites
from comments_service.services.audit import OPERATOR
from comments_service.services.job_runners import RUNNERS
from comments_service.services.jobs import JobRun
from comments_service.services.policy_changes import Kind
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.readers import Reader
from tests.small_app import NOON, Clock

TITLES = {"title": {"ko": "꽃", "en": "Flowers"}, "text": {"ko": "꽃 금지", "en": "No flowers"}}


def words(*entries: str, **settings: object) -> dict[str, Any]:
    return {"filter": "words", "action": "reject", "words": list(entries), **settings}


def document(*uses: dict[str, Any], clause: str = "9.1", **more: object) -> dict[str, Any]:
    return {"format": 1, "clauses": [{"id": clause, **TITLES, "filters": list(uses)}], **more}


def published(site: SiteView, source: policies.Source) -> int:
    made = policies.draft(site.id, source, note=None, now=NOON)
    return policies.publish(site.id, made.version, by=OPERATOR, now=NOON).version


def events() -> list[dict[str, Any]]:
    with db.engine.connect() as connection:
        query = select(Event.data).where(Event.type == "policy.published").order_by(Event.id)
        return list(connection.execute(query).scalars())


def test_each_site_counts_its_versions_alone(app: Flask, site: SiteView) -> None:
    other = sites.create("other", name="Other", origins=["https://other.example"], now=NOON)
    source = document(words("tulip"))
    numbers = [
        policies.draft(each.id, source, note=None, now=NOON).version for each in (site, site, other)
    ]
    assert numbers == [2, 3, 2]


def test_a_draft_judges_nothing_and_says_nothing(site: SiteView) -> None:
    policies.draft(site.id, document(words("tulip")), note=None, now=NOON)
    assert policies.version_in_force(site.id) == 1
    assert events() == []


def test_publishing_leaves_an_event_each_time_something_changes(site: SiteView) -> None:
    version = published(site, document(words("tulip")))
    policies.publish(site.id, version, by=OPERATOR, now=NOON)
    policies.publish(site.id, 1, by=OPERATOR, now=NOON)
    assert events() == [{"policy_version": 2}, {"policy_version": 3}]


def test_publishing_is_in_the_audit_log(site: SiteView) -> None:
    made = policies.draft(site.id, document(words("tulip")), note=None, now=NOON)
    policies.publish(site.id, made.version, by="user:7", now=NOON)
    with db.engine.connect() as connection:
        [entry] = connection.execute(select(AuditEntry.__table__))
    assert (entry.action, entry.actor, entry.target) == ("policy.published", "user:7", "policy:2")
    assert (entry.before, entry.after) == ({"policy_version": 1}, {"policy_version": 2})


def test_a_published_version_stays_what_it_was(site: SiteView) -> None:
    published(site, document(words("tulip")))
    before = policies.read(site.id, 2)
    published(site, document(words("rose")))
    policies.publish(site.id, 2, by=OPERATOR, now=NOON + timedelta(days=1))
    after = policies.read(site.id, 2)
    assert (after.source, after.version.published_at) == (before.source, NOON)
    assert policies.read(site.id, 4).source == before.source


def test_a_draft_overtaken_by_another_is_published_under_a_new_number(site: SiteView) -> None:
    early = policies.draft(site.id, document(words("tulip")), note="early", now=NOON)
    published(site, document(words("rose")))
    late = policies.publish(site.id, early.version, by=OPERATOR, now=NOON)
    assert (late.version, late.note, late.in_force) == (4, "early", True)
    assert policies.read(site.id, early.version).version.status is PolicyStatus.DRAFT


def test_what_is_not_there_is_neither_read_nor_published(site: SiteView) -> None:
    for missing in (lambda: policies.read(site.id, 9), lambda: policies.of_version(site.id, 9)):
        with pytest.raises(NotFound):
            missing()
    with pytest.raises(NotFound):
        policies.publish(site.id, 9, by=OPERATOR, now=NOON)


def test_an_invalid_document_is_never_kept(site: SiteView) -> None:
    with pytest.raises(InvalidPolicy) as caught:
        policies.draft(site.id, "format: 1\nclauses: 7\n", note=None, now=NOON)
    [error] = caught.value.errors
    assert (error.pointer, error.line) == ("/policy/clauses", 2)
    assert len(policies.versions(site.id, limit=5).items) == 1


def test_a_difference_pairs_filters_of_one_kind_and_leaves_equal_ones_out() -> None:
    before = policies.compiled(
        document(words("tulip"), words("weed", rule="weeds"), {"filter": "links", "action": "hold"})
    )
    after = policies.compiled(
        document(words("tulip"), words("thistle", rule="weeds"), words("oak", rule="trees"))
    )
    [clause] = policy_changes.between(before, after)
    assert (clause.clause, clause.kind, clause.words) == ("9.1", Kind.CHANGED, ())
    told = [(change.filter, change.kind) for change in clause.filters]
    assert told == [("words", Kind.CHANGED), ("words", Kind.ADDED), ("links", Kind.REMOVED)]
    [setting] = clause.filters[0].settings
    assert (setting.name, setting.before, setting.after) == ("words", ["weed"], ["thistle"])


def test_a_difference_sees_what_is_inherited() -> None:
    default = policies.compiled({"format": 1, "extends": "default"})
    without = policies.compiled({"format": 1, "extends": "default", "without": ["3.9"]})
    [change] = policy_changes.between(default, without)
    assert (change.clause, change.kind) == ("3.9", Kind.REMOVED)
    assert policy_changes.between(default, default) == ()


def test_a_backtest_compares_with_what_became_of_each_comment(
    site: SiteView, reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader()
    hana.post("A tulip of last week")
    since = now.advance(minutes=1)
    hana.post("A tulip is red")
    hana.post("A lily is white")
    hana.post("call 010-1234-5678")
    deleted = hana.post("A tulip to be deleted").get_json()["id"]
    hana.call("DELETE", f"/api/v1/comments/{deleted}")
    told: list[int] = []
    report = backtests.run(
        site.id,
        policies.compiled(document(words("tulip"))),
        since=since,
        progress=told.append,
    )
    assert report.counts == {
        (Status.PUBLISHED, Outcome.REJECT): 1,
        (Status.PUBLISHED, Outcome.ALLOW): 1,
    }
    assert (report.judged, report.masked, report.flips, report.agreement) == (2, 1, 1, 0.5)
    assert report.clauses == {"9.1": 1}
    [example] = report.examples
    assert (example.status, example.outcome) == (Status.PUBLISHED, Outcome.REJECT)
    assert told == [2]


def test_a_backtest_goes_through_more_than_one_batch(
    site: SiteView, reader: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    hana = reader()
    for number in range(5):
        hana.post(f"A tulip, number {number}")
    monkeypatch.setattr(backtests, "BATCH", 2)
    monkeypatch.setattr(backtests, "EXAMPLES", 3)
    told: list[int] = []
    report = backtests.run(
        site.id, policies.compiled(document(words("tulip"))), since=NOON, progress=told.append
    )
    assert told == [2, 4, 5]
    assert (report.flips, len(report.examples)) == (5, 3)


def test_a_backtest_goes_on_where_a_worker_died_and_knows_what_people_decided(
    site: SiteView, reader: Callable[..., Reader], now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hana = reader()
    for number in range(5):
        hana.post(f"A tulip, number {number}")
    removed, approved = (hana.post(body).get_json()["id"] for body in ("A tulip", "you idiot"))
    with transaction() as session:
        for comment_id, status in ((removed, Status.REMOVED), (approved, Status.PUBLISHED)):
            change = update(Comment).where(Comment.id == int(comment_id))
            session.execute(change.values(status=status, visible=int(status == "published")))
    version = policies.draft(site.id, document(words("tulip")), note=None, now=NOON).version
    asked = backtests.enqueue(site.id, version, since=NOON, by="service:1", now=now())
    monkeypatch.setattr(backtests, "BATCH", 2)

    with monkeypatch.context() as killing:
        killing.setattr(JobRun, "progress", die_after(1, JobRun.progress))
        with pytest.raises(KeyboardInterrupt):
            jobs.run_next(RUNNERS, clock=now)
    assert jobs.get(asked.id).done == 2
    assert jobs.run_next(RUNNERS, clock=now)
    report = jobs.get(asked.id).report
    assert report is not None
    assert report["counts"] == {"published": {"reject": 5, "allow": 1}, "removed": {"reject": 1}}
    assert (report["decided"], report["upheld"], report["flips"]) == (2, 2, 5)


def die_after(calls: int, progress: Callable[..., None]) -> Callable[..., None]:
    left = iter(range(calls))

    def dying(*args: Any, **more: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        progress(*args, **more)

    return dying
