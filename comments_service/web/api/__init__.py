"""REST v1 for readers, services and moderators. Start reading at `comments.py`."""

from comments_service.web.api import (
    account,
    article_settings,
    articles,
    audit,
    blinds,
    comments,
    events,
    jobs,
    me,
    moderation,
    notifications,
    people,
    policies,
    sites,
    statistics,
    threads,
    webhooks,
)
from comments_service.web.api.routes import blueprint

__all__ = [
    "account",
    "article_settings",
    "articles",
    "audit",
    "blinds",
    "blueprint",
    "comments",
    "events",
    "jobs",
    "me",
    "moderation",
    "notifications",
    "people",
    "policies",
    "sites",
    "statistics",
    "threads",
    "webhooks",
]
