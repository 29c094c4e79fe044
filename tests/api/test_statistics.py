"""Statistics and the transparency report: each figure worked out by hand beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from comments_service.services import audit_log, rejudgements, sites, staff, statistics
from comments_service.services.actor import Actor
from comments_service.services.audit import Head
from comments_service.services.audit_log import Filters
from comments_service.services.identities import IdentityKey
from comments_service.services.sites import SiteView
from comments_service.services.staff import Role
from tests.api.desk import decide, decision, one, report, undo
from tests.api.gulls import hold_gulls
from tests.api.services import Service, service
from tests.problems import slug
from tests.readers import Reader
from tests.small_app import NEWS, NOON, Clock

STATS = "/api/v1/moderation/stats"
REPORT = "/api/v1/moderation/transparency"
PEPPER = "development-secret-key-never-in-production"


@pytest.fixture
def desk(app: Flask, site: SiteView) -> Callable[[], Service]:
    """The desk's service, with a token of this moment; gulls are held."""
    hold_gulls(site)
    return lambda: service(app, "moderation:read", "moderation:write", site="demo")


def held(reader: Reader, number: int = 0) -> str:
    answer = reader.post(f"갈매기 {number}마리가 왔습니다.")
    assert answer.status_code == 202, answer.text
    identifier: str = answer.get_json()["id"]
    return identifier


