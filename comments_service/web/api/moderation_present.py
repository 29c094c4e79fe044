"""What moderators and services that moderate are shown, as the JSON of the contract."""

from __future__ import annotations

from comments_service.services.dossiers import (
    AppealView,
    AuthorRecord,
    DecisionView,
    Dossier,
    Person,
    QueueItem,
    ReportsView,
    ReportView,
    VerdictView,
)
from comments_service.services.moderation import Batch, Result
from comments_service.services.views import Status
from comments_service.web.api import present
from comments_service.web.api.present import Json
from comments_service.web.http import problem
from comments_service.web.http.problems import PROBLEMS
from comments_service.web.http.ready import timestamp


def item(view: QueueItem) -> Json:
    """One item of the queue."""
    return {
        "comment": {**present.comment(view.comment), "lang": view.lang},
        "verdict": None if view.verdict is None else verdict(view.verdict),
        "reports": reports(view.reports),
        "author_record": author_record(view.author_record),
        "article": present.article(view.article),
        "appeal": None if view.appeal is None else appeal(view.appeal),
        "decision": None if view.decision is None else decision(view.decision),
    }


def dossier(view: Dossier) -> Json:
    """Everything kept of a comment."""
    return {
        **item(view.item),
        "verdicts": [verdict(each) for each in view.verdicts],
        "edits": [
            {"body": edit.body, "replaced_at": timestamp(edit.replaced_at)} for edit in view.edits
        ],
        "reports": [report(each) for each in view.reports],
        "decisions": [decision(each) for each in view.decisions],
    }


def verdict(view: VerdictView) -> Json:
    return {
        "outcome": view.outcome.value,
        "policy_version": view.policy_version,
        "findings": present.findings(view.findings),
        "created_at": timestamp(view.created_at),
    }


def reports(view: ReportsView) -> Json:
    return {
        "count": view.count,
        "open": view.open,
        "reasons": {reason.value: count for reason, count in view.reasons.items()},
    }


def report(view: ReportView) -> Json:
    return {
        "user": {"id": str(view.user_id), "name": view.name},
        "reason": view.reason.value,
        "note": view.note,
        "created_at": timestamp(view.created_at),
        "agreed": view.agreed,
    }


def author_record(view: AuthorRecord) -> Json:
    return {
        "user_id": str(view.user_id),
        "joined_at": timestamp(view.joined_at),
        "comments": sum(view.counts.values()),
        **{status.value: view.counts.get(status, 0) for status in Status},
        "suspensions": view.suspensions,
        "suspended": view.is_suspended,
    }


def appeal(view: AppealView) -> Json:
    return {
        "text": view.text,
        "created_at": timestamp(view.created_at),
        "outcome": view.outcome,
        "decided_at": timestamp(view.decided_at),
    }


def decision(view: DecisionView) -> Json:
    return {
        "id": str(view.id),
        "batch_id": str(view.batch_id),
        "decision": view.kind.value,
        "reason": view.reason,
        "note": view.note,
        "before": view.before.value,
        "after": view.after.value,
        "policy_version": view.policy_version,
        "on_appeal": view.on_appeal,
        "undoes": None if view.undoes is None else str(view.undoes),
        "decided_by": person(view.decided_by),
        "decided_at": timestamp(view.decided_at),
    }


def person(view: Person) -> Json:
    return {"id": str(view.id), "name": view.name}


def batch(view: Batch, *, sent_ids: list[str] | None = None) -> Json:
    """A batch's results; `sent_ids` as the caller wrote them, where they did."""
    ids = sent_ids or [str(result.comment_id) for result in view.results]
    return {
        "batch_id": str(view.id),
        "results": [result(each, sent_id) for each, sent_id in zip(view.results, ids, strict=True)],
    }


def result(view: Result, sent_id: str) -> Json:
    """One decision's: the code is what a request for this one alone would have got."""
    status = None if view.status is None else view.status.value
    if view.error is None:
        return {"comment_id": sent_id, "code": 200, "status": status}
    code = PROBLEMS[view.error.code].status
    told = problem.members(view.error)
    body: Json = {"comment_id": sent_id, "code": code, "status": status, **told}
    if code == 409:
        body["decided_by"] = None if view.decided_by is None else person(view.decided_by)
        body["decided_at"] = timestamp(view.decided_at)
    return body
