"""Imports beside whatever else goes on at the site meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from comments_service.models import Article, Comment, JobStatus
from comments_service.services import (
    article_identity,
    comments,
    import_batches,
    imports,
    job_runners,
    jobs,
)
from comments_service.services.actor import READER_SCOPE, Actor
from comments_service.services.comments import NewComment
from comments_service.services.imports import NewImport
from comments_service.services.jobs import JobKind, JobView
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.readers import Reader
from tests.rows import put_article, rows, values
from tests.small_app import NEWS, NOON, Clock

PEPPER = "development-secret-key-never-in-production"
CMS = Actor(0, None, frozenset())


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)


def line(number: int, article: str = "old", **more: Any) -> dict[str, Any]:
    return {
        "type": "comment",
        "id": str(number),
        "article": article,
        "author": {"id": "1", "name": "Hana"},
        "body": f"comment {number}",
        "created_at": "2019-01-01T00:00:00Z",
        **more,
    }


def ask(site: SiteView, path: Path, lines: Iterable[dict[str, Any]]) -> JobView:
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return imports.request(site, NewImport(path, "jsonl", {}), actor="operator", now=NOON)


def work(now: Clock) -> None:
    while jobs.run_next({**job_runners.with_secret(PEPPER), **job_runners.RUNNERS}, clock=now):
        pass


def test_an_import_goes_on_in_the_article_that_its_own_was_merged_into(
    app: Flask, site: SiteView, now: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two batches, and with a comment to pin."""
    monkeypatch.setattr(imports, "BATCH", 1)
    job = ask(site, tmp_path / "file", [line(n, pinned=n > 0) for n in range(3)])

    def merge(done: int, total: int | None) -> None:
        if (done, total) == (1, 3):
            article_identity.merge(CMS, site, "old", "new", now=NOON)

    jobs.run_next({JobKind.IMPORT: partial(imports.run, pepper=PEPPER, watch=merge)}, clock=now)
    assert jobs.get(job.id).report == {**(jobs.get(job.id).report or {}), "created": 3}
    (article,) = rows(select(Article.key, Article.comment_count, Article.pinned_comment_id))
    assert (article.key, article.comment_count) == ("new", 3)
    pinned = select(Comment.body).where(Comment.id == article.pinned_comment_id)
    assert values(pinned) in (["comment 1"], ["comment 2"])


def test_what_the_cms_says_of_an_article_meanwhile_wins_over_the_file(
    app: Flask, site: SiteView, now: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_article(site, "old")
    told = {"type": "article", "key": "old", "title": "of the file", "url": f"{NEWS}/of-the-file"}
    job = ask(site, tmp_path / "file", [told, line(1)])
    lock = import_batches._Batch._lock

    def told_meanwhile(self: Any, article_ids: Iterable[int]) -> None:
        article_identity.change(CMS, site, "old", {"title": "of the CMS"}, now=NOON)
        lock(self, article_ids)

    monkeypatch.setattr(import_batches._Batch, "_lock", told_meanwhile)
    work(now)
    assert jobs.get(job.id).status is JobStatus.DONE
    (article,) = rows(select(Article.title, Article.url))
    assert tuple(article) == ("of the CMS", f"{NEWS}/of-the-file")


class Killed(BaseException):
    pass


@pytest.mark.parametrize(("lines", "status"), [([line(1)], "done"), (["broken"], "failed")])
def test_an_import_whose_worker_is_killed_at_its_very_end_reports_what_it_did(
    app: Flask,
    site: SiteView,
    now: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lines: list[Any],
    status: str,
) -> None:
    path = tmp_path / "upload"
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    format_ = "jsonl" if status == "done" else "disqus"
    job = imports.request(site, NewImport(path, format_, {}), actor="operator", now=NOON)

    def killed(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_finish", killed)
        with pytest.raises(Killed):
            work(now)
    now.advance(seconds=61)
    work(now)
    over = jobs.get(job.id)
    assert over.report is not None
    assert (over.status, over.report.get("created"), over.report.get("error")) == (
        ("done", 1, None) if status == "done" else ("failed", None, "malformed-file")
    )
    assert not path.exists()


def test_an_article_that_gets_its_first_comment_while_its_import_is_undone_stays(
    app: Flask, site: SiteView, now: Clock, tmp_path: Path, reader: Callable[..., Reader]
) -> None:
    made = ask(site, tmp_path / "file", [{"type": "article", "key": "old"}])
    work(now)
    undo = imports.request_undo(made.id, site_id=site.id, actor="operator", now=NOON)
    writer = Actor(int(reader("김하나").user_id), site.id, frozenset({READER_SCOPE}))

    def undone() -> None:
        with app.app_context():
            work(now)

    worker = Thread(target=undone)
    with transaction():
        comments.submit(writer, NewComment("demo", "old", "가나다"), now=NOON)
        worker.start()
        worker.join(0.5)  # it waits for the article, or on SQLite for the one writer
    worker.join()
    assert (jobs.get(undo.id).status, jobs.get(undo.id).report) == (
        JobStatus.DONE,
        {
            "comments_removed": 0,
            "comments_kept_for_replies": 0,
            "users_removed": 0,
            "articles_removed": 0,
        },
    )
    assert values(select(Comment.body)) == ["가나다"]
