"""Checks a database that `flask demo load` filled, from outside the code that filled it.

    python bench/load_check.py FILE [--journal JOURNAL]

Reads `COMMENTS_DATABASE_URL`. Walks every thread by its cursors over HTTP, in each order, and
counts rows with SQL of its own and lengths by a few lines that share nothing with the product's.
Exits with 1 and says what is wrong, if anything is.
"""

from __future__ import annotations

import argparse
import gzip
import os
import sys
import unicodedata
from collections import Counter
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from comments_service import create_app

SORTS = ("newest", "oldest", "popular")
LIMIT = 250


def reader_length(raw: str) -> int:
    """Characters of a plain Korean or English text: composed, trimmed, marks not counted.

    Good for what such a file holds (letters, Hangul, punctuation, emoji with their modifiers); it
    knows nothing of how the product counts.
    """
    length, joined = 0, False
    for character in unicodedata.normalize("NFC", raw.strip()):
        category = unicodedata.category(character)
        if (
            category in {"Mn", "Me", "Mc", "Cc", "Cf", "Cs"}
            or "\U0001f3fb" <= character <= "\U0001f3ff"
        ):
            joined = character == "\u200d"
            continue
        length, joined = length + (0 if joined else 1), False
    return length


def walk(client: FlaskClient, site: str, article: str, sort: str) -> list[str]:
    """Ids of all comments of a thread, replies included, by following its cursors."""
    found: list[str] = []
    cursor = None
    while True:
        query = {"site": site, "article": article, "sort": sort, "limit": "37"}
        page = client.get(
            "/api/v1/comments", query_string=query | ({"cursor": cursor} if cursor else {})
        ).get_json()
        for root in page["comments"]:
            found += [root["id"]] if root["status"] == "published" else []
            found += replies(client, root) if root["reply_count"] else []
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def replies(client: FlaskClient, root: dict[str, str]) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        page = client.get(
            f"/api/v1/comments/{root['id']}/replies",
            query_string={"cursor": cursor} if cursor else {},
        ).get_json()
        found += [reply["id"] for reply in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, help="what was loaded")
    parser.add_argument("--journal", type=Path, help="what the load acknowledged")
    parser.add_argument("--site", default="demo")
    given = parser.parse_args()
    raw = given.file.read_bytes()
    lines = (gzip.decompress(raw) if given.file.suffix == ".gz" else raw).decode().split("\n")
    lines = [line for line in lines if line]
    url = make_url(os.environ["COMMENTS_DATABASE_URL"])
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    wrong: list[str] = []
    with create_engine(url).connect() as connection:
        articles = connection.execute(
            text(
                "select a.key, a.comment_count, count(c.id) from article a join site s"
                " on s.id = a.site_id left join comment c on c.article_id = a.id"
                " and c.status = 'published' where s.key = :site group by a.key, a.comment_count"
            ),
            {"site": given.site},
        ).all()
        wrong += [f"{k}: counter {n}, rows {m}" for k, n, m in articles if n != m]
        off_roots = connection.execute(
            text(
                "select count(*) from comment r where r.root_id is null and r.reply_count <>"
                " (select count(*) from comment c where c.root_id = r.id and c.status='published')"
            )
        ).scalar_one()
        wrong += [f"{off_roots} roots with a wrong reply_count"] if off_roots else []
        rows = connection.execute(text("select id, body, status from comment")).all()
        published = Counter(
            dict(
                connection.execute(
                    text(
                        "select a.key, count(*) from comment c join article a on a.id ="
                        " c.article_id where c.status = 'published' group by a.key"
                    )
                ).all()
            )
        )
    too_long = [r.id for r in rows if r.status != "rejected" and reader_length(r.body) > LIMIT]
    wrong += [f"{len(too_long)} stored bodies over {LIMIT}"] if too_long else []
    fitting = sum(0 < reader_length(line) <= LIMIT for line in lines)
    client = create_app().test_client()
    for sort in SORTS:
        for key, _, count in articles:
            ids = walk(client, given.site, key, sort)
            if len(ids) != len(set(ids)) or len(ids) != published[key]:
                wrong.append(f"{key} by {sort}: walked {len(ids)}, {count} published")
    if given.journal:
        noted = [line.split() for line in given.journal.read_text().split("\n")[:-1] if line]
        stored = {str(row.id) for row in rows}
        lost = [n for n, comment_id, _ in noted if comment_id not in stored]
        twice = len(noted) - len({n for n, _, _ in noted})
        wrong += [f"{len(lost)} acknowledged and lost"] if lost else []
        wrong += [f"{twice} acknowledged twice"] if twice else []
        print(f"{len(noted)} acknowledged; {fitting} lines of 1 to {LIMIT} characters")
        if len(noted) != fitting:
            wrong.append(f"{fitting} lines fit, {len(noted)} were taken")
    print(f"{len(articles)} articles, {len(rows)} comments, {sum(published.values())} published")
    print("\n".join(wrong) or f"every thread walked in {', '.join(SORTS)}: all is right")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
