"""Imports and exports over HTTP, with the worker between."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from comments_service.config import Settings
from comments_service.models import (
    Article,
    ArticleAlias,
    AuditEntry,
    Comment,
    Event,
    ImportEntry,
    Job,
    JobStatus,
    User,
    Vote,
)
from comments_service.services import imports, job_runners, jobs, sites
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests import exports
from tests.api.services import Service, service
from tests.conftest import settings_for
from tests.problems import pointers, slug
from tests.readers import Reader
from tests.rows import rows, values
from tests.small_app import NOON, Clock

IMPORTS = "/api/v1/imports"
SECRET = "development-secret-key-never-in-production"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, import_directory=str(tmp_path / "uploads"))


@pytest.fixture
def mover(app: Flask, site: SiteView) -> Service:
    return service(app, "transfers:write")


def send(mover: Service, raw: bytes, format_: str, **fields: str) -> TestResponse:
    form: dict[str, Any] = {"site": "demo", "format": format_, **fields}
    form["file"] = (io.BytesIO(raw), "export")
    return mover.call("POST", IMPORTS, data=form, content_type="multipart/form-data")


def work(now: Clock) -> None:
    while jobs.run_next({**job_runners.with_secret(SECRET), **job_runners.RUNNERS}, clock=now):
        pass


def imported(mover: Service, now: Clock, raw: bytes, format_: str, **fields: str) -> Any:
    """The job, done."""
    asked = send(mover, raw, format_, **fields)
    assert asked.status_code == 202, asked.get_json()
    work(now)
    job = mover.call("GET", asked.headers["Location"]).get_json()
    assert job["status"] == "done", job
    return job


def thread(client: FlaskClient, article: str, site: str = "demo") -> Any:
    query = {"site": site, "article": article, "sort": "oldest", "limit": "100"}
    return client.get("/api/v1/comments", query_string=query).get_json()


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """What the tables hold of what an import makes."""
    return {
        model.__tablename__: sorted(tuple(row) for row in rows(select(*columns)))
        for model, columns in {
            Article: (Article.id, Article.key, Article.comment_count, Article.version),
            ArticleAlias: (ArticleAlias.key, ArticleAlias.article_id),
            Comment: (Comment.id, Comment.seq, Comment.body, Comment.reply_count, Comment.visible),
            User: (User.id, User.display_name),
            Vote: (Vote.comment_id, Vote.user_id, Vote.value),
            ImportEntry: (ImportEntry.kind, ImportEntry.source, ImportEntry.target_id),
        }.items()
    }


def test_an_import_is_asked_for_done_by_the_worker_and_reported(
    mover: Service, client: FlaskClient, now: Clock, tmp_path: Path
) -> None:
    asked = send(mover, exports.DISQUS.encode(), "disqus")
    assert asked.status_code == 202
    body = asked.get_json()
    assert (body["kind"], body["status"], body["report"]) == ("import", "queued", None)
    assert asked.headers["Location"] == f"https://comments.example/api/v1/jobs/{body['id']}"
    assert len(list((tmp_path / "uploads").iterdir())) == 1
    work(now)
    job = mover.call("GET", f"/api/v1/jobs/{body['id']}").get_json()
    assert (job["status"], job["progress"]) == ("done", {"done": 8, "total": 8})
    assert job["report"] == {
        "read": 8,
        "created": 6,
        "skipped": {"no_article": 1, "bad_time": 1},
        "notes": {"flattened": 1},
        "problems": [
            {"place": "line 48", "reason": "no_article", "detail": "There is no thread '999'."},
            {"place": "line 53", "reason": "bad_time", "detail": "'some time' is no moment."},
        ],
        "articles_created": 2,
        "users_created": 4,
        "votes_created": 0,
    }
    assert list((tmp_path / "uploads").iterdir()) == []
    found = thread(client, "ferry-2026")
    article = found["article"]
    assert (article["url"], article["title"]) == (
        "https://news.example/ferry/",
        "The ferry is back",
    )
    (root,) = found["comments"]
    assert root["body"] == "First & foremost.\n\nSee this (https://a.example/x)."
    assert (root["created_at"], root["author"]["name"]) == ("2015-03-01T10:00:00.000Z", "김하나")
    assert root["author"]["provider"] is None
    assert [reply["body"] for reply in root["replies"]] == [
        "An answer",
        "An answer to the answer",
    ]
    assert root["replies"][1]["parent_id"] == root["replies"][0]["id"]
    assert (root["reply_count"], article["comment_count"]) == (2, 3)
    assert thread(client, "https://news.example/ferry/")["article"]["key"] == "ferry-2026"
    (tombstone,) = thread(client, "https://news.example/orchard/")["comments"]
    assert (tombstone["status"], tombstone["body"]) == ("deleted", None)
    assert tombstone["replies"][0]["body"] == "To what is gone"
    assert sorted(values(select(Comment.status))) == ["deleted", *["published"] * 4, "rejected"]


def test_comments_come_before_what_they_answer_and_keep_their_states(
    mover: Service, client: FlaskClient, now: Clock, tmp_path: Path
) -> None:
    path = exports.wxr(tmp_path / "w.xml")
    job = imported(mover, now, path.read_bytes(), "wordpress")
    assert job["report"]["notes"] == {"parent_missing": 1}
    (root,) = thread(client, "https://news.example/ferry/")["comments"]
    assert root["body"] == "What it answers, later in the file"
    assert root["replies"][0]["body"] == "An answer\nover two lines, with &"
    assert sorted(values(select(Comment.status))) == [
        "held", "published", "published", "published", "rejected", "removed",
    ]  # fmt: skip


@pytest.mark.parametrize("format_", ["disqus", "wordpress", "remark42", "isso", "csv"])
def test_the_same_import_again_changes_nothing_and_undone_leaves_nothing(
    mover: Service, now: Clock, tmp_path: Path, format_: str
) -> None:
    path = tmp_path / "file"
    make: dict[str, Callable[[], object]] = {
        "disqus": lambda: exports.write(path, exports.DISQUS),
        "wordpress": lambda: exports.wxr(path),
        "remark42": lambda: exports.remark42(path),
        "isso": lambda: exports.isso(path),
        "csv": lambda: exports.write(path, exports.CSV),
    }
    make[format_]()
    before = everything()
    first = imported(mover, now, path.read_bytes(), format_)
    made = everything()
    again = imported(mover, now, path.read_bytes(), format_)["report"]
    assert first["report"]["created"] > 1
    assert again["created"] == again["articles_created"] == again["users_created"] == 0
    assert again["skipped"]["already_there"] == first["report"]["created"]
    assert everything() == made
    undone = mover.call("POST", f"{IMPORTS}/{first['id']}/undo")
    assert undone.status_code == 202
    work(now)
    report = mover.call("GET", undone.headers["Location"]).get_json()["report"]
    assert report["comments_removed"] == first["report"]["created"]
    assert everything() == before


@pytest.mark.parametrize("format_", ["disqus", "wordpress"])
def test_how_a_file_is_cut_into_batches_makes_no_difference(
    mover: Service,
    client: FlaskClient,
    now: Clock,
    tmp_path: Path,
    format_: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = exports.write(tmp_path / "d", exports.DISQUS)
    raw = (path if format_ == "disqus" else exports.wxr(tmp_path / "w")).read_bytes()
    sites.create("copy", name="Copy", origins=["https://news.example"], now=NOON)
    imported(mover, now, raw, format_, site="copy")
    monkeypatch.setattr(imports, "BATCH", 1)
    imported(mover, now, raw, format_)
    one, many = (
        canonical(mover.call("GET", f"/api/v1/exports/{site}").get_data())
        for site in ("demo", "copy")
    )
    assert one == many
    for key in ("ferry-2026", "https://news.example/orchard/", "https://news.example/ferry/"):
        shapes = [
            [(c["body"], c["status"], c["reply_count"], len(c["replies"])) for c in t["comments"]]
            for t in (thread(client, key), thread(client, key, site="copy"))
        ]
        assert shapes[0] == shapes[1]


def test_an_isso_article_is_known_by_its_path_and_its_address(
    mover: Service, client: FlaskClient, now: Clock, tmp_path: Path
) -> None:
    path = exports.isso(tmp_path / "isso.db")
    imported(mover, now, path.read_bytes(), "isso")
    found = thread(client, "https://news.example/ferry/")
    assert found == thread(client, "/ferry/")
    assert found["article"]["url"] == "https://news.example/ferry/"
    assert (found["comments"][0]["likes"], found["comments"][0]["dislikes"]) == (3, 1)


def test_a_dry_run_shows_the_articles_and_writes_nothing(
    mover: Service, now: Clock, reader: Callable[..., Reader]
) -> None:
    reader().post("글입니다", article="ferry-2026")
    before = everything()
    url_map = "https://news.example/orchard/index.html,orchard-2026\n"
    job = imported(mover, now, exports.DISQUS.encode(), "disqus", dry_run="true", url_map=url_map)
    report = job["report"]
    assert (report["dry_run"], report["created"], report["read"]) == (True, 6, 8)
    assert report["article_count"] == 2
    assert report["articles"] == [
        {
            "source": "ferry-2026",
            "key": "ferry-2026",
            "url": "https://news.example/ferry/",
            "comments": 3,
            "exists": True,
        },
        {
            "source": "https://news.example/orchard/",
            "key": "orchard-2026",
            "url": "https://news.example/orchard/",
            "comments": 3,
            "exists": False,
        },
    ]
    assert everything() == before


def test_a_url_map_says_which_article_is_which(
    mover: Service, client: FlaskClient, now: Clock
) -> None:
    url_map = (io.BytesIO(b"ferry-2026,new-ferry\n\n"), "map.csv")
    form = {"site": "demo", "format": "disqus", "url_map": url_map}
    form |= {"file": (io.BytesIO(exports.DISQUS.encode()), "x")}
    asked = mover.call("POST", IMPORTS, data=form, content_type="multipart/form-data")
    assert asked.status_code == 202, asked.get_json()
    work(now)
    assert thread(client, "new-ferry")["article"]["comment_count"] == 3
    assert thread(client, "https://news.example/ferry/")["article"]["key"] == "new-ferry"


def test_an_import_joins_the_article_that_is_here_and_its_comments(
    mover: Service, client: FlaskClient, reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader("이준호")
    own = hana.post("여기서 쓴 글", article="https://news.example/ferry/").get_json()
    imported(mover, now, exports.DISQUS.encode(), "disqus")
    found = thread(client, "https://news.example/ferry/")
    assert [c["body"][:5] for c in found["comments"]] == ["First", "여기서 쓴"]
    assert found["article"]["comment_count"] == 4
    first = found["comments"][0]["id"]
    answer = hana.post("옛 글에 답합니다", article="https://news.example/ferry/", parent_id=first)
    assert answer.status_code == 201
    top = client.get("/api/v1/articles/top?site=demo&window=24h").get_json()["items"]
    assert [(item["key"], item["recent_comment_count"]) for item in top] == [
        ("https://news.example/ferry/", 2)
    ]
    (job,) = values(select(ImportEntry.job_id).distinct())
    mover.call("POST", f"{IMPORTS}/{job}/undo")
    work(now)
    found = thread(client, "https://news.example/ferry/")
    assert [(c["status"], c["body"]) for c in found["comments"]] == [
        ("removed", None),
        ("published", own["body"]),
    ]
    assert [r["body"] for r in found["comments"][0]["replies"]] == ["옛 글에 답합니다"]
    assert found["article"]["comment_count"] == 2
    assert "First" not in str(rows(select(Comment.body)))


def test_imported_comments_are_events_for_nobody_and_on_record_once(
    mover: Service, now: Clock
) -> None:
    imported(mover, now, exports.DISQUS.encode(), "disqus")
    assert values(select(Event.type)) == []
    assert values(select(AuditEntry.action)) == ["import.requested"]


def test_a_malformed_file_is_refused_with_its_line_and_nothing_is_written(
    mover: Service, now: Clock
) -> None:
    before = everything()
    raw = exports.DISQUS.replace(
        '<thread dsq:id="11"/>\n  </post>\n</disqus>', "<thread dsq:id=11/>"
    )
    asked = send(mover, raw.encode(), "disqus")
    work(now)
    job = mover.call("GET", asked.headers["Location"]).get_json()
    assert job["status"] == "failed"
    assert job["report"] == {
        "error": "malformed-file",
        "detail": "The file is not well-formed XML: not well-formed (invalid token).",
        "line": 56,
        "column": 20,
    }
    assert everything() == before


def test_a_long_text_is_taken_whole_and_a_reader_of_it_sees_all(
    mover: Service, client: FlaskClient, now: Clock
) -> None:
    lines = [
        {"type": "comment", "id": "1", "article": "a", "author": {"id": "1", "name": "Hana"},
         "body": "가" * 5000, "created_at": "2020-01-01T00:00:00Z"},
        {"type": "comment", "id": "2", "article": "a", "author": {"id": "1", "name": "Hana"},
         "body": "\u200b", "created_at": "2020-01-01T00:00:00Z"},
        {"type": "comment", "id": "3", "article": "a", "author": {"id": "1", "name": "Hana"},
         "body": "é" * 30_000, "created_at": "2020-01-01T00:00:00Z"},
        {"type": "comment", "id": "4", "article": "a", "author": {"id": "1", "name": "Hana"},
         "body": "a" + "\u0301" * 40, "created_at": "2020-01-01T00:00:00Z"},
    ]  # fmt: skip
    raw = "\n".join(map(json.dumps, lines)).encode()
    report = imported(mover, now, raw, "jsonl")["report"]
    assert report["skipped"] == {"empty": 1, "malformed": 1}
    assert report["notes"] == {"shortened": 1}
    lengths = [len(c["body"]) for c in thread(client, "a")["comments"]]
    assert lengths == [5000, 20_000]


def test_comments_of_one_second_keep_their_order_and_a_ring_of_answers_ends(
    mover: Service, client: FlaskClient, now: Clock
) -> None:
    author = {"id": "1", "name": "Hana"}
    base = {"type": "comment", "article": "a", "author": author, "created_at": "2019-01-01"}
    lines = [{**base, "id": str(n), "body": f"comment {n}"} for n in range(30)]
    lines += [
        {**base, "id": "x", "body": "x", "parent_id": "y"},
        {**base, "id": "y", "body": "y", "parent_id": "x"},
        {**base, "id": "7", "body": "again"},
    ]
    report = imported(mover, now, "\n".join(map(json.dumps, lines)).encode(), "jsonl")["report"]
    assert (report["created"], report["skipped"]) == (32, {"repeated": 1})
    found = thread(client, "a")
    bodies = [c["body"] for c in found["comments"]]
    assert bodies[:30] == [f"comment {n}" for n in range(30)]
    assert found["article"]["comment_count"] == 32


class Killed(BaseException):
    pass


def test_a_worker_that_is_killed_leaves_whole_batches_and_the_next_goes_on(
    app: Flask,
    mover: Service,
    client: FlaskClient,
    now: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from comments_service.services.import_batches import Writer

    monkeypatch.setattr(imports, "BATCH", 10)
    author = {"id": "1", "name": "Hana"}
    lines = [
        {"type": "comment", "id": str(n), "article": f"a-{n % 3}", "author": author,
         "body": f"comment {n}", "parent_id": str(n + 1) if n % 7 == 0 else None,
         "created_at": f"2019-01-01T00:{n % 60:02}:00Z"}
        for n in range(95)
    ]  # fmt: skip
    raw = "\n".join(map(json.dumps, lines)).encode()
    asked = send(mover, raw, "jsonl")
    write, calls = Writer.write, iter(range(1000))

    def killed_at_times(self: Writer, *args: Any, **more: Any) -> None:
        write(self, *args, **more)
        if next(calls) in {3, 9, 12}:
            raise Killed

    monkeypatch.setattr(Writer, "write", killed_at_times)
    for _ in range(4):
        try:
            work(now)
        except Killed:
            now.advance(seconds=61)
    job = mover.call("GET", asked.headers["Location"].removeprefix("https://comments.example"))
    if job.status_code == 401:
        job = service(app, "transfers:write").call("GET", asked.headers["Location"])
    body = job.get_json()
    assert body["status"] == "done", body
    assert (body["report"]["created"], body["report"]["skipped"]) == (95, {})
    counted = [thread(client, f"a-{n}")["article"]["comment_count"] for n in range(3)]
    assert counted == [32, 32, 31]
    assert len(set(values(select(Comment.id)))) == 95


def canonical(raw: bytes) -> list[Any]:
    """An export with ids put in the order of their first mention, and no site."""
    numbers: dict[str, str] = {}

    def number(value: Any) -> Any:
        return value if value is None else numbers.setdefault(value, str(len(numbers)))

    lines = [json.loads(line) for line in raw.splitlines()]
    comments = [line for line in lines if line["type"] == "comment"]
    for line in sorted(comments, key=lambda c: (c["article"], c["created_at"], c["body"])):
        number(line["id"])
    people = {line["id"]: line for line in lines if line["type"] == "user"}
    for line in lines:
        for name in ("id", "parent_id", "comment_id"):
            if line["type"] != "user" and name in line:
                line[name] = number(line[name])
        for name in ("author_id", "user_id"):
            if name in line:
                who = people[line.pop(name)]
                line[name.removesuffix("_id")] = (who["name"], who["provider"], who["created_at"])
        if line["type"] == "user":
            line.pop("id")
    return sorted(json.dumps(line, sort_keys=True) for line in lines if line["type"] != "site")


@pytest.fixture
def lively(reader: Callable[..., Reader], app: Flask, now: Clock) -> Reader:
    """A site with replies, votes, edits, deletions, an alias, a pin, a closed article."""
    hana, junho = reader("김하나"), reader("이준호", "facebook")
    root = hana.post("첫 글입니다", article="a").get_json()["id"]
    now.advance(seconds=1)
    reply = junho.post("답글입니다", article="a", parent_id=root).get_json()["id"]
    hana.post("답글의 답글입니다", article="a", parent_id=reply)
    junho.call("PUT", f"/api/v1/comments/{root}/vote", json={"value": 1})
    hana.call("PUT", f"/api/v1/comments/{reply}/vote", json={"value": -1})
    gone = junho.post("지울 글입니다", article="b").get_json()["id"]
    hana.post("지운 글에 답합니다", article="b", parent_id=gone)
    junho.call("DELETE", f"/api/v1/comments/{gone}")
    hana.call("PATCH", f"/api/v1/comments/{root}", json={"body": "고친 첫 글입니다"})
    cms = service(app, "sites:write")
    said = {"title": "기사", "aliases": ["a-amp"], "status": "closed"}
    cms.call("PATCH", "/api/v1/articles/demo?article=a", json=said)
    with transaction() as session:
        session.query(Article).filter(Article.key == "a").update({"pinned_comment_id": int(root)})
    return hana


def test_an_export_imports_back_unchanged(
    lively: Reader, mover: Service, client: FlaskClient, now: Clock
) -> None:
    answer = mover.call("GET", "/api/v1/exports/demo")
    assert answer.status_code == 200
    assert answer.content_type == "application/x-ndjson; charset=utf-8"
    raw = answer.get_data()
    kinds = [json.loads(line)["type"] for line in raw.splitlines()]
    assert kinds[0] == "site"
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "site": 1, "article": 2, "user": 2, "comment": 5, "vote": 2,
    }  # fmt: skip
    sites.create("copy", name="Copy", origins=["https://news.example"], now=NOON)
    report = imported(mover, now, raw, "jsonl", site="copy")["report"]
    assert (report["created"], report["votes_created"], report["skipped"]) == (5, 2, {})
    copied = mover.call("GET", "/api/v1/exports/copy").get_data()
    assert canonical(copied) == canonical(raw)
    ours, theirs = thread(client, "a"), thread(client, "a-amp", site="copy")
    for page in (ours, theirs):
        page["article"].pop("site"), page["article"].pop("version"), page.pop("site")
    assert ours["article"] == theirs["article"]
    assert [c["body"] for c in ours["comments"]] == [c["body"] for c in theirs["comments"]]
    assert theirs["comments"][0]["pinned"]
    assert theirs["comments"][0]["likes"] == 1


def test_an_export_imported_into_its_own_site_changes_nothing(
    lively: Reader, mover: Service, now: Clock
) -> None:
    raw = mover.call("GET", "/api/v1/exports/demo").get_data()
    before = everything()
    report = imported(mover, now, raw, "jsonl")["report"]
    assert report["skipped"] == {"already_there": 5, "vote_already_there": 2}
    assert everything() == before


def test_an_imported_export_is_undone_with_its_votes(
    lively: Reader, mover: Service, now: Clock
) -> None:
    raw = mover.call("GET", "/api/v1/exports/demo").get_data()
    sites.create("copy", name="Copy", origins=[], now=NOON)
    before = everything()
    job = imported(mover, now, raw, "jsonl", site="copy")
    assert everything() != before
    mover.call("POST", f"{IMPORTS}/{job['id']}/undo")
    work(now)
    assert everything() == before


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"format": "nonsense"}, "/format"),
        ({"dry_run": "perhaps"}, "/dry_run"),
        ({"colour": "red"}, "/colour"),
        ({"url_map": "only one column"}, "/url_map"),
        ({"site": ""}, "/site"),
    ],
)
def test_a_wrong_field_of_the_form_is_named(
    mover: Service, tmp_path: Path, fields: dict[str, str], pointer: str
) -> None:
    form: dict[str, Any] = {"site": "demo", "format": "csv"} | fields
    form["file"] = (io.BytesIO(b"x"), "x")
    answer = mover.call("POST", IMPORTS, data=form, content_type="multipart/form-data")
    assert pointers(answer) == [pointer]
    assert not list(tmp_path.glob("uploads/*"))


def test_an_import_needs_a_file_a_form_and_its_scope(app: Flask, mover: Service) -> None:
    form = {"site": "demo", "format": "csv"}
    empty = mover.call("POST", IMPORTS, data=form, content_type="multipart/form-data")
    assert pointers(empty) == ["/file"]
    assert slug(mover.call("POST", IMPORTS, json=form)) == "unsupported-media-type"
    weak = service(app, "moderation:write")
    assert slug(send(weak, b"x", "csv")) == "insufficient-scope"
    assert slug(weak.call("GET", "/api/v1/exports/demo")) == "insufficient-scope"


def test_an_import_sent_again_under_its_key_is_asked_for_once(
    mover: Service, now: Clock, tmp_path: Path
) -> None:
    raw = exports.DISQUS.encode()

    def ask(raw: bytes, **fields: str) -> TestResponse:
        form: dict[str, Any] = {"site": "demo", "format": "disqus", **fields}
        form["file"] = (io.BytesIO(raw), "export")
        key = {"Idempotency-Key": "nightly"}
        kind = "multipart/form-data"
        return mover.call("POST", IMPORTS, data=form, content_type=kind, headers=key)

    first, again = ask(raw), ask(raw)
    assert first.status_code == again.status_code == 202
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.data, again.headers["Location"]) == (first.data, first.headers["Location"])
    assert len(values(select(Job.id))) == len(list((tmp_path / "uploads").iterdir())) == 1
    for other in (ask(raw + b" "), ask(raw, dry_run="true")):
        assert (other.status_code, slug(other)) == (422, "idempotency-key-reused")
    work(now)
    undo = f"{IMPORTS}/{first.get_json()['id']}/undo"
    undone = [mover.call("POST", undo, headers={"Idempotency-Key": "u"}) for _ in range(2)]
    assert undone[0].get_json() == undone[1].get_json()
    assert len(values(select(Job.id))) == 2


BREAKING_OFF = """
CREATE SEQUENCE tries;
CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE nextval('tries')
        WHEN 1 THEN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01';
        WHEN 2 THEN RAISE EXCEPTION 'no order' USING ERRCODE = '40001';
        ELSE RETURN NULL;
    END CASE;
