"""Addresses in answers: absolute, and from the settings, never from the `Host` of a request."""

from __future__ import annotations

from urllib.parse import quote

from comments_service.services.views import CommentView
from comments_service.web.http.settings import settings


def public_url(path: str) -> str:
    """`path` of this service as an absolute address."""
    return settings().public_url.rstrip("/") + path


def own_page(site: str, article: str) -> str:
    """An article's thread as a page of this service."""
    return public_url(f"/embed/{site}?article={quote(article, safe='')}")


def permalink(view: CommentView) -> str:
    """The comment under its article; on a page of our own until the article's address is known."""
    page = view.article_url or own_page(view.site, view.article)
    return f"{page.partition('#')[0]}#comment-{view.id}"
