"""Statistics of the desk, and the monthly transparency report."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from flask import Response
from pydantic import Field

from comments_service import clock
from comments_service.services import sites, statistics, transparency
from comments_service.services.permissions import Permission
from comments_service.services.statistics import (
    AGES,
    Appeals,
    Durations,
    RuleView,
    Statistics,
)
from comments_service.web.api.fields import Moment, SiteKey
from comments_service.web.api.routes import blueprint
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Query
from comments_service.web.http.ready import private_json, timestamp

DEFAULT = timedelta(days=14)


class StatisticsQuery(Query):
    site: SiteKey
    since: Moment | None = None


class TransparencyQuery(Query):
    site: SiteKey
    month: Annotated[str, Field(json_schema_extra={"pattern": r"^[0-9]{4}-(?:0[1-9]|1[0-2])$"})]


@blueprint.get("/moderation/stats")
@requires(Permission.READ_MODERATION)
@blueprint.input(StatisticsQuery, location="query")
def read_statistics(query_data: StatisticsQuery) -> Response:
    """Read a site's statistics: volumes, waiting, deciding, how right each rule was"""
    site = sites.run_by(current_actor(), query_data.site)
    now = clock.now()
    since = query_data.since or now - DEFAULT
    return private_json(_statistics(statistics.read(site.id, since=min(since, now), now=now)))


@blueprint.get("/moderation/transparency")
@requires(Permission.READ_MODERATION)
@blueprint.input(TransparencyQuery, location="query")
def read_transparency(query_data: TransparencyQuery) -> Response:
    """Read a site's transparency report of a month"""
    site = sites.run_by(current_actor(), query_data.site)
    view = transparency.read(site.id, query_data.month, now=clock.now())
    head = view.audit_head
    return private_json(
        {
            "site": site.key,
            "month": view.month,
            "since": timestamp(view.since),
            "until": timestamp(view.until),
            "comments": {
                "received": view.received,
                "published": view.published,
                "held": view.held,
                "rejected": view.rejected,
            },
            "clauses": view.clauses,
            "actions": view.actions,
            "reasons": view.reasons,
            "decision_seconds": _durations(view.durations),
            "reports": view.reports,
            "appeals": _appeals(view.appeals),
            "blinds": view.blinds,
            "audit_head": None if head is None else {"seq": head.seq, "hash": head.hash},
        }
    )


def _statistics(view: Statistics) -> dict[str, Any]:
    backlog, agreement = view.backlog, view.agreement
    bounds = [*AGES, None]
    return {
        "since": timestamp(view.since),
        "until": timestamp(view.until),
        "received": view.received,
        "days": [
            {
                "day": day.day.isoformat(),
                "published": day.published,
                "held": day.held,
                "rejected": day.rejected,
                "decided": day.decided,
                "decision_seconds": {"median": day.median, "p95": day.p95},
            }
            for day in view.days
        ],
        "queue": {
            "waiting": backlog.waiting,
            "oldest_at": timestamp(backlog.oldest_at),
            "ages": [
                {"below_minutes": bound, "count": count}
                for bound, count in zip(bounds, backlog.ages, strict=True)
            ],
        },
        "decision_seconds": _durations(view.durations),
        "decisions": dict(view.decisions),
        "undone": view.undone,
        "overturned": view.overturned,
        "rules": [_rule(rule) for rule in view.rules],
        "moderators": [
            {
                "user_id": str(each.user_id),
                "name": each.name,
                "decided": each.decided,
                "approved": each.approved,
                "overturned": each.overturned,
            }
            for each in view.moderators
        ],
        "appeals": _appeals(view.appeals),
        "agreement": {
            "sampled": agreement.sampled,
            "judged": agreement.judged,
            "agreed": agreement.agreed,
            "kappa": agreement.kappa,
        },
    }


def _durations(view: Durations) -> dict[str, Any]:
    return {"count": view.count, "median": view.median, "p95": view.p95}


def _rule(view: RuleView) -> dict[str, Any]:
    low, high = view.interval or (None, None)
    return {
        "filter": view.filter,
        "rule": view.rule,
        "clause": view.clause,
        "stopped": view.stopped,
        "decided": view.decided,
        "agreed": view.agreed,
        "precision": view.precision,
        "low": low,
        "high": high,
    }


def _appeals(view: Appeals) -> dict[str, Any]:
    return {
        "filed": view.filed,
        "granted": view.granted,
        "upheld": view.upheld,
        "open": view.open,
        "oldest_at": timestamp(view.oldest_at),
    }
