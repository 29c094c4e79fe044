"""Policy in force: a document compiled once per version, and the one function that judges.

Deterministic: the same policy, submission and history always give the same verdict, whether a
reader posts, a moderator tries a draft, or a back-test runs.
"""

from __future__ import annotations

from dataclasses import dataclass

from comments_service.policy.case import Case
from comments_service.policy.document import Clause, PolicyDocument, resolve
from comments_service.policy.filters import ORDER
from comments_service.policy.use import Check, Placed
from comments_service.policy.verdict import (
    Action,
    Finding,
    History,
    Outcome,
    Submission,
    Trace,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Policy:
    """A version of a policy, ready to judge with. `clauses` include those inherited."""

    version: int
    clauses: tuple[Clause, ...]
    checks: tuple[tuple[str, Check], ...]


def compile_policy(document: PolicyDocument, *, version: int = 0) -> Policy:
    """Prepare `document` for judging; costs milliseconds, so do it once per version.

    Version 0 is a draft.
    """
    clauses = resolve(document).clauses
    checks = []
    for name, module in ORDER:
        placed = [
            Placed(clause.id, use)
            for clause in clauses
            for use in clause.filters
            if use.filter == name
        ]
        if placed:
            checks.append((name, module.prepare(placed)))
    return Policy(version, clauses, tuple(checks))


def evaluate(policy: Policy, submission: Submission, history: History | None = None) -> Verdict:
    """Judge `submission`. Takes any text whatever and never raises.

    The outcome is the severest action of all findings, `allow` without any. Every filter leaves a
    trace, also one that found nothing.
    """
    case = Case(submission, history or History())
    findings: list[Finding] = []
    trace: list[Trace] = []
    for name, check in policy.checks:
        found = sorted(check(case), key=_place)
        findings += found
        trace.append(Trace(name, len(found)))
    return Verdict(_outcome(findings), policy.version, tuple(findings), tuple(trace))


def _place(finding: Finding) -> tuple[int, int, str, str]:
    return (finding.start or 0, finding.end or 0, finding.clause, finding.rule)


def _outcome(findings: list[Finding]) -> Outcome:
    if any(finding.action is Action.REJECT for finding in findings):
        return Outcome.REJECT
    return Outcome.HOLD if findings else Outcome.ALLOW
