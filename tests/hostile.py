"""A site on which every name, text, title, reason and note is a hostile one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from comments_service.models import Appeal, Article, Comment, Report, ReportReason, Status, User
from comments_service.services import backtests, blinds, jobs, moderation, people, policies
from comments_service.services import suspensions as bans
from comments_service.services.actor import Actor
from comments_service.services.blinds import NewBlind
from comments_service.services.ids import new_id
from comments_service.services.job_runners import RUNNERS
from comments_service.services.moderation import DecisionKind, NewDecision
from comments_service.services.sites import SiteView
from comments_service.services.suspensions import NewSuspension
from comments_service.services.transaction import transaction
from tests.payloads import PAYLOADS

HELD, REPORTED, REJECTED, REMOVED, BLINDED = "held", "reported", "rejected", "removed", "blinded"
BEGINS_AS = {
    HELD: Status.HELD,
    REPORTED: Status.PUBLISHED,
    REJECTED: Status.HELD,
    REMOVED: Status.PUBLISHED,
    BLINDED: Status.PUBLISHED,
}


@dataclass(frozen=True, slots=True)
class Hostile:
    """Where each payload stands: its writer, and that one's comments by what became of them."""

    writers: dict[str, int] = field(default_factory=dict)
    comments: dict[str, dict[str, int]] = field(default_factory=dict)


def write(site: SiteView, desk: Actor, *, now: datetime) -> Hostile:
    """Each payload's writer, who is called by it and wrote it under an article of that title, and
    whom `desk` has held, rejected, removed, blinded, noted and suspended in these words."""
    made = Hostile()
    written_at = now - timedelta(hours=1)
    with transaction() as session:
        for number, payload in enumerate(PAYLOADS):
            writer = User(id=new_id(written_at), display_name=payload[:50], created_at=written_at)
            article = Article(
                id=new_id(written_at),
                site_id=site.id,
                key=f"a-{number}",
                title=payload.replace("\n", " "),
                created_at=written_at,
            )
            session.add_all((writer, article))
            session.flush()
            made.writers[payload] = writer.id
            made.comments[payload] = {
                fate: _comment(article, writer, payload, status, at=written_at)
                for fate, status in BEGINS_AS.items()
            }
    _report(made, now=now)
    _decide(made, desk, now=now)
    _appeal(site, made, now=now)
    for payload, writer_id in made.writers.items():
        people.note(desk, writer_id, payload, now=now)
        ban = NewSuspension(writer_id, site.id, None, payload[:60], payload)
        bans.suspend(desk, ban, now=now)
    _backtest(site, desk, now=now)
    return made


def _comment(article: Article, writer: User, body: str, status: Status, *, at: datetime) -> int:
    published = status is Status.PUBLISHED
    with transaction() as session:
        article.last_seq = (article.last_seq or int(at.timestamp() * 1_000_000)) + 1
        article.comment_count = (article.comment_count or 0) + published
        row = Comment(
            id=new_id(at),
            article_id=article.id,
            author_id=writer.id,
            seq=article.last_seq,
            body=body,
            status=status,
            visible=int(published),
            created_at=at,
        )
        session.add(row)
        session.flush()
        return row.id


def _report(made: Hostile, *, now: datetime) -> None:
    """Each is reported by the writer of the one before."""
    with transaction() as session:
        reporter = made.writers[PAYLOADS[-1]]
        for payload in PAYLOADS:
            number = made.comments[payload][REPORTED]
            about = {"comment_id": number, "user_id": reporter, "reason": ReportReason.OTHER}
            session.add(Report(**about, note=payload, created_at=now))
            session.get_one(Comment, number).reported_at = now
            reporter = made.writers[payload]


def _decide(made: Hostile, desk: Actor, *, now: datetime) -> None:
    for fate, kind in ((REJECTED, DecisionKind.REJECT), (REMOVED, DecisionKind.REMOVE)):
        decided = [
            NewDecision(made.comments[payload][fate], kind, BEGINS_AS[fate], "other", payload)
            for payload in PAYLOADS
        ]
        batch = moderation.decide(desk, decided, now=now)
        assert all(result.error is None for result in batch.results)
    for payload in PAYLOADS:
        blind = NewBlind(made.comments[payload][BLINDED], payload, payload)
        blinds.begin(desk, blind, now=now)


def _appeal(site: SiteView, made: Hostile, *, now: datetime) -> None:
    with transaction() as session:
        for payload in PAYLOADS:
            appeal = Appeal(
                comment_id=made.comments[payload][REJECTED],
                site_id=site.id,
                user_id=made.writers[payload],
                text=payload,
                created_at=now,
            )
            session.add(appeal)


def _backtest(site: SiteView, desk: Actor, *, now: datetime) -> None:
    """A draft in the same words, which would reject most of them."""
    some = "\n".join(PAYLOADS)[:500]
    clause = {
        "id": "9.1",
        "title": {"ko": PAYLOADS[0], "en": PAYLOADS[0]},
        "text": {"ko": some, "en": some},
        "filters": [
            {
                "filter": "words",
                "action": "reject",
                "words": ["alert", "evil"],  # what they would run or load
                "message": {"ko": PAYLOADS[1], "en": PAYLOADS[1]},
            }
        ],
    }
    source = json.dumps({"format": 1, "extends": "default", "clauses": [clause]})
    draft = policies.draft(site.id, source, note=PAYLOADS[2], now=now, by=desk.key)
    since = now - timedelta(days=2)
    backtests.enqueue(site.id, draft.version, since=since, by=desk.key, now=now)
    jobs.run_next(RUNNERS, clock=lambda: now)
