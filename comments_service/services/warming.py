"""What a fresh process does before its first request, so that no reader waits for it.

Compiling a policy takes a second or more on a busy machine; the readers who come first would wait
for it, and those behind them be refused as too many. So a process that is about to take over from
another (a reload, a crash) gets this done before it takes requests.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import configure_mappers

from comments_service.models import Site
from comments_service.policy import Submission, evaluate
from comments_service.services import articles, policies, sites
from comments_service.services.transaction import reading

MOST_SITES = 200
"""Of more, the first comment waits for its own site's policy."""


def warm_up(*, now: datetime) -> int:
    """Get ready what requests need; the number of sites. Raises `SQLAlchemyError` where the
    database has no answer."""
    configure_mappers()
    with reading() as connection:
        keys = connection.scalars(select(Site.key).order_by(Site.id).limit(MOST_SITES)).all()
    for key in keys:
        site = sites.get(key)
        articles.get(site, "", now=now)
        evaluate(policies.in_force(site.id), Submission("안녕하세요 hello"))
    return len(keys)
