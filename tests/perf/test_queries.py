"""What a request asks of the database: how often, and by which index.

The number of queries is the same however long a thread is; no query of a hot path walks a whole
table or sorts what an index could give in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from comments_service.models import Article, ArticleAlias, db
from comments_service.services.freshness import (
    Freshness,
    OfComment,
    OfCounts,
    OfSite,
    OfThread,
)
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.perf.conftest import Newspaper, Statement, Watch
from tests.readers import Reader
from tests.small_app import NOON

THREAD = "/api/v1/comments?site=demo&article=a-0"
BIG_TABLES = "comment|article|vote|verdict|report|mute|event|kept_answer"
OF_A_BIG_TABLE = re.compile(rf"\b({BIG_TABLES})\b")
WALKS = re.compile(rf"SCAN ({BIG_TABLES})\b|Seq Scan on ({BIG_TABLES})\b")
SORTS = re.compile(r"USE TEMP B-TREE")


def plan(statement: Statement) -> str:
    """The database's plan for a statement, one step a line."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # A table that fits a page is quicker read whole: ask for an index where there is one.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            rows = connection.exec_driver_sql(f"EXPLAIN {statement.sql}", statement.parameters)
            return "\n".join(row[0] for row in rows)
        rows = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement.sql}", statement.parameters
        )
        return "\n".join(row.detail for row in rows)


def assert_by_index(statements: list[Statement]) -> None:
    asked = [s for s in statements if s.sql.startswith(("SELECT", "UPDATE", "DELETE"))]
    assert asked
    for statement in asked:
        steps = plan(statement)
        assert not WALKS.search(steps), f"{statement.sql}\n{steps}"
        if OF_A_BIG_TABLE.search(statement.sql):
            assert not SORTS.search(steps), f"{statement.sql}\n{steps}"


def cursor(client: FlaskClient, path: str, name: str = "next_cursor") -> str:
    return str(client.get(path).get_json()[name])


@pytest.mark.parametrize("sort", ["newest", "oldest", "popular"])
def test_a_page_of_a_thread_is_read_by_index(
    client: FlaskClient, newspaper: Newspaper, watch: Watch, sort: str
) -> None:
    path = f"{THREAD}&sort={sort}"
    following = f"{path}&cursor={cursor(client, path)}"
    around = f"{path}&around={newspaper.reply}"
    earlier = f"{path}&cursor={cursor(client, around, 'previous_cursor')}"
    for address in (f"{path}&limit=19", f"{following}&limit=19", earlier, f"{around}&limit=19"):
        with watch() as statements:
            assert client.get(address).status_code == 200
        assert_by_index(statements)
        index = "comment_thread_popular" if sort == "popular" else "comment_thread"
        roots = [plan(s) for s in statements if "root_id IS NULL" in s.sql]
        assert roots
        assert all(re.search(rf"\b{index}\b", steps) for steps in roots), roots


def test_replies_and_single_comments_are_read_by_index(
    client: FlaskClient, newspaper: Newspaper, watch: Watch
) -> None:
    path = f"/api/v1/comments/{newspaper.root}"
    replies = f"{path}/replies?limit=1"
    following = f"{replies}&cursor={cursor(client, replies)}"
    for address in (path, f"{path}/replies?limit=2", following):
        with watch() as statements:
            assert client.get(address).status_code == 200
        assert_by_index(statements)


def test_counts_and_top_articles_are_read_by_index(
    client: FlaskClient, newspaper: Newspaper, watch: Watch
) -> None:
    with watch() as statements:
        client.get("/api/v1/articles?site=demo&article=a-1&article=a-2&article=a-3")
    assert_by_index(statements)
    with watch() as statements:
        top = client.get("/api/v1/articles/top?site=demo&window=24h")
    assert top.get_json()["items"]
    for statement in statements:
        # It sorts one row for each article with a comment within the window.
        assert not WALKS.search(plan(statement)), plan(statement)


def test_feeds_fragments_and_aliases_are_read_by_index(
    client: FlaskClient, newspaper: Newspaper, site: SiteView, watch: Watch
) -> None:
    with transaction() as session:
        article_id = session.scalars(select(Article.id).where(Article.key == "a-0")).one()
        session.add(
            ArticleAlias(site_id=site.id, key="alias", article_id=article_id, created_at=NOON)
        )
    for address in (
        "/feeds/demo/comments.atom?article=a-0",
        "/feeds/demo/comments.atom",
        "/render/comments?site=demo&article=a-0&lang=ko",
        "/api/v1/comments?site=demo&article=alias",
        "/api/v1/articles?site=demo&article=alias&article=a-1",
    ):
        with watch() as statements:
            assert client.get(address).status_code == 200
        assert_by_index(statements)


