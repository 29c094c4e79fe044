"""A backtest over a site's whole past: a job with progress, in little memory.

A hundredth of the 100,000 comments that `make soak` judges.
"""

from __future__ import annotations

import tracemalloc
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert

from comments_service.models import Comment, JobStatus, User
from comments_service.services import backtests, jobs, policies
from comments_service.services.ids import new_id
from comments_service.services.job_runners import RUNNERS
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.api.gulls import POLICY
from tests.rows import put_article
from tests.small_app import NOON, Clock
from tests.soak import TIMES

COMMENTS = 1_000 * TIMES
GULLS_ALONE = POLICY.replace("extends: default\n", "")
EVERY = 50
"""Each so many comments one has a gull in it, which the draft would hold."""

WORDS = ("바다", "부두", "파도", "등대", "공원", "버스", "시장", "회의", "예산", "주차장")
MOST_BYTES = 60 * 1024 * 1024


def text(number: int) -> str:
    first, second = WORDS[number % 10], WORDS[number // 10 % 10]
    gull = "갈매기가 " if number % EVERY == 0 else ""
    return f"{first}에서 {second} 이야기를 {gull}들었습니다. {number}번째입니다."


def fill(site: SiteView) -> None:
    article_id = put_article(site, "past")
    writer = new_id(NOON)
    with transaction() as session:
        session.execute(insert(User).values(id=writer, display_name="독자", created_at=NOON))
        for start in range(0, COMMENTS, 5_000):
            session.execute(
                insert(Comment),
                [
                    {
                        "id": new_id(NOON + timedelta(milliseconds=number)),
                        "article_id": article_id,
                        "site_id": site.id,
                        "author_id": writer,
                        "seq": number + 1,
                        "body": text(number),
                        "status": "published",
                        "visible": 1,
                        "created_at": NOON + timedelta(milliseconds=number),
                    }
                    for number in range(start, min(start + 5_000, COMMENTS))
                ],
            )


@pytest.mark.soak
def test_a_backtest_over_the_past_tells_its_progress_and_needs_little_memory(
    app: Flask, site: SiteView, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(site)
    version = policies.draft(site.id, GULLS_ALONE, note=None, now=NOON).version
    policies.of_version(site.id, version)
    job = backtests.enqueue(site.id, version, since=NOON, by="user:1", now=NOON)
    seen: list[tuple[int, int | None]] = []
    tell = jobs.JobRun.progress

    def progress(run: jobs.JobRun, done: int, *, total: int | None = None, **more: object) -> None:
        seen.append((done, total))
        tell(run, done, total=total, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs.JobRun, "progress", progress)
    tracemalloc.start()
    assert jobs.run_next(RUNNERS, clock=now) is True
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    done = jobs.get(job.id)
    assert done.status is JobStatus.DONE
    assert done.report is not None
    assert done.report["judged"] == COMMENTS
    assert done.report["flips"] == COMMENTS // EVERY
    assert done.report["clauses"] == {"9.1": COMMENTS // EVERY}
    assert [each for each, _total in seen] == list(
        range(backtests.BATCH, COMMENTS + 1, backtests.BATCH)
    )
    assert {total for _done, total in seen} == {COMMENTS}
    assert peak < MOST_BYTES
