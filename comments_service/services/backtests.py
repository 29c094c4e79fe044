"""Backtests: what a policy would have done to past comments, against what became of them.

As in a dry run the words alone are judged: neither the hour nor what a writer had written before.
Nothing is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from comments_service.models import Article, Comment, Status, User
from comments_service.policy import Outcome, Policy, Submission, evaluate
from comments_service.services.ids import first_id
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading

BATCH = 500
EXAMPLES = 20
"""Of each way in which the policy and the past differ."""

MASK = "■"
AGREEING = {
    Status.PUBLISHED: Outcome.ALLOW,
    Status.HELD: Outcome.HOLD,
    Status.REJECTED: Outcome.REJECT,
    Status.REMOVED: Outcome.REJECT,
}


@dataclass(frozen=True, slots=True)
class Example:
    """A comment that the policy would have treated otherwise, and the clauses it names."""

    comment_id: int
    status: Status
    outcome: Outcome
    clauses: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """`counts` has how many comments of a status would have met an outcome; `clauses` in how many
    a clause was found violated; `masked` were rejected for personal data and can no longer be
    judged."""

    counts: Counter[tuple[Status, Outcome]] = field(default_factory=Counter)
    clauses: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)
    masked: int = 0

    @property
    def judged(self) -> int:
        return self.counts.total()

    @property
    def flips(self) -> int:
        """How many would have been published and were not, or the other way round."""
        return sum(
            count
            for (status, outcome), count in self.counts.items()
            if (status is Status.PUBLISHED) != (outcome is Outcome.ALLOW)
        )

    @property
    def agreement(self) -> float | None:
        """The share of comments whose status is what the outcome would have made it."""
        if not self.judged:
            return None
        agreed = sum(self.counts[pair] for pair in AGREEING.items())
        return agreed / self.judged


def run(
    site_id: int,
    policy: Policy,
    *,
    since: datetime,
    progress: Callable[[int], None] = lambda _judged: None,
) -> Report:
    """Judge the site's comments since then, but for those their authors deleted.

    `progress` is told now and then how many have been judged.
    """
    report = Report()
    shown: Counter[tuple[Status, Outcome]] = Counter()
    for batch in _batches(site_id, since):
        for row in batch:
            _judge(policy, row, report, shown)
        progress(report.judged)
    return report


def _batches(site_id: int, since: datetime) -> Iterator[list[AnyRow]]:
    """The comments, oldest first; between two batches no connection is held."""
    query = (
        select(Comment.id, Comment.body, Comment.lang, Comment.status, User.display_name)
        .join(Article, Comment.article_id == Article.id)
        .join(User, Comment.author_id == User.id)
        .where(Article.site_id == site_id, Comment.status != Status.DELETED)
        .order_by(Comment.id)
        .limit(BATCH)
    )
    last = first_id(since) - 1
    while True:
        with reading() as connection:
            rows = list(connection.execute(query.where(Comment.id > last)))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _judge(
    policy: Policy, row: AnyRow, report: Report, shown: Counter[tuple[Status, Outcome]]
) -> None:
    status = Status(row.status)
    if status is Status.REJECTED and MASK in row.body:
        report.masked += 1
        return
    verdict = evaluate(policy, Submission(row.body, row.lang, display_name=row.display_name))
    clauses = tuple(dict.fromkeys(finding.clause for finding in verdict.findings))
    pair = (status, verdict.outcome)
    report.counts[pair] += 1
    report.clauses.update(clauses)
    if verdict.outcome is not AGREEING[status] and shown[pair] < EXAMPLES:
        shown[pair] += 1
        report.examples.append(Example(row.id, status, verdict.outcome, clauses))
