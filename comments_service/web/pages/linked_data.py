"""A thread as schema.org JSON-LD, to be merged by `@id` into the page's own NewsArticle."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from markupsafe import Markup

from comments_service.services.views import ArticleView, CommentView
from comments_service.web.http.addresses import own_page, permalink
from comments_service.web.http.ready import timestamp

# What could end the script element or a line of it; JSON can say all of them otherwise.
ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&'\u2028\u2029"}


def script(article: ArticleView, comments: Iterable[CommentView]) -> Markup:
    """A data block of the article and the comments shown beside it: a browser runs none of it."""
    text = json.dumps(_news_article(article, comments), ensure_ascii=False, separators=(",", ":"))
    safe = text.translate(ESCAPES)
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(safe))  # noqa: S704


def _news_article(article: ArticleView, comments: Iterable[CommentView]) -> dict[str, Any]:
    page = article.url or own_page(article.site, article.key)
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": f"{page.partition('#')[0]}#article",
        "url": page,
        **({"headline": article.title} if article.title else {}),
        "commentCount": article.comment_count,
        "discussionUrl": own_page(article.site, article.key),
        "comment": [item for root in comments for item in _items(root)],
    }


def _items(root: CommentView) -> Iterator[dict[str, Any]]:
    """A root with its replies in it; of a tombstone, the replies alone."""
    replies = [_comment(reply) for reply in root.replies if reply.body is not None]
    if root.body is None:
        yield from replies
    else:
        yield {**_comment(root), **({"comment": replies} if replies else {})}


def _comment(view: CommentView) -> dict[str, Any]:
    address = permalink(view)
    found = {
        "@type": "Comment",
        "@id": address,
        "url": address,
        "text": view.body,
        "datePublished": timestamp(view.created_at),
        "dateModified": timestamp(view.edited_at),
        "author": {"@type": "Person", "name": view.author.name} if view.author else None,
        "upvoteCount": view.likes,
        "downvoteCount": view.dislikes,
        "parentItem": None
        if view.parent_id is None
        else {"@type": "Comment", "@id": f"{address.partition('#')[0]}#comment-{view.parent_id}"},
    }
    return {name: value for name, value in found.items() if value is not None}
