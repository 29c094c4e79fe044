"""Deeds over HTTP beside the same deeds in the model, in any order, compared after each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from werkzeug.test import TestResponse

from tests.model.newspaper import (
    Article,
    Comment,
    Decision,
    Import,
    Newspaper,
    Person,
    Record,
    Suspension,
)
from tests.model.world import World
from tests.small_app import NOON

ARTICLES = ("a", "b", "c")
READERS = ("하나", "두리", "세찬", "네오", "다솜")
TITLES = {"title": {"ko": "낱말", "en": "Words"}, "text": {"ko": "낱말", "en": "Words"}}
WORDS = ("tulip", "daisy")
ACTIONS = ("hold", "reject")
KINDS = ("approve", "reject", "remove", "restore")
STATUSES = ("published", "held", "rejected", "removed", "deleted")
NOTE = {"reason": "other", "note": "…"}

readers = st.sampled_from(READERS)
articles = st.sampled_from(ARTICLES)
bodies = st.sampled_from(("안녕하세요", "좋은 기사 tulip", "daisy", "그렇군요 👨‍👩‍👧‍👦"))
votes = st.sampled_from((1, -1, None))
back = st.one_of(st.integers(0, 2), st.integers(0, 20))
"""How many to go back from the newest of what there is: what is new is where things happen."""

lines = st.tuples(
    st.sampled_from(("수입1", "수입2")),
    bodies,
    st.sampled_from(("published", "published", "removed", "deleted", "held")),
    st.integers(0, 3),
    st.booleans(),
)
"""Of a file: who, what, in which status, how many likes, whether it answers the line before."""


T = TypeVar("T")
Deed = Callable[..., None]


@dataclass(frozen=True)
class Batch:
    """Decisions made together, as the service calls them."""

    number: str
    made: Sequence[Decision]
    at: datetime


def pick(among: Sequence[T], steps_back: int) -> T:
    return among[-1 - steps_back % len(among)]


def about_a_comment(deed: Deed) -> Deed:
    return precondition(lambda self: bool(self.paper.comments))(deed)


def document(words: dict[str, str]) -> dict[str, Any]:
    """A policy that knows these words and no more."""
    uses = [
        {"filter": "words", "action": action, "words": [word]} for word, action in words.items()
    ]
    clauses = [{"id": f"9.{at}", **TITLES, "filters": [use]} for at, use in enumerate(uses, 1)]
    return {"format": 1, "clauses": clauses or [{"id": "9.1", **TITLES, "filters": []}]}


class Machine(RuleBasedStateMachine):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.steps = 0

    @initialize(deletes=st.booleans())
    def begin(self, deletes: bool) -> None:
        self.world.begin()
        kept = "delete" if deletes else "anonymise"
        change = {"settings": {"account_deletion": kept}}
        assert self.world.desk.call("PATCH", "/api/v1/sites/demo", json=change).status_code == 200
        self.subjects = {name: self.world.new_subject() for name in READERS}
        self.readers = {
            name: self.world.log_in(name, subject) for name, subject in self.subjects.items()
        }
        self.people = {name: Person(name, self.readers[name].user_id) for name in READERS}
        self.names = {person.id: person.name for person in self.people.values()}
        self.keys = {name: f"{name}-{self.world.round}" for name in ARTICLES}
        self.paper = Newspaper(self.world.now.time, {name: Article() for name in ARTICLES}, deletes)
        self.versions: list[tuple[int, dict[str, str]]] = []
        self.batches: list[Batch] = []
        self.imports: list[tuple[str, Import]] = []
        self.suspensions: list[tuple[str, Suspension]] = []
        self.records = 0
        self.world.newly_logged()
        self.world.newly_told()
        self.change_the_policy({})

    def wants(self, status: int, answer: TestResponse) -> None:
        assert answer.status_code == status, answer.text

    # Readers.

    @rule(who=readers, article=articles, body=bodies)
    def post(self, who: str, article: str, body: str) -> None:
        self._post(who, article, body, None)

    @about_a_comment
    @rule(who=readers, to=back, body=bodies)
    def reply(self, who: str, to: int, body: str) -> None:
        parent = self._comment(to)
        self._post(who, self._name_of(parent), body, parent)

    def _post(self, who: str, article: str, body: str, parent: Comment | None) -> None:
        self._a_second_later()
        parent_id = None if parent is None else parent.id
        answer = self.readers[who].post(body, article=self.keys[article], parent_id=parent_id)
        status, comment = self.paper.post(
            self.people[who], self.paper.articles[article], body, parent
        )
        self.wants(status, answer)
        if comment is not None:
            comment.id = answer.get_json()["comment_id" if status == 422 else "id"]

    def _comment(self, steps_back: int) -> Comment:
        return pick(self.paper.comments, steps_back)

    def _name_of(self, comment: Comment) -> str:
        """One of the names of the article that it is in."""
        return next(n for n, found in self.paper.articles.items() if found is comment.article)

    def _or_its_author(self, who: str | None, comment: Comment) -> str:
        """`who`, or whoever wrote the comment, where they still are one of the readers."""
        authors = (name for name in READERS if self.people[name] is comment.author)
        return who or next(authors, READERS[0])

    @about_a_comment
    @rule(who=st.none() | readers, which=back, body=bodies)
    def edit(self, who: str | None, which: int, body: str) -> None:
        comment = self._comment(which)
        self._edit(self._or_its_author(who, comment), comment, body)

    def _edit(self, who: str, comment: Comment, body: str) -> None:
        path = f"/api/v1/comments/{comment.id}"
        answer = self.readers[who].call("PATCH", path, json={"body": body})
        self.wants(self.paper.edit(self.people[who], comment, body), answer)

    @about_a_comment
    @rule(who=st.none() | readers, which=back)
    def delete(self, who: str | None, which: int) -> None:
        comment = self._comment(which)
        name = self._or_its_author(who, comment)
        answer = self.readers[name].call("DELETE", f"/api/v1/comments/{comment.id}")
        self.wants(self.paper.delete(self.people[name], comment), answer)

    @about_a_comment
    @rule(who=readers, which=back, value=votes)
    def vote(self, who: str, which: int, value: int | None) -> None:
        comment = self._comment(which)
        path = f"/api/v1/comments/{comment.id}/vote"
        if value is None:
            answer = self.readers[who].call("DELETE", path)
        else:
            answer = self.readers[who].call("PUT", path, json={"value": value})
        self.wants(self.paper.vote(self.people[who], comment, value), answer)

    @about_a_comment
    @rule(who=readers, which=back)
    def report(self, who: str, which: int) -> None:
        self._report(who, self._comment(which))

    @about_a_comment
    @rule(which=back)
    def report_by_all(self, which: int) -> None:
        comment = self._comment(which)
        for who in READERS:
            self._report(who, comment)

    def _report(self, who: str, comment: Comment) -> None:
        path = f"/api/v1/comments/{comment.id}/reports"
        answer = self.readers[who].call("POST", path, json={"reason": "abuse"})
        self.wants(self.paper.report(self.people[who], comment), answer)

    @rule(who=readers)
    def delete_the_account(self, who: str) -> None:
        """And come back with the same identity."""
        self.wants(204, self.readers[who].call("DELETE", "/api/v1/me"))
        self.wants(401, self.readers[who].call("GET", "/api/v1/me"))
        again = self.paper.delete_account(self.people[who])
        self.readers[who] = self.world.log_in(who, self.subjects[who])
        again.id = self.readers[who].user_id
        assert again.id not in self.names
        self.people[who], self.names[again.id] = again, who

    # Moderators.

    @rule(words=st.dictionaries(st.sampled_from(WORDS), st.sampled_from(ACTIONS)))
    def change_the_policy(self, words: dict[str, str]) -> None:
        body = {"site": "demo", "policy": document(words)}
        made = self.world.moderate("POST", "policies", json=body)
        self.wants(201, made)
        self.publish(made.get_json()["version"], words)

    @rule(data=st.data())
    def roll_back_the_policy(self, data: st.DataObject) -> None:
        self.publish(*data.draw(st.sampled_from(self.versions)))

    def publish(self, version: int, words: dict[str, str]) -> None:
        """An old version comes into force under a new number; the one in force stays as it is."""
        path = f"policies/{version}/publish"
        answer = self.world.moderate("POST", path, json={"site": "demo"})
        self.wants(200, answer)
        if not self.versions or version != self.versions[-1][0]:
            self.versions.append((answer.get_json()["version"], words))
            self.paper.publish_policy(words)

    @about_a_comment
    @rule(
        which=st.lists(back, min_size=1, max_size=3),
        kind=st.sampled_from(KINDS),
        stale=st.sampled_from((None, None, None, *STATUSES)),
        by_clause=st.booleans(),
    )
    def decide(self, which: list[int], kind: str, stale: str | None, by_clause: bool) -> None:
        about = [self._comment(each) for each in which]
        reason = {"reason": "9.1"} if by_clause else NOTE
        sent = [
            {
                "comment_id": comment.id,
                "decision": kind,
                "seen_status": stale or comment.status,
                **reason,
            }
            for comment in about
        ]
        answer = self.world.moderate("POST", "decisions", json={"decisions": sent})
        self.wants(200, answer)
        results = [
            self.paper.decide(comment, kind, each["seen_status"])
            for comment, each in zip(about, sent, strict=True)
        ]
        self._batch(answer, results)

    @rule(who=readers)
    def reject_recent(self, who: str) -> None:
        path = f"users/{self.people[who].id}/reject-recent"
        answer = self.world.moderate("POST", path, json={"hours": 1, **NOTE})
        self.wants(200, answer)
        made = self.paper.reject_recent(self.people[who])
        self._batch(answer, [(200, decision) for decision in made])

    @precondition(lambda self: self.batches)
    @rule(which=back)
    def undo(self, which: int) -> None:
        batch = pick(self.batches, which)
        answer = self.world.moderate("POST", f"decisions/{batch.number}/undo")
        status, results = self.paper.undo(batch.made, batch.at)
        self.wants(status, answer)
        if status == 200:
            self._batch(answer, results)

    def _batch(self, answer: TestResponse, results: list[tuple[int, Decision | None]]) -> None:
        content = answer.get_json()
        assert [each["code"] for each in content["results"]] == [code for code, _ in results]
        made = [decision for _, decision in results if decision is not None]
        self.batches.append(Batch(content["batch_id"], made, self.paper.now))

    @rule(who=readers, minutes=st.sampled_from((None, 2, 30)))
    def suspend(self, who: str, minutes: int | None) -> None:
        until = None if minutes is None else self.paper.now + timedelta(minutes=minutes)
        body = {"until": until and until.isoformat(), "reason": "…"}
        path = f"users/{self.people[who].id}/suspensions"
        answer = self.world.moderate("POST", path, json=body)
        self.wants(201, answer)
        suspension = self.paper.suspend(self.people[who], until)
        self.suspensions.append((answer.get_json()["id"], suspension))

    @precondition(lambda self: self.suspensions)
    @rule(which=back)
    def lift(self, which: int) -> None:
        number, suspension = pick(self.suspensions, which)
        path = f"suspensions/{number}"
        self.wants(204, self.world.moderate("DELETE", path))
        self.paper.lift(suspension)

    @rule(article=articles, status=st.sampled_from(("open", "open", "closed", "premoderated")))
    def set_the_articles_status(self, article: str, status: str) -> None:
        path = f"articles?site=demo&article={self.keys[article]}"
        self.wants(200, self.world.moderate("PATCH", path, json={"status": status}))
        self.paper.set_status(self.paper.articles[article], status)

    # The publisher's machines, and time.

    @rule(source=articles, into=articles)
    def merge(self, source: str, into: str) -> None:
        body = {"site": "demo", "from": self.keys[source], "into": self.keys[into]}
        answer = self.world.desk.call("POST", "/api/v1/articles/merge", json=body)
        if source == into:
            self.wants(422, answer)
            return
        self.wants(200, answer)
        self.paper.merge(source, into)

    @rule(
        article=articles,
        to=st.none() | back,
        file=st.lists(lines, min_size=1, max_size=3),
    )
    def take_in(self, article: str, to: int | None, file: list[Any]) -> None:
        records: list[Record] = []
        parent = None if to is None or not self.paper.comments else self._comment(to)
        answers: Record | Comment | None = parent
        for who, body, status, likes, answers_this in file:
            self.records += 1
            when = NOON - timedelta(days=900 + self.world.round, seconds=-self.records)
            source = f"{self.world.round} {self.records}"
            records.append(Record(source, who, body, status, when, likes, answers))
            answers = records[-1] if answers_this else None
        name = article if parent is None else self._name_of(parent)
        self._take_in(name, records)

    @precondition(lambda self: self.imports)
    @rule(which=back)
    def take_in_again(self, which: int) -> None:
        _, done = pick(self.imports, which)
        self._take_in(done.article, done.records)

    def _take_in(self, article: str, records: Sequence[Record]) -> None:
        job = self.world.take_in(self.keys[article], records)
        done = self.paper.take_in(article, records)
        for comment in done.made.values():
            comment.id = self.world.newest_id(comment.created_at)
        self.imports.append((job, done))

    @precondition(lambda self: self.imports)
    @rule(which=back)
    def undo_the_import(self, which: int) -> None:
        job, done = pick(self.imports, which)
        self.world.undo_import(job)
        self.paper.undo_import(done)

    @rule(minutes=st.sampled_from((1, 6, 11)))
    def time_passes(self, minutes: int) -> None:
        self.paper.now = self.world.now.advance(minutes=minutes)
        for reader in self.readers.values():
            self.world.refresh(reader)
        self.world.refresh_desk()

    def _a_second_later(self) -> None:
        self.paper.now = self.world.now.advance(seconds=1)

    # What all can see.

    @invariant()
    def every_thread_is_the_models(self) -> None:
        if not hasattr(self, "paper"):
            return
        for article, key in self.keys.items():
            wanted = self.paper.thread(article)
            assert self.world.thread(key, self.names) == wanted
            for sort in ("newest", "popular"):
                assert self.world.order(key, sort) == self.paper.order(article, sort)
        counts = [(self.paper.count(of), of.status) for of in self.paper.articles.values()]
        assert self.world.counts(self.keys.values()) == counts

    @invariant()
    def what_was_done_is_on_record(self) -> None:
        if not hasattr(self, "paper"):
            return
        assert self.world.newly_logged() == self.paper.logged
        assert sorted(self.world.newly_told()) == sorted(self.paper.told)
        self.paper.logged.clear()
        self.paper.told.clear()

    @invariant()
    def each_comment_and_each_reader_for_themselves(self) -> None:
        """A few of them at each step, in turn."""
        if not hasattr(self, "paper"):
            return
        self.steps += 1
        for comment in self.paper.comments[self.steps % 5 :: 5]:
            answer = self.world.get(f"/api/v1/comments/{comment.id}")
            self.wants(self.paper.status_alone(comment), answer)
        who, article = READERS[self.steps % len(READERS)], ARTICLES[self.steps % len(ARTICLES)]
        shown = self.world.overlay(self.readers[who], self.keys[article])
        assert shown == self.paper.overlay(self.people[who], article)
