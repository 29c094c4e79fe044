"""REST v1 for readers, services and moderators. Start reading at `comments.py`."""

from comments_service.web.api import (
    account,
    article_identity,
    articles,
    comments,
    events,
    jobs,
    me,
    oembed,
    policies,
    sites,
    threads,
    transfers,
    webhooks,
)
from comments_service.web.api.routes import blueprint

__all__ = [
    "account",
    "article_identity",
    "articles",
    "blueprint",
    "comments",
    "events",
    "jobs",
    "me",
    "oembed",
    "policies",
    "sites",
    "threads",
    "transfers",
    "webhooks",
]
