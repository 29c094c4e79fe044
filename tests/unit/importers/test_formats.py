"""What each importer makes of a small file of its format."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from comments_service.importers import disqus, isso, jsonl, remark42, table, wordpress
from comments_service.importers.records import (
    ImportedArticle,
    ImportedComment,
    ImportedVote,
    Importer,
    Item,
    MalformedFile,
    Skipped,
)
from tests import exports

BILLION_LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE disqus [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<disqus xmlns="http://disqus.com"><post><message>&b;</message></post></disqus>
"""
OUTSIDE = """<?xml version="1.0"?>
<!DOCTYPE rss [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<rss><channel><item>&e;</item></channel></rss>
"""


def comments(items: Iterator[Item]) -> dict[str, ImportedComment]:
    return {item.source: item for item in items if isinstance(item, ImportedComment)}


def skipped(items: Iterator[Item]) -> list[tuple[str, str]]:
    return [(item.place, item.reason) for item in items if isinstance(item, Skipped)]


def test_disqus(tmp_path: Path) -> None:
    path = exports.write(tmp_path / "d.xml", exports.DISQUS)
    found = comments(disqus.read(path))
    assert list(found) == [f"post {n}" for n in range(100, 106)]
    first = found["post 100"]
    assert first.article == ImportedArticle(
        key="ferry-2026",
        url="https://news.example/ferry/",
        title="The ferry is back",
        aliases=("https://news.example/ferry/",),
    )
    assert first.body == "First & foremost.\n\nSee this (https://a.example/x)."
    assert first.created_at == datetime(2015, 3, 1, 10, tzinfo=UTC)
    assert found["post 104"].article.key == "https://news.example/orchard/"
    assert [c.parent for c in found.values()] == [
        None, "post 100", "post 101", None, "post 103", None,
    ]  # fmt: skip
    assert [c.status for c in found.values()] == [
        "published", "published", "published", "deleted", "published", "rejected",
    ]  # fmt: skip
    assert found["post 103"].body == ""
    assert found["post 101"].author == found["post 104"].author
    assert found["post 100"].author == found["post 102"].author
    assert skipped(disqus.read(path)) == [("line 48", "no_article"), ("line 53", "bad_time")]


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_wordpress(tmp_path: Path, version: str) -> None:
    path = exports.wxr(tmp_path / "w.xml", version)
    found = comments(wordpress.read(path))
    ferry = "https://news.example/ferry/"
    assert list(found) == [
        f"{ferry} 3", f"{ferry} 2", f"{ferry} 4", f"{ferry} 5", f"{ferry} 6",
        "https://news.example/?p=4 3",
    ]  # fmt: skip
    answer = found[f"{ferry} 3"]
    assert answer.article.key == ferry
    assert answer.article.aliases == ("https://news.example/?p=18",)
    assert answer.body == "An answer\nover two lines, with &"
    assert answer.parent == f"{ferry} 2"
    assert answer.created_at == datetime(2016, 1, 1, 12, tzinfo=UTC)
    assert [c.status for c in found.values()] == [
        "published", "published", "held", "rejected", "removed", "published",
    ]  # fmt: skip
    last = found["https://news.example/?p=4 3"]
    assert last.created_at == datetime(2017, 1, 1, 10, tzinfo=UTC)
    assert skipped(wordpress.read(path)) == [("line 31", "not_a_comment")]


def test_remark42(tmp_path: Path) -> None:
    path = exports.remark42(tmp_path / "backup.gz")
    first, second, third = comments(remark42.read(path)).values()
    assert (first.body, first.likes, first.dislikes, first.pinned) == ("Hello *there*", 2, 1, True)
    assert first.created_at == datetime(2020, 5, 1, 10, 0, 0, 123456, tzinfo=UTC)
    assert first.edited_at == datetime(2020, 5, 1, 10, 1, tzinfo=UTC)
    assert (second.body, second.likes, second.dislikes) == ("Only <HTML>", 0, 3)
    assert second.created_at == datetime(2020, 5, 1, 1, 5, tzinfo=UTC)
    assert (third.status, third.body, third.parent) == ("deleted", "", second.source)


def test_a_tree_of_remark42(tmp_path: Path) -> None:
    user = {"name": "Hana", "id": "1"}
    here = {"site": "s", "url": "https://news.example/a"}
    base = {"user": user, "locator": here, "time": "2020-05-01T10:00:00Z"}
    tree = {
        "comments": [
            {
                "comment": {**base, "id": "1", "pid": "", "text": "root"},
                "replies": [{"comment": {**base, "id": "2", "pid": "1", "text": "reply"}}],
            },
            {"comment": {**base, "id": "3", "time": "?"}},
        ]
    }
    path = exports.write(tmp_path / "tree.json", json.dumps(tree, indent=1))
    assert [c.body for c in comments(remark42.read(path)).values()] == ["root", "reply"]
    assert skipped(remark42.read(path)) == [("comment 2", "bad_time")]


def test_isso(tmp_path: Path) -> None:
    path = exports.isso(tmp_path / "comments.db")
    found = comments(isso.read(path))
    first, answer, waits, gone, to_gone = found.values()
    assert (first.source, first.article.key) == ("/ferry/ 1", "/ferry/")
    assert (first.likes, first.dislikes, first.body) == (3, 1, "First")
    assert first.created_at == datetime(2020, 9, 13, 12, 26, 40, 250000, tzinfo=UTC)
    assert (answer.parent, answer.author.name) == ("/ferry/ 1", "Anonymous")
    assert answer.edited_at == datetime(2020, 9, 13, 12, 30, tzinfo=UTC)
    assert (waits.status, gone.status, to_gone.parent) == ("held", "deleted", "/orchard/ 4")
    assert skipped(isso.read(path)) == [("comment 6", "no_article")]


