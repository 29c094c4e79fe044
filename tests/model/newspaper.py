"""A newspaper's comments in plain Python: what the service ought to do, said once more.

No table, no counter, no cache: everything asked for is worked out from the list of comments. The
machine in `test_model.py` does the same deeds here and over HTTP, and compares what all can see.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

REPORTS_THAT_HOLD = 3
SHOWN_STATUSES = {"published", "deleted"}
"""Whether a comment waits or was rejected is nobody's business: its tombstone says removed."""


@dataclass
class Comment:
    """One comment and all that was done to it. `number` is the order of posting."""

    id: str
    number: int
    article: str
    author: str
    body: str
    status: str
    parent: Comment | None = None
    votes: dict[str, int] = field(default_factory=dict)
    reporters: set[str] = field(default_factory=set)
    edited: bool = False

    @property
    def root(self) -> Comment:
        return self if self.parent is None else self.parent.root


@dataclass
class Newspaper:
    """The state of one site. `words` says what the policy in force does on a word."""

    comments: dict[str, Comment] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    articles: dict[str, str] = field(default_factory=dict)
    suspended: set[str] = field(default_factory=set)
    deleted_users: set[str] = field(default_factory=set)

    def status_for(self, body: str, article: str) -> str:
        """The status that a new text gets."""
        actions = {action for word, action in self.words.items() if word in body.split()}
        if "reject" in actions:
            return "rejected"
        if "hold" in actions or self.articles.get(article) == "premoderated":
            return "held"
        return "published"

    def may_write(self, user: str) -> bool:
        return user not in self.suspended and user not in self.deleted_users

    def published_replies(self, root: Comment) -> list[Comment]:
        return sorted(
            (
                reply
                for reply in self.comments.values()
                if reply.parent is not None and reply.root is root and reply.status == "published"
            ),
            key=lambda reply: reply.number,
        )

    def shown_roots(self, article: str) -> list[Comment]:
        """Published roots, and tombstones of those with published replies, oldest first."""
        return sorted(
            (
                root
                for root in self.comments.values()
                if root.article == article
                and root.parent is None
                and (root.status == "published" or self.published_replies(root))
            ),
            key=lambda root: root.number,
        )

    def count(self, article: str) -> int:
        return sum(
            comment.status == "published"
            for comment in self.comments.values()
            if comment.article == article
        )

    def thread(self, article: str) -> dict[str, Any]:
        """The thread as everybody can see it, oldest first, whole."""
        return {
            "comment_count": self.count(article),
            "comments": [self._shown(root) for root in self.shown_roots(article)],
        }

    def _shown(self, comment: Comment) -> dict[str, Any]:
        published = comment.status == "published"
        replies = self.published_replies(comment) if comment.parent is None else []
        likes = list(comment.votes.values())
        return {
            "id": comment.id,
            "status": comment.status if comment.status in SHOWN_STATUSES else "removed",
            "body": comment.body if published else None,
            "author": comment.author if published else None,
            "likes": likes.count(1),
            "dislikes": likes.count(-1),
            "edited": comment.edited,
            "reply_count": len(replies),
            "replies": [self._shown(reply) for reply in replies],
        }