END $$;
CREATE TRIGGER breaking_off AFTER INSERT ON comment EXECUTE FUNCTION break_off();
"""


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_a_batch_that_a_deadlock_ends_is_written_again(
    mover: Service, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        session.execute(text(BREAKING_OFF))
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    report = imported(mover, now, exports.DISQUS.encode(), "disqus")["report"]
    assert 0 < pauses[0] < pauses[1]
    assert (report["created"], report["articles_created"], report["users_created"]) == (6, 2, 4)
    assert report["skipped"] == {"no_article": 1, "bad_time": 1}
    assert len(values(select(Comment.id))) == 6


def test_an_upload_over_the_limit_is_refused(app: Flask, mover: Service, tmp_path: Path) -> None:
    small = app.extensions["comments_settings"].model_copy(update={"import_max_bytes": 2000})
    app.extensions["comments_settings"] = small
    assert slug(send(mover, b"x" * 3000, "csv")) == "body-too-large"
    assert not list(tmp_path.glob("uploads/*"))


def test_another_sites_transfers_are_not_found(app: Flask, mover: Service, now: Clock) -> None:
    sites.create("other", name="Other", origins=[], now=NOON)
    theirs = service(app, "transfers:write", site="other")
    assert slug(send(theirs, b"x", "csv")) == "not-found"
    assert slug(theirs.call("GET", "/api/v1/exports/demo")) == "not-found"
    ours = send(mover, exports.CSV.encode(), "csv").get_json()["id"]
    assert slug(theirs.call("POST", f"{IMPORTS}/{ours}/undo")) == "not-found"
    assert slug(theirs.call("GET", f"/api/v1/jobs/{ours}")) == "not-found"
    assert slug(mover.call("POST", f"{IMPORTS}/1/undo")) == "not-found"
    assert slug(mover.call("POST", f"{IMPORTS}/{ours}/undo")) == "conflict"


def test_a_job_whose_file_is_gone_says_so(mover: Service, now: Clock, tmp_path: Path) -> None:
    asked = send(mover, exports.CSV.encode(), "csv")
    for path in (tmp_path / "uploads").iterdir():
        path.unlink()
    work(now)
    job = mover.call("GET", asked.headers["Location"]).get_json()
    assert (job["status"], job["report"]["error"]) == (JobStatus.FAILED, "file-missing")