def stats(desk: Service, **query: str) -> dict[str, Any]:
    answer = desk.call("GET", STATS, query_string={"site": "demo", **query})
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_what_came_is_counted_by_day_and_by_the_policys_answer(
    desk: Callable[[], Service], reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader()
    hana.post("좋은 글입니다")
    held(hana)
    now.advance(hours=4)  # the next day in Korea
    reader("이민수").post("또 좋은 글입니다")
    figures = stats(desk(), since="2026-11-24T00:00:00+09:00")
    days = {day["day"]: day for day in figures["days"]}
    assert (days["2026-11-24"]["published"], days["2026-11-24"]["held"]) == (1, 1)
    assert (days["2026-11-25"]["published"], days["2026-11-25"]["held"]) == (1, 0)
    assert figures["received"] == 3


def test_the_queue_is_counted_by_how_long_it_has_waited(
    desk: Callable[[], Service], reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader()
    held(hana, 1)
    now.advance(minutes=10)
    held(reader("이민수"), 2)
    now.advance(minutes=2)
    queue = stats(desk())["queue"]
    assert queue["waiting"] == 2
    assert queue["oldest_at"] == "2026-11-24T12:00:00.000Z"
    assert [each["count"] for each in queue["ages"]] == [1, 1, 0, 0, 0]
    assert [each["below_minutes"] for each in queue["ages"]] == [5, 15, 60, 240, None]


def test_the_time_to_a_decision_is_of_decisions_that_stand(
    desk: Callable[[], Service], reader: Callable[..., Reader], now: Clock
) -> None:
    waits = {held(reader(f"독자{minutes}"), minutes): minutes for minutes in (1, 2, 9)}
    undone = held(reader("독자30"), 30)
    for comment, minutes in waits.items():
        now.time = NOON + timedelta(minutes=minutes)
        assert one(desk(), comment, "approve", "held")["code"] == 200
    now.time = NOON + timedelta(minutes=20)
    batch = decide(desk(), decision(undone, "reject", "held", "other", note="-")).get_json()
    undo(desk(), batch["batch_id"])
    figures = stats(desk())
    assert figures["decision_seconds"] == {"count": 3, "median": 120.0, "p95": 540.0}
    assert figures["decisions"] == {"approve": 3}
    assert (figures["undone"], figures["overturned"]) == (1, 1)


def test_a_rule_is_as_right_as_moderators_found_it(
    desk: Callable[[], Service], reader: Callable[..., Reader]
) -> None:
    first, second, third = (held(reader(f"독자{number}"), number) for number in range(3))
    held(reader("독자9"), 9)
    for comment in (first, second):
        one(desk(), comment, "reject", "held", "other", note="-")
    one(desk(), third, "approve", "held")
    rule = next(each for each in stats(desk())["rules"] if each["clause"] == "9.1")
    assert (rule["stopped"], rule["decided"], rule["agreed"]) == (4, 3, 2)
    assert rule["precision"] == pytest.approx(2 / 3)
    assert (rule["low"], rule["high"]) == pytest.approx((0.2077, 0.9385), abs=1e-4)


@pytest.mark.parametrize(
    ("good", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_the_interval_is_wilsons(good: int, of: int, low: float, high: float) -> None:
    assert statistics.wilson(good, of) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.95, None), ([7.0], 0.95, 7.0), ([float(n) for n in range(1, 101)], 0.95, 95.0)],
)
def test_a_percentile_is_the_nearest_rank(
    values: list[float], share: float, expected: float | None
) -> None:
    assert statistics.percentile(values, share) == expected


def test_appeals_are_counted_with_their_outcome(
    desk: Callable[[], Service], reader: Callable[..., Reader], app: Flask
) -> None:
    granted, waiting = reader("김하나"), reader("이민수")
    texts = [held(granted, 1), held(waiting, 2)]
    for comment, who in zip(texts, (granted, waiting), strict=True):
        one(desk(), comment, "reject", "held", "other", note="-")
        who.call("POST", f"/api/v1/me/comments/{comment}/appeal", json={"text": "다시"})
    one(service(app, "moderation:write"), texts[0], "approve", "rejected")
    appeals = stats(desk())["appeals"]
    assert (appeals["filed"], appeals["granted"], appeals["open"]) == (2, 1, 1)
    assert stats(desk())["overturned"] == 1


def test_a_second_look_is_blind_and_says_how_far_the_desk_agrees(
    desk: Callable[[], Service],
    reader: Callable[..., Reader],
    site: SiteView,
    now: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rejudgements, "ONE_IN", 1)
    for number, kind in enumerate(("approve", "approve", "reject", "reject")):
        one(desk(), held(reader(f"독자{number}"), number), kind, "held", "other", note="-")
        now.advance(seconds=1)
    jisu = staff.grant(
        IdentityKey("twitter", "", "2001"), Role.MODERATOR, site="demo", pepper=PEPPER, now=NOON
    )
    actor = Actor(jisu.user_id, None, frozenset(), roles=staff.roles_of(jisu.user_id))
    for answer in (True, False, False, False):
        sampled = rejudgements.next_for(actor, site, now=now())
        assert sampled is not None
        rejudgements.judge(actor, sampled.decision_id, would_publish=answer, now=now())
    assert rejudgements.next_for(actor, site, now=now()) is None
    # Seen to agree on 3 of 4; by chance 2/4 × 1/4 + 2/4 × 3/4 = 1/2.
    agreement = stats(desk())["agreement"]
    assert agreement == {"sampled": 4, "judged": 4, "agreed": 3, "kappa": pytest.approx(0.5)}


def test_nobody_judges_their_own_decision_again(
    site: SiteView, desk: Callable[[], Service], reader: Callable[..., Reader], now: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(rejudgements, "ONE_IN", 1)
    own = desk()
    one(own, held(reader()), "approve", "held")
    maker = int(stats(own)["moderators"][0]["user_id"])
    assert rejudgements.next_for(Actor(maker, None, frozenset()), site, now=now()) is None


def test_a_month_is_told_of_with_the_end_of_the_audit_log(
    desk: Callable[[], Service], reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader()
    published = hana.post("좋은 글입니다").get_json()["id"]
    one(desk(), held(hana), "reject", "held", "other", note="-")
    report(reader("이민수"), published)
    blind = {"requester": "대리인", "reason": "명예 훼손"}
    desk().call("POST", f"/api/v1/moderation/comments/{published}/blind", json=blind)
    now.advance(days=10)  # December
    answer = desk().call("GET", f"{REPORT}?site=demo&month=2026-11")
    assert answer.status_code == 200, answer.text
    month = answer.get_json()
    assert month["until"] == "2026-11-30T14:59:59.999Z"
    assert month["comments"] == {"received": 2, "published": 1, "held": 1, "rejected": 0}
    done = {"comment.blinded": 1, "comment.rejected": 1, "policy.published": 1}
    assert month["actions"] == done
    assert month["reasons"] == {"other": 1}
    assert month["reports"]["received"] == 1
    assert month["blinds"]["begun"] == 1
    head = Head(**month["audit_head"])
    exported = audit_log.export(Filters(), end=head)
    assert audit_log.verify_export(exported, anchor=head) == head


@pytest.mark.parametrize("month", ["2026-13", "november", "2026-1", "2027-01"])
def test_what_is_no_month_is_refused(desk: Callable[[], Service], month: str) -> None:
    refused = desk().call("GET", f"{REPORT}?site=demo&month={month}")
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["pointer"] == "/query/month"


def test_another_sites_figures_are_not_there(app: Flask, site: SiteView) -> None:
    sites.create("hill", name="Hill", origins=[NEWS], now=NOON)
    stranger = service(app, "moderation:read", site="hill")
    assert slug(stranger.call("GET", f"{STATS}?site=demo")) == "not-found"
    assert slug(stranger.call("GET", f"{REPORT}?site=demo&month=2026-11")) == "not-found"
    assert stats_of(stranger)["received"] == 0


def stats_of(stranger: Service) -> dict[str, Any]:
    return dict(stranger.call("GET", f"{STATS}?site=hill").get_json())
