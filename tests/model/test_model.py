"""The whole service against a model of it in plain Python, by deeds in any order.

Hypothesis chooses who does what; after each deed the answer's status must be the one that the
model gives, and every thread, read to its end over HTTP, must be the model's. `make soak` does many
thousand steps; `make test` a hundredth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from comments_service.services.sites import SiteView
from tests.api.services import Service, service
from tests.model.newspaper import REPORTS_THAT_HOLD, Comment, Newspaper
from tests.readers import Reader
from tests.small_app import Clock
from tests.soak import TIMES

RUNS, STEPS = TIMES, 50

ARTICLES = ("a", "b")
READERS = ("하나", "두리", "세찬", "네오", "다솜")
TITLES = {"title": {"ko": "낱말", "en": "Words"}, "text": {"ko": "낱말", "en": "Words"}}
WORDS = ("tulip", "daisy")
ACTIONS = ("hold", "reject")

readers = st.sampled_from(READERS)
articles = st.sampled_from(ARTICLES)
bodies = st.sampled_from(("안녕하세요", "좋은 기사 tulip", "daisy", "그렇군요 👨‍👩‍👧‍👦"))
votes = st.sampled_from((1, -1))


def document(words: dict[str, str]) -> dict[str, Any]:
    """A policy that knows these words and no more."""
    uses = [
        {"filter": "words", "action": action, "words": [word]} for word, action in words.items()
    ]
    clauses = [{"id": f"9.{at}", **TITLES, "filters": [use]} for at, use in enumerate(uses, 1)]
    return {"format": 1, "clauses": clauses or [{"id": "9.1", **TITLES, "filters": []}]}


class Machine(RuleBasedStateMachine):
    """Deeds over HTTP beside the same deeds in the model."""

    comments = Bundle("comments")

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.paper = Newspaper()
        self.numbers = 0

    @initialize()
    def begin(self) -> None:
        self.people = self.world.fresh_readers()
        self.articles = self.world.fresh_articles()
        self.publish_policy({})

    def publish_policy(self, words: dict[str, str]) -> None:
        desk = self.world.desk
        body = {"site": "demo", "policy": document(words)}
        made = desk.call("POST", "/api/v1/moderation/policies", json=body)
        assert made.status_code == 201, made.text
        path = f"/api/v1/moderation/policies/{made.get_json()['version']}/publish"
        assert desk.call("POST", path, json={"site": "demo"}).status_code == 200
        self.paper.words = words

    @rule(words=st.dictionaries(st.sampled_from(WORDS), st.sampled_from(ACTIONS)))
    def change_the_policy(self, words: dict[str, str]) -> None:
        self.publish_policy(words)

    @rule(target=comments, who=readers, article=articles, body=bodies)
    def post(self, who: str, article: str, body: str) -> Any:
        return self._post(who, article, body, None)

    @rule(target=comments, who=readers, parent=comments, body=bodies)
    def reply(self, who: str, parent: Comment, body: str) -> Any:
        return self._post(who, parent.article, body, parent)

    def _post(self, who: str, article: str, body: str, parent: Comment | None) -> Any:
        parent_id = None if parent is None else parent.id
        answer = self.people[who].post(body, article=self.articles[article], parent_id=parent_id)
        if not self.paper.may_write(who):
            assert answer.status_code == 403
            return multiple()
        if parent is not None and parent.status != "published":
            assert answer.status_code == 404
            return multiple()
        status = self.paper.status_for(body, article)
        content = answer.get_json()
        wanted = {"published": 201, "held": 202, "rejected": 422}[status]
        assert answer.status_code == wanted, answer.text
        comment = Comment(
            id=content["comment_id" if status == "rejected" else "id"],
            number=self.numbers,
            article=article,
            author=who,
            body=body,
            status=status,
            parent=parent,
        )
        self.numbers += 1
        self.paper.comments[comment.id] = comment
        self.world.now.advance(seconds=1)
        return comment

    @rule(who=readers, comment=comments, body=bodies)
    def edit(self, who: str, comment: Comment, body: str) -> None:
        answer = self.people[who].call(
            "PATCH", f"/api/v1/comments/{comment.id}", json={"body": body}
        )
        if comment.author != who:
            wanted = 403 if comment.status == "published" else 404
            assert answer.status_code == wanted, answer.text
            return
        if not self.paper.may_write(who):
            assert answer.status_code == 403
            return
        if comment.status not in {"published", "held"}:
            assert answer.status_code == 409
            return
        self._edited(comment, body, answer)

    def _edited(self, comment: Comment, body: str, answer: Any) -> None:
        status = self.paper.status_for(body, comment.article)
        held_by_readers = comment.status == "held" and len(comment.reporters) >= REPORTS_THAT_HOLD
        if status == "published" and held_by_readers:
            status = "held"
        wanted = {"published": 200, "held": 202, "rejected": 422}[status]
        assert answer.status_code == wanted, answer.text
        if status != "rejected":
            comment.body, comment.status, comment.edited = body, status, True

    @rule(who=readers, comment=comments)
    def delete(self, who: str, comment: Comment) -> None:
        answer = self.people[who].call("DELETE", f"/api/v1/comments/{comment.id}")
        if comment.author != who:
            assert answer.status_code == (403 if comment.status == "published" else 404)
            return
        assert answer.status_code == 204, answer.text
        comment.status = "deleted"

    @rule(who=readers, comment=comments, value=votes)
    def vote(self, who: str, comment: Comment, value: int) -> None:
        path = f"/api/v1/comments/{comment.id}/vote"
        answer = self.people[who].call("PUT", path, json={"value": value})
        if self._may_judge(who, comment, answer):
            assert answer.status_code == 200, answer.text
            comment.votes[who] = value

    @rule(who=readers, comment=comments)
    def take_the_vote_back(self, who: str, comment: Comment) -> None:
        answer = self.people[who].call("DELETE", f"/api/v1/comments/{comment.id}/vote")
        if self._may_judge(who, comment, answer):
            assert answer.status_code == 200, answer.text
            comment.votes.pop(who, None)

    @rule(who=readers, comment=comments)
    def report(self, who: str, comment: Comment) -> None:
        path = f"/api/v1/comments/{comment.id}/reports"
        answer = self.people[who].call("POST", path, json={"reason": "abuse"})
        if self.paper.may_write(who) and who in comment.reporters:
            assert answer.status_code == 202, answer.text
            return
        if self._may_judge(who, comment, answer):
            assert answer.status_code == 202, answer.text
            comment.reporters.add(who)
            if len(comment.reporters) == REPORTS_THAT_HOLD:
                comment.status = "held"

    def _may_judge(self, who: str, comment: Comment, answer: Any) -> bool:
        """Whether a vote or report counts; where it does not, the answer must say why."""
        if not self.paper.may_write(who):
            assert answer.status_code == 403, answer.text
            return False
        if comment.status != "published":
            assert answer.status_code == 404, answer.text
            return False
        if comment.author == who:
            assert answer.status_code == 403, answer.text
            return False
        return True

    @invariant()
    def every_thread_is_the_models(self) -> None:
        if not hasattr(self, "people"):
            return
        for article in ARTICLES:
            shown = self.world.thread(self.articles[article], self._names())
            wanted = self.paper.thread(article)
            note(f"{article}: {wanted}")
            assert shown == wanted

    def _names(self) -> dict[str, str]:
        return {reader.user_id: who for who, reader in self.people.items()}


class World:
    """The service that one test's machines share; each has readers and articles of its own."""

    def __init__(
        self, app: Flask, now: Clock, desk: Service, reader: Callable[..., Reader]
    ) -> None:
        self.now, self.desk, self._reader = now, desk, reader
        self.client = app.test_client()
        self.round = 0

    def fresh_readers(self) -> dict[str, Reader]:
        return {name: self._reader(name) for name in READERS}

    def fresh_articles(self) -> dict[str, str]:
        self.round += 1
        return {name: f"{name}-{self.round}" for name in ARTICLES}

    def thread(self, article: str, names: dict[str, str]) -> dict[str, Any]:
        """All of a thread, by its cursors, as everybody sees it."""
        path = f"/api/v1/comments?site=demo&article={article}&sort=oldest&limit=2"
        shown: list[dict[str, Any]] = []
        cursor: str | None = ""
        page: dict[str, Any] = {}
        while cursor is not None:
            answer = self.client.get(path + (f"&cursor={cursor}" if cursor else ""))
            assert answer.status_code == 200, answer.text
            page = answer.get_json()
            shown += page["comments"]
            cursor = page["next_cursor"]
        return {
            "comment_count": page["article"]["comment_count"],
            "comments": [self._seen(comment, names) for comment in shown],
        }

    def _seen(self, comment: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
        replies = comment["replies"]
        if comment["parent_id"] is None and comment["reply_count"]:
            path = f"/api/v1/comments/{comment['id']}/replies?limit=100"
            everything = self.client.get(path).get_json()["items"]
            assert replies == everything[: len(replies)]  # the preview is the beginning
            replies = everything
        author = comment["author"]
        return {
            "id": comment["id"],
            "status": comment["status"],
            "body": comment["body"],
            "author": None if author is None else names[author["id"]],
            "likes": comment["likes"],
            "dislikes": comment["dislikes"],
            "edited": comment["edited_at"] is not None,
            "reply_count": comment["reply_count"],
            "replies": [self._seen(reply, names) for reply in replies],
        }


@pytest.mark.soak
@pytest.mark.slow
def test_the_service_is_its_model(
    app: Flask, site: SiteView, now: Clock, reader: Callable[..., Reader]
) -> None:
    desk = service(app, "moderation:read", "moderation:write", site="demo")
    world = World(app, now, desk, reader)
    run_state_machine_as_test(
        lambda: Machine(world),  # type: ignore[arg-type]  # it takes whatever makes a machine
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=TIMES == 1,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            report_multiple_bugs=False,
            database=None,
        ),
    )