def test_what_one_reader_sees_is_read_by_index(
    newspaper: Newspaper, reader: Callable[..., Reader], watch: Watch
) -> None:
    hana = reader()
    hana.call("PUT", f"/api/v1/comments/{newspaper.root}/vote", json={"value": 1})
    hana.post("연락 주세요 010-1234-5678", article="a-0")
    for address in (
        "/api/v1/me/overlay?site=demo&article=a-0",
        "/api/v1/me/comments",
    ):
        with watch() as statements:
            assert hana.call("GET", address).status_code == 200
        assert_by_index(statements)


def test_writing_finds_its_rows_by_index(
    newspaper: Newspaper, reader: Callable[..., Reader], watch: Watch
) -> None:
    hana = reader()
    path = f"/api/v1/comments/{newspaper.root}"
    deeds: list[Callable[[], Any]] = [
        lambda: hana.post("댓글입니다", article="a-0", headers={"Idempotency-Key": "k"}),
        lambda: hana.post("답글입니다", article="a-0", parent_id=str(newspaper.reply)),
        lambda: hana.call("PUT", f"{path}/vote", json={"value": 1}),
        lambda: hana.call("POST", f"{path}/reports", json={"reason": "spam"}),
    ]
    for deed in deeds:
        with watch() as statements:
            assert deed().status_code < 300
        assert_by_index(statements)


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        # site with policy, article; then roots, first replies
        (THREAD, 4),
        (f"{THREAD}&limit=1", 4),
        (f"{THREAD}&limit=60", 4),
        ("/api/v1/comments?site=demo&article=unknown", 2),
        # site, articles
        ("/api/v1/articles?site=demo&article=a-1", 2),
        ("/api/v1/articles?site=demo" + "".join(f"&article=a-{n}" for n in range(30)), 2),
        ("/api/v1/articles/top?site=demo", 2),
        # site with policy
        ("/api/v1/sites/demo", 1),
    ],
)
def test_a_public_read_asks_a_fixed_number_of_times(
    client: FlaskClient, newspaper: Newspaper, watch: Watch, path: str, queries: int
) -> None:
    with watch() as statements:
        assert client.get(path).status_code == 200
    assert len(statements) == queries, statements


def test_the_page_around_a_comment_asks_a_fixed_number_of_times(
    client: FlaskClient, newspaper: Newspaper, watch: Watch
) -> None:
    for target, queries in ((newspaper.root, 6), (newspaper.reply, 7)):
        with watch() as statements:
            client.get(f"{THREAD}&around={target}")
        assert len(statements) == queries


def test_an_unchanged_thread_is_not_read_again(
    client: FlaskClient, newspaper: Newspaper, watch: Watch
) -> None:
    etag = client.get(THREAD).headers["ETag"]
    for headers in ({"If-None-Match": etag}, {}):
        with watch() as statements:
            client.get(THREAD, headers=headers)
        assert statements == []


def test_whether_an_answer_still_holds_is_looked_up_by_index(
    app: Flask, newspaper: Newspaper
) -> None:
    freshness: Freshness = app.extensions["comments_freshness"]
    for watched in (
        OfSite("demo"),
        OfThread("demo", "a-0"),
        OfComment(newspaper.reply),
        OfCounts("demo", ("a-0", "a-1")),
    ):
        steps = plan(Statement(*freshness.statement(watched)))
        assert not WALKS.search(steps), steps
        assert not re.search(r"SCAN (site|policy_version)\b", steps), steps
        reads_comments = re.search(r"\bcomment", steps) is not None
        assert reads_comments == isinstance(watched, OfComment), steps


def test_comments_by_id_ask_a_fixed_number_of_times(
    client: FlaskClient, newspaper: Newspaper, watch: Watch
) -> None:
    for path, queries in (
        (f"/api/v1/comments/{newspaper.root}", 2),
        (f"/api/v1/comments/{newspaper.reply}", 1),
        (f"/api/v1/comments/{newspaper.root}/replies", 2),
    ):
        with watch() as statements:
            assert client.get(path).status_code == 200
        assert len(statements) == queries
