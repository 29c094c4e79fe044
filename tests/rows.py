"""Rows put straight into the tables, for tests of what a policy would not let through."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from comments_service.models import Article, Comment, User
from comments_service.services.ids import new_id
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading, transaction
from tests.small_app import NOON


def put_article(
    site: SiteView, key: str, *, url: str | None = None, title: str | None = None
) -> int:
    """An article without comments; its id."""
    row = Article(id=new_id(NOON), site_id=site.id, key=key, url=url, title=title, created_at=NOON)
    row.version = 1
    with transaction() as session:
        session.add(row)
        return row.id


def put_comment(
    article_id: int, *, name: str, body: str, at: datetime = NOON, parent_id: int | None = None
) -> int:
    """A published comment by a new user; its id."""
    user = User(id=new_id(NOON), display_name=name[:50], created_at=NOON)
    with transaction() as session:
        session.add(user)
        session.flush()
        article = session.get_one(Article, article_id)
        seq = max(int(at.timestamp() * 1_000_000), article.last_seq + 1)
        row = Comment(
            id=new_id(at),
            article_id=article_id,
            root_id=parent_id,
            parent_id=parent_id,
            author_id=user.id,
            seq=seq,
            body=body,
            status="published",
            visible=1,
            created_at=at,
        )
        session.add(row)
        if parent_id is not None:
            session.get_one(Comment, parent_id).reply_count += 1
        article.last_seq = seq
        article.comment_count += 1
        article.version += 1
        session.flush()
        return row.id


def later(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def rows(query: Any) -> list[Any]:
    """What the tables hold."""
    with reading() as connection:
        return list(connection.execute(query))


def values(query: Any) -> list[Any]:
    """The same, of the first column alone."""
    return [row[0] for row in rows(query)]
