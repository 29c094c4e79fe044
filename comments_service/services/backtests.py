"""Backtests: what a policy would have done to past comments, against what became of them.

As in a dry run the words alone are judged: neither the hour nor what a writer had written before.
Of a backtest nothing is kept but, where a worker makes it as a job, its report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from comments_service.errors import NotFound
from comments_service.models import Comment, Status, User, Verdict
from comments_service.policy import Outcome, Policy, Submission, evaluate
from comments_service.services import jobs, policies
from comments_service.services.ids import EPOCH, first_id
from comments_service.services.jobs import JobFailed, JobKind, JobRun, JobView
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
    judged. Of those a person decided (`decided`), `upheld` would have ended the same way, published
    or not, without anybody's help; `last` is the id of the last comment that was read."""

    counts: Counter[tuple[Status, Outcome]] = field(default_factory=Counter)
    clauses: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)
    masked: int = 0
    decided: int = 0
    upheld: int = 0
    last: int = 0

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

    def as_json(self) -> dict[str, Any]:
        """The report as plain values, as a job keeps it; ids are strings, as everywhere."""
        counts: dict[str, dict[str, int]] = {}
        for (status, outcome), count in sorted(self.counts.items()):
            counts.setdefault(status.value, {})[outcome.value] = count
        return {
            "judged": self.judged,
            "masked": self.masked,
            "counts": counts,
            "flips": self.flips,
            "agreement": self.agreement,
            "decided": self.decided,
            "upheld": self.upheld,
            "clauses": dict(sorted(self.clauses.items())),
            "examples": [
                {
                    "comment_id": str(example.comment_id),
                    "status": example.status.value,
                    "outcome": example.outcome.value,
                    "clauses": list(example.clauses),
                }
                for example in self.examples
            ],
            "last": str(self.last),
        }


def _report_of(state: Mapping[str, Any]) -> Report:
    """What `as_json` said, to go on from."""
    return Report(
        counts=Counter(
            {
                (Status(status), Outcome(outcome)): count
                for status, outcomes in state["counts"].items()
                for outcome, count in outcomes.items()
            }
        ),
        clauses=Counter(state["clauses"]),
        examples=[
            Example(
                int(example["comment_id"]),
                Status(example["status"]),
                Outcome(example["outcome"]),
                tuple(example["clauses"]),
            )
            for example in state["examples"]
        ],
        masked=state["masked"],
        decided=state["decided"],
        upheld=state["upheld"],
        last=int(state["last"]),
    )


def enqueue(site_id: int, version: int, *, since: datetime, by: str, now: datetime) -> JobView:
    """Leave the backtest of a version to the workers; `by` is the key of whoever asks.

    Raises `NotFound` where the site has no such version.
    """
    policies.read(site_id, version)
    parameters = {"version": version, "since": since.astimezone(UTC).isoformat()}
    return jobs.enqueue(JobKind.BACKTEST, site_id=site_id, actor=by, parameters=parameters, now=now)


def latest(site_id: int, version: int) -> JobView | None:
    """The newest backtest of a version, under way or done."""
    made = jobs.newest(JobKind.BACKTEST, site_id=site_id)
    return next((job for job in made if job.parameters.get("version") == version), None)


def texts(site_id: int, comment_ids: Iterable[int]) -> dict[int, str]:
    """What the comments of a report's examples say, those of this site that still say anything."""
    query = select(Comment.id, Comment.body).where(
        Comment.id.in_(list(comment_ids)),
        Comment.site_id == site_id,
        Comment.status != Status.DELETED,
    )
    with reading() as connection:
        return {row.id: row.body for row in connection.execute(query)}


def work(job: JobRun) -> Mapping[str, Any]:
    """Make the backtest that `job` asks for, going on where an earlier worker died."""
    version, since = job.parameters["version"], job.parameters["since"]
    try:
        policy = policies.of_version(job.site_id, version)
    except NotFound:
        raise JobFailed({"error": "no such version", "version": version}) from None
    begin = datetime.fromisoformat(since)
    total = _count(job.site_id, begin)
    report = _report_of(job.state) if job.state else None

    def keep(so_far: Report) -> None:
        job.progress(so_far.judged + so_far.masked, total=total, state=so_far.as_json())

    report = _run(job.site_id, policy, begin, report or Report(), keep)
    told = report.as_json()
    del told["last"]
    return {"version": version, "since": since, **told}


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
    return _run(site_id, policy, since, Report(), lambda report: progress(report.judged))


def _run(
    site_id: int, policy: Policy, since: datetime, report: Report, keep: Callable[[Report], None]
) -> Report:
    shown = Counter((example.status, example.outcome) for example in report.examples)
    for batch in _batches(site_id, report.last or _first_id(since) - 1):
        for row in batch:
            _judge(policy, row, report, shown)
        keep(report)
    return report


def _first_id(since: datetime) -> int:
    """No id is older than `EPOCH`, and none a column could hold is younger than 2091."""
    return first_id(min(max(since, EPOCH), datetime(2090, 1, 1, tzinfo=UTC)))


def _count(site_id: int, since: datetime) -> int:
    query = (
        select(func.count())
        .select_from(Comment)
        .where(
            Comment.site_id == site_id,
            Comment.status != Status.DELETED,
            Comment.id >= _first_id(since),
        )
    )
    with reading() as connection:
        return int(connection.execute(query).scalar_one())


def _batches(site_id: int, last: int) -> Iterator[list[AnyRow]]:
    """The comments after the id `last`, oldest first, each with how it was last judged; between
    two batches no connection is held."""
    judged = (
        select(Verdict.outcome)
        .where(Verdict.comment_id == Comment.id)
        .order_by(Verdict.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            Comment.id,
            Comment.body,
            Comment.lang,
            Comment.status,
            User.display_name,
            judged.label("judged"),
        )
        .join(User, Comment.author_id == User.id)
        .where(Comment.site_id == site_id, Comment.status != Status.DELETED)
        .order_by(Comment.id)
        .limit(BATCH)
    )
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
    report.last = row.id
    if status is Status.REJECTED and MASK in row.body:
        report.masked += 1
        return
    verdict = evaluate(policy, Submission(row.body, row.lang, display_name=row.display_name))
    clauses = tuple(dict.fromkeys(finding.clause for finding in verdict.findings))
    pair = (status, verdict.outcome)
    report.counts[pair] += 1
    report.clauses.update(clauses)
    if _was_decided(status, row.judged):
        report.decided += 1
        report.upheld += AGREEING[status] is verdict.outcome
    if verdict.outcome is not AGREEING[status] and shown[pair] < EXAMPLES:
        shown[pair] += 1
        report.examples.append(Example(row.id, status, verdict.outcome, clauses))


def _was_decided(status: Status, judged: str | None) -> bool:
    """Whether a person made a comment what it is: removed it, or what the policy said of it when it
    was sent or edited would have made it something else."""
    if status is Status.REMOVED:
        return True
    return judged is not None and status is not Status.HELD and AGREEING[status] != judged
