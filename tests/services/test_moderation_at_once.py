"""Several moderators at the same comments at the same time: each is decided once, everything that
follows from it is there, and the counters are what a count would give."""

from __future__ import annotations

from random import Random
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from comments_service.models import Article, AuditEntry, Comment, Decision, Event, User, db
from comments_service.services import audit, moderation
from comments_service.services.actor import Actor
from comments_service.services.ids import new_id
from comments_service.services.moderation import DecisionKind, NewDecision, Result
from comments_service.services.roles import Role, RoleView
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from comments_service.services.views import Status
from tests.small_app import NOON
from tests.soak import TIMES

MODERATORS, ARTICLES = 8, 5
ITEMS = 20 * TIMES


def _held(site: SiteView) -> list[int]:
    """Comments that wait, under a few articles."""
    author = new_id(NOON)
    articles = [new_id(NOON) for _ in range(ARTICLES)]
    made = [new_id(NOON) for _ in range(ITEMS)]
    with transaction() as session:
        session.add(User(id=author, display_name="김하나", created_at=NOON))
        session.flush()
        session.execute(
            insert(Article),
            [
                {"id": each, "site_id": site.id, "key": f"a-{each}", "created_at": NOON}
                for each in articles
            ],
        )
        session.execute(
            insert(Comment),
            [
                {
                    "id": each,
                    "article_id": articles[number % ARTICLES],
                    "author_id": author,
                    "seq": number + 1,
                    "body": f"자전거 {number}",
                    "status": "held",
                    "visible": 0,
                    "created_at": NOON,
                }
                for number, each in enumerate(made)
            ],
        )
    return made


class Moderator:
    """One who works through all of it, in an order of their own, some at a time."""

    def __init__(self, held: list[int], seed: int) -> None:
        self.chance = Random(seed)
        self.held = self.chance.sample(held, len(held))
        self.user_id = new_id(NOON)
        self.results: list[Result] = []
        self.faults: list[Exception] = []

    def decide(self, app: Flask) -> None:
        actor = Actor(self.user_id, None, frozenset(), roles=(RoleView(Role.MODERATOR),))
        with app.app_context():
            while self.held:
                some = [self.held.pop() for _ in range(min(len(self.held), 7))]
                wanted = [self._wanted(each) for each in some]
                try:
                    self.results += moderation.decide(actor, wanted, now=NOON).results
                except Exception as fault:  # noqa: BLE001  told by the test
                    self.faults.append(fault)

    def _wanted(self, comment_id: int) -> NewDecision:
        if self.chance.random() < 0.5:
            return NewDecision(comment_id, DecisionKind.APPROVE, Status.HELD)
        return NewDecision(comment_id, DecisionKind.REJECT, Status.HELD, "other", "광고")


@pytest.mark.soak
def test_eight_moderators_decide_each_of_many_comments_once(app: Flask, site: SiteView) -> None:
    held = _held(site)
    moderators = [Moderator(held, seed) for seed in range(MODERATORS)]
    with transaction() as session:
        for number, each in enumerate(moderators):
            session.add(User(id=each.user_id, display_name=f"지수 {number}", created_at=NOON))
    before = audit.head().seq
    threads = [Thread(target=each.decide, args=(app,)) for each in moderators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [fault for each in moderators for fault in each.faults] == []
    results = [result for each in moderators for result in each.results]
    assert len(results) == MODERATORS * ITEMS
    applied = [result for result in results if result.error is None]
    assert sorted(result.comment_id for result in applied) == sorted(held)
    late = [result for result in results if result.error is not None]
    assert all(result.decided_by is not None for result in late)
    _assert_all_is_there(before)


def _assert_all_is_there(before: int) -> None:
    """One decision, one audit entry and one event each; counters as a count would give them."""
    with db.engine.connect() as connection:

        def count(query: object) -> int:
            return int(connection.execute(query).scalar_one())  # type: ignore[call-overload]

        assert count(select(func.count()).select_from(Decision)) == ITEMS
        assert count(select(func.count(Decision.comment_id.distinct()))) == ITEMS
        entries = select(func.count()).where(AuditEntry.action.like("comment.%"))
        assert count(entries) == ITEMS
        assert count(select(func.count(AuditEntry.target.distinct()))) == ITEMS
        assert count(select(func.count()).select_from(Event)) == ITEMS
        assert count(select(func.count()).where(Comment.status == "held")) == 0
        published = (
            select(func.count())
            .where(Comment.article_id == Article.id, Comment.status == "published")
            .scalar_subquery()
        )
        wrong = select(func.count()).select_from(Article).where(Article.comment_count != published)
        assert count(wrong) == 0
    assert audit.head().seq == before + ITEMS
    assert audit.verify() is None


def test_of_two_moderators_at_one_comment_the_second_is_told_of_the_first(
    app: Flask, site: SiteView
) -> None:
    (comment, *_) = _held(site)
    names = {new_id(NOON): "지수", new_id(NOON): "민재"}
    with transaction() as session:
        for user_id, name in names.items():
            session.add(User(id=user_id, display_name=name, created_at=NOON))
    first, second = (
        Actor(user_id, None, frozenset(), roles=(RoleView(Role.MODERATOR, site.id),))
        for user_id in names
    )
    approved = NewDecision(comment, DecisionKind.APPROVE, Status.HELD)
    rejected = NewDecision(comment, DecisionKind.REJECT, Status.HELD, "other", "광고")
    moderation.decide(first, [approved], now=NOON)
    (late,) = moderation.decide(second, [rejected], now=NOON).results
    assert late.error is not None
    assert late.status is Status.PUBLISHED
    assert late.decided_by is not None
    assert (late.decided_by.name, late.decided_at) == ("지수", NOON)
