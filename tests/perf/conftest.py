"""A newspaper with some thousand comments, and what the database is asked while it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, text

from comments_service.models import Article, Comment, User, Vote, db
from comments_service.services import sites
from comments_service.services.ids import new_id
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.small_app import NOON

SITES, ARTICLES, ROOTS, REPLIES, AUTHORS = 20, 30, 60, 3, 150


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as the database driver got it."""

    sql: str
    parameters: Any


Watch = Callable[[], AbstractContextManager[list[Statement]]]


@pytest.fixture
def watch(app: Flask) -> Watch:
    """`with watch() as statements:` lists what the block asks the database."""

    @contextmanager
    def watching() -> Iterator[list[Statement]]:
        seen: list[Statement] = []

        def note(_c: Any, _k: Any, sql: str, parameters: Any, _x: Any, _m: bool) -> None:
            if not sql.startswith("BEGIN"):
                seen.append(Statement(sql, parameters))

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return watching


@dataclass(frozen=True, slots=True)
class Newspaper:
    """Ids in the article `a-0`: a root with replies in the middle of it, and one of them."""

    root: int
    reply: int


@pytest.fixture
def newspaper(app: Flask, site: SiteView) -> Newspaper:
    """30 articles of 60 roots with three replies each, of thirty days; and twenty other sites."""
    for number in range(SITES):
        sites.create(f"other-{number}", name="Other", origins=[], now=NOON)
    # Of the day before: a test makes ids of its own at noon.
    users = [new_id(NOON - timedelta(days=1)) for _ in range(AUTHORS)]
    articles = [new_id(NOON - timedelta(days=1)) for _ in range(ARTICLES)]
    comments = [
        comment
        for number, article in enumerate(articles)
        for comment in _thread(article, number, users)
    ]
    votes = [
        {"comment_id": comment["id"], "user_id": user, "value": 1, "created_at": NOON}
        for number, comment in enumerate(comments)
        for user in users[number % 100 : number % 100 + 2]
    ]
    with transaction() as session:
        session.execute(
            insert(User),
            [{"id": user, "display_name": "김하나", "created_at": NOON} for user in users],
        )
        session.execute(
            insert(Article),
            [
                {
                    "id": article,
                    "site_id": site.id,
                    "key": f"a-{number}",
                    "comment_count": ROOTS * (REPLIES + 1),
                    "version": 1,
                    "last_seq": max(comment["seq"] for comment in comments),
                    "created_at": NOON,
                }
                for number, article in enumerate(articles)
            ],
        )
        session.execute(insert(Comment), comments)
        session.execute(insert(Vote), votes)
        session.execute(text("ANALYZE"))
    middle = [c for c in comments if c["article_id"] == articles[0]][ROOTS * 2 :]
    root = next(c["id"] for c in middle if c["root_id"] is None)
    reply = [c["id"] for c in middle if c["root_id"] == root][-1]
    return Newspaper(root, reply)


def _thread(article: int, number: int, users: list[int]) -> Iterator[dict[str, Any]]:
    """Roots with their replies, each a comment written a little later than the one before."""
    for place in range(ROOTS):
        root = None
        for reply in range(REPLIES + 1):
            seq = (place * (REPLIES + 1) + reply) * ARTICLES + number
            written = NOON - timedelta(days=30) + timedelta(minutes=6 * seq)
            identity = new_id(written)
            yield {
                "id": identity,
                "article_id": article,
                "author_id": users[seq % AUTHORS],
                "seq": int(written.timestamp() * 1_000_000),
                "body": f"comment {seq}",
                "status": "published",
                "visible": 1,
                "score": seq % 7 * 1_000,
                "likes": 2,
                "dislikes": 0,
                "root_id": root,
                "parent_id": root,
                "reply_count": 0 if root else REPLIES,
                "created_at": written,
            }
            root = root or identity
