"""The names of all Prometheus counters and histograms.

Several processes add up where `PROMETHEUS_MULTIPROC_DIR` names a directory that they share, empty
when the service starts. Labels are from closed lists, never from a request: a name that somebody
may choose would fill the memory.
"""

from __future__ import annotations

from prometheus_client import Counter, Histogram

REQUESTS = Counter(
    "comments_requests",
    "Requests answered, by method, route and status.",
    ["method", "route", "status"],
)
REQUEST_SECONDS = Histogram(
    "comments_request_seconds",
    "From a request's arrival at Flask to its answer, by route.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
COMMENTS = Counter(
    "comments_judged", "New comments, by the status that the policy gave them.", ["status"]
)
LOGINS = Counter("comments_logins", "Logins that ended, by outcome.", ["provider", "outcome"])
EXTERNAL_FILTER_FAILURES = Counter(
    "comments_external_filter_failures",
    "External filters without an answer, by failure.",
    ["failure"],
)
JOBS = Counter("comments_jobs", "Jobs that ended, by kind and status.", ["kind", "status"])
WEBHOOK_TRIES = Counter(
    "comments_webhook_tries", "Tries to deliver an event to a webhook, by outcome.", ["outcome"]
)
WORKER_FAILURES = Counter(
    "comments_worker_failures", "Turns of the worker that failed, by turn.", ["turn"]
)
SHED = Counter("comments_shed", "Requests refused because too many were at work already.")
FAULTS = Counter("comments_faults", "Requests that met a fault of the service's own.")
DATABASE_FAILURES = Counter(
    "comments_database_failures", "Requests that the database failed, by kind of failure.", ["kind"]
)
