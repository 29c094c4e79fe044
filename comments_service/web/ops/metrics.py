"""`/metrics`: what the processes counted, and what waits in the database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from comments_service import clock
from comments_service.services import backlogs
from comments_service.web.http import limits
from comments_service.web.http.operator import operators_only
from comments_service.web.ops.routes import blueprint

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
PLACES = {
    "held_comments": "Comments that wait for a moderator.",
    "oldest_held_seconds": "How long the oldest of them has waited.",
    "unfinished_jobs": "Jobs that are queued or running.",
    "unplaced_events": "Events that the worker has not put into the log yet.",
}


class Waiting(Collector):
    """What waits, asked for when it is read."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        database = GaugeMetricFamily("comments_database_up", "Whether the database answers.")
        try:
            measured = asdict(backlogs.measure(now=clock.now()))
        except SQLAlchemyError:
            database.add_metric([], 0)
        else:
            database.add_metric([], 1)
            for name, value in measured.items():
                yield GaugeMetricFamily(f"comments_{name}", PLACES[name], value=value)
        yield database
        store = "Whether what counts the limits answers; otherwise each process counts for itself."
        yield GaugeMetricFamily("comments_limiter_store_up", store, limits.store_answers())


@blueprint.get("/metrics")
@operators_only
def metrics() -> Response:
    """For Prometheus, on the operator's token; without one set, from this machine alone."""
    registry = CollectorRegistry()
    registry.register(Waiting())
    counted = CollectorRegistry() if DIRECTORY in os.environ else REGISTRY
    if counted is not REGISTRY:
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # untyped there
    page = generate_latest(counted) + generate_latest(registry)
    return Response(page, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
