"""Imports beside whatever else goes on at the site meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from comments_service.models import Article, Comment, JobStatus
from comments_service.services import article_identity, import_batches, imports, job_runners, jobs
from comments_service.services.actor import Actor
from comments_service.services.imports import NewImport
from comments_service.services.jobs import JobKind, JobView
from comments_service.services.sites import SiteView
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