def test_csv(tmp_path: Path) -> None:
    path = exports.write(tmp_path / "c.csv", exports.CSV)
    first, second = comments(table.read(path)).values()
    assert first.body == 'A text with "quotes", commas\nand a line break'
    assert (first.article.key, first.article.title, first.likes) == ("ferry", "The ferry", 5)
    assert (second.parent, second.status) == ("1", "held")
    assert second.created_at == datetime(2021, 1, 1, tzinfo=UTC)
    assert skipped(table.read(path)) == [
        ("line 5", "no_article"),
        ("line 6", "bad_time"),
        ("line 7", "bad_status"),
    ]


def test_json_lines(tmp_path: Path) -> None:
    lines: list[Any] = [
        {"type": "site", "key": "demo"},
        {"type": "article", "key": "a", "title": "T", "status": "closed", "aliases": ["b"]},
        {"type": "user", "id": "7", "name": "Hana", "provider": "twitter", "lang": "ko"},
        {"type": "comment", "id": "1", "article": "a", "author_id": "7", "body": "x",
         "created_at": "2026-01-01T00:00:00.000001Z", "likes": 2, "pinned": True},
        {"type": "comment", "id": 2, "article": "a", "author": {"name": "Guest"}, "body": "y",
         "parent_id": "1", "created_at": "2026-01-01T00:00:00Z"},
        {"type": "vote", "comment_id": "1", "user_id": "7", "value": -1,
         "created_at": "2026-01-01T00:00:00Z"},
        {"type": "comment", "id": "3", "article": "a", "author_id": "8", "body": "z",
         "created_at": "2026-01-01T00:00:00Z"},
        {"type": "vote", "comment_id": "1", "user_id": "7", "value": True, "created_at": ""},
        {"type": "poll"},
    ]  # fmt: skip
    path = exports.write(tmp_path / "x.jsonl", "\n".join(map(json.dumps, lines)))
    article, first, second, vote, *rest = jsonl.read(path)
    assert isinstance(article, ImportedArticle)
    assert (article.status, article.aliases) == ("closed", ("b",))
    assert isinstance(first, ImportedComment)
    assert (first.author.name, first.author.provider, first.pinned) == ("Hana", "twitter", True)
    assert isinstance(second, ImportedComment)
    assert (second.source, second.parent, second.author.name) == ("2", "1", "Guest")
    assert isinstance(vote, ImportedVote)
    assert (vote.comment, vote.voter.source, vote.value) == ("1", "7", -1)
    assert [item.reason for item in rest if isinstance(item, Skipped)] == [
        "no_author", "malformed", "unknown_type",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("read", "text", "line"),
    [
        (disqus.read, "`" + exports.DISQUS, 1),
        (disqus.read, exports.DISQUS.replace('dsq:id="999"/', "dsq:id=999/"), 51),
        (disqus.read, exports.DISQUS[:-30], 56),
        (disqus.read, exports.WXR.replace("{version}", "1.2"), 2),
        (disqus.read, "", 1),
        (disqus.read, BILLION_LAUGHS, 2),
        (wordpress.read, OUTSIDE, 2),
        (wordpress.read, "<rss>" + "<a>" * 200, 1),
        (remark42.read, "[1]", 1),
        (remark42.read, '{"version": 1}\n{"id": "1"}\nnonsense', 3),
        (remark42.read, '{"users": []}', 1),
        (remark42.read, "nonsense\nmore", 1),
        (isso.read, "no database at all", None),
        (table.read, "id,body\n", 1),
        (table.read, 'id,article,body,created_at\n1,a,"never closed,', 2),
        (jsonl.read, '{"type": "site"}\n\n{"type":', 3),
        (jsonl.read, "[]", 1),
        (jsonl.read, '{"no": "type"}', 1),
    ],
)
def test_a_file_that_is_not_of_its_format_is_refused_with_the_line(
    tmp_path: Path, read: Importer, text: str, line: int | None
) -> None:
    path = exports.write(tmp_path / "file", text)
    with pytest.raises(MalformedFile) as refused:
        list(read(path))
    assert refused.value.line == line
    assert refused.value.detail.endswith(".")


@pytest.mark.parametrize("read", [remark42.read, table.read, jsonl.read, disqus.read])
def test_bytes_that_are_no_text_and_broken_packing_are_refused(
    tmp_path: Path, read: Callable[[Path], Iterator[Item]]
) -> None:
    broken = tmp_path / "broken"
    for raw in (b"\xff\xfe\x00\x00{}", gzip.compress(b'{"version": 1}' * 999)[:-9], b"\x1f\x8bxx"):
        broken.write_bytes(raw)
        with pytest.raises(MalformedFile):
            list(read(broken))


def test_a_database_that_is_not_issos_is_refused_and_a_view_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE threads (id INTEGER)")
        connection.execute("CREATE VIEW comments AS SELECT 1 AS id")
    with pytest.raises(MalformedFile):
        list(isso.read(path))


def test_reading_a_database_leaves_it_as_it_was(tmp_path: Path) -> None:
    path = exports.isso(tmp_path / "comments.db")
    before = path.read_bytes()
    list(isso.read(path))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["comments.db"]


def test_a_disqus_post_without_an_id_is_the_same_one_each_time(tmp_path: Path) -> None:
    text = exports.DISQUS.replace('<post dsq:id="100">', "<post>")
    path = exports.write(tmp_path / "d.xml", text)
    assert list(comments(disqus.read(path))) == list(comments(disqus.read(path)))
    assert len(comments(disqus.read(path))) == 6
