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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, create_engine, text
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
    url = make_url(os.environ["COMMENTS_DATABASE_URL"])
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    with create_engine(url).connect() as connection:
        published = published_by_article(connection, given.site)
        wrong = wrong_counters(connection, given.site, published)
        rows = connection.execute(
            text(
                "select c.id, c.body, c.status from comment c"
                " join article a on a.id = c.article_id where a.key like 'load-%'"
            )
        ).all()
    too_long = [r.id for r in rows if r.status != "rejected" and reader_length(r.body) > LIMIT]
    wrong += [f"{len(too_long)} stored bodies over {LIMIT}"] if too_long else []
    wrong += wrong_walks(given.site, published)
    if given.journal:
        wrong += wrong_journal(given.journal, [line for line in lines if line], rows)
    print(f"{len(published)} articles, {len(rows)} comments, {sum(published.values())} published")
    print("\n".join(wrong) or f"every thread walked in {', '.join(SORTS)}: all is right")
    return 1 if wrong else 0


def published_by_article(connection: Connection, site: str) -> dict[str, int]:
    """How many published comments each article has, by counting rows."""
    query = text(
        "select a.key, count(c.id) as comments from article a join site s on s.id = a.site_id"
        " left join comment c on c.article_id = a.id and c.status = 'published'"
        " where s.key = :site group by a.key"
    )
    return {row.key: row.comments for row in connection.execute(query, {"site": site})}


def wrong_counters(connection: Connection, site: str, published: dict[str, int]) -> list[str]:
    """Kept counters that are not what the rows say."""
    kept = text(
        "select a.key, a.comment_count from article a join site s on s.id = a.site_id"
        " where s.key = :site"
    )
    wrong = [
        f"{key}: counter {count}, rows {published[key]}"
        for key, count in connection.execute(kept, {"site": site})
        if count != published[key]
    ]
    off_roots = connection.execute(
        text(
            "select count(*) from comment r where r.root_id is null and r.reply_count <>"
            " (select count(*) from comment c where c.root_id = r.id and c.status = 'published')"
        )
    ).scalar_one()
    return [*wrong, *([f"{off_roots} roots with a wrong reply_count"] if off_roots else [])]


def wrong_walks(site: str, published: dict[str, int]) -> list[str]:
    """Threads that their cursors do not walk exactly once, in any of the orders."""
    client = create_app().test_client()
    wrong = []
    for sort in SORTS:
        for key, count in published.items():
            ids = walk(client, site, key, sort)
            if len(ids) != len(set(ids)) or len(ids) != count:
                wrong.append(f"{key} by {sort}: walked {len(ids)}, {count} published")
    return wrong


def wrong_journal(journal: Path, lines: list[str], rows: Sequence[Any]) -> list[str]:
    """What was acknowledged against what should have been, and against what is there."""
    # The first line is the load's name.
    noted = [line.split() for line in journal.read_text().split("\n")[1:-1]]
    numbers = {int(number) for number, _, _ in noted}
    ids = {comment_id for _, comment_id, _ in noted}
    stored = {str(row.id) for row in rows}
    fitting = {n for n, line in enumerate(lines) if 0 < reader_length(line) <= LIMIT}
    print(f"{len(noted)} acknowledged; {len(fitting)} lines of 1 to {LIMIT} characters")
    found = {
        "acknowledged and lost": len(ids - stored),
        "acknowledged twice": len(noted) - len(numbers),
        "stored and not acknowledged": len(stored - ids),
        f"lines of 1 to {LIMIT} characters not taken": len(fitting - numbers),
        f"lines of more or none taken: {sorted(numbers - fitting)[:5]}": len(numbers - fitting),
    }
    return [f"{count} {what}" for what, count in found.items() if count]


if __name__ == "__main__":
    sys.exit(main())
