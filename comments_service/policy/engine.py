"""Policy in force: a document compiled once per version, and the one function that judges.

Deterministic: the same policy, submission and history always give the same verdict, whether a
reader posts, a moderator tries a draft, or a back-test runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from comments_service.policy.case import Case
from comments_service.policy.document import Clause, PolicyDocument, default_document, resolve
from comments_service.policy.filters import (
    ORDER,
    budgets,
    classifier,
    external,
    premoderation,
    windows,
    words,
)
from comments_service.policy.use import AnyUse, Check, Placed
from comments_service.policy.verdict import (
    Action,
    Finding,
    History,
    Outcome,
    Submission,
    Trace,
    Verdict,
)

#: What a person reads anyway needs no dear filter before.
_DEAR = frozenset({classifier.NAME, external.NAME})
_MAKE_WAIT = frozenset({windows.NAME, premoderation.NAME})
#: Staff are bound by the lists like anyone, but need no review and have no budget.
_NOT_FOR_STAFF = frozenset({windows.NAME, premoderation.NAME, budgets.NAME})


_MAY_ECHO = frozenset({words.NAME, classifier.NAME})
_PLACE_OF = {name: place for place, (name, _) in enumerate(ORDER)}


@dataclass(frozen=True, slots=True)
class Policy:
    """A version of a policy, ready to judge with. `clauses` include those inherited; `externals`
    are the services to ask first, whose answers a submission then brings along."""

    version: int
    clauses: tuple[Clause, ...]
    externals: tuple[external.External, ...]
    checks: tuple[tuple[str, Check], ...]


def compile_policy(document: PolicyDocument, *, version: int = 0) -> Policy:
    """Prepare `document` for judging; costs milliseconds, so do it once per version.

    Version 0 is a draft. A document that has no pre-moderation gets the default's clause for it,
    since a moderator may set any article to it.
    """
    clauses = _with_premoderation(resolve(document).clauses)
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
    return Policy(version, clauses, tuple(_uses(clauses, external.External)), tuple(checks))


def _with_premoderation(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    if any(_uses(clauses, premoderation.Premoderation)):
        return clauses
    return (
        *clauses,
        *(c for c in default_document().clauses if _uses((c,), premoderation.Premoderation)),
    )


def _uses(clauses: tuple[Clause, ...], kind: type[AnyUse]) -> list[AnyUse]:
    return [use for clause in clauses for use in clause.filters if isinstance(use, kind)]


def evaluate(policy: Policy, submission: Submission, history: History | None = None) -> Verdict:
    """Judge `submission`. Takes any text whatever and never raises.

    The outcome is the severest action of all findings, `allow` without any. Every filter leaves a
    trace, also one that found nothing, found what another one had found, or was skipped.
    """
    case = Case(submission, history or History())
    findings: list[Finding] = []
    trace: list[Trace] = []
    for name, check in policy.checks:
        if reason := _why_skip(name, submission, findings):
            trace.append(Trace(name, skipped=reason))
            continue
        found = list(check(case))
        if len(found) > 1:
            found.sort(key=_place)
        findings += found
        trace.append(_trace(name, len(found)))
    if len(findings) > 1:
        findings = _without_echoes(findings)
    return Verdict(_outcome(findings), policy.version, tuple(findings), tuple(trace))


def _without_echoes(findings: list[Finding]) -> list[Finding]:
    """What a writer is told once need not be told twice: of findings under one clause that point
    at the same words the severest stays, of equally severe ones the first filter's, then the
    longest. Only words and scores say the same twice; of personal data all is to be masked."""
    kept: list[int] = []
    for number in sorted(range(len(findings)), key=lambda number: _weight(findings, number)):
        if not any(_is_echo(findings[number], findings[other]) for other in kept):
            kept.append(number)
    return [findings[number] for number in sorted(kept)]


def _weight(findings: list[Finding], number: int) -> tuple[bool, int, int, int]:
    finding = findings[number]
    length = (finding.end or 0) - (finding.start or 0)
    return (finding.action is not Action.REJECT, _PLACE_OF[finding.filter], -length, number)


def _is_echo(finding: Finding, of: Finding) -> bool:
    if finding.filter not in _MAY_ECHO or finding.clause != of.clause:
        return False
    if finding.start is None or finding.end is None or of.start is None or of.end is None:
        return False
    return finding.start < of.end and of.start < finding.end


# There are few different ones, and most comments have the same.
_trace = lru_cache(maxsize=1024)(Trace)


def _why_skip(name: str, submission: Submission, findings: list[Finding]) -> str | None:
    if submission.is_staff and name in _NOT_FOR_STAFF:
        return "staff"
    if name in _DEAR:
        if any(finding.filter in _MAKE_WAIT for finding in findings):
            return "premoderated"
        if any(finding.action is Action.REJECT for finding in findings):
            return "rejected"
    return None


def _place(finding: Finding) -> tuple[int, int, str, str]:
    return (finding.start or 0, finding.end or 0, finding.clause, finding.rule)


def _outcome(findings: list[Finding]) -> Outcome:
    if any(finding.action is Action.REJECT for finding in findings):
        return Outcome.REJECT
    return Outcome.HOLD if findings else Outcome.ALLOW
