"""Counters are kept, never counted: after any storm of writes they are what a count would give."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import case, event, func, select

from comments_service.errors import CommentsError
from comments_service.models import Article, Comment, Event, Report, User, Vote, db
from comments_service.services import comments, privacy, reports, sites, votes
from comments_service.services.actor import Actor
from comments_service.services.ids import new_id
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from comments_service.services.votes import wilson_score
from tests.rows import values
from tests.small_app import NOON

THREADS, DEEDS = 16, 12
ARTICLES = ("a", "b", "c")


def _actors(site: SiteView) -> list[Actor]:
    users = [new_id(NOON) for _ in range(THREADS)]
    with transaction() as session:
        session.add_all(User(id=user, display_name="김하나", created_at=NOON) for user in users)
    return [Actor(user, site_id=site.id, scopes=frozenset({"comment"})) for user in users]


class Writer:
    """One reader who posts, replies, edits, votes, reports and deletes, whatever comes first."""

    def __init__(self, actor: Actor, site: SiteView, seen: list[int], seed: int) -> None:
        self.actor, self.site, self.seen = actor, site, seen
        self.chance = Random(seed)
        self.faults: list[Exception] = []

    def write(self, app: Flask) -> None:
        deeds: list[Callable[[], Any]] = [
            self.post,
            self.post,
            self.reply,
            self.reply,
            self.vote,
            self.vote,
            self.report,
            self.edit,
            self.delete,
        ]
        with app.app_context():
            for _ in range(DEEDS):
                try:
                    self.chance.choice(deeds)()
                except CommentsError:
                    pass  # somebody else was first
                except Exception as fault:  # noqa: BLE001  told by the test
                    self.faults.append(fault)

    def any_comment(self) -> int:
        return self.chance.choice(self.seen) if self.seen else 0

    def post(self, parent: int | None = None, article: str | None = None) -> None:
        command = comments.NewComment(
            site=self.site.key,
            article=article or self.chance.choice(ARTICLES),
            body=f"{self.actor.user_id} {self.chance.random()}",
            parent_id=parent,
        )
        self.seen.append(comments.submit(self.actor, command, now=NOON).comment.id)

    def reply(self) -> None:
        for article in ARTICLES:
            try:
                self.post(self.any_comment(), article)
            except CommentsError:
                continue

    def vote(self) -> None:
        value = self.chance.choice([1, -1, None])
        votes.cast(self.actor, self.any_comment(), value, now=NOON)

    def report(self) -> None:
        command = reports.NewReport(self.any_comment(), reports.ReportReason.SPAM)
        reports.file(self.actor, command, now=NOON)

    def edit(self) -> None:
        comments.edit(self.actor, self.any_comment(), f"{self.chance.random()}", now=NOON)

    def delete(self) -> None:
        comments.delete(self.actor, self.any_comment(), now=NOON)


@pytest.mark.parametrize("seed", [1])
def test_counters_agree_after_sixteen_writers_at_once(
    app: Flask, site: SiteView, seed: int
) -> None:
    seen: list[int] = []
    writers = [
        Writer(actor, site, seen, seed * 100 + number) for number, actor in enumerate(_actors(site))
    ]
    threads = [Thread(target=writer.write, args=(app,)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [fault for writer in writers for fault in writer.faults] == []
    assert len(seen) > THREADS
    _assert_counters_agree()


def _forget(writer: Writer) -> list[str]:
    """Delete the account, whose comments go with it; the statements that it took."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        privacy.delete_account(writer.actor.user_id, pepper="p", now=NOON)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return statements


@pytest.fixture
def deleting(app: Flask) -> SiteView:
    settings = {"account_deletion": "delete"}
    return sites.create("strict", name="Strict", origins=[], settings=settings, now=NOON)


def test_counters_agree_after_writers_went_with_all_their_comments(
    app: Flask, deleting: SiteView
) -> None:
    seen: list[int] = []
    writers = [
        Writer(actor, deleting, seen, number) for number, actor in enumerate(_actors(deleting))
    ]
    for writer in writers:
        writer.write(app)
    for writer in writers[::2]:
        written = select(Comment.id).where(Comment.author_id == writer.actor.user_id)
        left = values(written.where(Comment.status != "deleted"))
        told = values(select(func.count()).where(Event.type == "comment.deleted"))[0]
        _forget(writer)
        assert values(written.where(Comment.status != "deleted")) == []
        events = values(
            select(Event.data).where(Event.type == "comment.deleted").order_by(Event.id)
        )
        assert {int(data["comment_id"]) for data in events[told:]} == set(left)
    _assert_counters_agree()


def test_who_wrote_much_goes_with_as_few_statements_as_who_wrote_little(
    app: Flask, deleting: SiteView
) -> None:
    few, many = (Writer(actor, deleting, [], 1) for actor in _actors(deleting)[:2])
    few.post(article="a")
    for number in range(10):
        many.post(article=f"{number}")
        many.post(many.seen[-1], article=f"{number}")
    few.post(few.seen[0], article="a")
    assert len(_forget(many)) == len(_forget(few))


def _assert_counters_agree() -> None:
    published = func.sum(case((Comment.status == "published", 1), else_=0))
    with db.engine.connect() as connection:
        rows = {row.id: row for row in connection.execute(select(Comment.__table__))}
        counted: dict[int, int] = dict(
            connection.execute(
                select(Comment.article_id, published).group_by(Comment.article_id)
            ).all()
        )
        kept: dict[int, int] = dict(
            connection.execute(select(Article.id, Article.comment_count)).all()
        )
        cast = connection.execute(select(Vote.comment_id, Vote.value)).all()
        reported = connection.execute(
            select(Report.comment_id, func.count()).group_by(Report.comment_id)
        ).all()
    assert kept == {article: counted.get(article, 0) for article in kept}
    for row in rows.values():
        likes = sum(vote.comment_id == row.id and vote.value == 1 for vote in cast)
        dislikes = sum(vote.comment_id == row.id and vote.value == -1 for vote in cast)
        assert (row.likes, row.dislikes) == (likes, dislikes)
        assert row.score == wilson_score(likes, dislikes)
        replies = [r for r in rows.values() if r.root_id == row.id and r.status == "published"]
        assert row.reply_count == len(replies)
        assert row.visible == int(row.status == "published" or bool(replies))
    for comment, count in reported:
        assert count < 3 or rows[comment].status != "published"
