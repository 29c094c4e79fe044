"""What it costs that an article has a million comments: each request beside the same on an article
of fifty, in turn, in one process, over HTTP's wire format but without a network."""

from __future__ import annotations

import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from bench.speed import seed
from comments_service import clock, create_app
from comments_service.config import Settings
from comments_service.models import Article, Comment, User, db
from comments_service.services import service_clients
from comments_service.web.http import cursor

SMALL = "a-50"
SORTS = ("newest", "oldest", "popular")
Times = list[float]


def measure(url: str, *, rounds: int, giant: int, replies: int, others: int) -> dict[str, Any]:
    """Milliseconds, by request: of the small article and of the giant one. Fills the database."""
    began = time.perf_counter()
    seed.fill(url, giant=giant, replies=replies, others=others)
    filled = time.perf_counter() - began
    settings = {"database_url": url, "log_level": "ERROR", "ratelimit_enabled": False}
    app = create_app(Settings.load({}, **settings))
    with app.app_context():
        asker = _Asker(app.test_client(), _moderators_token(app.test_client()))
        found = {name: _in_turn(rounds, asker, small, large) for name, small, large in _requests()}
        db.engine.dispose()
    return {"giant": giant, "others": others * 10, "filled_seconds": round(filled), "ms": found}


class _Asker:
    """Somebody who asks for what is in no cache."""

    def __init__(self, client: FlaskClient, moderator: str) -> None:
        self.client = client
        self.moderator = moderator
        self.numbers = itertools.count()

    def get(self, path: str) -> dict[str, Any]:
        answer = self.client.get(f"{path}&fresh={next(self.numbers)}")
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def send(self, path: str, body: dict[str, Any], *, token: str, method: str = "POST") -> Any:
        headers = {"Authorization": f"Bearer {token}", "Origin": seed.ORIGIN}
        answer: TestResponse = self.client.open(path, method=method, json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.get_json()


Request = Callable[[_Asker], Any]


def _requests() -> list[tuple[str, Request, Request]]:
    found = [
        (f"first page, {sort}", _first(SMALL, sort), _first(seed.GIANT, sort)) for sort in SORTS
    ]
    found += [
        (f"page at half its depth, {sort}", _deep(SMALL, sort), _deep(seed.GIANT, sort))
        for sort in SORTS
    ]
    found += [
        ("first replies of a root", _replies(SMALL), _replies(seed.GIANT)),
        ("replies at half their depth", _replies(SMALL), _replies(seed.GIANT, deep=True)),
        ("post", _post(SMALL), _post(seed.GIANT)),
        ("reply", _post(SMALL, reply=True), _post(seed.GIANT, reply=True)),
        ("vote", _vote(SMALL), _vote(seed.GIANT)),
        ("remove, by a moderator", _remove(SMALL), _remove(seed.GIANT)),
    ]
    return found


def _first(article: str, sort: str) -> Request:
    path = f"/api/v1/comments?site=demo&article={article}&sort={sort}&limit=20"
    return lambda asker: asker.get(path)


def _deep(article: str, sort: str) -> Request:
    """The page that holds the root in the middle, which the API gives by `around`."""
    root = _middle_root(article)
    path = f"/api/v1/comments?site=demo&article={article}&sort={sort}&limit=20&around={root}"
    return lambda asker: asker.get(path)


def _replies(article: str, *, deep: bool = False) -> Request:
    root = _hottest_root(article)
    path = f"/api/v1/comments/{root}/replies?limit=20"
    if deep:
        path += f"&cursor={_cursor_of_middle(root)}"
    return lambda asker: asker.get(path)


def _post(article: str, *, reply: bool = False) -> Request:
    body: dict[str, Any] = {"site": "demo", "article": {"key": article}}
    if reply:
        body["parent_id"] = str(_hottest_root(article))
    numbers = itertools.count()

    def send(asker: _Asker) -> Any:
        number = next(numbers)
        text = f"When is the hearing, asks reader {number} of {article} at {time.time_ns()}"
        token = seed.token(number % 200)
        return asker.send("/api/v1/comments", body | {"body": text}, token=token)

    return send


def _vote(article: str) -> Request:
    root = _middle_root(article)
    path = f"/api/v1/comments/{root}/vote"
    author = select(User.display_name).join(Comment, Comment.author_id == User.id)
    name = db.session.execute(author.where(Comment.id == root)).scalar_one()
    voters = [number for number in range(200) if name != f"독자 {number}"]
    numbers = itertools.count()

    def send(asker: _Asker) -> Any:
        turn, which = divmod(next(numbers), len(voters))
        value = {"value": 1 if turn % 2 == 0 else -1}
        return asker.send(path, value, token=seed.token(voters[which]), method="PUT")

    return send


def _remove(article: str) -> Request:
    roots = _newest_roots(article)

    def send(asker: _Asker) -> Any:
        decision = {"comment_id": str(next(roots)), "decision": "remove", "reason": "other"}
        decision |= {"seen_status": "published", "note": "measured"}
        path = "/api/v1/moderation/decisions"
        done = asker.send(path, {"decisions": [decision]}, token=asker.moderator)
        assert done["results"][0]["code"] == 200, json.dumps(done)
        return done

    return send


def _newest_roots(article: str) -> Iterator[int]:
    """Looked for when the first is asked for: after those that were posted meanwhile."""
    rows = (
        select(Comment.id)
        .join(Article, Article.id == Comment.article_id)
        .where(Article.key == article, Comment.root_id.is_(None), Comment.visible == 1)
        .order_by(Comment.seq.desc())
        .limit(1_000)
    )
    yield from db.session.execute(rows).scalars().all()


def _middle_root(article: str) -> int:
    rows = select(Article.comment_count).where(Article.key == article)
    count = db.session.execute(rows).scalar_one()
    middle = (
        select(Comment.seq)
        .join(Article, Article.id == Comment.article_id)
        .where(Article.key == article)
        .order_by(Comment.seq)
        .offset(count // 2)
        .limit(1)
    )
    seq = db.session.execute(middle).scalar_one()
    root = (
        select(Comment.id)
        .join(Article, Article.id == Comment.article_id)
        .where(Article.key == article, Comment.root_id.is_(None), Comment.seq >= seq)
        .order_by(Comment.seq)
        .limit(1)
    )
    return int(db.session.execute(root).scalar_one())


def _hottest_root(article: str) -> int:
    rows = (
        select(Comment.id)
        .join(Article, Article.id == Comment.article_id)
        .where(Article.key == article, Comment.root_id.is_(None))
        .order_by(Comment.reply_count.desc(), Comment.seq)
        .limit(1)
    )
    return int(db.session.execute(rows).scalar_one())


def _cursor_of_middle(root: int) -> str:
    rows = select(Comment.seq).where(Comment.root_id == root).order_by(Comment.seq)
    count = len(db.session.execute(rows).scalars().all())
    middle = db.session.execute(rows.offset(count // 2).limit(1)).scalar_one()
    return cursor.encode(f"replies:{root}", middle)


def _moderators_token(client: FlaskClient) -> str:
    scopes = ("moderation:read", "moderation:write")
    made = service_clients.create("Desk", scopes=scopes, site="demo", now=clock.now())
    answer = client.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(made.client_id, made.client_secret),
    )
    return str(answer.get_json()["access_token"])


def _in_turn(
    rounds: int, asker: _Asker, small: Request, large: Request
) -> dict[str, dict[str, float]]:
    """Medians and spread, in milliseconds; the first of each is not counted."""
    times: tuple[Times, Times] = ([], [])
    for _ in range(rounds + 1):
        for request, taken in zip((small, large), times, strict=True):
            began = time.perf_counter()
            request(asker)
            taken.append((time.perf_counter() - began) * 1000)
    found = {}
    for name, taken in zip(("small", "giant"), times, strict=True):
        rest = sorted(taken[1:])
        found[name] = {
            "median": round(statistics.median(rest), 2),
            "low": round(rest[len(rest) // 10], 2),
            "high": round(rest[-1 - len(rest) // 10], 2),
        }
    return found
