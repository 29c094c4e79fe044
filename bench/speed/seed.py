"""Fills a database of the service, past its use cases, with the comments of `data`.

    python -m bench.speed.seed DATABASE_URL [--giant COMMENTS] [--replies N] [--others ARTICLES]

The site is `demo`. Counters are what the service would have kept.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any

import psycopg
from flask_migrate import upgrade
from sqlalchemy import Connection, Table, insert, text

from bench.speed.data import ARTICLES, WRITERS, Given, thread
from comments_service import create_app
from comments_service.config import Settings
from comments_service.models import AccessToken, Article, Comment, Session, User, db
from comments_service.services import sites, tokens
from comments_service.services.actor import READER_SCOPE
from comments_service.services.ids import new_id
from comments_service.services.tokens import Kind
from comments_service.services.votes import wilson_score

ORIGIN = "https://news.example"
GIANT = "giant"
CHUNK = 10_000
FIRST_COMMENT_ID = 10**15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--giant", type=int, default=0)
    parser.add_argument("--replies", type=int, default=0)
    parser.add_argument("--others", type=int, default=0)
    given = parser.parse_args()
    fill(given.url, giant=given.giant, replies=given.replies, others=given.others)


def fill(url: str, *, giant: int = 0, replies: int = 0, others: int = 0) -> None:
    """Migrate the database at `url` and fill it; `others` more articles of ten comments."""
    app = create_app(Settings.load({}, database_url=url, log_level="ERROR"))
    with app.app_context():
        upgrade()
        now = datetime.now(UTC)
        site = sites.ensure("demo", name="Maru Daily", origins=[ORIGIN], now=now)
        with db.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                # What is written here is consistent; checking a million keys takes a minute.
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            writers = _people(connection, site.id, now)
            wanted = [(key, count, 0) for key, count in ARTICLES]
            wanted += [(f"c-{number}", 10, 0) for number in range(others)]
            if giant:
                wanted.append((GIANT, giant, replies))
            ids = iter(range(FIRST_COMMENT_ID, FIRST_COMMENT_ID + 10**9))
            for key, count, hot in wanted:
                _article(connection, site.id, key, count, hot, writers, ids)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
            if connection.dialect.name == "postgresql":
                connection.execute(text("VACUUM"))
        db.engine.dispose()


def _people(connection: Connection, site_id: int, now: datetime) -> list[int]:
    """Writers, each logged in for a day: reader `n`'s token is `token(n)`."""
    writers = [new_id(now) for _ in range(WRITERS)]
    long_ago, tomorrow = now - timedelta(days=365), now + timedelta(days=1)
    people = [
        {"id": writer, "display_name": f"독자 {n}", "name_chosen": False, "provider": "twitter"}
        | {"created_at": long_ago}
        for n, writer in enumerate(writers)
    ]
    sessions = [
        {"id": new_id(now), "user_id": writer, "site_id": site_id, "origin": ORIGIN}
        | {"created_at": now, "expires_at": tomorrow}
        for writer in writers
    ]
    access = [
        {"token_hash": tokens.digest(token(n)), "session_id": session["id"], "scope": READER_SCOPE}
        | {"created_at": now, "expires_at": tomorrow}
        for n, session in enumerate(sessions)
    ]
    for model, rows in ((User, people), (Session, sessions), (AccessToken, access)):
        connection.execute(insert(model), rows)
    return writers


def token(number: int) -> str:
    """The access token of a writer, of the form that the service gives out."""
    return f"{Kind.ACCESS.value}{number:043d}"


def _article(
    connection: Connection,
    site_id: int,
    key: str,
    count: int,
    hot: int,
    writers: list[int],
    ids: Iterator[int],
) -> None:
    given = list(thread(key, count, hot_root_replies=hot))
    numbers = list(islice(ids, count))
    made = datetime.fromtimestamp(given[0].at, UTC)
    article = {"id": new_id(made), "site_id": site_id, "key": key, "status": "open"}
    article |= {"url": f"{ORIGIN}/articles/{key}", "title": f"Article {key}", "created_at": made}
    article |= {"comment_count": count, "version": count, "last_seq": given[-1].at * 1_000_000}
    connection.execute(insert(Article), [article])
    replies = Counter(each.root for each in given if each.root is not None)
    rows = (_row(each, article, numbers, writers, replies) for each in given)
    _insert(connection, rows)


def _row(
    each: Given,
    article: dict[str, Any],
    numbers: list[int],
    writers: list[int],
    replies: Counter[int],
) -> dict[str, Any]:
    root = None if each.root is None else numbers[each.root]
    return {
        "id": numbers[each.number],
        "article_id": article["id"],
        "site_id": article["site_id"],  # no trigger fills it in where keys are not checked
        "root_id": root,
        "parent_id": root,
        "author_id": writers[each.writer],
        "seq": each.at * 1_000_000,
        "body": each.body,
        "lang": None,
        "status": "published",
        "visible": 1,
        "likes": each.likes,
        "dislikes": each.dislikes,
        "score": wilson_score(each.likes, each.dislikes),
        "reply_count": replies.get(each.number, 0),
        "created_at": datetime.fromtimestamp(each.at, UTC),
        "edited_at": None,
    }


def _insert(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    table: Table = Comment.metadata.tables["comment"]
    remaining = iter(rows)
    if connection.dialect.name != "postgresql":
        while chunk := list(islice(remaining, CHUNK)):
            connection.execute(insert(table), chunk)
        return
    first = next(remaining)
    names = list(first)
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY comment ({','.join(names)}) FROM STDIN") as out,
    ):
        for row in chain([first], remaining):
            out.write_row([row[name] for name in names])


if __name__ == "__main__":
    os.environ.setdefault("COMMENTS_LOG_LEVEL", "ERROR")
    main()
